"""A whole Jobthread for one test: workspace, database, catalogue, policy and the bot itself."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.adapters.database import SqlStore
from bot.adapters.database.schema import migrate
from bot.adapters.slack_checks import SCOPES
from bot.cli.checks import preflight
from bot.cli.demo import DemoSettings
from bot.settings import SandboxMode, Settings
from bot.wiring import Services, running
from simulator import Message, View, Workspace

POLICY = """
version: 1
contact: "#platform-help"
roles:
  developer:
    - name: everyday
      may: [use, run, logs, history]
  approver:
    - name: decide
      may: [use, approve, history, logs, cancel]
people:
  - users: [UANA]
    roles: [developer]
  - users: [UBO, UCHEN]
    roles: [approver]
"""

CATALOG = """
jobs:
  - name: hello
    title: Say hello
    description: Greets somebody.
    aliases: [greet, 打招呼]
    run: [python3, "{catalog}/hello.py", "{who}"]
    parameters:
      - {name: who, type: string, required: true, title: Who}
  - name: deploy
    title: deploy
    description: Puts a version live.
    aliases: [部署]
    run: [python3, "{catalog}/hello.py", "{app}-{env}"]
    parameters:
      - {name: app, type: enum, choices: [api, web], required: true}
      - {name: env, type: enum, choices: [{value: dev, aliases: [开发]}, prod], required: true}
    approval: {by: [approver], count: 1, expires: 1h, when: {env: [prod]}}
    concurrency: {key: "deploy:{app}:{env}"}
  - name: sleepy
    title: Sleepy
    run: [python3, "{catalog}/sleepy.py"]
    timeout: 1m
  - name: broken
    title: Broken
    run: [python3, "{catalog}/broken.py"]
  - name: count
    title: Count
    run: [python3, "{catalog}/count.py", "{catalog}/../counted"]
    approval: {by: [approver], count: 1, expires: 1h}
  - name: careful
    title: Careful
    risk: confirm
    run: [python3, "{catalog}/hello.py", careful]
"""

HELLO = """
import sys
print("::progress 50 greeting", flush=True)
print("hello", sys.argv[1], flush=True)
print(f"::summary greeted {sys.argv[1]}", flush=True)
"""

SLEEPY = """
import sys, time
print("::step dreaming", flush=True)
print("asleep", flush=True)
for _ in range(600):
    time.sleep(0.1)
"""

COUNT = """
import sys, time
with open(sys.argv[1], "a") as file:
    print("ran", file=file)
print("::step counting", flush=True)
time.sleep(2)
print("::summary counted", flush=True)
"""

BROKEN = """
import sys
print("::step checking the disk", flush=True)
print("::error the disk is full", flush=True)
sys.exit(3)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """What a journey needs at hand."""

    workspace: Workspace
    settings: Settings
    services: Services | None = None

    async def shown(
        self, seen: Callable[[], Message | None], *, timeout: float = 20, why: str
    ) -> Message:
        message = await self.workspace.until(seen, timeout=timeout, why=why)
        assert message is not None
        return message

    async def message(self, channel: str, *words: str, timeout: float = 20) -> Message:
        """The first top-level message that shows all of these words, once it does."""
        return await self.shown(
            lambda: found(self.workspace.messages(channel), words),
            timeout=timeout,
            why=f"a message in {channel} with {words}",
        )

    async def line(self, card: Message, *words: str, timeout: float = 20) -> Message:
        """The first message in a card's thread that shows all of these words, once it does."""
        return await self.shown(
            lambda: found(self.workspace.thread(card.channel, card.ts), words),
            timeout=timeout,
            why=f"a line in the thread with {words}",
        )

    async def dm(self, who: str, *words: str, timeout: float = 20) -> Message:
        """The first message in somebody's DM with the bot that shows all of these words."""
        return await self.shown(
            lambda: found(self.workspace.dms(who), words),
            timeout=timeout,
            why=f"a DM to {who} with {words}",
        )

    async def modal(self, who: str, callback: str) -> View:
        """The view on top of somebody's stack, once it is the one with this callback_id."""
        view = await self.workspace.until(
            lambda: (top := self.workspace.modal(who)) and top.callback_id == callback and top,
            why=f"the view {callback}",
        )
        assert isinstance(view, View)
        return view

    async def whisper(self, who: str, *words: str, timeout: float = 20) -> Message:
        """The first ephemeral that shows all of these words."""
        return await self.shown(
            lambda: found(self.workspace.ephemerals(who), words),
            timeout=timeout,
            why=f"an ephemeral for {who} with {words}",
        )


