"""Slowness: what takes much longer than usual is said in its thread, once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.executions import Execution
from bot.domain.notices import LineKind, Notice
from bot.domain.results import usual_duration
from bot.ports import Transaction
from bot.services.sayings import line_of

SLOW_FACTOR = 2.0
"""A run this many times longer than usual is said to be slow, once."""

SHORTEST = timedelta(seconds=30)
"""What runs for less is not slow."""

ONE_LOOK_IN = 8
"""So often are quiet runs thought about."""

KNOWN_FOR = timedelta(minutes=5)
UNKNOWN_FOR = timedelta(seconds=30)
"""What is usual is asked for again so much later; sooner while too few runs have ended."""

ASKED_AT_ONCE = 3
MOST_KNOWN = 1_000

_FIRST_LOOKS = frozenset({1, 2})
"""After so many quiet looks it is asked for how long such a run goes on."""

_Kind = tuple[str, str]


class Slowness:
    """What is usual is asked for rarely, and never for more than a few jobs at once."""

    def __init__(self) -> None:
        self._usual: dict[_Kind, tuple[datetime, timedelta | None]] = {}

    async def say(self, tx: Transaction, running: Sequence[Execution], now: datetime) -> None:
        """Tell of those that are slow by now."""
        long = [each for each in running if _may_be_slow(each, now)]
        if not long:
            return
        await self._learn(tx, long, now)
        lines = [line for each in long if (line := self._line(each, now)) is not None]
        await tx.outbox.put_all([(line, None) for line in lines], now)

    async def usual(
        self, tx: Transaction, running: Sequence[Execution], now: datetime
    ) -> Mapping[int, timedelta]:
        """How long such runs take, by number, of those of which it is known."""
        fresh = [each for each in running if each.polls_unchanged in _FIRST_LOOKS]
        await self._learn(tx, fresh, now)
        known = {each.id: self._usual.get(_kind(each), (now, None))[1] for each in running}
        return {number: span for number, span in known.items() if span is not None}

    async def _learn(self, tx: Transaction, running: Sequence[Execution], now: datetime) -> None:
        unknown = {_kind(each): None for each in running if not self._knows(_kind(each), now)}
        if len(self._usual) > MOST_KNOWN:
            self._usual.clear()
        for job, environment in list(unknown)[:ASKED_AT_ONCE]:
            earlier = await tx.executions.durations(job, environment)
            self._usual[job, environment] = now, usual_duration(earlier)

    def _knows(self, kind: _Kind, now: datetime) -> bool:
        known = self._usual.get(kind)
        if known is None:
            return False
        return abs(now - known[0]) < (UNKNOWN_FOR if known[1] is None else KNOWN_FOR)

    def _line(self, execution: Execution, now: datetime) -> Notice | None:
        _, usual = self._usual.get(_kind(execution), (now, None))
        runs_for = now - (execution.started_at or now)
        if usual is None or runs_for <= usual * SLOW_FACTOR:
            return None
        return line_of(
            execution,
            LineKind.SLOW,
            usual=usual.total_seconds(),
            elapsed=runs_for.total_seconds(),
        )


def _may_be_slow(execution: Execution, now: datetime) -> bool:
    if execution.started_at is None or execution.polls_unchanged % ONE_LOOK_IN:
        return False
    return now - execution.started_at > SHORTEST


def _kind(execution: Execution) -> _Kind:
    return execution.job, execution.environment
