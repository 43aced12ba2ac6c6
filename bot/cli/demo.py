"""demo: the local workspace, the bot, the example catalogue and a small web service."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import click
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from bot.adapters.database import SqlStore
from bot.adapters.database.schema import migrate
from bot.adapters.slack_checks import SCOPES
from bot.cli.checks import preflight
from bot.cli.production import stopped
from bot.cli.sentences import end_with
from bot.logs import set_up
from bot.settings import LogFormat, SandboxMode, Settings
from bot.wiring import local_platform, running
from examples.seed import seed
from simulator import Workspace

EXAMPLES = Path(__file__).parents[2] / "examples"

TRIES = (
    "As Ana, in #ops:  /job run deploy app=api env=prod  — then approve it as Bo.",
    "/job run disk-report  — runs at once; the report lands in the thread.",
    "@jobs backup  — the form asks for what is missing.",
    "As Lin (林晓), whose Slack is in Chinese:  @jobs 把网站部署到预发",
)


class DemoSettings(Settings):
    """Settings that leave a `.env` in this folder alone: the demo is not the team's bot."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True)


@click.command()
@click.option("--port", default=8321, show_default=True, help="Port of the local workspace's page.")
@click.option(
    "--platforms",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A platforms file; jobs of its platforms are there beside those of the demo.",
)
@click.option(
    "--jobs",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A catalogue file that is laid beside those of the demo.",
)
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A policy in place of the demo's own.",
)
@click.option(
    "--folder", default=".demo", show_default=True, help="Where the demo keeps its state."
)
def demo(
    port: int, folder: str, platforms: Path | None, jobs: Path | None, policy: Path | None
) -> None:
    """A local workspace and the bot on this machine: nothing leaves it."""
    # slack_sdk takes a proxy from the environment even for this machine itself.
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        os.environ.pop(name, None)
    state = Path(folder).absolute()
    state.mkdir(parents=True, exist_ok=True)
    set_up("WARNING", LogFormat.TEXT)
    with suppress(KeyboardInterrupt):
        asyncio.run(_demo(port, state, _Extras(platforms=platforms, jobs=jobs, policy=policy)))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Extras:
    """Files that the demo takes beside its own."""

    platforms: Path | None = None
    jobs: Path | None = None
    policy: Path | None = None


async def _demo(port: int, state: Path, extras: _Extras) -> None:
    workspace = Workspace(state_file=state / "workspace.json", bot_name="jobs", scopes=SCOPES)
    populate(workspace)
    try:
        await workspace.start(port=port)
    except OSError:
        end_with([f"Port {port} is taken: stop what uses it, or run `jobthread demo --port N`."])
    try:
        settings = _with(await _prepared(workspace, state), state, extras)
        found = await preflight(settings)
        if found.problems:
            end_with(found.problems)
        async with _web_service(state), running(settings, found.slack):
            _greet(workspace, settings)
            await stopped()
            click.echo("Stopping; what runs goes on and is found again next time.")
    finally:
        await workspace.stop()


def _with(settings: Settings, state: Path, extras: _Extras) -> Settings:
    """The demo's settings with what was given beside them."""
    changes: dict[str, Path] = {}
    if extras.platforms is not None:
        changes["jobthread_platforms"] = extras.platforms.absolute()
    if extras.policy is not None:
        changes["jobthread_policy"] = extras.policy.absolute()
    if extras.jobs is not None:
        catalog = state / "catalog"
        shutil.copytree(EXAMPLES / "catalog", catalog, dirs_exist_ok=True)
        shutil.copy(extras.jobs, catalog)
        changes["jobthread_catalog"] = catalog
    return settings.model_copy(update=changes)


def populate(workspace: Workspace) -> None:
    """The people and channels of the demo; those that are there already stay as they are."""
    people = {
        "ana": ("Ana Lopes", "Developer", "Europe/Lisbon"),
        "bo": ("Bo Lindqvist", "Team lead, approves", "Europe/Stockholm"),
        "chen": ("Chen Wei", "On-call engineer", "Asia/Shanghai"),
        "dana": ("Dana Kim", "Security lead", "America/New_York"),
        "lin": ("林晓", "开发", "Asia/Shanghai"),
    }
    for name, (real_name, title, tz) in people.items():
        workspace.add_person(
            name,
            real_name=real_name,
            title=title,
            tz=tz,
            locale="zh-CN" if name == "lin" else "en-US",
            email=f"{name}@acme.test",
        )
    workspace.add_group("platform", members=["bo", "chen"])
    everybody = list(people)
    workspace.add_channel("ops", members=everybody, topic="Run jobs here: /job")
    workspace.add_channel("deploys", members=everybody)
    workspace.add_channel("jobs-alerts", members=["bo", "chen", "dana"], topic="For operators")
    workspace.add_channel("random", members=everybody, bot=False, topic="The bot is not here")
    workspace.hints = TRIES


async def _prepared(workspace: Workspace, state: Path) -> Settings:
    await asyncio.to_thread(seed, state)
    settings = demo_settings(workspace, state, SandboxMode.BUBBLEWRAP)
    store = SqlStore(settings.jobthread_database_url.get_secret_value())
    await migrate(store)
    await store.close()
    platform = local_platform(settings)
    unwell = (await platform.health()).unwell
    await platform.close()
    if not unwell:
        return settings
    click.echo(f"No sandbox: {unwell} The demo runs jobs without one; their cards say so.")
    return demo_settings(workspace, state, SandboxMode.NONE)


def demo_settings(workspace: Workspace, state: Path, sandbox: SandboxMode) -> Settings:
    """Settings for the local workspace; nothing is read from the environment."""
    return DemoSettings(
        slack_bot_token=SecretStr("xoxb-local"),
        slack_app_token=SecretStr("xapp-local"),
        slack_api_url=workspace.api_url,
        jobthread_catalog=EXAMPLES / "catalog",
        jobthread_platforms=state / "platforms.yaml",
        jobthread_policy=EXAMPLES / "policy.yaml",
        jobthread_database_url=SecretStr(f"sqlite+aiosqlite:///{state / 'jobthread.db'}"),
        jobthread_state=state,
        jobthread_sandbox=sandbox,
        jobthread_operators=workspace.channel("jobs-alerts").id,
        jobthread_log_format=LogFormat.TEXT,
        jobthread_web_port=0,
    )


@asynccontextmanager
async def _web_service(state: Path) -> AsyncGenerator[None]:
    """The small web service that `deploy` deploys, kept up by its runner."""
    runner = await asyncio.create_subprocess_exec(
        sys.executable,
        str(EXAMPLES / "service" / "runner.py"),
        str(state / "service"),
        "--with-parent",
    )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            runner.terminate()
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await runner.wait()


def _greet(workspace: Workspace, settings: Settings) -> None:
    click.echo(f"\n  Jobthread is running: {workspace.base_url}\n")
    for number, tried in enumerate(TRIES, 1):
        click.echo(f"  {number}. {tried}")
    sandbox = "in bubblewrap" if settings.jobthread_sandbox is SandboxMode.BUBBLEWRAP else "bare"
    click.echo(f"\n  Jobs run on this machine, {sandbox}. Ctrl-C stops the demo.\n")
