"""SqlStore: transactions over SQLAlchemy; one code for SQLite and PostgreSQL."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncTransaction,
)

from bot.adapters.database.allowances import SqlAllowances
from bot.adapters.database.audits import SqlAudit
from bot.adapters.database.batches import GroupCommit, Lanes
from bot.adapters.database.bells import Bells
from bot.adapters.database.conversations import SqlCopies, SqlDrafts, SqlInbox
from bot.adapters.database.countings import SqlCountings
from bot.adapters.database.decisions import SqlDecisions
from bot.adapters.database.delegations import SqlDelegations
from bot.adapters.database.dialogues import SqlAliases, SqlOpenQuestions
from bot.adapters.database.executions import SqlExecutions
from bot.adapters.database.letters import SqlLetters
from bot.adapters.database.offers import SqlOffers
from bot.adapters.database.outages import SqlOutages
from bot.adapters.database.outbox import SqlOutbox
from bot.adapters.database.passkeys import SqlPasskeys
from bot.adapters.database.places import SqlPlaces
from bot.adapters.database.postgres import (
    Pool,
    batch_engine,
    is_unanswered,
    learn_fate,
    postgres_engine,
)
from bot.adapters.database.postgres_batches import postgres_batches
from bot.adapters.database.presences import SqlPresences
from bot.adapters.database.proofs import SqlProofs
from bot.adapters.database.reviews import SqlReviews
from bot.adapters.database.schedules import SqlSchedules
from bot.adapters.database.spendings import SqlSpendings
from bot.adapters.database.sqlite import BUSY_TIMEOUT, READING, looking_engine, sqlite_engine
from bot.adapters.database.sqlite_batches import SqliteWriter
from bot.adapters.database.sqlite_readings import SqliteReader
from bot.adapters.database.tallies import SqlTallies
from bot.adapters.database.troubles import as_port_errors, reaching
from bot.adapters.database.waits import SqlWaits
from bot.domain.executions import Status
from bot.domain.notices import Lane
from bot.ports import Meters, Transaction, Unmeasured, Work

Found = TypeVar("Found")

_ONE_MOMENT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""What makes a reading see one moment: SQLite's do by themselves."""


class SqlTransaction:
    """The repositories over one connection."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self.made: set[Work] = set()
        self.ended: list[Status] = []
        self.delivered: list[tuple[Lane, float]] = []
        self.presences = SqlPresences(connection)
        self.letters = SqlLetters(connection, self.made)
        self.countings = SqlCountings(connection)
        self.executions = SqlExecutions(connection, self.made, self.ended, locking=locking)
        self.decisions = SqlDecisions(connection)
        self.drafts = SqlDrafts(connection)
        self.offers = SqlOffers(connection)
        self.places = SqlPlaces(connection, self.made, locking=locking)
        self.audit = SqlAudit(connection)
        self.proofs = SqlProofs(connection)
        self.passkeys = SqlPasskeys(connection)
        self.outages = SqlOutages(connection)
        self.reviews = SqlReviews(connection, locking=locking)
        self.schedules = SqlSchedules(connection, locking=locking)
        self.delegations = SqlDelegations(connection, locking=locking)
        self.spendings = SqlSpendings(connection)
        self.tallies = SqlTallies(connection, locking=locking)
        self.waits = SqlWaits(connection, self.made, locking=locking)
        self.outbox = SqlOutbox(connection, self.made, self.delivered)
        self.copies = SqlCopies(connection)
        self.inbox = SqlInbox(connection)
        self.aliases = SqlAliases(connection)
        self.open_questions = SqlOpenQuestions(connection)


class SqlStore:
    """The store for one database URL, such as `sqlite+aiosqlite:///jobthread.db`."""

    def __init__(self, url: str, meters: Meters | None = None, *, pool: Pool | None = None) -> None:
        self.url: URL = make_url(url)
        self._meters = meters or Unmeasured()
        self._pool = pool or Pool()
        is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine: AsyncEngine = (
            sqlite_engine(self.url) if is_sqlite else postgres_engine(self.url, self._pool)
        )
        # SQLite has one writer: waiting here is fair and cheap, waiting in SQLite is neither.
        self._writing = asyncio.Lock() if is_sqlite else None
        self._looking = READING if is_sqlite else _ONE_MOMENT
        self._bells = Bells(None if is_sqlite else self.engine)
        self._batching = None if is_sqlite else batch_engine(self.url, self._pool)
        self.batch = self._batches()
        # Where several processes may use the database; one alone counts in its memory.
        self.allowances = None if is_sqlite else SqlAllowances(self.engine)
        self._reader = SqliteReader(looking_engine(self.url)) if is_sqlite else None

    @property
    def is_shared(self) -> bool:
        """True where several processes may use the database at the same time."""
        return self._writing is None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        async with AsyncExitStack() as stack:
            if self._writing is not None:
                await stack.enter_async_context(self._writing)
            with as_port_errors():
                connection = await self._connected(stack)
                async with connection.begin() as begun:
                    transaction = SqlTransaction(connection, locking=True)
                    yield transaction
                    own = await transaction.audit.conclude(bells=self._bells.told(transaction.made))
                    await self._commit(begun, own)
        self._bells.ring(transaction.made)
        for status in transaction.ended:
            self._meters.ended(status)
        for lane, seconds in transaction.delivered:
            self._meters.delivered(lane.name.lower(), seconds)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Transaction]:
        async with AsyncExitStack() as stack:
            with as_port_errors():
                connection = await self._connected(stack)
                await connection.execution_options(**self._looking)
                async with connection.begin():
                    yield SqlTransaction(connection, locking=False)

    async def look(self, reading: Callable[[Transaction], Coroutine[Any, Any, Found]]) -> Found:
        async def over(connection: AsyncConnection) -> Found:
            return await reading(SqlTransaction(connection, locking=False))

        with as_port_errors():
            if self._reader is not None:
                return await self._reader.read(over)
        async with self.reading() as tx:
            return await reading(tx)

    async def woken(self, work: Work, timeout: float) -> None:
        await self._bells.rung(work, timeout)

    async def close(self) -> None:
        await self._bells.close()
        await self.batch.close()
        if self._reader is not None:
            await self._reader.close()
        if self._batching is not None:
            await self._batching.dispose()
        await self.engine.dispose()

    async def _connected(self, stack: AsyncExitStack) -> AsyncConnection:
        with reaching():
            return await stack.enter_async_context(self.engine.connect())

    async def _commit(self, begun: AsyncTransaction, own: str) -> None:
        try:
            await begun.commit()
        except DBAPIError as error:
            if self._writing is not None or not is_unanswered(error):
                raise
            await learn_fate(self.engine, own, error, patience=self._pool.fate)

    def _batches(self) -> GroupCommit | Lanes:
        if self._batching is not None:
            return postgres_batches(self._batching)
        assert self._writing is not None, "SQLite has one writer"
        file = self.url.database or ""
        return GroupCommit(SqliteWriter(file, writing=self._writing, timeout=BUSY_TIMEOUT))
