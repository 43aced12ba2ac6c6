"""Slack's rate limits as token buckets: tiers by method, one message a second by channel."""

import math
from dataclasses import dataclass, field
from enum import Enum

from simulator.clocks import Clock

#: bursts of posts to one channel that Slack lets through; its page only says "short bursts"
POSTING_BURST = 5
#: messages a minute to the whole workspace, "several hundred" in Slack's words
WORKSPACE_POSTS = 300
BUCKETS_KEPT = 5_000


class Tier(Enum):
    """Calls a minute that Slack guarantees; POSTING is counted by channel instead."""

    ONE = 1
    TWO = 20
    THREE = 50
    FOUR = 100
    POSTING = 60
    UNLIMITED = 0


@dataclass(slots=True)
class _Bucket:
    size: float
    per_second: float
    level: float
    at: float

    def take(self, now: float) -> float:
        """Seconds to wait, 0 when there was something to take."""
        self.level = min(self.size, self.level + (now - self.at) * self.per_second)
        self.at = now
        if self.level < 1:
            return (1 - self.level) / self.per_second
        self.level -= 1
        return 0.0


@dataclass(slots=True, kw_only=True)
class Limits:
    """Off unless `enforce`; on, calls beyond the tiers are answered 429."""

    clock: Clock
    enforce: bool = False
    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict[tuple[str, str], _Bucket])

    def retry_after(self, method: str, tier: Tier, channel: str) -> int | None:
        """Whole seconds to wait, None when the call may go on."""
        if not self.enforce or tier is Tier.UNLIMITED:
            return None
        if tier is Tier.POSTING:
            wait = self._take(("", channel), POSTING_BURST, 1.0)
            wait = wait or self._take(("", ""), WORKSPACE_POSTS, WORKSPACE_POSTS / 60)
        else:
            wait = self._take((method, ""), tier.value, tier.value / 60)
        return math.ceil(wait) if wait else None

    def _take(self, key: tuple[str, str], size: float, per_second: float) -> float:
        now = self.clock.now()
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= BUCKETS_KEPT:
                self._buckets.clear()
            bucket = self._buckets[key] = _Bucket(size, per_second, size, now)
        return bucket.take(now)
