"""`make tamper`: a chain of ROWS (100,000) is tampered with at random TIMES (1,000), and proven.

Each time one connection tampers with the database as its owner could, without the guards, the same
proof runs over all of it that `jobthread audit verify` runs, with the signed checkpoints that are
kept in a file outside, and everything is rolled back. What the proof does not notice is printed,
and the exit code is 1. SEED makes it the same again.

Rows are read from the database each time. Of a page whose bytes were read before and held then,
the hashes are not computed again, unless HASHED=1 says so: that takes six times as long.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any, ClassVar, cast

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.figures import machine
from bot.adapters.database import SqlStore
from bot.adapters.database.proofs import SqlProofs, link_of
from bot.adapters.database.store import SqlTransaction
from bot.adapters.database.tables import audit, checkpoints
from bot.domain.audit import GENESIS
from bot.domain.chains import Checkpoint, Link
from bot.ports import Store, Transaction
from bot.services.verifications import Verification
from tests.fakes.chains import OTHER_KEY, entry, signed, signer
from tests.fakes.databases import fresh_database
from tests.fakes.tampering import take_guards_down

ROWS = int(os.environ.get("ROWS", "100000"))  # noqa: TID251  a smaller number for a first look
TIMES = int(os.environ.get("TIMES", "1000"))  # noqa: TID251
SEED = int(os.environ.get("SEED", "4"))  # noqa: TID251
HASHED = bool(int(os.environ.get("HASHED", "0")))  # noqa: TID251
SIGNED_EVERY = 1_000
STEP = 10
"""Between two rows' numbers: a sequence leaves gaps, in which a row can be put."""

_LINK = ("seq", "entry", "before", "hash")

Tampering = Callable[["Hand"], Awaitable[None]]


class Held(Link):
    """A row whose hash was computed from the same bytes before."""

    __slots__ = ()

    @property
    def holds(self) -> bool:
        return True


class RememberingProofs(SqlProofs):
    """Pages of rows by their raw bytes; `pages` holds those that were read of the whole chain."""

    pages: ClassVar[dict[tuple[int, int], tuple[Sequence[Any], Sequence[Link]]]] = {}

    async def links(self, after: int, limit: int, *, upto: int | None = None) -> Sequence[Link]:
        if HASHED or upto is not None:
            return await super().links(after, limit, upto=upto)
        statement = "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?"
        raw = (await self._connection.exec_driver_sql(statement, (after, limit))).all()
        known = self.pages.get((after, limit))
        if known is not None and known[0] == raw:
            return known[1]
        links = await super().links(after, limit)
        if known is None and all(link.holds for link in links):
            made = [Held(**{name: getattr(each, name) for name in _LINK}) for each in links]
            self.pages[(after, limit)] = raw, made
        return links


