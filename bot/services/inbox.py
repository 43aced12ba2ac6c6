"""The inbox: what Slack gave us is recorded before it is acked, handled once, and never lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.ports import Clock, Envelope, Store

KEPT_FOR = timedelta(days=7)
"""Handled envelopes and forms are kept this long: longer than Slack ever redelivers."""

TOLD_KEPT_FOR = timedelta(days=60)
"""So long a fact that was told is known to have been told; longer than any run lasts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """Whether an envelope is new, and what was answered to it before when it is not."""

    is_new: bool
    answer: Mapping[str, Any] | None = None


class Inbox:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def receive(self, key: str, kind: str, payload: Mapping[str, Any]) -> Received:
        """Record an envelope. After this returns, it is ours. Raises Temporary."""
        envelope = Envelope(key=key, kind=kind, payload=payload, received_at=self._clock.now())
        async with self._store.transaction() as tx:
            if await tx.inbox.record(envelope):
                return Received(is_new=True)
            before = await tx.inbox.get(key)
        return Received(is_new=False, answer=before.answer if before else None)

    async def answered(self, key: str, answer: Mapping[str, Any]) -> None:
        """Keep what the ack carried, so that a duplicate gets the same."""
        async with self._store.transaction() as tx:
            await tx.inbox.answered(key, answer)

    async def handled(self, key: str, *, error: str = "") -> None:
        """Nothing is left to do for this envelope; `error` is the error id a person was told."""
        async with self._store.transaction() as tx:
            await tx.inbox.handled(key, self._clock.now(), error=error)

    async def left_over(self) -> Sequence[Envelope]:
        """What an earlier process recorded and did not finish, oldest first."""
        async with self._store.reading() as tx:
            return await tx.inbox.unhandled(self._clock.now())

    async def forget_old(self) -> int:
        """Drop what nobody will ask for any more; returns how many rows."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            return (
                await tx.inbox.forget(now - KEPT_FOR)
                + await tx.drafts.forget(now - KEPT_FOR)
                + await tx.outbox.forget(now - TOLD_KEPT_FOR)
            )
