"""Withdrawals: what a platform offered that is in nobody's file any more, taken back for all."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog

from bot.domain.actors import SYSTEM
from bot.domain.jobs import digest_of
from bot.domain.offers import KEPT_GONE_DAYS, Offer
from bot.domain.wording import at_rest
from bot.ports import Clock, Store, Transaction
from bot.services.discoveries import LONGEST_REST, named
from bot.services.records import entry_of
from bot.services.sayings import tell_operators

log = structlog.get_logger(__name__)

GRACE = timedelta(minutes=15)
"""For how long nobody may have asked a platform: longer than any process that knows it rests.

Meanwhile the file may be mended, and a process with an older one may begin.
"""

assert GRACE > LONGEST_REST

_WITHDRAWN = at_rest(
    "{platform} is in no process's platforms file any more. What it offered is withdrawn: {jobs}."
)


class Withdrawals:
    """`ours` are the platforms of our own file that tell their jobs, also those with a mistake.

    Whoever has one in its file asks it again and again; what is due for long is nobody's.
    """

    def __init__(self, *, store: Store, clock: Clock, ours: Collection[str]) -> None:
        self._store = store
        self._clock = clock
        self._ours = frozenset(ours)
        self._unasked: dict[str, datetime] = {}

    async def look(self) -> int:
        """Withdraw what nobody asked about for as long as we looked; returns of how many."""
        now = self._clock.now()
        async with self._store.reading() as tx:
            standing = await tx.offers.standing()
        late = [
            each.platform
            for each in standing
            if each.platform not in self._ours and each.answered_at and each.due_at <= now
        ]
        # Counted from when we first saw it: after a night without any process all are late.
        self._unasked = {name: self._unasked.get(name, now) for name in late}
        over = [name for name, since in self._unasked.items() if now - since >= GRACE]
        return sum([await self._withdraw(name, now) for name in over])

    async def forget_old(self) -> int:
        """Drop what is gone for so long that nobody asks for it any more."""
        before = self._clock.now() - timedelta(days=KEPT_GONE_DAYS)
        async with self._store.transaction() as tx:
            return await tx.offers.forget(before)

    async def _withdraw(self, name: str, now: datetime) -> bool:
        async with self._store.transaction() as tx:
            offers = [each for each in await tx.offers.of(name) if each.gone_at is None]
            version = digest_of("withdrawn", name, now)
            if not await tx.offers.withdraw(name, now - GRACE, version, now):
                # Somebody asked it after all, or another process was faster.
                return False
            await _tell(tx, name, offers, now)
        log.info("offers_withdrawn", platform=name, jobs=len(offers))
        return True


async def _tell(tx: Transaction, name: str, offers: Sequence[Offer], now: datetime) -> None:
    remotes = sorted(each.remote for each in offers)
    facts = {"platform": name, "removed": remotes[:100], "jobs": len(remotes)}
    entry = entry_of(SYSTEM, "catalog:offers:withdrawn", f"platform:{name}", now, detail=facts)
    await tx.audit.write(entry)
    said = _WITHDRAWN.format(platform=name, jobs=named(remotes))
    await tell_operators(tx, f"offers:{name}:withdrawn:{now}", now, said)
