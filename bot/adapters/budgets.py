"""Slack's budgets: so many calls a minute for a method, about one message a second a channel."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.adapters.recent import Recent
from bot.domain.errors import Temporary
from bot.domain.notices import Lane
from bot.ports import Allowances

POST = "chat.postMessage"

PER_MINUTE: Mapping[str, float] = {
    "chat.update": 50,
    "chat.postEphemeral": 100,
    "chat.getPermalink": 100,
    "conversations.open": 50,
    "conversations.history": 50,
    "conversations.replies": 50,
    "files.completeUploadExternal": 100,
    "files.info": 100,
    "views.publish": 100,
}
"""Slack's tiers (docs.slack.dev, rate limits): tier 2 is 20, tier 3 is 50, tier 4 is 100."""

POSTS_PER_MINUTE = 300.0
"""Posts into all channels together; Slack says `several hundred`."""

POSTS_PER_SECOND = 1.0
POST_BURST = 8.0
"""Slack tolerates short bursts over one message a second and channel."""

KEPT_BACK: Mapping[Lane, float] = {Lane.APPROVAL: 0.0, Lane.RESULT: 0.2, Lane.PROGRESS: 0.4}
"""The share of a budget that a lane leaves to the lanes before it."""

SOON = 1.5
"""Seconds that a call of somebody who waits is put off; notices go back to the outbox at once."""

MOST_KEYS = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class _Budget:
    """`rate` a second, and how many may be spent at once."""

    key: str
    rate: float
    size: float


class Budgets:
    """What may be called when; a 429 holds a budget for its Retry-After.

    `pace` multiplies what Slack documents. One process's budgets are in memory unless it shares
    `allowances` with others.
    """

    def __init__(self, allowances: Allowances | None = None, *, pace: float = 1.0) -> None:
        self._allowances = allowances or MemoryAllowances()
        self._pace = pace

    async def spend(self, method: str, channel: str, lane: Lane | None = None) -> None:
        """Return when the call may be made. Raises Temporary when that is not soon.

        A notice has a lane, and goes at once or not at all; without one somebody waits.
        """
        for budget in self._budgets(method, channel):
            await self._take(method, budget, lane)

    async def held(self, method: str, channel: str, seconds: float) -> None:
        """Slack said to wait; every call of this kind does."""
        first, *_ = self._budgets(method, channel)
        await self._allowances.hold(first.key, seconds)

    async def _take(self, method: str, budget: _Budget, lane: Lane | None) -> None:
        reserve = 0.0 if lane is None else KEPT_BACK[lane] * budget.size
        waited, patience = 0.0, SOON if lane is None else 0.0
        while wait := await self._allowances.take(
            budget.key, rate=budget.rate, size=budget.size, reserve=reserve
        ):
            waited += wait
            if waited > patience:
                refused = f"{method} has no budget left"
                raise Temporary(refused, code="budget", retry_after=wait)
            await asyncio.sleep(wait)

    def _budgets(self, method: str, channel: str) -> tuple[_Budget, ...]:
        """The budgets that one call spends from; the first is the one that Slack's 429 is about."""
        if method != POST:
            rate = PER_MINUTE.get(method, 50) / 60 * self._pace
            return (_Budget(key=method, rate=rate, size=max(1.0, rate * 30)),)
        everywhere = POSTS_PER_MINUTE / 60 * self._pace
        return (
            _Budget(key=f"{POST}:{channel}", rate=POSTS_PER_SECOND * self._pace, size=POST_BURST),
            _Budget(key=POST, rate=everywhere, size=max(POST_BURST, everywhere * 20)),
        )


@dataclass(slots=True)
class _Kept:
    free_at: float = 0.0
    held_until: float = 0.0


class MemoryAllowances:
    """Allowances of one process; `now` is a clock in seconds, the loop's unless given."""

    def __init__(self, now: Callable[[], float] | None = None) -> None:
        self._now = now
        self._kept = Recent[str, _Kept](MOST_KEYS)

    async def take(self, key: str, *, rate: float, size: float, reserve: float = 0.0) -> float:
        now, kept = self._time(), self._of(key)
        used = max(kept.free_at, now)
        wait = max(used - now + (1 + reserve - size) / rate, kept.held_until - now)
        if wait > 1e-9:
            return wait
        kept.free_at = used + 1 / rate
        return 0.0

    async def hold(self, key: str, seconds: float) -> None:
        kept = self._of(key)
        kept.held_until = max(kept.held_until, self._time() + seconds)

    def _time(self) -> float:
        return self._now() if self._now else asyncio.get_running_loop().time()

    def _of(self, key: str) -> _Kept:
        return self._kept.get_or_put(key, _Kept)
