"""A database with an audit chain, and what signs, ships and prunes it."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from bot.adapters.database import SqlStore
from bot.domain.chains import Link
from bot.domain.ledgers import read_line
from bot.services.audits import Audits
from bot.services.prunings import Prunings
from bot.services.shipments import Shipments
from bot.services.verifications import Proof, Verification
from tests.fakes.chains import FakeArchive, FakeWitness, entry, signer
from tests.fakes.clocks import FakeClock
from tests.fakes.databases import fresh_database
from tests.fakes.tampering import take_guards_down

NEVER = timedelta(days=-1)
"""An age that everything has."""


@dataclass(frozen=True, kw_only=True)
class Chain:
    """Everything around one chain; `witness` and `archive` lie outside of the database."""

    store: SqlStore
    clock: FakeClock
    witness: FakeWitness
    archive: FakeArchive
    audits: Audits
    prunings: Prunings
    shipments: Shipments

    async def write(self, count: int, first: int = 1) -> None:
        async with self.store.transaction() as tx:
            for number in range(first, first + count):
                await tx.audit.write(entry(number))

    async def tamper(self, *statements: str) -> None:
        async with self.store.engine.begin() as connection:
            await take_guards_down(connection)
            for statement in statements:
                await connection.execute(text(statement))

    async def prune(self) -> int:
        """Everything that is signed and archived."""
        upto = await self.shipments.kept_upto()
        return await self.prunings.prune(self.clock.now() - NEVER, upto)

    async def proof(self, *, witnessed: bool = False, archived: bool = False) -> Proof:
        outside = self.witness.kept if witnessed else ()
        verification = Verification(store=self.store, judge=signer().judge, outside=outside)
        return await verification.prove(self._archived() if archived else None)

    async def broken(self, *, witnessed: bool = False, archived: bool = False) -> int | None:
        found = (await self.proof(witnessed=witnessed, archived=archived)).broken
        return found.seq if found else None

    def rows(self) -> Sequence[Link]:
        """Those in the archive, in the order of their names."""
        names = sorted(name for name in self.archive.pieces if name.startswith("rows/"))
        lines = [line for name in names for line in self.archive.pieces[name].splitlines()]
        read = [read_line(line.decode()) for line in lines]
        return [each for each in read if isinstance(each, Link)]

    async def _archived(self) -> AsyncGenerator[Link]:
        for link in self.rows():
            yield link


@asynccontextmanager
async def chain_in(folder: Path) -> AsyncGenerator[Chain]:
    """An empty chain on SQLite."""
    store, clock = SqlStore(await fresh_database(folder)), FakeClock()
    witness, archive = FakeWitness(), FakeArchive()
    yield Chain(
        store=store,
        clock=clock,
        witness=witness,
        archive=archive,
        audits=Audits(store=store, clock=clock, signer=signer(), witness=witness),
        prunings=Prunings(store=store, clock=clock, signer=signer(), witness=witness),
        shipments=Shipments(store=store, clock=clock, archive=archive),
    )
    await store.close()
