"""Where reading a log goes on: behind a mark, without what was given beyond it already."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from bot.domain.errors import Permanent
from bot.domain.wording import at_rest

Place: TypeAlias = tuple[datetime, str]
"""A line's time and id: the order in which lines are given."""

MOST_GIVEN = 300
"""Lines beyond the mark; of a run that writes more at a time, late ones may be missed."""

_NONE_OF_OURS = at_rest("That is no place in this log.")
_SHORT = 12
_FORM = re.compile(
    r"1\|(?P<at>[0-9T:.Z-]{20,32})?\|(?P<id>[0-9a-f-]{0,36})"
    r"\|(?P<given>[0-9a-f]{12}(?:,[0-9a-f]{12}){0,2000})?\|(?:(?P<cut>[0-9a-f]{12}):(?P<offset>\d{1,9}))?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """All up to `mark` was given, and so were those `given` beyond it, by the ends of their ids.

    Of the line `cut` its first `offset` bytes were given.
    """

    mark: Place | None = None
    given: frozenset[str] = frozenset()
    cut: str = ""
    offset: int = 0

    def has(self, place: Place) -> bool:
        """True for a line that was given whole."""
        return (self.mark is not None and place <= self.mark) or short(place[1]) in self.given

    def text(self) -> str:
        at, line = ("", "") if self.mark is None else (_written(self.mark[0]), self.mark[1])
        cut = f"{self.cut}:{self.offset}" if self.cut else ""
        return f"1|{at}|{line}|{','.join(sorted(self.given))}|{cut}"


def read_cursor(text: str) -> Cursor:
    """Raises `Permanent` for a text that is none of ours."""
    if not text:
        return Cursor()
    found = _FORM.fullmatch(text)
    at = _moment(found["at"]) if found is not None and found["at"] else None
    if found is None or (found["at"] and at is None):
        raise Permanent(_NONE_OF_OURS, code="cursor")
    given = frozenset(found["given"].split(",")) if found["given"] else frozenset[str]()
    return Cursor(
        mark=None if at is None else (at, found["id"]),
        given=given,
        cut=found["cut"] or "",
        offset=int(found["offset"] or 0),
    )


def moved(
    cursor: Cursor,
    seen: Mapping[str, Place],
    emitted: Collection[str],
    horizon: datetime | None,
) -> Cursor:
    """Behind what was given now; `seen` are lines by the ends of their ids.

    Lines up to `horizon` come no more late; None: none do. What is left of `seen` is not passed.
    """
    done = cursor.given | set(emitted)
    left = [place for name, place in seen.items() if name not in done and not cursor.has(place)]
    first_left = min(left, default=None)
    passable = sorted(
        place
        for name, place in seen.items()
        if name in done and (first_left is None or place < first_left)
    )
    sure = [place for place in passable if horizon is None or place[0] <= horizon]
    if len(passable) - len(sure) > MOST_GIVEN:
        sure = passable[: len(passable) - MOST_GIVEN]
    mark = sure[-1] if sure and (cursor.mark is None or sure[-1] > cursor.mark) else cursor.mark
    beyond = frozenset(
        name for name in done if mark is None or name not in seen or seen[name] > mark
    )
    return Cursor(mark=mark, given=beyond)


def short(line: str) -> str:
    """The end of an id, which is random; letters as Prefect writes them."""
    return line.replace("-", "")[-_SHORT:].rjust(_SHORT, "0")


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
