"""One world a test, on SQLite and on PostgreSQL."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from bot.adapters.passkeys import WebAuthn
from bot.services.origins import Origin, coming_from
from tests.fakes.authenticators import ORIGIN
from tests.fakes.databases import Kind, database
from tests.services.rooms import STEP_UP, Room, room_of
from tests.services.staff import policy
from tests.services.wired import Outside
from tests.services.worlds import World, opened


@pytest.fixture(params=list(Kind))
def kind(request: pytest.FixtureRequest) -> Kind:
    return Kind(request.param)


@pytest.fixture
async def world(kind: Kind, tmp_path: Path) -> AsyncGenerator[World]:
    async with database(kind, tmp_path) as url, opened(url) as store:
        yield World(Outside(), store)


@pytest.fixture
def room(world: World) -> Generator[Room]:
    world.policy.policy = policy(**STEP_UP)
    with coming_from(Origin(client="test")):
        yield room_of(world, WebAuthn(ORIGIN))