def found(messages: list[Message], words: tuple[str, ...]) -> Message | None:
    return next((m for m in messages if all(word in m.seen for word in words)), None)


def people(workspace: Workspace) -> None:
    for name in ("ana", "bo", "chen", "dana"):
        workspace.add_person(name, real_name=name.title(), email=f"{name}@acme.test", tz="UTC")
    workspace.add_channel("ops", members=["ana", "bo", "chen", "dana"])
    workspace.add_channel("far", members=["ana", "bo"], bot=False)
    workspace.add_channel("operators", members=["bo"])


def write_files(folder: Path) -> None:
    catalog = folder / "catalog"
    catalog.mkdir(parents=True, exist_ok=True)
    (catalog / "jobs.yaml").write_text(CATALOG)
    for name, text in {"hello": HELLO, "sleepy": SLEEPY, "broken": BROKEN, "count": COUNT}.items():
        (catalog / f"{name}.py").write_text(text)
    (folder / "policy.yaml").write_text(POLICY)


def settings_for(workspace: Workspace, folder: Path) -> Settings:
    return DemoSettings(
        slack_bot_token=SecretStr("xoxb-local"),
        slack_app_token=SecretStr("xapp-local"),
        slack_api_url=workspace.api_url,
        jobthread_catalog=folder / "catalog",
        jobthread_policy=folder / "policy.yaml",
        jobthread_platforms=folder / "platforms.yaml",
        jobthread_database_url=SecretStr(f"sqlite+aiosqlite:///{folder / 'jobthread.db'}"),
        jobthread_state=folder / "state",
        jobthread_sandbox=SandboxMode.NONE,
        jobthread_operators="COPERATORS",
        jobthread_web_port=0,
    )


@asynccontextmanager
async def interrupted_workspace() -> AsyncGenerator[Workspace]:
    """A gesture taken up again may find its trigger used; nothing else is wrong at the end."""
    workspace = Workspace(bot_name="jobs", scopes=SCOPES)
    people(workspace)
    async with workspace.serving() as serving:
        yield serving
    wrong = {violation.error for violation in serving.violations}
    assert wrong <= {"exchanged_trigger_id", "expired_trigger_id"}


async def empty_house(workspace: Workspace, folder: Path) -> House:
    """A house whose bot is not begun."""
    write_files(folder)
    settings = settings_for(workspace, folder)
    await migrated(settings)
    return House(workspace=workspace, settings=settings)


@asynccontextmanager
async def house_on(workspace: Workspace, settings: Settings) -> AsyncGenerator[House]:
    """A house with a new database, whose bot is connected for as long as this is open."""
    await migrated(settings)
    async with bot_on(workspace, settings) as services:
        yield House(workspace=workspace, settings=settings, services=services)


async def migrated(settings: Settings) -> None:
    store = SqlStore(settings.jobthread_database_url.get_secret_value())
    await migrate(store)
    await store.close()


@asynccontextmanager
async def bot_on(workspace: Workspace, settings: Settings) -> AsyncGenerator[Services]:
    """The bot, connected; leaving it is a clean stop."""
    checked = await preflight(settings)
    assert not checked.problems, checked.problems
    async with running(settings, checked.slack) as services:
        await workspace.until(lambda: workspace.connections, why="the bot is connected")
        yield services
