"""Claude over HTTP: the real SDK against an endpoint that answers well, badly, late or not."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.adapters.claude import LARGEST_ANSWER, Claude
from bot.ports import Outcome, Question, Usage
from tests.fakes.messages import KEY, MODEL, Answer, Messages, fills, messages, said, trouble

QUESTION = Question(
    system="You read.",
    tool="understood",
    about="What was meant.",
    schema={"type": "object", "properties": {"intent": {"type": "string"}}},
    said="do it",
    most_said=500,
)
GIVEN = {"intent": "list"}


@pytest.fixture
async def endpoint() -> AsyncGenerator[Messages]:
    async with messages() as made:
        yield made


@asynccontextmanager
async def claude_at(url: str, timeout: float = 5.0, key: str = KEY) -> AsyncGenerator[Claude]:
    made = Claude(key, model=MODEL, url=url, timeout=timeout)
    yield made
    await made.close()


@pytest.fixture
async def claude(endpoint: Messages) -> AsyncGenerator[Claude]:
    async with claude_at(endpoint.url) as made:
        yield made


async def test_what_was_filled_in_comes_back_with_what_it_cost(
    endpoint: Messages, claude: Claude
) -> None:
    usage = {
        "input_tokens": 10,
        "cache_creation_input_tokens": 20,
        "cache_read_input_tokens": 30,
        "output_tokens": 40,
    }
    endpoint.answers = [fills(GIVEN, usage=usage)]

    reply = await claude.ask(QUESTION)

    assert (reply.outcome, reply.filled, reply.request_id) == (Outcome.ANSWERED, GIVEN, "req_1")
    usage_told = Usage(fresh=10, written=20, cached=30, said=40)
    assert (reply.usage, usage_told.total) == (usage_told, 100)
    assert not reply.may_have_cost
    assert not endpoint.wrong


async def test_one_tool_is_asked_for_and_what_stays_is_kept(
    endpoint: Messages, claude: Claude
) -> None:
    endpoint.answers = [fills(GIVEN)]

    await claude.ask(QUESTION)

    [request] = endpoint.requests
    assert request["tool_choice"] == {
        "type": "tool",
        "name": "understood",
        "disable_parallel_tool_use": True,
    }
    assert request["system"][-1]["cache_control"] == {"type": "ephemeral"}
    assert request["max_tokens"] == 500
    assert request["messages"] == [{"role": "user", "content": "do it"}]


@pytest.mark.parametrize(
    "first",
    [
        trouble(429, "rate_limit_error", retry_after="0.01"),
        trouble(529, "overloaded_error", retry_after="0"),
        trouble(500, "api_error"),
        Answer(status=503, raw=b"<html>busy</html>"),
        Answer(aborts=True),
    ],
)
async def test_trouble_that_passes_is_tried_once_more(
    endpoint: Messages, claude: Claude, first: Answer
) -> None:
    endpoint.answers = [first, fills(GIVEN)]

    reply = await claude.ask(QUESTION)

    assert reply.outcome is Outcome.ANSWERED
    assert reply.may_have_cost is first.aborts
    assert len(endpoint.bodies) == 2


async def test_it_is_never_tried_a_third_time(endpoint: Messages, claude: Claude) -> None:
    endpoint.always = trouble(529, "overloaded_error", retry_after="0")

    reply = await claude.ask(QUESTION)

    assert (reply.outcome, reply.may_have_cost, len(endpoint.bodies)) == (Outcome.BUSY, False, 2)


async def test_a_wait_beyond_the_deadline_is_not_waited_for(
    endpoint: Messages, claude: Claude
) -> None:
    endpoint.answers = [trouble(429, "rate_limit_error", retry_after="60")]

    reply = await claude.ask(QUESTION)

    assert (reply.outcome, len(endpoint.bodies)) == (Outcome.BUSY, 1)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (said({"type": "text", "text": "no"}, stop="refusal"), Outcome.REFUSED),
        (said({"type": "text", "text": "{"}, stop="max_tokens"), Outcome.CUT),
        (said({"type": "text", "text": "Sure!"}, stop="end_turn"), Outcome.TALKED),
        (said(stop="end_turn"), Outcome.TALKED),
        (fills(GIVEN, tool="other"), Outcome.MALFORMED),
        (fills("not an object"), Outcome.MALFORMED),
        (fills([1]), Outcome.MALFORMED),
        (Answer(raw=b"{"), Outcome.MALFORMED),
        (Answer(raw=b""), Outcome.MALFORMED),
        (Answer(raw=b"\xff\xfe"), Outcome.MALFORMED),
        (Answer(raw=b"[" * 100_000), Outcome.MALFORMED),
        (Answer(body={"type": "message", "content": "text"}), Outcome.MALFORMED),
        (Answer(body={"type": "error"}), Outcome.MALFORMED),
        (Answer(raw=b" " * (LARGEST_ANSWER + 1)), Outcome.OVERSIZED),
        (Answer(raw=b"\x1f\x8b", headers={"Content-Encoding": "gzip"}), Outcome.OVERSIZED),
        (trouble(400, "invalid_request_error"), Outcome.DENIED),
        (trouble(404, "not_found_error"), Outcome.DENIED),
        (Answer(status=302, body={}, headers={"Location": "/elsewhere"}), Outcome.DENIED),
    ],
)
async def test_what_is_no_answer_has_a_name(
    endpoint: Messages, claude: Claude, answer: Answer, outcome: Outcome
) -> None:
    endpoint.answers = [answer]

    reply = await claude.ask(QUESTION)

    assert (reply.outcome, reply.filled) == (outcome, None)
    assert len(endpoint.bodies) == 1


async def test_two_tools_at_once_are_no_answer(endpoint: Messages, claude: Claude) -> None:
    use = {"type": "tool_use", "id": "1", "name": "understood", "input": GIVEN}
    endpoint.answers = [said(use, use)]

    assert (await claude.ask(QUESTION)).outcome is Outcome.MALFORMED


async def test_an_oversized_refusal_is_not_read_to_its_end(
    endpoint: Messages, claude: Claude
) -> None:
    endpoint.answers = [Answer(status=500, raw=b"x" * (LARGEST_ANSWER + 1))]

    assert (await claude.ask(QUESTION)).outcome in {Outcome.OVERSIZED, Outcome.BUSY}


@pytest.mark.parametrize("usage", [{}, {"input_tokens": -5, "output_tokens": 1}, "many", [7]])
async def test_who_does_not_say_what_it_cost_may_have_cost_anything(
    endpoint: Messages, claude: Claude, usage: Any
) -> None:
    endpoint.answers = [fills(GIVEN, usage=usage)]

    reply = await claude.ask(QUESTION)

    assert (reply.outcome, reply.usage, reply.may_have_cost) == (Outcome.ANSWERED, None, True)


async def test_who_does_not_answer_in_time_is_slow(endpoint: Messages) -> None:
    endpoint.answers = [Answer(waits=30)]

    async with claude_at(endpoint.url, timeout=0.2) as claude:
        reply = await claude.ask(QUESTION)

    assert (reply.outcome, reply.may_have_cost) == (Outcome.SLOW, True)


async def test_who_is_not_there_is_unreachable() -> None:
    async with messages() as gone:
        url = gone.url

    async with claude_at(url, timeout=2.0) as claude:
        reply = await claude.ask(QUESTION)

    assert (reply.outcome, reply.may_have_cost) == (Outcome.UNREACHABLE, False)


async def test_a_wrong_key_is_told_apart_and_not_tried_again(endpoint: Messages) -> None:
    async with claude_at(endpoint.url, key="sk-ant-wrong") as claude:
        reply = await claude.ask(QUESTION)

    assert (reply.outcome, len(endpoint.bodies)) == (Outcome.DENIED, 1)


async def test_an_id_that_is_none_is_left_out(endpoint: Messages, claude: Claude) -> None:
    body = json.loads(json.dumps(fills(GIVEN).body))
    endpoint.answers = [Answer(body=body, headers={"request-id": "a b c " * 50})]

    assert (await claude.ask(QUESTION)).request_id == ""
