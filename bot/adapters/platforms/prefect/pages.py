"""Pages of logs: sorted by time alone, so lines of one moment may trade places between two."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime, timedelta

from bot.adapters.platforms.prefect.api import PAGE, Api
from bot.adapters.platforms.prefect.shapes import Line

_MOST_OF_A_MOMENT = 50
"""Pages of lines with one and the same time."""

_INSTANT = timedelta(microseconds=1)


async def newest_first(
    api: Api, runs: Collection[str], after: datetime | None, limit: int = PAGE
) -> AsyncIterator[Sequence[Line]]:
    """Page after page, each line once; `runs` is looked at anew for each page.

    Ends with the last page, or as soon as there are no runs any more.
    """
    before: datetime | None = None
    seen: set[str] = set()
    offset = 0
    while runs:
        page = await api.lines(
            list(runs), after=after, before=before, newest_first=True, offset=offset, limit=limit
        )
        fresh = [line for line in page.lines if line.id not in seen]
        seen.update(line.id for line in fresh)
        yield fresh
        if page.is_last:
            return
        last = min(line.timestamp for line in page.lines)
        offset = offset + len(page.lines) if last == before else 0
        before = last


async def next_page(
    api: Api, run: str, after: datetime | None, limit: int = PAGE
) -> tuple[Sequence[Line], datetime | None]:
    """What follows a moment, in order, moments whole; and where to go on, None at the end."""
    page = await api.lines([run], after=after, limit=limit)
    if page.is_last:
        return _sorted(page.lines), None
    last = max(line.timestamp for line in page.lines)
    whole = [line for line in page.lines if line.timestamp < last]
    # The rest of the last moment may be on the next page: it is read from its beginning then.
    if any(after is None or line.timestamp > after for line in whole):
        return _sorted(whole), last
    moment = await _moment(api, run, last)
    return _sorted([*whole, *moment]), last + _INSTANT


async def _moment(api: Api, run: str, at: datetime) -> Sequence[Line]:
    """All lines of one moment, which are more than a page holds."""
    found: dict[str, Line] = {}
    for newest in (False, True):
        size = 0
        for _ in range(_MOST_OF_A_MOMENT):
            page = await api.lines([run], after=at, before=at, newest_first=newest, offset=size)
            size += len(page.lines)
            found.update((line.id, line) for line in page.lines)
            if page.is_last:
                break
        if len(found) == size:
            break
        # They traded places between two pages: the other direction brings the rest.
    return list(found.values())


def _sorted(lines: Sequence[Line]) -> Sequence[Line]:
    return sorted({line.id: line for line in lines}.values(), key=lambda line: line.place)
