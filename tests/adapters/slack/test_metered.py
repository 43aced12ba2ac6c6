"""Every request to Slack is measured by what came of it, whoever makes it."""

import asyncio
import json
from collections.abc import AsyncGenerator

import pytest
from slack_sdk.errors import SlackApiError

from bot.adapters.slack_clients import MeteredWebClient
from tests.adapters.slack.servers import Answer, BadSlack, bad_slack
from tests.fakes.meters import FakeMeters


@pytest.fixture
async def slack() -> AsyncGenerator[BadSlack]:
    async with bad_slack() as serving:
        yield serving


@pytest.fixture
def meters() -> FakeMeters:
    return FakeMeters()


@pytest.fixture
def client(slack: BadSlack, meters: FakeMeters) -> MeteredWebClient:
    return MeteredWebClient(
        meters=meters,
        token="xoxb-1",
        base_url=f"{slack.url}api/",
        session=slack.client.session,
        retry_handlers=[],
    )


async def test_a_call_that_is_answered_is_ok(client: MeteredWebClient, meters: FakeMeters) -> None:
    await client.chat_postMessage(channel="C1", text="hello")

    assert meters.told == {("slack", "chat.postMessage", "ok"): 1}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (
            Answer(status=429, body='{"ok":false,"error":"ratelimited"}'),
            "ratelimited",
        ),
        (Answer(body=json.dumps({"ok": False, "error": "is_archived"})), "is_archived"),
        (Answer(status=503, body="{}"), "503"),
    ],
)
async def test_a_refusal_is_measured_by_slacks_word(
    slack: BadSlack, client: MeteredWebClient, meters: FakeMeters, answer: Answer, outcome: str
) -> None:
    slack.answer = answer

    with pytest.raises(SlackApiError):
        await client.chat_update(channel="C1", ts="1.0", text="hello")

    assert meters.told == {("slack", "chat.update", outcome): 1}


async def test_a_call_that_was_given_up_had_no_answer(
    slack: BadSlack, client: MeteredWebClient, meters: FakeMeters
) -> None:
    slack.answer = Answer(hangs=True)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await client.auth_test()

    assert meters.told == {("slack", "auth.test", "no_answer"): 1}
