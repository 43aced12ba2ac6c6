"""Verifications: everything that can be proven of the audit log, by whoever holds a public key."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from bot.domain.chains import (
    BEGINNING,
    Anchor,
    Break,
    Checkpoint,
    Judge,
    Link,
    Walk,
    break_in_series,
    break_of,
)
from bot.ports import Store, Transaction

PAGE = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What was looked at; `broken` is the first place where it does not hold, None when whole.

    `rows` are those in the database, `exported` those of the files up to a row; `signed` is the
    last checkpoint, and `start` where the database's part of the chain begins.
    """

    rows: int = 0
    exported: int = 0
    exported_upto: int = 0
    last: Anchor = BEGINNING
    start: Anchor = BEGINNING
    signed: Checkpoint | None = None
    checkpoints: int = 0
    broken: Break | None = None


class Broken(Exception):
    """Carries the first break to where the proof is put together."""

    def __init__(self, broken: Break) -> None:
        super().__init__(broken.why)
        self.broken = broken


class Verification:
    """One look at a database, with checkpoints and rows that were kept outside of it."""

    def __init__(self, *, store: Store, judge: Judge, outside: Sequence[Checkpoint] = ()) -> None:
        self._store = store
        self._judge = judge
        self._outside = outside

    async def prove(self, exported: AsyncIterator[Link] | None = None) -> Proof:
        """Prove the database, and rows of export files with it, which come oldest first."""
        try:
            async with self._store.reading() as tx:
                own = await tx.proofs.checkpoints()
                self._check_checkpoints(own)
                signed = own[-1] if own else None
                start = signed.anchor if signed else BEGINNING
                every = [*own, *self._outside]
                copies, rows = BEGINNING, 0
                if exported is not None:
                    copies, rows = await _walk_exported(exported, every)
                    await _join(tx, copies, start)
                walk = Walk(start, every)
                await _walk_database(tx, walk)
        except Broken as error:
            return Proof(broken=error.broken)
        return Proof(
            rows=walk.at.count - start.count,
            exported=rows,
            exported_upto=copies.seq,
            last=walk.at,
            start=start,
            signed=signed,
            checkpoints=len(own),
        )

    def _check_checkpoints(self, own: Sequence[Checkpoint]) -> None:
        _raise(break_in_series(own, self._judge))
        by_number = {each.number: each for each in own}
        for each in self._outside:
            _raise(break_of(each, self._judge))
            kept = by_number.get(each.number)
            name = f"checkpoint {each.number}, which is kept elsewhere,"
            if kept is None:
                raise Broken(Break(seq=each.upto.seq, why=f"{name} is not in the database"))
            if kept.digest() != each.digest():
                raise Broken(Break(seq=each.upto.seq, why=f"{name} is another one here"))


async def _walk_database(tx: Transaction, walk: Walk) -> None:
    # Rows at or below 0 were put in by hand: they are looked at when the chain begins there.
    after = walk.at.seq or -(2**31)
    while links := await tx.proofs.links(after, PAGE):
        for link in links:
            _raise(walk.take(link))
        after = links[-1].seq
    _raise(walk.end())


async def prove_exported(
    exported: AsyncIterator[Link], checkpoints: Sequence[Checkpoint], judge: Judge
) -> Proof:
    """Prove export files alone, with the signed checkpoints that are kept beside them."""
    try:
        for each in checkpoints:
            _raise(break_of(each, judge))
        last, rows = await _walk_exported(exported, checkpoints, is_all=True)
    except Broken as error:
        return Proof(broken=error.broken)
    signed = max(checkpoints, key=lambda each: each.number, default=None)
    return Proof(
        rows=rows,
        last=last,
        exported=rows,
        exported_upto=last.seq,
        signed=signed,
        checkpoints=len(checkpoints),
    )


async def _walk_exported(
    exported: AsyncIterator[Link], checkpoints: Sequence[Checkpoint], *, is_all: bool = False
) -> tuple[Anchor, int]:
    """Prove the files by themselves; the last row, and how many. `is_all`: nothing may follow."""
    walk: Walk | None = None
    rows = 0
    async for link in exported:
        walk = walk or Walk(_begins_at(link, checkpoints), checkpoints)
        if link.seq > walk.at.seq:
            _raise(walk.take(link))
            rows += 1
        elif link.hash != walk.at.hash and link.seq == walk.at.seq:
            raise Broken(Break(seq=link.seq, why="two export files say different things of it"))
    if walk is not None and is_all:
        _raise(walk.end())
    return (walk.at, rows) if walk else (BEGINNING, 0)


async def _join(tx: Transaction, last: Anchor, start: Anchor) -> None:
    """What was exported last is in the database, or the row after which that begins."""
    if last.seq < start.seq:
        why = f"it was pruned, and the export files end at row {last.seq}"
        raise Broken(Break(seq=last.seq + 1, why=why))
    if last.seq > start.seq:
        kept = await tx.proofs.links(last.seq - 1, 1, upto=last.seq)
        if [each.hash for each in kept] != [last.hash]:
            raise Broken(Break(seq=last.seq, why="it was exported and is another one or gone"))


def _begins_at(first: Link, checkpoints: Sequence[Checkpoint]) -> Anchor:
    """Where export files may begin: at the beginning, or right after a row that was signed."""
    for anchor in (BEGINNING, *(each.upto for each in checkpoints)):
        if anchor.hash == first.before:
            return anchor
    why = "the export files begin here, and the row before it was not signed"
    raise Broken(Break(seq=first.seq, why=why))


def _raise(broken: Break | None) -> None:
    if broken is not None:
        raise Broken(broken)
