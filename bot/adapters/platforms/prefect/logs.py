"""The log of a run, read on from a cursor or from its end."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.adapters.platforms.prefect.api import PAGE, Api
from bot.adapters.platforms.prefect.cursors import Cursor, Place, moved, read_cursor, short
from bot.adapters.platforms.prefect.masks import Veil
from bot.adapters.platforms.prefect.pages import newest_first, next_page
from bot.adapters.platforms.prefect.shapes import Line, Run
from bot.adapters.platforms.prefect.states import is_over
from bot.adapters.recent import Recent
from bot.ports import LogChunk

LATEST = timedelta(seconds=15)
"""So much later may a line come that was written before others: each process sends its own."""

LATEST_OF_THE_DEAD = timedelta(seconds=5)
LATEST_OF_ALL = timedelta(minutes=1)
"""So long after its end lines of a run may come that was struck down, or keeps its last words."""

_STRUCK_DOWN = {"CANCELLED", "CRASHED"}
_LAST_WORDS = "Finished in state "
"""Of Prefect's engine in a run's log; its process sends lines in order, so all others are there."""

_FEW = 10

LARGEST_PIECE = 1024 * 1024
FIRST_PAGE = 20
MOST_KEPT = 1_000
MOST_PAGES = 40
"""Of up to 200 lines each, for one piece of a log; a line may be a megabyte."""


class Logs:
    """`now` is by Prefect's clock. How long the lines of a run are is kept as a cache."""

    def __init__(self, api: Api, now: Callable[[], datetime]) -> None:
        self._api = api
        self._now = now
        self._pages = Recent[str, int](MOST_KEPT)
        self._settled: set[str] = set()

    async def after(self, run: Run, cursor: str, limit: int) -> LogChunk:
        """Raises `Permanent` for a cursor that is none."""
        at = read_cursor(cursor)
        is_settled = await self._is_settled(run)
        horizon = None if is_settled else self._now() - LATEST
        piece = _Piece(at, Veil(run), min(max(limit, 4), LARGEST_PIECE))
        after = at.mark[0] if at.mark else None
        size = self._pages.get(run.id) or FIRST_PAGE
        for _ in range(MOST_PAGES):
            lines, after = await next_page(self._api, run.id, after, size)
            piece.take(lines)
            if after is None or piece.is_full:
                break
            size = piece.fitting(size)
        self._pages.put(run.id, piece.usual_page)
        is_complete = is_settled and after is None and not piece.is_full
        text, there = piece.text(), piece.cursor(horizon)
        return LogChunk(text=text, cursor=there.text(), complete=is_complete)

    async def end(self, run: Run, limit: int) -> str:
        """The last whole lines, at most `limit` bytes."""
        found: list[Line] = []
        size = 0
        page_size = self._pages.get(run.id) or FIRST_PAGE
        async for page in newest_first(self._api, {run.id}, None, page_size):
            found.extend(page)
            size += sum(len(line.message.encode()) + 1 for line in page)
            if size >= limit or len(found) >= MOST_PAGES * PAGE:
                break
        veil = Veil(run)
        found.sort(key=lambda line: line.place)
        text = "".join(text_of(line, veil) for line in found)
        if len(text.encode()) <= limit:
            return text
        end = text.encode()[-limit:].decode(errors="ignore")
        return end.partition("\n")[2] or end

    async def _is_settled(self, run: Run) -> bool:
        """True when nothing more will be written: lines go on arriving after the end of a run."""
        if not is_over(run.state):
            return False
        ended = [run.end_time, run.state.timestamp if run.state else None]
        last = max((at for at in ended if at is not None), default=None)
        if _end(run) in self._settled:
            return True
        over = LATEST_OF_ALL if last is None else self._now() - last
        if over >= LATEST_OF_ALL:
            return True
        if run.state is not None and run.state.type in _STRUCK_DOWN:
            return over >= LATEST_OF_THE_DEAD
        page = await self._api.lines([run.id], newest_first=True, limit=_FEW)
        is_settled = any(each.message.startswith(_LAST_WORDS) for each in page.lines)
        if is_settled:
            self._settled.add(_end(run))
            if len(self._settled) > MOST_KEPT:
                self._settled.clear()
        return is_settled


def _end(run: Run) -> str:
    """Names this end of the run: it may be tried once more by hand."""
    return f"{run.id} {run.state.id if run.state else ''}"


def text_of(line: Line, veil: Veil) -> str:
    """An entry as it stands in a log: whole lines."""
    return f"{veil.over(line.message.rstrip())}\n"


class _Piece:
    """Gathers lines up to a limit in bytes, and knows behind which of them the next one begins."""

    def __init__(self, cursor: Cursor, veil: Veil, limit: int) -> None:
        self._cursor = cursor
        self._veil = veil
        self._limit = self._left = limit
        self._size = 0
        self._texts: list[str] = []
        self._seen: dict[str, Place] = {}
        self._emitted: set[str] = set()
        self._cut: tuple[str, int] | None = None
        self.is_full = False

    def take(self, lines: Sequence[Line]) -> None:
        # What was begun is ended first, whatever came late before it.
        for line in sorted(lines, key=lambda each: short(each.id) != self._cursor.cut):
            name = short(line.id)
            self._seen[name] = line.place
            if not self.is_full and name not in self._emitted and not self._cursor.has(line.place):
                self._emit(name, text_of(line, self._veil))

    @property
    def usual_page(self) -> int:
        """How many lines would fill it, by those that were taken; one more shows what is next."""
        return min(max(self._limit // self._usual, 1) + 1, PAGE)

    def fitting(self, page: int) -> int:
        """How many lines there is still room for."""
        return min(max(self._left // self._usual, 1) + 1, 10 * page, PAGE)

    @property
    def _usual(self) -> int:
        """Bytes of a line; of one that was cut, all of them."""
        return max(self._size // max(len(self._texts), 1), 1)

    def text(self) -> str:
        return "".join(self._texts)

    def cursor(self, horizon: datetime | None) -> Cursor:
        before = self._cursor
        there = moved(before, self._seen, self._emitted, horizon)
        if self._cut is not None:
            return replace(there, cut=self._cut[0], offset=self._cut[1])
        if before.cut and before.cut not in self._emitted:
            return replace(there, cut=before.cut, offset=before.offset)
        return there

    def _emit(self, name: str, text: str) -> None:
        offset = self._cursor.offset if name == self._cursor.cut else 0
        content = text.encode()[offset:]
        self._size += offset + len(content) if not self._texts else min(len(content), self._left)
        if len(content) <= self._left:
            self._texts.append(content.decode(errors="ignore"))
            self._left -= len(content)
            self._emitted.add(name)
            return
        self.is_full = True
        if not self._texts:
            begun = _whole_characters(content[: self._left])
            self._texts.append(begun.decode())
            self._cut = name, offset + len(begun)


def _whole_characters(content: bytes) -> bytes:
    """Up to the last line that is whole, else up to the last character that is."""
    whole = content.decode(errors="ignore").encode()
    line = whole.rfind(b"\n") + 1
    return whole[:line] if line else whole
