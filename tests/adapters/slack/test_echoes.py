"""The bot hears of what it does itself, and people hardly see it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.budgets import Budgets
from bot.adapters.echoes import EMOJI, Reactions, reaction_in
from bot.adapters.slack import SlackChat
from bot.adapters.slack_checks import SCOPES
from bot.domain.actors import Place
from bot.domain.errors import PortError
from simulator import Fault, Workspace
from simulator.reacting import react
from simulator.shapes import JsonObject
from tests.fakes.clocks import FakeClock
from tests.simulator.apps import BareApp

OPERATORS = Place(team="T0LOCAL", channel="COPERATORS")


@dataclass(frozen=True, kw_only=True)
class Bench:
    workspace: Workspace
    web: AsyncWebClient
    app: BareApp

    def echo(self) -> Reactions:
        chat, bot = SlackChat(self.web, Budgets()), self.workspace.team.bot.id
        return Reactions(self.web, chat, FakeClock(), OPERATORS, bot_user=bot)

    async def heard(self, count: int) -> list[JsonObject]:
        """So many envelopes with a reaction of the bot."""
        await self.workspace.until(lambda: len(self._own()) >= count, why=f"{count} echoes")
        return self._own()

    def _own(self) -> list[JsonObject]:
        found = [(each, reaction_in(each)) for each in self.app.envelopes]
        bot = self.workspace.team.bot.id
        return [each for each, told in found if told and (told.user, told.name) == (bot, EMOJI)]


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    workspace = Workspace(scopes=SCOPES)
    workspace.add_person("bo")
    workspace.add_channel("operators", members=["bo"])
    async with workspace.serving(), aiohttp.ClientSession() as session, BareApp(workspace) as app:
        web = AsyncWebClient(
            token="xoxb-local", base_url=workspace.api_url, session=session, retry_handlers=[]
        )
        yield Bench(workspace=workspace, web=web, app=app)


async def test_what_is_caused_comes_back_each_time(bench: Bench) -> None:
    echo = bench.echo()
    for count in (1, 2, 3):
        await echo.cause()
        assert len(await bench.heard(count)) == count
    bench.workspace.assert_clean()


async def test_it_leaves_one_message_whoever_causes_it(bench: Bench) -> None:
    for _ in range(3):
        await bench.echo().cause()

    assert len(bench.workspace.messages("#operators")) == 1
    bench.workspace.assert_clean()


async def test_an_ear_that_a_person_put_there_too_is_none_of_ours(bench: Bench) -> None:
    echo = bench.echo()
    await echo.cause()
    [message] = bench.workspace.messages("#operators")
    await bench.web.reactions_remove(channel=message.channel, timestamp=message.ts, name=EMOJI)
    react(
        bench.workspace.team,
        bench.workspace.channel("#operators"),
        message,
        bench.workspace.person("bo"),
        EMOJI,
    )
    await echo.cause()

    await bench.heard(2)
    bench.workspace.assert_clean()


async def test_two_processes_at_the_same_moment_do_not_disturb_each_other(bench: Bench) -> None:
    bench.workspace.faults.add(Fault.refusal("reactions.add", "already_reacted"))
    bench.workspace.faults.add(Fault.refusal("reactions.remove", "no_reaction"))
    for _ in range(3):
        await bench.echo().cause()

    await bench.heard(1)


async def test_a_message_that_somebody_deleted_is_posted_anew(bench: Bench) -> None:
    echo = bench.echo()
    with bench.workspace.allow_violation("message_not_found"):
        await echo.cause()
        [message] = bench.workspace.messages("#operators")
        await bench.web.chat_delete(channel=message.channel, ts=message.ts)
        with pytest.raises(PortError):
            await echo.cause()
        await echo.cause()

    await bench.heard(2)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.server_error("reactions.add", status=503),
        Fault.ratelimit("reactions.get"),
        Fault.lost_answer("reactions.add"),
        Fault.refusal("chat.postMessage", "channel_not_found"),
    ],
    ids=lambda fault: f"{fault.trouble}-{fault.method}",
)
async def test_what_cannot_be_caused_says_so(bench: Bench, fault: Fault) -> None:
    bench.workspace.faults.add(fault)
    with (
        bench.workspace.allow_violation("channel_not_found"),
        pytest.raises(PortError),
    ):
        await bench.echo().cause()


@pytest.mark.parametrize(
    "frame",
    [
        {},
        {"payload": None},
        {"payload": []},
        {"payload": {"event": "reaction_added"}},
        {"payload": {"event": {"type": "app_mention"}}},
        {"type": "slash_commands", "payload": {"command": "/job"}},
    ],
)
def test_whatever_else_comes_is_no_reaction(frame: JsonObject) -> None:
    assert reaction_in(frame) is None
