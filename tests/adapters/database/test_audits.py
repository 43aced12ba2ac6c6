"""The audit chain: whoever changes what was written breaks it."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.adapters.database import SqlStore
from bot.domain.audit import AuditEntry
from bot.ports import Store
from tests.fakes.tampering import take_guards_down
from tests.fakes.values import NOW


def _entry(number: int, **changes: Any) -> AuditEntry:
    given: dict[str, Any] = {
        "at": NOW + timedelta(seconds=number, microseconds=number),
        "tag": "job:execution:ready",
        "actor": "person:T0LOCAL/UANA",
        "actor_name": "Ana 🌊",
        "subject": f"execution:{number % 2}",
        "request_id": f"r{number}",
        "detail": {"number": number, "nested": {"b": [1, 2.5, None], "a": "é\ud800"}},
        **changes,
    }
    return AuditEntry(**given)


async def _written(store: Store, count: int = 5) -> None:
    async with store.transaction() as tx:
        for number in range(1, count + 1):
            await tx.audit.write(_entry(number))


async def _first_broken(store: Store) -> int | None:
    async with store.reading() as tx:
        return await tx.audit.first_broken()


async def test_an_untouched_chain_is_whole(store: Store) -> None:
    assert await _first_broken(store) is None
    await _written(store)
    assert await _first_broken(store) is None


async def test_a_chain_goes_on_after_a_restart(store: Store, other_store: Store) -> None:
    await _written(store, 2)
    await _written(other_store, 2)

    assert await _first_broken(store) is None


_row = "at, tag, actor, actor_name, on_behalf_of, subject, request_id, detail"


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE audit SET tag = 'job:execution:failed' WHERE seq = 3", 3),
        ("UPDATE audit SET actor_name = 'Bo' WHERE seq = 3", 3),
        ("UPDATE audit SET at = (SELECT at FROM audit WHERE seq = 4) WHERE seq = 3", 3),
        ("""UPDATE audit SET detail = '{"number": 4}' WHERE seq = 3""", 3),
        (f"UPDATE audit SET hash = '{'1' * 64}' WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 3", 4),
        ("DELETE FROM audit WHERE seq = 1", 2),
        (
            f"INSERT INTO audit (seq, {_row}, before, hash) "
            f"SELECT 0, {_row}, '{'9' * 64}', hash FROM audit WHERE seq = 2",
            0,
        ),
        ("UPDATE audit SET seq = CASE seq WHEN 2 THEN 13 ELSE 12 END WHERE seq IN (2, 3)", 4),
        ("UPDATE audit SET seq = seq + 100 WHERE seq = 2", 3),
    ],
)
async def test_a_change_a_deletion_an_insertion_and_a_new_order_are_found(
    store: SqlStore, tampering: str, broken: int
) -> None:
    await _written(store)
    async with store.engine.begin() as connection:
        await take_guards_down(connection)
        await connection.execute(text(tampering))

    assert await _first_broken(store) == broken


async def test_what_was_taken_back_leaves_no_hole_in_the_chain(store: Store) -> None:
    with suppress(LookupError):
        async with store.transaction() as tx:
            await tx.audit.write(_entry(1))
            raise LookupError
    await _written(store, 2)

    assert await _first_broken(store) is None


async def test_every_row_is_exported_oldest_first_with_its_hashes(store: Store) -> None:
    await _written(store, 3)

    async with store.reading() as tx:
        rows = [row async for row in tx.audit.rows()]

    assert [row["request_id"] for row in rows] == ["r1", "r2", "r3"]
    assert rows[1]["before"] == rows[0]["hash"]


async def test_the_history_of_a_subject_is_its_newest_rows_in_order(store: Store) -> None:
    await _written(store)

    async with store.reading() as tx:
        entries = await tx.audit.about("execution:1", limit=2)

    assert entries == [_entry(3), _entry(5)]


async def test_any_text_that_json_can_write_is_chained(store: Store) -> None:
    strange = {"said": "\0 “é” \\u0000 \\ \" ' \ud800 \U0001f600", "n": [1.5, None, True]}
    async with store.transaction() as tx:
        for number in range(3):
            await tx.audit.write(
                AuditEntry(
                    at=NOW,
                    tag="a:b:c",
                    actor="x",
                    actor_name="O'é\"\\",
                    subject=f"{number}",
                    detail=strange,
                )
            )

    async with store.reading() as tx:
        assert await tx.audit.first_broken() is None
        [entry] = await tx.audit.about("1")
    assert entry.detail == strange