class OneConnection:
    """A store that reads what its one connection has not committed."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Transaction]:
        tx = SqlTransaction(self._connection, locking=False)
        tx.proofs = RememberingProofs(self._connection)
        yield tx


class Hand:
    """Tampers over a connection; `dice` decides where."""

    def __init__(self, connection: AsyncConnection, dice: random.Random) -> None:
        self.connection = connection
        self.dice = dice

    def place(self) -> int:
        """The number of some row."""
        return self.dice.randint(1, ROWS) * STEP

    async def row(self, seq: int) -> Link:
        found = await self.connection.execute(select(audit).where(audit.c.seq == seq))
        return link_of(found.mappings().one())

    async def set(self, row: int, **values: Any) -> None:
        await self.connection.execute(update(audit).where(audit.c.seq == row).values(**values))


async def change(hand: Hand) -> None:
    """One field of a row, whose own hash is made right or left."""
    seq = hand.place()
    link = await hand.row(seq)
    column, value = hand.dice.choice(
        [
            ("at", link.entry.at + timedelta(microseconds=1)),
            ("tag", "job:execution:failed"),
            ("actor", "person:T0LOCAL/UEVE"),
            ("actor_name", "Eve"),
            ("on_behalf_of", "UEVE"),
            ("subject", "execution:0"),
            ("request_id", "other"),
            ("detail", {**link.entry.detail, "values": {"env": "dev"}}),
        ]
    )
    values: dict[str, Any] = {column: value}
    if hand.dice.random() < 0.5:
        values["hash"] = replace(link.entry, **values).chained(link.before)
    await hand.set(seq, **values)


async def take_out(hand: Hand) -> None:
    """One row, or some in a row; the next is tied to the one before, or not."""
    first = hand.place()
    last = min(first + hand.dice.choice([0, 0, 1, 10]) * STEP, ROWS * STEP)
    before = (await hand.row(first)).before
    gone = delete(audit).where(audit.c.seq >= first, audit.c.seq <= last)
    await hand.connection.execute(gone)
    if last < ROWS * STEP and hand.dice.random() < 0.5:
        following = await hand.row(last + STEP)
        await hand.set(last + STEP, before=before, hash=following.entry.chained(before))


async def put_in(hand: Hand) -> None:
    """A row that follows from the one before; the next is tied to it, or not."""
    seq = hand.place()
    link = await hand.row(seq)
    made = replace(link.entry, actor_name="Eve", request_id="made up")
    before = link.hash if hand.dice.random() < 0.5 else "made up"
    new = made.chained(before)
    if seq < ROWS * STEP:
        following = await hand.row(seq + STEP)
        await hand.set(seq + STEP, before=new, hash=following.entry.chained(new))
    facts = {name: getattr(made, name) for name in _FACTS}
    values = {"seq": seq + STEP // 2, "before": before, "hash": new, **facts}
    await hand.connection.execute(insert(audit).values(**values))


async def reorder(hand: Hand) -> None:
    """Two rows change places: their numbers, or what they say."""
    first, second = hand.place(), hand.place()
    while second == first:
        second = hand.place()
    one, other = await hand.row(first), await hand.row(second)
    if hand.dice.random() < 0.5:
        for seq, becomes in ((first, -1), (second, first), (-1, second)):
            await hand.set(seq, seq=becomes)
        return
    await hand.set(first, **{name: getattr(other.entry, name) for name in _FACTS})
    await hand.set(second, **{name: getattr(one.entry, name) for name in _FACTS})


async def truncate(hand: Hand) -> None:
    """Everything from a row on, with or without the checkpoints of it."""
    seq = hand.place()
    await hand.connection.execute(delete(audit).where(audit.c.seq >= seq))
    if hand.dice.random() < 0.5:
        await hand.connection.execute(delete(checkpoints).where(checkpoints.c.seq >= seq))


async def rewrite(hand: Hand) -> None:
    """A row is changed and every later one hashed anew; signed anew with another key, or not."""
    seq = hand.place()
    found = await hand.connection.execute(
        select(audit).where(audit.c.seq >= seq).order_by(audit.c.seq)
    )
    links = [link_of(row) for row in found.mappings()]
    links[0] = replace(links[0], entry=replace(links[0].entry, actor_name="Eve"))
    before, made = links[0].before, list[Mapping[str, Any]]()
    for link in links:
        digest = link.entry.chained(before)
        made.append({"s": link.seq, "b": before, "h": digest})
        before = digest
    await hand.set(seq, actor_name="Eve")
    await hand.connection.execute(
        text("UPDATE audit SET before = :b, hash = :h WHERE seq = :s"), made
    )
    if hand.dice.random() < 0.5:
        newest = {each["s"]: each["h"] for each in made}
        await _sign_anew(hand, newest)


async def _sign_anew(hand: Hand, hashes: Mapping[int, str]) -> None:
    forger = signer(OTHER_KEY)
    before = GENESIS
    async with OneConnection(hand.connection).reading() as tx:
        kept = await tx.proofs.checkpoints()
        await hand.connection.execute(delete(checkpoints))
        for each in kept:
            upto = replace(each.upto, hash=hashes.get(each.upto.seq, each.upto.hash))
            forged = forger.signed(replace(each, upto=upto, before=before))
            await tx.proofs.add(forged)
            before = forged.digest()


TAMPERINGS: Sequence[Tampering] = (change, take_out, put_in, reorder, truncate, rewrite)
SHARES = (22, 22, 18, 16, 16, 6)
"""Hashing all later rows anew takes the longest, so it is done least."""

_FACTS = (
    "at",
    "tag",
    "actor",
    "actor_name",
    "on_behalf_of",
    "subject",
    "request_id",
    "detail",
)


async def filled(store: SqlStore) -> Sequence[Checkpoint]:
    """Rows as a busy installation writes them, and the checkpoints that are kept outside too."""
    before, links = GENESIS, list[Link]()
    for number in range(1, ROWS + 1):
        detail = {"job": "deploy", "environment": "prod", "values": {"app": f"a{number % 90}"}}
        said = entry(number, detail={**detail, "rule": "role deployers: run deploy"})
        digest = said.chained(before)
        links.append(Link(seq=number * STEP, entry=said, before=before, hash=digest))
        before = digest
    rows = [
        {
            **{name: getattr(each.entry, name) for name in _FACTS},
            "seq": each.seq,
            "before": each.before,
            "hash": each.hash,
        }
        for each in links
    ]
    marks = range(SIGNED_EVERY * STEP, ROWS * STEP + 1, SIGNED_EVERY * STEP)
    made = signed(links, *marks, ROWS * STEP)
    async with store.engine.begin() as connection:
        await take_guards_down(connection)
        for at in range(0, len(rows), 5_000):
            await connection.execute(insert(audit), rows[at : at + 5_000])
        tx = SqlTransaction(connection, locking=False)
        for each in made:
            await tx.proofs.add(each)
    return made


async def main() -> int:
    print(f"machine: {machine()}\n{ROWS} rows, {TIMES} times, seed {SEED}", flush=True)
    dice = random.Random(SEED)
    found: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    took: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(await fresh_database(Path(folder)))
        outside = await filled(store)
        async with store.engine.connect() as connection:
            began = time.perf_counter()
            broken = await _proven(connection, outside)
            print(f"untouched: {time.perf_counter() - began:.2f} s, broken: {broken}", flush=True)
            assert not broken
            for number in range(TIMES):
                [tampering] = dice.choices(TAMPERINGS, SHARES)
                name = tampering.__name__
                await tampering(Hand(connection, dice))
                began = time.perf_counter()
                is_found = await _proven(connection, outside)
                took[name].append(time.perf_counter() - began)
                await connection.rollback()
                tried[name] += 1
                found[name] += is_found
                if not is_found:
                    print(f"NOT FOUND: {name}, number {number} of seed {SEED}", flush=True)
        await store.close()
    for name in tried:
        print(f"{name:10} {found[name]:5} of {tried[name]:5}, median {median(took[name]):.2f} s")
    print(f"detected {found.total()} of {tried.total()}", flush=True)
    return int(found != tried)


async def _proven(connection: AsyncConnection, outside: Sequence[Checkpoint]) -> bool:
    """Whether the proof finds a break."""
    store = cast("Store", OneConnection(connection))
    verification = Verification(store=store, judge=signer().judge, outside=outside)
    return (await verification.prove()).broken is not None


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
