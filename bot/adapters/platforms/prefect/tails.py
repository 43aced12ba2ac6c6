"""The last lines of many live runs, read together: only what is new, and no more than a bound."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.adapters.platforms.lines import LONGEST_TAIL_LINE, TAIL_LINES, plain
from bot.adapters.platforms.prefect.api import PAGE, Api
from bot.adapters.platforms.prefect.cursors import Place
from bot.adapters.platforms.prefect.logs import LATEST
from bot.adapters.platforms.prefect.masks import Veil
from bot.adapters.platforms.prefect.pages import newest_first
from bot.adapters.platforms.prefect.shapes import Line, Run
from bot.adapters.recent import Recent

MOST_RUNS = 1_000
MOST_PAGES = 5
"""Looked at in one go; the others, and what does not fit, have their turn in the next."""

MOST_KEPT = 10_000
"""Runs whose tails are kept; it is a cache, and is filled again when it was lost."""

_BEFORE_ITS_START = timedelta(minutes=1)


@dataclass(slots=True)
class _Tail:
    lines: list[tuple[Place, tuple[str, ...]]] = field(
        default_factory=list[tuple[Place, tuple[str, ...]]]
    )
    since: datetime | None = None
    turn: int = 0
    is_starved: bool = False


class Tails:
    """`now` is by Prefect's clock."""

    def __init__(self, api: Api, now: Callable[[], datetime]) -> None:
        self._api = api
        self._now = now
        self._kept = Recent[str, _Tail](MOST_KEPT)
        self._turn = 0

    def of(self, run: str) -> tuple[str, ...]:
        tail = self._kept.get(run)
        lines = [line for _, texts in tail.lines for line in texts] if tail else []
        return tuple(lines[-TAIL_LINES:])

    def forget(self, run: str) -> None:
        """It is over, and its end was told."""
        self._kept.drop(run)

    async def look(self, runs: Sequence[Run]) -> None:
        """Read what is new of these; those that got nothing last time go first."""
        self._turn += 1
        waited = sorted(runs, key=lambda run: self._tail(run).turn)[:MOST_RUNS]
        starved = [run for run in waited if self._tail(run).is_starved]
        others = [run for run in waited if not self._tail(run).is_starved]
        pages = MOST_PAGES
        for group in (starved, others):
            pages -= await self._read(group, pages) if group else 0

    async def _read(self, runs: Sequence[Run], pages: int) -> int:
        """Read no more than so many pages of these; returns how many."""
        began = self._now()
        left = {run.id: run for run in runs}
        fresh: dict[str, list[Line]] = {run.id: [] for run in runs}
        since = min(self._since(run) for run in runs)
        limit, read, is_all = min(PAGE, TAIL_LINES * len(left)), 0, True
        async for page in newest_first(self._api, left.keys(), since, limit):
            read += 1
            for line in page:
                fresh.setdefault(line.flow_run_id or "", []).append(line)
            for name in [name for name in left if len(fresh[name]) >= TAIL_LINES]:
                del left[name]
            if read >= pages:
                is_all = len(page) < limit // 2
                break
        for run in runs:
            lines = fresh[run.id]
            self._take(run, lines, began, is_starved=not is_all and not lines and run.id in left)
        return read

    def _take(self, run: Run, lines: Sequence[Line], began: datetime, *, is_starved: bool) -> None:
        tail, veil = self._tail(run), Veil(run)
        tail.turn, tail.is_starved = self._turn, is_starved
        known = dict(tail.lines)
        known.update((line.place, _texts(line, veil)) for line in lines)
        tail.lines = sorted(known.items())[-TAIL_LINES:]
        if not is_starved:
            tail.since = began - LATEST

    def _tail(self, run: Run) -> _Tail:
        return self._kept.get_or_put(run.id, _Tail)

    def _since(self, run: Run) -> datetime:
        began = run.expected_start_time or run.start_time or run.created
        known = self._tail(run).since
        return known or ((began or self._now()) - _BEFORE_ITS_START)


def _texts(line: Line, veil: Veil) -> tuple[str, ...]:
    """Its lines as people see them; of very many the last ones."""
    pieces = veil.over(line.message).splitlines()[-TAIL_LINES:]
    shown = (plain(piece).rstrip()[:LONGEST_TAIL_LINE] for piece in pieces)
    return tuple(text for text in shown if text)
