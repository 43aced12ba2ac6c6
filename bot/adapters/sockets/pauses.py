"""How long to wait before a connection is opened again: growing, bounded, never the same twice."""

import random
from dataclasses import dataclass, field

from bot.adapters.sockets.frames import Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Backoff:
    """Seconds. Who lived at least `steady` may come back at once; else `first`, doubling, `most`.

    Slack gives no figures. Without a pause slack_sdk opens some ninety connections a second for as
    long as Slack answers too_many_websockets.
    """

    first: float = 1.0
    most: float = 60.0
    steady: float = 60.0


@dataclass(kw_only=True, slots=True)
class Pauses:
    """The back-off of one connection; `chance` spreads those of many processes."""

    backoff: Backoff
    chance: random.Random = field(default_factory=random.Random)
    _in_a_row: int = 0

    def after(self, reason: Reason, lived: float, *, asked: float = 0.0) -> float:
        """Seconds to wait after an end; `lived` is how long it was open, `asked` Retry-After."""
        steady = lived >= self.backoff.steady and reason is not Reason.TOO_MANY_WEBSOCKETS
        if steady or reason is Reason.REBUILT:
            self._in_a_row = 0
            return asked
        self._in_a_row += 1
        # The exponent is bounded too: 2.0 ** 1024 overflows.
        longest = min(self.backoff.most, self.backoff.first * 2.0 ** min(self._in_a_row - 1, 30))
        return max(asked, longest * self.chance.uniform(0.5, 1.0))
