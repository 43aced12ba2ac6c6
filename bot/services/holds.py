"""Holds: budgets of Slack's that are spent, so that what needs them is not even claimed."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from bot.domain.errors import Temporary
from bot.domain.notices import Lane
from bot.ports import Clock

LONGEST = timedelta(hours=1)
"""No word of Slack's holds us for longer."""

BUDGET = "budget"
"""Our own word for a budget that is spent; the lanes before may have something left."""


class Holds:
    """What this process learned from refusals; forgotten with it, and learned again at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[tuple[Lane, str], datetime] = {}

    @contextmanager
    def learning(self, target: str, lane: Lane) -> Generator[None]:
        """A call that spends this budget; when it is refused for a while, that is remembered."""
        try:
            yield
        except Temporary as error:
            if error.retry_after is not None:
                self._add(
                    target, lane if error.code == BUDGET else Lane.APPROVAL, error.retry_after
                )
            raise

    def now(self) -> Mapping[Lane, frozenset[str]]:
        """The targets that are held at this moment, by the lanes that have to wait for them."""
        now = self._clock.now()
        self._until = {which: until for which, until in self._until.items() if until > now}
        return {
            lane: frozenset(target for held, target in self._until if held is lane) for lane in Lane
        }

    def _add(self, target: str, first: Lane, seconds: float) -> None:
        until = self._clock.now() + min(timedelta(seconds=min(seconds, 1e6)), LONGEST)
        for lane in Lane:
            if lane >= first:
                known = self._until.get((lane, target), until)
                self._until[lane, target] = max(known, until)
