"""Output of a run on disk: segments named by their place in the whole, the middle dropped."""

import codecs
import os
import re
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bot.adapters.platforms.lines import LONGEST_TAIL_LINE, TAIL_LINES, plain

LONGEST_LINE = 72 * 1024
"""Characters after which a line is broken: a whole result JSON fits into one."""

_HEAD_SEGMENTS = 4
_TAIL_SEGMENTS = 4
_SMALLEST_SEGMENT = 4 * 1024
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)")
_NAME = re.compile(r"\d{16}\.log")


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Bytes of a log. `next_offset` is where to read on; `at_end` when that was all there is."""

    content: bytes
    next_offset: int
    at_end: bool


class Capture:
    """Writes a run's output; keeps its head and its tail when it grows over `limit` bytes.

    Offsets count everything that was ever written, so they stay true when the middle goes.
    """

    def __init__(self, folder: Path, *, limit: int) -> None:
        self._folder = folder
        self._segment = max(_SMALLEST_SEGMENT, limit // (_HEAD_SEGMENTS + _TAIL_SEGMENTS))
        self._file: BinaryIO | None = None
        self._filled = 0
        self._tail_starts: deque[int] = deque()
        self.size = 0
        self.truncated = False

    def write(self, content: bytes) -> None:
        """Append. Raises OSError when the disk does not take it; what was written counts."""
        while content:
            if self._file is None or self._filled >= self._segment:
                self._begin_segment()
            assert self._file is not None
            taken = self._file.write(content[: self._segment - self._filled])
            self._filled += taken
            self.size += taken
            content = content[taken:]

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin_segment(self) -> None:
        self.close()
        self._file = (self._folder / _name(self.size)).open("xb", buffering=0)
        self._filled = 0
        if self.size < self._segment * _HEAD_SEGMENTS:
            return
        self._tail_starts.append(self.size)
        if len(self._tail_starts) > _TAIL_SEGMENTS:
            (self._folder / _name(self._tail_starts.popleft())).unlink(missing_ok=True)
            self.truncated = True


class Lines:
    """Cuts masked bytes into text lines, replacing what is not UTF-8 and breaking long ones.

    A carriage return ends a line too, for that is how progress bars rewrite themselves.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._open = ""

    def feed(self, content: bytes, *, final: bool = False) -> list[str]:
        """Whole lines, each with its line end; the last one may lack it when `final`."""
        text = self._open + self._decoder.decode(content, final)
        # A carriage return at the very end may be half of a line end.
        end = max(text.rfind("\n"), text.rfind("\r", 0, max(0, len(text) - 1))) + 1
        lines: list[str] = _LINE.findall(text[:end])
        self._open = text[end:]
        out = [piece for line in lines for piece in _broken(line)]
        while len(self._open) > LONGEST_LINE:
            out.append(self._open[:LONGEST_LINE] + "\n")
            self._open = self._open[LONGEST_LINE:]
        if final and self._open:
            out.append(self._open)
            self._open = ""
        return out


class Tail:
    """The last lines of output as people see them."""

    def __init__(self) -> None:
        self._raw: deque[str] = deque(maxlen=4 * TAIL_LINES)

    def add(self, line: str) -> None:
        if self._raw and self._raw[-1].endswith("\r"):
            self._raw.pop()
        if not line.isspace():
            end = "\r" if line.endswith("\r") else ""
            self._raw.append(line[: 4 * LONGEST_TAIL_LINE] + end)

    @property
    def lines(self) -> tuple[str, ...]:
        # Cleaned here and not as it comes in: a job may write faster than anybody looks.
        shown = [plain(line).rstrip()[:LONGEST_TAIL_LINE] for line in self._raw]
        return tuple(line for line in shown if line)[-TAIL_LINES:]


def read_log(folder: Path, offset: int, limit: int) -> Piece:
    """At most `limit` bytes from an offset, cut behind a line end where there is one.

    Where output was dropped, a line says so instead and `next_offset` is behind the gap.
    """
    while True:
        segments = _segments(folder)
        end = segments[-1][1] if segments else 0
        start = next((begin for begin, stop in segments if stop > offset), end)
        if offset >= end:
            return Piece(content=b"", next_offset=end, at_end=True)
        if start > offset:
            gap = f"… {start - offset} bytes of output were dropped here …\n"
            return Piece(content=gap.encode(), next_offset=start, at_end=False)
        # The segment may be dropped between the listing and the reading: then look again.
        with suppress(FileNotFoundError):
            content = _read_on(folder, segments, offset, limit)
            after = offset + len(content)
            cut = _cut(content, whole=after == end and len(content) < limit)
            return Piece(
                content=cut, next_offset=offset + len(cut), at_end=offset + len(cut) >= end
            )


def log_size(folder: Path) -> int:
    """Bytes ever written to a log."""
    segments = _segments(folder)
    return segments[-1][1] if segments else 0


def _segments(folder: Path) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name):
                with suppress(FileNotFoundError):
                    start = int(entry.name[:16])
                    found.append((start, start + entry.stat().st_size))
    return sorted(found)


def _name(start: int) -> str:
    return f"{start:016}.log"


def _read_on(folder: Path, segments: Sequence[tuple[int, int]], offset: int, limit: int) -> bytes:
    """From one segment into the next, as a line or a character may go on there."""
    content = b""
    for start, stop in segments:
        at = offset + len(content)
        if start <= at < stop and len(content) < limit:
            content += _read(folder / _name(start), at - start, limit - len(content))
    return content


def _read(path: Path, position: int, limit: int) -> bytes:
    with path.open("rb") as file:
        file.seek(position)
        return file.read(limit)


def _cut(content: bytes, *, whole: bool) -> bytes:
    """Without a half line at the end; without a half character where there is no line end."""
    if whole:
        return content
    line_end = content.rfind(b"\n") + 1
    if line_end:
        return content[:line_end]
    for back in range(1, min(4, len(content)) + 1):
        lead = content[-back]
        if lead >= 0xC0:
            needed = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
            return content if back >= needed or back == len(content) else content[:-back]
    return content


def _broken(line: str) -> list[str]:
    pieces = [line[start : start + LONGEST_LINE] for start in range(0, len(line), LONGEST_LINE)]
    return [piece + "\n" for piece in pieces[:-1]] + pieces[-1:]
