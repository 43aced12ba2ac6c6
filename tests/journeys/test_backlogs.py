"""What a killed process left behind: drained in order, oldest first, each once."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.database import SqlStore
from bot.ports import Envelope
from bot.services.inbox import LEASE
from bot.wiring.outside import SystemClock
from handlers.gestures import read_gesture
from simulator import Workspace
from tests.journeys.houses import House, bot_on, migrated, settings_for, write_files

THREADS, EACH = 20, 25


@pytest.fixture
async def house(workspace: Workspace, tmp_path: Path) -> House:
    write_files(tmp_path)
    settings = settings_for(workspace, tmp_path)
    await migrated(settings)
    return House(workspace=workspace, settings=settings)


def _mention(workspace: Workspace, number: int, thread: str) -> dict[str, Any]:
    bot = workspace.team.bot.id
    return {
        "type": "event_callback",
        "team_id": workspace.team.id,
        "event_id": f"Ev{number}",
        "authorizations": [{"user_id": bot}],
        "event": {
            "type": "app_mention",
            "user": "UANA",
            "team": workspace.team.id,
            "text": f"<@{bot}> list nothing{number}",
            "channel": "COPS",
            "ts": f"{1_700_000_000 + number}.000100",
            "thread_ts": thread,
        },
    }


async def _left(house: House, bodies: list[dict[str, Any]], age: timedelta) -> None:
    """As a process leaves them that was killed right after its acks."""
    store = SqlStore(house.settings.jobthread_database_url.get_secret_value())
    began = SystemClock().now() - age
    for number, body in enumerate(bodies):
        gesture = read_gesture(body)
        at = began + timedelta(milliseconds=number)
        envelope = Envelope(
            key=gesture.key,
            kind=gesture.did,
            payload=body,
            received_at=at,
            order=gesture.order,
            leased_until=at + LEASE,
        )
        assert (await store.batch.record(envelope)).is_new
    await store.close()


async def test_five_hundred_left_over_are_answered_in_order_each_once(house: House) -> None:
    workspace = house.workspace
    for number in range(THREADS):
        await workspace.say("ana", f"thread {number}", "#ops")
    threads = [message.ts for message in workspace.messages("#ops")]
    bodies = [
        _mention(workspace, number, threads[number % THREADS]) for number in range(THREADS * EACH)
    ]
    await _left(house, bodies, age=timedelta(seconds=30))

    async with bot_on(workspace, house.settings) as services:
        await workspace.until(
            lambda: sum(len(workspace.thread("#ops", ts)) for ts in threads) >= len(bodies),
            timeout=60,
            why="all are answered",
        )
        for place, ts in enumerate(threads):
            said = [message.seen for message in workspace.thread("#ops", ts)]
            wanted = [f"nothing{number}" for number in range(place, len(bodies), THREADS)]
            assert len(said) == EACH
            assert all(f"“{word}”" in text for word, text in zip(wanted, said, strict=True))
        assert not await services.inbox.left_over()


async def test_what_is_old_gets_a_sentence_instead_of_a_surprise(house: House) -> None:
    workspace = house.workspace
    await workspace.say("ana", "a thread", "#ops")
    body = _mention(workspace, 1, workspace.messages("#ops")[0].ts)
    body["event"]["text"] = body["event"]["text"].replace("list nothing1", "run hello who=you")
    await _left(house, [body], age=timedelta(hours=2))

    async with bot_on(workspace, house.settings) as services:
        told = await house.whisper("ana", "I was away")
        assert "120 minutes" in told.seen
        assert not await services.inbox.left_over()
    assert not workspace.messages("#ops")[1:]
