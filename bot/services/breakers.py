"""A breaker: leaves an endpoint alone that is unwell, and tries it again after a while."""

from datetime import datetime, timedelta

TROUBLES = 3
"""So many in a row open it."""

RESTS = timedelta(minutes=1)
"""How long nothing is asked before one question tries again."""


class Breaker:
    """Of this process alone: each finds out for itself, at the price of a few questions."""

    def __init__(self, rests: timedelta = RESTS) -> None:
        self._rests = rests
        self._troubles = 0
        self._rests_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self._rests_until is not None

    def lets(self, now: datetime) -> bool:
        """Whether to ask; while it is open, one question after each rest."""
        if self._rests_until is None:
            return True
        # A clock that was put back would have it rest for long.
        if now < self._rests_until <= now + self._rests:
            return False
        # Should nobody hear of how that one ended, the next may try after another rest.
        self._rests_until = now + self._rests
        return True

    def ended(self, now: datetime, *, well: bool) -> None:
        """What was asked ended so."""
        if well:
            self._troubles, self._rests_until = 0, None
            return
        self._troubles += 1
        if self._troubles >= TROUBLES:
            self._rests_until = now + self._rests
