"""What every Chat promises, asked of the fake and of the real one alike."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.budgets import Budgets
from bot.adapters.slack import SlackChat
from bot.adapters.slack_checks import SCOPES
from bot.domain.actors import MessageRef
from bot.domain.errors import Ambiguous, Permanent, Temporary
from bot.ports import Chat, Rendered
from simulator import Fault, Workspace
from tests.fakes.chats import FakeChat
from tests.fakes.values import NOW, OPS, TEAM, person

FAR = replace(OPS, channel="CFAR")
LONG_AGO = NOW.replace(year=2000)


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A chat, what stands in its channels, and a way to make it fail."""

    chat: Chat
    texts: Callable[[str], list[str]]
    lose_answer: Callable[[str], None]
    limit: Callable[[str], None]


def _fake() -> Bench:
    chat = FakeChat()
    chat.closed["CFAR"] = Permanent("Slack refused: not_in_channel", code="not_in_channel")

    def lose(method: str) -> None:
        chat.fail_next(method, Ambiguous("no answer"), stored=True)

    def limit(method: str) -> None:
        chat.fail_next(method, Temporary("slow down", code="ratelimited", retry_after=7))

    return Bench(chat=chat, texts=chat.messages, lose_answer=lose, limit=limit)


_METHODS = {"post": "chat.postMessage", "update": "chat.update"}


async def _real(stack: AsyncExitStack) -> Bench:
    workspace = Workspace(scopes=SCOPES)
    for name in ("ana", "bo"):
        workspace.add_person(name)
    workspace.add_channel("ops", members=["ana", "bo"])
    workspace.add_channel("far", members=["ana"], bot=False)
    await stack.enter_async_context(workspace.serving())
    session = await stack.enter_async_context(aiohttp.ClientSession())
    client = AsyncWebClient(
        token="xoxb-local", base_url=workspace.api_url, session=session, retry_handlers=[]
    )

    def texts(channel: str) -> list[str]:
        if channel.startswith("D"):
            return [message.text for message in workspace.dms(channel[1:].lower())]
        return [message.text for message in workspace.messages(channel)]

    return Bench(
        chat=SlackChat(client, Budgets()),
        texts=texts,
        lose_answer=lambda method: workspace.faults.add(Fault.lost_answer(_METHODS[method])),
        limit=lambda method: workspace.faults.add(Fault.ratelimit(_METHODS[method], retry_after=7)),
    )


@pytest.fixture(params=["fake", "real"])
async def bench(request: Any) -> AsyncGenerator[Bench]:
    async with AsyncExitStack() as stack:
        yield _fake() if request.param == "fake" else await _real(stack)


def _said(text: str) -> Rendered:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return Rendered(text=text, blocks=(block,))


async def test_a_post_stands_where_it_was_posted_and_is_found_by_its_key(bench: Bench) -> None:
    ref = await bench.chat.post(OPS, _said("hello"), key="k1")

    assert (ref.team, ref.channel) == (TEAM, "COPS")
    assert bench.texts("COPS") == ["hello"]
    assert await bench.chat.find_posted(OPS, "k1", LONG_AGO) == ref
    assert await bench.chat.find_posted(OPS, "k2", LONG_AGO) is None


async def test_a_post_in_a_thread_is_found_in_that_thread_only(bench: Bench) -> None:
    card = await bench.chat.post(OPS, _said("card"), key="card")
    thread = replace(OPS, thread=card.ts)

    line = await bench.chat.post(thread, _said("line"), key="line")

    assert await bench.chat.find_posted(thread, "line", LONG_AGO) == line
    assert await bench.chat.find_posted(OPS, "line", LONG_AGO) is None


async def test_an_update_shows_the_new_text_in_the_old_place(bench: Bench) -> None:
    ref = await bench.chat.post(OPS, _said("before"), key="k1")

    await bench.chat.update(ref, _said("after"), key="k2")

    assert bench.texts("COPS") == ["after"]
    assert await bench.chat.find_posted(OPS, "k1", LONG_AGO) is None


async def test_what_is_not_there_cannot_be_updated(bench: Bench) -> None:
    nothing = MessageRef(team=TEAM, channel="COPS", ts="1.000001")

    with pytest.raises(Permanent) as refused:
        await bench.chat.update(nothing, _said("x"), key="k")

    assert refused.value.code == "message_not_found"


async def test_a_channel_that_we_are_not_in_refuses_for_good(bench: Bench) -> None:
    with pytest.raises(Permanent) as refused:
        await bench.chat.post(FAR, _said("x"), key="k")

    assert refused.value.code == "not_in_channel"


async def test_a_post_whose_answer_was_lost_may_stand_and_is_found(bench: Bench) -> None:
    bench.lose_answer("post")

    with pytest.raises(Ambiguous):
        await bench.chat.post(OPS, _said("once"), key="k1")

    assert await bench.chat.find_posted(OPS, "k1", LONG_AGO)
    assert bench.texts("COPS") == ["once"]


@pytest.mark.parametrize("method", ["post", "update"])
async def test_when_slack_wants_us_to_wait_it_says_for_how_long(bench: Bench, method: str) -> None:
    ref = await bench.chat.post(OPS, _said("x"), key="k0")
    bench.limit(method)

    tries = {
        "post": lambda: bench.chat.post(OPS, _said("y"), key="k1"),
        "update": lambda: bench.chat.update(ref, _said("y"), key="k1"),
    }
    with pytest.raises(Temporary) as slow:
        await tries[method]()

    assert slow.value.retry_after == 7
    assert bench.texts("COPS") == ["x"]


async def test_a_dm_is_the_same_place_each_time(bench: Bench) -> None:
    place = await bench.chat.dm(person("UBO"))
    again = await bench.chat.dm(person("UBO"))

    await bench.chat.post(place, _said("psst"), key="k")

    assert place == again
    assert bench.texts("DBO" if place.channel != "DUBO" else "DUBO") == ["psst"]


async def test_a_file_is_there_after_its_upload_and_not_before(bench: Bench) -> None:
    card = await bench.chat.post(OPS, _said("card"), key="card")
    thread = replace(OPS, thread=card.ts)
    assert not await bench.chat.find_uploaded(thread, "run.log", LONG_AGO)

    await bench.chat.upload(thread, filename="run.log", title="Log", content=b"one\n")

    assert await bench.chat.find_uploaded(thread, "run.log", LONG_AGO)
    assert not await bench.chat.find_uploaded(thread, "other.log", LONG_AGO)
