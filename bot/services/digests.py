"""Digests: ends that Slack's budget would put off are told together in their channel."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.actors import Actor, Place
from bot.domain.errors import Stale
from bot.domain.executions import Execution
from bot.domain.notices import Lane, Notice, Topic
from bot.domain.wording import _
from bot.ports import Clock, Letter, Store, Transaction
from bot.services.executions import Executions

FOLDED_OVER = 10
"""So many ends of one channel may wait; Slack takes about one message a second there."""

FELT_AFTER = timedelta(seconds=5)
"""A burst that Slack takes within this time is told one by one."""

MOST_FOLDED = 1_000
LOOKED_EVERY = timedelta(seconds=2)


class Digests:
    """Folds what waits too long; whoever reads a digest sees of it what they may see."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._look_at: datetime | None = None

    async def fold_due(self) -> int:
        """Returns how many ends were folded into digests; looks only now and then."""
        now = self._clock.now()
        if self._look_at is not None and self._look_at - LOOKED_EVERY <= now < self._look_at:
            return 0
        self._look_at = now + LOOKED_EVERY
        async with self._store.reading() as tx:
            channels = await tx.letters.crowded(now, now - FELT_AFTER, FOLDED_OVER)
        folded = 0
        for channel in channels:
            async with self._store.transaction() as tx:
                letters = await tx.letters.fold(channel, now, MOST_FOLDED)
                if letters:
                    await self._tell(tx, channel, letters)
                folded += len(letters)
        return folded

    async def _tell(self, tx: Transaction, channel: str, letters: Sequence[Letter]) -> None:
        numbers = [each.execution for each in letters if each.execution is not None]
        first = await tx.executions.get(numbers[0]) if numbers else None
        if first is None:
            return
        notice = Notice(
            key=f"digest:{channel}:{letters[0].id}-{letters[-1].id}",
            topic=Topic.DIGEST,
            lane=Lane.RESULT,
            order=f"digest:{channel}",
            place=Place(team=first.place.team, enterprise=first.place.enterprise, channel=channel),
            facts={"executions": numbers},
        )
        await tx.outbox.put(notice, self._clock.now())
        await tx.letters.told_in(letters, notice.key)


class DigestPages:
    """The list behind a digest's button."""

    def __init__(self, *, store: Store, executions: Executions) -> None:
        self._store = store
        self._executions = executions

    async def listed(self, actor: Actor, key: str) -> Sequence[Execution]:
        """What a digest told of, as far as the asker may see it. Raises Stale when forgotten."""
        async with self._store.reading() as tx:
            facts = await tx.letters.facts(key)
            if facts is None or not key.startswith("digest:"):
                raise Stale(
                    _("This digest is no longer kept; `/job history` shows the latest runs.")
                )
            found = await tx.executions.numbered(facts.get("executions", []))
        return self._executions.seen_by(actor, found)
