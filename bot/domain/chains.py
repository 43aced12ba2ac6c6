"""The audit chain as a proof: links, signed checkpoints, and the first place where it breaks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.audit import GENESIS, AuditEntry
from bot.domain.jobs import canonical, digest_of

SCHEME = "jobthread audit checkpoint 1"
"""Stands first in what is signed, so that a signature can never be taken for another kind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A row of the chain as it is kept: its number, what it says, and both hashes."""

    seq: int
    entry: AuditEntry
    before: str
    hash: str

    @property
    def holds(self) -> bool:
        """True when the row says what its hash was taken of."""
        return self.entry.chained(self.before) == self.hash


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchor:
    """A row by number and hash, and how many rows the chain has up to it."""

    seq: int = 0
    hash: str = GENESIS
    count: int = 0


BEGINNING = Anchor()


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """Signed: up to `upto` the chain was whole, and what is left of it begins after `anchor`.

    `number` counts from 1 and `before` is the digest of the checkpoint before it, so that none can
    be left out. `key` is the id of the key, `signature` in hex.
    """

    number: int
    upto: Anchor
    at: datetime
    anchor: Anchor = BEGINNING
    before: str = GENESIS
    key: str
    signature: str = ""

    def signed(self) -> bytes:
        """What the signature is of."""
        return canonical(SCHEME, *self._parts())

    def digest(self) -> str:
        return digest_of(SCHEME, *self._parts(), self.signature)

    def _parts(self) -> tuple[object, ...]:
        return (
            self.number,
            self.upto.seq,
            self.upto.hash,
            self.upto.count,
            self.at.astimezone(UTC).isoformat(),
            self.anchor.seq,
            self.anchor.hash,
            self.anchor.count,
            self.before,
            self.key,
        )


def next_checkpoint(
    newest: Checkpoint | None,
    upto: Anchor,
    now: datetime,
    key: str,
    *,
    anchor: Anchor | None = None,
) -> Checkpoint:
    """What is to be signed next; `anchor` where rows are taken away with it."""
    first = Checkpoint(number=1, upto=upto, at=now, key=key, anchor=anchor or BEGINNING)
    if newest is None:
        return first
    return replace(
        first,
        number=newest.number + 1,
        anchor=anchor or newest.anchor,
        before=newest.digest(),
    )


class Seal(StrEnum):
    """What a signature is worth to somebody who holds some public keys."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


Judge = Callable[[Checkpoint], Seal]


@dataclass(frozen=True, kw_only=True, slots=True)
class Break:
    """Where the proof fails first; `seq` is a row's number, `why` a sentence without an end."""

    seq: int
    why: str


def break_in_series(checkpoints: Sequence[Checkpoint], judge: Judge) -> Break | None:
    """The first checkpoint that was changed, left out or signed by somebody else.

    They are in their order, all that there are.
    """
    before, last = GENESIS, BEGINNING
    known = {BEGINNING}
    for number, each in enumerate(checkpoints, start=1):
        if each.number != number:
            return Break(seq=each.upto.seq, why=f"checkpoint {number} was taken away")
        if wrong := break_of(each, judge):
            return wrong
        known.add(each.upto)
        goes_on = each.upto.seq >= last.seq and each.upto.count >= last.count
        if each.before != before or not goes_on or each.anchor not in known:
            return Break(seq=each.upto.seq, why=f"checkpoint {number} does not follow from before")
        before, last = each.digest(), each.upto
    return None


def break_of(checkpoint: Checkpoint, judge: Judge) -> Break | None:
    """What is wrong with one checkpoint by itself."""
    seq, name = checkpoint.upto.seq, f"checkpoint {checkpoint.number}"
    match judge(checkpoint):
        case Seal.GOOD:
            return None
        case Seal.BAD:
            return Break(seq=seq, why=f"{name} is not what was signed")
        case Seal.UNKNOWN:
            return Break(
                seq=seq, why=f"{name} is signed by the key {checkpoint.key}, not a known one"
            )


class Walk:
    """Goes along the chain from an anchor, a row at a time, oldest first, and past checkpoints.

    `take` and `end` return the first break, and nothing must be taken after one.
    """

    def __init__(self, start: Anchor = BEGINNING, checkpoints: Iterable[Checkpoint] = ()) -> None:
        self.at = start
        self._passed = start
        ahead = {each.upto for each in checkpoints if each.upto.seq > start.seq}
        self._ahead = sorted(ahead, key=lambda upto: (-upto.seq, upto.hash))

    def take(self, link: Link) -> Break | None:
        """The next row."""
        if self._ahead and self._ahead[-1].seq < link.seq:
            missed = self._ahead[-1].seq
            return Break(seq=missed, why="it was signed and is not there any more")
        if link.seq <= self.at.seq:
            return Break(seq=link.seq, why="it stands before a row that it follows")
        if link.before != self.at.hash:
            return Break(seq=link.seq, why="it does not follow from the row before it")
        if not link.holds:
            return Break(seq=link.seq, why="it was changed after it was written")
        self.at = Anchor(seq=link.seq, hash=link.hash, count=self.at.count + 1)
        while self._ahead and self._ahead[-1].seq == link.seq:
            if self._ahead.pop() != self.at:
                since = self._passed.seq
                why = f"it, or a row since {since}, is another one than the one that was signed"
                return Break(seq=link.seq, why=why)
            self._passed = self.at
        return None

    def end(self) -> Break | None:
        """Nothing follows: what was signed and not seen is missing."""
        if not self._ahead:
            return None
        first, last = self.at.seq + 1, max(each.seq for each in self._ahead)
        return Break(seq=first, why=f"rows up to {last} were signed and are not there any more")
