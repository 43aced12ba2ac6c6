"""One Chromium for the session; for each test a workspace, the scripted app and windows."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ViewportSize, async_playwright, expect
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Workspace
from tests.browsers import FLAGS, chromium
from tests.simulator.page.scripted import scripted_app
from tests.simulator.page.windows import DESK, PHONE, Window

PATIENCE_MS = 10_000
OpenWindow = Callable[..., Awaitable[Window]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncGenerator[Browser]:
    if (path := chromium()) is None:
        pytest.skip("no Chromium on this machine; install it or set PLAYWRIGHT_CHROMIUM")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        expect.set_options(timeout=PATIENCE_MS)
        yield launched
        await launched.close()


def furnished() -> Workspace:
    """Four people with their roles, two channels, a group."""
    hint = "Type `/job run disk-report` to see where the disk went."
    workspace = Workspace(bot_name="jobs", hints=[hint])
    workspace.add_person("ana", real_name="Ana Lopes", title="Developer", tz="Europe/Lisbon")
    workspace.add_person("bo", real_name="Bo Chen", title="Approver", tz="Asia/Shanghai")
    workspace.add_person("dee", real_name="Dee Okafor", title="On call", tz="Europe/London")
    workspace.add_person("sam", real_name="Sam Ito", title="Security lead", tz="America/New_York")
    everyone = ["ana", "bo", "dee", "sam"]
    workspace.add_channel("ops", members=everyone, topic="Deploys and backups")
    workspace.add_channel("general", members=everyone)
    workspace.add_channel("vault", members=["sam"], private=True)
    workspace.add_group("platform", members=["bo"])
    return workspace


@asynccontextmanager
async def connected(workspace: Workspace) -> AsyncGenerator[AsyncSocketModeHandler]:
    """The scripted app, connected to the workspace."""
    client = AsyncWebClient(token="xoxb-local", base_url=workspace.api_url)
    handler = AsyncSocketModeHandler(scripted_app(client), "xapp-local")
    await handler.connect_async()
    try:
        await workspace.until(lambda: workspace.connections, why="the app is connected")
        yield handler
    finally:
        await handler.close_async()


@pytest_asyncio.fixture(loop_scope="session")
async def quiet() -> AsyncGenerator[Workspace]:
    """A furnished workspace whose app is not connected."""
    async with furnished().serving() as workspace:
        yield workspace


@pytest_asyncio.fixture(loop_scope="session")
async def workspace(quiet: Workspace) -> AsyncGenerator[Workspace]:
    """A furnished workspace with the scripted app connected."""
    async with connected(quiet):
        yield quiet


@pytest_asyncio.fixture(loop_scope="session")
async def open_window(browser: Browser, quiet: Workspace) -> AsyncGenerator[OpenWindow]:
    """Opens windows on the workspace; each must end without an error in its console."""
    async with AsyncExitStack() as stack:
        opened: list[Window] = []

        async def open_one(size: ViewportSize, *, touch: bool) -> Window:
            context = await browser.new_context(viewport=size, has_touch=touch, is_mobile=touch)
            stack.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            window = Window(await context.new_page(), quiet.base_url)
            opened.append(window)
            return window

        yield open_one
        assert [error for window in opened for error in window.errors] == []


@pytest_asyncio.fixture(loop_scope="session")
async def window(open_window: OpenWindow) -> Window:
    """A window on a desk."""
    return await open_window(DESK, touch=False)


@pytest_asyncio.fixture(loop_scope="session")
async def phone(open_window: OpenWindow) -> Window:
    """A window 375 px wide, touched with a finger."""
    return await open_window(PHONE, touch=True)
