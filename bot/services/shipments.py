"""Shipments: the audit log is copied to an archive as it grows, each piece once and by its name."""

from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.domain.chains import Checkpoint, Link
from bot.domain.ledgers import line_of
from bot.ports import Archive, Clock, Cursor, Store, Transaction

log = structlog.get_logger(__name__)

ROWS = "archive:rows"
CHECKPOINTS = "archive:checkpoints"
"""The names of the cursors: how far each kind is kept in the archive."""

ROWS_AT_ONCE = 1_000
CHECKPOINTS_AT_ONCE = 1_000
ROUNDS = 20
"""Pieces that one tick ships of what has gathered, so that a first start is not one long round."""

Gather = Callable[[Transaction, Cursor], Awaitable[Sequence[Link] | Sequence[Checkpoint]]]


class Shipments:
    """What is being shipped is written down first: a try that was cut off is made again alike.

    A piece is named by its range and the hash at its end, so that the same piece has the same name
    wherever and how often it is sent, and a database that went back in time overwrites nothing.
    """

    def __init__(self, *, store: Store, clock: Clock, archive: Archive) -> None:
        self._store = store
        self._clock = clock
        self._archive = archive

    async def ship(self) -> int:
        """Send what is new; returns how many pieces. Raises what the archive raises."""
        sent = 0
        for _ in range(ROUNDS):
            rows = await self._ship(ROWS, _rows)
            checkpoints = await self._ship(CHECKPOINTS, _checkpoints)
            if not (rows or checkpoints):
                break
            sent += rows + checkpoints
        return sent

    async def kept_upto(self) -> int:
        """The number of the last row that is surely in the archive."""
        async with self._store.reading() as tx:
            return (await tx.proofs.cursor(ROWS)).done

    async def _ship(self, name: str, gather: Gather) -> bool:
        async with self._store.transaction() as tx:
            was = await tx.proofs.cursor(name)
            piece = await gather(tx, was)
            if not piece:
                return False
            claimed = Cursor(done=was.done, until=_number(piece[-1]))
            if claimed != was and not await tx.proofs.move_cursor(
                name, was, claimed, self._clock.now()
            ):
                return False
        content = "".join(line_of(each) for each in piece).encode()
        await self._archive.put(_name(piece), content)
        async with self._store.transaction() as tx:
            # Another process may have shipped the same meanwhile: the same piece, the same name.
            after = Cursor(done=claimed.until, until=claimed.until)
            await tx.proofs.move_cursor(name, claimed, after, self._clock.now())
        log.info("audit_shipped", pieces=name, upto=claimed.until)
        return True


async def _rows(tx: Transaction, cursor: Cursor) -> Sequence[Link]:
    upto = cursor.until if cursor.until > cursor.done else None
    return await tx.proofs.links(cursor.done, ROWS_AT_ONCE, upto=upto)


async def _checkpoints(tx: Transaction, cursor: Cursor) -> Sequence[Checkpoint]:
    begun = cursor.until - cursor.done
    return await tx.proofs.checkpoints(cursor.done, begun or CHECKPOINTS_AT_ONCE)


def _number(kept: Link | Checkpoint) -> int:
    return kept.seq if isinstance(kept, Link) else kept.number


def _name(piece: Sequence[Link] | Sequence[Checkpoint]) -> str:
    first, last = piece[0], piece[-1]
    folder = "rows" if isinstance(last, Link) else "checkpoints"
    end = last.hash if isinstance(last, Link) else last.digest()
    return f"{folder}/{_number(first):012d}-{_number(last):012d}-{end[:12]}.jsonl"
