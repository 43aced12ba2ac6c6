"""The inbox: what Slack gave us is recorded before it is acked, handled once, and never lost."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.audit import AuditEntry
from bot.ports import Clock, Envelope, Store
from bot.ports.batches import Mark

LEASE = timedelta(seconds=60)
"""So long an envelope is at work where it was recorded or claimed, and nobody else takes it."""

FIRST_ANSWER_WITHIN = 2.0
"""Seconds that a duplicate waits for what the first one is answered; Slack waits three."""

LOOKED_AT_EVERY = 0.1

LONGEST_ORDER = 255
"""Characters by which conversations are told apart."""

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
    """Records envelopes, leases them to whoever handles them, and finds those left over."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def receive(
        self,
        key: str,
        kind: str,
        payload: Mapping[str, Any],
        order: str = "",
        *,
        is_put_off: bool = False,
    ) -> Received:
        """Record an envelope. After this returns, it is ours. Raises Temporary.

        One that is put off can be claimed at once, as any that is left over.
        """
        now = self._clock.now()
        envelope = Envelope(
            key=key,
            kind=kind,
            payload=payload,
            received_at=now,
            order=order[:LONGEST_ORDER],
            leased_until=None if is_put_off else now + LEASE,
        )
        before = (await self._store.batch.record(envelope)).before
        if before is None:
            return Received(is_new=True)
        return Received(is_new=False, answer=before.answer)

    async def first_answer(self, key: str) -> Mapping[str, Any] | None:
        """What the ack of this envelope carried, waited for while its first copy is at work."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_ANSWER_WITHIN):
                while True:
                    async with self._store.reading() as tx:
                        found = await tx.inbox.get(key)
                    if found is None or found.answer is not None or found.handled:
                        return found.answer if found else None
                    await asyncio.sleep(LOOKED_AT_EVERY)
        return None

    async def answered(self, key: str, answer: Mapping[str, Any]) -> None:
        """Keep what the ack carries before it leaves, so that a duplicate gets the same."""
        await self._store.batch.mark(Mark(key=key, answer=answer))

    async def handled(
        self,
        key: str,
        *,
        error: str = "",
        answer: Mapping[str, Any] | None = None,
        audits: Sequence[AuditEntry] = (),
    ) -> None:
        """Nothing is left to do for this envelope.

        `error` is the error id a person was told, `answer` what the ack carries, so that a
        duplicate gets the same; `audits` are written with it or not at all.
        """
        now = self._clock.now()
        mark = Mark(key=key, handled_at=now, error=error, answer=answer, audits=tuple(audits))
        await self._store.batch.mark(mark)

    async def claim(self, limit: int) -> Sequence[Envelope]:
        """What was recorded and nobody is at work on: oldest first, one of each conversation."""
        async with self._store.transaction() as tx:
            return await tx.inbox.claim(self._clock.now(), LEASE, limit)

    async def let_go(self, keys: Sequence[str]) -> None:
        """This process will not come to these any more: any other may take them up at once."""
        async with self._store.transaction() as tx:
            await tx.inbox.let_go(keys)

    async def end_leases(self) -> int:
        """Where one process uses the database, nobody is at work when it begins."""
        async with self._store.transaction() as tx:
            return await tx.inbox.end_leases(self._clock.now())

    async def left_over(self) -> Sequence[Envelope]:
        """The oldest of what was recorded and is not handled."""
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
