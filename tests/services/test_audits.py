"""A break of the audit chain is noticed while the bot runs."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from bot.adapters.database import SqlStore
from bot.adapters.database.tables import audit
from bot.domain.audit import AuditEntry
from bot.domain.errors import Permanent
from bot.services.audits import Audits
from tests.fakes.clocks import FakeClock
from tests.fakes.databases import fresh_database
from tests.fakes.tampering import take_guards_down
from tests.fakes.values import NOW


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[SqlStore]:
    """A chain of four rows."""
    store = SqlStore(await fresh_database(tmp_path))
    async with store.transaction() as tx:
        for number in range(4):
            await tx.audit.write(
                AuditEntry(
                    at=NOW,
                    tag="job:execution:requested",
                    actor="person:T/U",
                    actor_name="Ana",
                    subject=f"execution:{number}",
                )
            )
    yield store
    await store.close()


async def _forge(store: SqlStore, row: int) -> None:
    async with store.engine.begin() as connection:
        await take_guards_down(connection)
        await connection.execute(update(audit).where(audit.c.seq == row).values(actor_name="Eve"))


async def test_a_whole_chain_is_no_news(store: SqlStore) -> None:
    await Audits(store=store, clock=FakeClock()).prove_latest()


async def test_a_row_that_was_changed_is_told_to_the_operators_once(store: SqlStore) -> None:
    await _forge(store, 2)

    for _ in range(2):
        with pytest.raises(Permanent, match="row 2"):
            await Audits(store=store, clock=FakeClock()).prove_latest()

    async with store.transaction() as tx:
        (told,) = await tx.outbox.claim(NOW, NOW - NOW, 10)
    assert "audit verify" in str(told.notice.facts["sentence"])


async def test_only_the_latest_rows_are_proven_where_that_is_asked_for(store: SqlStore) -> None:
    await _forge(store, 1)

    async with store.reading() as tx:
        assert await tx.audit.first_broken(2) is None
        assert await tx.audit.first_broken() == 1


async def test_a_row_that_was_taken_away_is_missed(store: SqlStore) -> None:
    async with store.engine.begin() as connection:
        await take_guards_down(connection)
        await connection.execute(delete(audit).where(audit.c.seq == 3))

    with pytest.raises(Permanent, match="row 4"):
        await Audits(store=store, clock=FakeClock()).prove_latest()
