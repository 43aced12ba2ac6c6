"""Slack's budgets: so many calls a minute for a method, about one message a second a channel."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from bot.domain.errors import Temporary

PER_MINUTE = {
    "chat.update": 50,
    "chat.postEphemeral": 100,
    "conversations.open": 50,
    "conversations.history": 50,
    "conversations.replies": 50,
    "views.publish": 100,
    "files.info": 50,
}
"""Slack's tiers (docs.slack.dev, rate limits): tier 2 is 20, tier 3 is 50, tier 4 is 100."""

POSTS_PER_SECOND = 1.0
POST_BURST = 8
"""Slack tolerates short bursts over one message a second and channel."""

SOON = 1.5
"""Seconds that a call waits inside its turn; longer waits go back to the outbox."""

MOST_BUCKETS = 2_000


@dataclass(slots=True)
class _Bucket:
    rate: float
    size: float
    left: float
    at: float
    held_until: float = 0.0

    def wait(self, now: float) -> float:
        """Take one, and say how many seconds to wait before using it."""
        self.left = min(self.size, self.left + (now - self.at) * self.rate)
        self.at = now
        self.left -= 1
        return max(self.held_until - now, -self.left / self.rate if self.left < 0 else 0.0)


class Budgets:
    """Token buckets by method, and by channel for posts; a 429 holds a bucket for Retry-After."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()

    async def spend(self, method: str, channel: str) -> None:
        """Return when the call may be made. Raises Temporary when that is not soon."""
        now = asyncio.get_running_loop().time()
        bucket = self._bucket(method, channel, now)
        wait = bucket.wait(now)
        if wait > SOON:
            bucket.left += 1
            raise Temporary(f"{method} has no budget left", code="budget", retry_after=wait)
        if wait > 0:
            await asyncio.sleep(wait)

    def held(self, method: str, channel: str, seconds: float) -> None:
        """Slack said to wait; every call of this kind does."""
        now = asyncio.get_running_loop().time()
        self._bucket(method, channel, now).held_until = now + seconds

    def _bucket(self, method: str, channel: str, now: float) -> _Bucket:
        key = (method, channel if method == "chat.postMessage" else "")
        bucket = self._buckets.get(key)
        if bucket is None:
            per_minute = PER_MINUTE.get(method, 50)
            rate = POSTS_PER_SECOND if key[1] else per_minute / 60
            size = POST_BURST if key[1] else per_minute / 2
            bucket = self._buckets[key] = _Bucket(rate=rate, size=size, left=size, at=now)
        self._buckets.move_to_end(key)
        while len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket
