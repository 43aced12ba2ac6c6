"""Rows of many gestures in one commit, on both databases: kept, kept once, and none for another."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.database import SqlStore
from bot.domain.audit import AuditEntry
from bot.domain.errors import Temporary
from bot.ports.batches import Envelope, Mark
from tests.fakes.databases import Kind

NOW = datetime(2026, 11, 21, 9, 30, 0, 123_456, tzinfo=UTC)


def envelope(key: str, payload: Mapping[str, Any] | None = None) -> Envelope:
    return Envelope(
        key=key,
        kind="command",
        payload=payload or {"text": f"«{key}» 你好 \U0001f600 \x00 \ud800"},
        received_at=NOW,
        order="COPS:UANA",
        leased_until=NOW + timedelta(minutes=1),
    )


def asked(key: str) -> AuditEntry:
    return AuditEntry(
        at=NOW,
        tag="job:asked:status",
        actor="person:T/UANA",
        actor_name="Ana “A” 安娜",
        subject="executions",
        request_id=key,
        detail={"rule": "role developer: everyday"},
    )


async def test_what_was_recorded_reads_as_it_was_given(store: SqlStore) -> None:
    given = envelope("one")

    recorded = await store.batch.record(given)

    async with store.reading() as tx:
        found = await tx.inbox.get("one")
    assert recorded.is_new
    assert found == replace(given, order="", leased_until=None)


async def test_of_many_at_once_each_is_new_once(store: SqlStore) -> None:
    keys = [f"key {n % 60}" for n in range(120)]

    recorded = await asyncio.gather(*(store.batch.record(envelope(key)) for key in keys))

    assert sum(each.is_new for each in recorded) == 60
    assert all(each.is_new for each in recorded[:60])


async def test_two_processes_find_each_others_envelopes(
    store: SqlStore, other_store: SqlStore
) -> None:
    await store.batch.mark(Mark(key="none", handled_at=NOW))
    both = [each.batch.record(envelope(f"{n}")) for n in range(40) for each in (store, other_store)]

    recorded = await asyncio.gather(*both)

    assert sum(each.is_new for each in recorded) == 40


async def test_a_duplicate_sees_what_the_first_was_answered(store: SqlStore) -> None:
    await store.batch.record(envelope("form"))
    await store.batch.mark(Mark(key="form", answer={"response_action": "clear"}))

    again = await store.batch.record(envelope("form"))

    assert again.before is not None
    assert again.before.answer == {"response_action": "clear"}
    assert not again.before.handled


async def test_an_answer_stays_when_its_envelope_is_handled(store: SqlStore) -> None:
    await store.batch.record(envelope("form"))
    first = Mark(key="form", answer={"text": "«first»"})
    await asyncio.gather(
        store.batch.mark(first), store.batch.mark(Mark(key="form", handled_at=NOW, error="e1"))
    )

    async with store.reading() as tx:
        found = await tx.inbox.get("form")

    assert found is not None
    assert found.handled
    assert found.answer == {"text": "«first»"}


async def test_audit_rows_of_marks_continue_the_chain_in_their_order(store: SqlStore) -> None:
    async def moved(number: int) -> None:
        async with store.transaction() as tx:
            await tx.audit.write(replace(asked(f"move {number}"), tag="job:execution:ready"))

    async def marked(number: int) -> None:
        mark = Mark(key=f"{number}", handled_at=NOW, audits=(asked(f"{number}"),))
        await store.batch.mark(mark)

    await asyncio.gather(*(each(n) for n in range(30) for each in (marked, moved)))

    async with store.reading() as tx:
        assert await tx.audit.first_broken() is None
        rows = [row async for row in tx.audit.rows()]
    told = [int(row["request_id"]) for row in rows if row["tag"] == "job:asked:status"]
    assert told == list(range(30))
    assert len(rows) == 60


async def test_a_row_that_the_database_refuses_fails_alone(store: SqlStore) -> None:
    rows = [envelope(f"{n}") for n in range(9)]
    rows[4] = envelope("4", {"fraction": float("nan")})

    done = await asyncio.gather(
        *(store.batch.record(each) for each in rows), return_exceptions=True
    )

    failed = [number for number, each in enumerate(done) if isinstance(each, Exception)]
    assert failed == [4]
    async with store.reading() as tx:
        assert len(await tx.inbox.unhandled(NOW + timedelta(seconds=1))) == 8


async def test_who_gives_up_waiting_takes_nobody_along(store: SqlStore) -> None:
    tasks = [asyncio.create_task(store.batch.record(envelope(f"{n}"))) for n in range(20)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[7].cancel()

    done = await asyncio.gather(*tasks, return_exceptions=True)

    assert [n for n, each in enumerate(done) if isinstance(each, BaseException)] == [0, 7]


async def test_what_waits_when_the_store_closes_is_committed_first(
    url: str, other_store: SqlStore
) -> None:
    closing = SqlStore(url)
    tasks = [asyncio.create_task(closing.batch.record(envelope(f"{n}"))) for n in range(20)]
    await asyncio.sleep(0)

    await closing.close()

    assert all(each.is_new for each in await asyncio.gather(*tasks))
    async with other_store.reading() as tx:
        assert len(await tx.inbox.unhandled(NOW + timedelta(seconds=1))) == 20
    with pytest.raises(Temporary):
        await closing.batch.record(envelope("late"))


@pytest.fixture
async def away(kind: Kind, tmp_path: Path) -> AsyncGenerator[SqlStore]:
    nowhere = {
        Kind.SQLITE: f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/test.db",
        Kind.POSTGRES: "postgresql+asyncpg://postgres@127.0.0.1:1/nothing",
    }
    store = SqlStore(nowhere[kind])
    yield store
    await store.close()


async def test_a_database_that_is_away_is_temporary(away: SqlStore) -> None:
    with pytest.raises(Temporary):
        await away.batch.record(envelope("one"))
    with pytest.raises(Temporary):
        await away.batch.mark(Mark(key="one", handled_at=NOW))


async def test_a_look_reads_as_a_reading_does(store: SqlStore) -> None:
    await store.batch.record(envelope("one"))

    found = await store.look(lambda tx: tx.inbox.get("one"))

    assert found is not None
    assert found.key == "one"
