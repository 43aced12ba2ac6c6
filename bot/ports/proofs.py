"""Proofs: rows of the audit chain as links, its checkpoints, and how far it was shipped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.audit import AuditSearch
from bot.domain.chains import Checkpoint, Link, Seal


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """Up to where something is done, and until where it was begun (the same when nothing was)."""

    done: int = 0
    until: int = 0


class Proofs(Protocol):
    async def links(self, after: int, limit: int, *, upto: int | None = None) -> Sequence[Link]:
        """The next rows after this number, up to and with `upto`, oldest first."""
        ...

    async def found(
        self, wanted: AuditSearch, limit: int, *, newest_first: bool = False, after: int = 0
    ) -> Sequence[Link]:
        """Rows that match; the oldest after the number `after`, or the newest first."""
        ...

    async def newest(self) -> Checkpoint | None: ...

    async def checkpoints(self, after: int = 0, limit: int = 1_000_000) -> Sequence[Checkpoint]:
        """Those numbered above this, in their order."""
        ...

    async def checkpoint_upto(self, seq: int, before: datetime) -> Checkpoint | None:
        """The newest one that was signed before then and covers no row above this number."""
        ...

    async def add(self, checkpoint: Checkpoint) -> bool:
        """False when its number is taken: somebody was faster."""
        ...

    async def cursor(self, name: str) -> Cursor: ...

    async def move_cursor(self, name: str, was: Cursor, becomes: Cursor, now: datetime) -> bool:
        """False when it does not stand as it was any more."""
        ...

    async def prune(self, limit: int) -> int:
        """Take away so many of the rows that the newest checkpoint's anchor leaves behind.

        Returns how many. Raises Permanent where this role may not.
        """
        ...


class Signer(Protocol):
    """Holds the private key; `key` is its id."""

    @property
    def key(self) -> str: ...

    def signed(self, checkpoint: Checkpoint) -> Checkpoint:
        """With its signature, by this key."""
        ...

    def judge(self, checkpoint: Checkpoint) -> Seal:
        """Whether this key signed it."""
        ...


class Witness(Protocol):
    """Keeps checkpoints where whoever changes the database does not reach."""

    async def keep(self, checkpoint: Checkpoint) -> None:
        """Append; the same one twice is no harm. Raises Temporary or Permanent."""
        ...


class Archive(Protocol):
    """Keeps pieces of the audit log elsewhere: a folder, or a bucket."""

    async def put(self, name: str, content: bytes) -> None:
        """Keep a piece under this name; one that is there is the same and may be replaced.

        Raises Temporary, Ambiguous or Permanent. After it returns, the piece is safe.
        """
        ...
