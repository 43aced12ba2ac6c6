"""A workspace with a few people, a real Web API client, a real Bolt app, a bare listener."""

from collections.abc import AsyncGenerator

import pytest

from simulator import Workspace
from tests.simulator.apps import BareApp, BoltApp, WebClient, web_client


def settle(workspace: Workspace) -> Workspace:
    """Ana, Bo and Cy, a stranger; #ops, #quiet without the bot, #secret and #hidden, private."""
    for name in ("ana", "bo", "cy"):
        workspace.add_person(name)
    workspace.add_person("gast", team_id="T0OTHER")
    workspace.add_person("old", deleted=True)
    workspace.add_channel("ops", members=["ana", "bo"], topic="All that runs")
    workspace.add_channel("quiet", members=["ana"], bot=False)
    workspace.add_channel("secret", members=["ana"], private=True)
    workspace.add_channel("hidden", members=["ana"], private=True, bot=False)
    workspace.add_channel("attic", members=["ana"], archived=True)
    workspace.add_group("platform", members=["ana", "bo"])
    return workspace


@pytest.fixture
async def ws() -> AsyncGenerator[Workspace]:
    async with settle(Workspace()).serving() as workspace:
        yield workspace


@pytest.fixture
def client(ws: Workspace) -> WebClient:
    return web_client(ws)


@pytest.fixture
async def bolt(ws: Workspace) -> AsyncGenerator[BoltApp]:
    """A Bolt app; register listeners on `bolt.app`, then `await bolt.connect()`."""
    app = BoltApp(ws)
    yield app
    await app.close()


@pytest.fixture
async def bare(ws: Workspace) -> AsyncGenerator[BareApp]:
    """One connected WebSocket that acks what it gets as long as `bare.acks`."""
    async with BareApp(ws) as app:
        yield app
