"""What one try of a task wrote so far, kept on disk while somebody reads it."""

import asyncio
import os
import tempfile
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO

from bot.adapters.platforms.airflow.transcripts import Transcript, is_torn, is_unfinished
from bot.adapters.platforms.airflow.wire import Message
from bot.adapters.platforms.lines import LONGEST_TAIL_LINE, TAIL_LINES

LARGEST = 64 * 1024 * 1024
"""Bytes of a log's beginning that are kept; of what is beyond, its end is."""

_KEPT_END = 64 * 1024
_WRITTEN_AT_ONCE = 256 * 1024
_GAP = "\n… {count} bytes are left out here; Airflow has the whole log …\n"


@dataclass(kw_only=True)
class Spool:
    """`size` is in bytes, of all that was written; `token` is where Airflow goes on from.

    `is_whole` once nothing more can come. The same log told from its beginning once more is
    recognized: what is known of it is passed over. `told_at` is when that was begun last, by the
    loop's clock.
    """

    hidden: tuple[str, ...] = ()
    largest: int = LARGEST
    size: int = 0
    token: str = ""
    is_whole: bool = False
    cause: str = ""
    told_at: float | None = None
    door: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    _told: Transcript = field(default_factory=Transcript)
    _told_size: int = 0
    _file: IO[bytes] = field(default_factory=lambda: _opened())
    _unwritten: bytearray = field(default_factory=bytearray)
    _kept: int = 0
    _taken: int = 0
    _held: Message | str | None = None
    _end: deque[bytes] = field(default_factory=deque[bytes])
    _end_size: int = 0
    _is_let_go: bool = False

    @property
    def has_said_end(self) -> bool:
        """True once Airflow wrote what it writes after a task."""
        return self._told.is_over

    @property
    def kept(self) -> int:
        """Bytes on disk."""
        return self._kept

    def begin(self, now: float) -> None:
        """From here on the log is told from its beginning."""
        self._told, self._told_size = Transcript(self.hidden), 0
        self.token, self._taken, self._held = "", 0, None
        self.told_at = now

    def take(self, message: Message | str) -> None:
        """A message; the last one is held back until it is known to be whole."""
        held, self._held = self._held, message if is_unfinished(message) else None
        for each in (held, message if self._held is None else None):
            if each is not None and not is_torn(each):
                self._tell(each)

    def go_on(self, messages: Sequence[Message | str], token: str) -> None:
        """What came after `self.token`. Airflow counts a line that it found half written, too.

        So with such a one the same is asked for once more, and what was taken of it passed over.
        After a torn one its count is of no use.
        """
        for message in messages[self._taken :]:
            self.take(message)
        if any(is_torn(each) for each in messages):
            self.token = ""
        elif self._held is None or not token:
            self.token, self._taken = token, 0
        else:
            self._taken, self._held = len(messages) - 1, None

    def finish(self, *, is_whole: bool) -> None:
        """An answer is read to its end; `is_whole` when nothing more can come."""
        held, self._held = self._held, None
        if is_whole and held is not None:
            self._tell(held)
        self.is_whole = is_whole

    def _tell(self, message: Message | str) -> None:
        text = self._told.text(message).encode(errors="replace")
        self.cause = self._told.cause or self.cause
        before, self._told_size = self._told_size, self._told_size + len(text)
        if self._told_size > self.size:
            self._append(text[max(self.size - before, 0) :])

    def read(self, offset: int, limit: int) -> tuple[bytes, int]:
        """A piece and the offset after it; what is left out in the middle is said once."""
        if offset < self._kept:
            self._write()
            self._file.seek(offset)
            piece = self._file.read(min(limit, self._kept - offset))
            return piece, offset + len(piece)
        if offset >= self.size or not self.is_whole:
            return b"", offset
        end = b"".join(self._end)[-(self.size - self._kept) :]
        begins = self.size - len(end)
        if offset < begins:
            return _GAP.format(count=begins - offset).encode()[:limit], begins
        piece = end[offset - begins : offset - begins + limit]
        return piece, offset + len(piece)

    def end(self, limit: int) -> bytes:
        """The last bytes, beginning with a line."""
        whole = b"".join(self._end)
        cut = whole[-limit:] if limit < len(whole) else whole
        if len(cut) < self.size and b"\n" in cut[:-1]:
            return cut[cut.find(b"\n") + 1 :]
        return cut.decode(errors="ignore").encode()

    def tail(self) -> tuple[str, ...]:
        """The last lines that say something."""
        lines = self.end(_KEPT_END).decode(errors="replace").splitlines()
        shown = [line.rstrip()[:LONGEST_TAIL_LINE] for line in lines[-4 * TAIL_LINES :]]
        return tuple(line for line in shown if line)[-TAIL_LINES:]

    def let_go(self) -> None:
        """Nobody asks for it any more; it is closed once its last user has done so."""
        self._is_let_go = True
        self.close_unless_used()

    def close_unless_used(self) -> None:
        if self._is_let_go and not self.users:
            self._file.close()

    def _append(self, text: bytes) -> None:
        room = self.largest - self._kept
        if self._kept == self.size and room > 0:
            self._unwritten += text[:room]
            self._kept += min(room, len(text))
        if len(self._unwritten) >= _WRITTEN_AT_ONCE:
            self._write()
        self.size += len(text)
        self._end.append(text[-_KEPT_END:])
        self._end_size += len(self._end[-1])
        while self._end_size - len(self._end[0]) >= _KEPT_END:
            self._end_size -= len(self._end.popleft())

    def _write(self) -> None:
        self._file.seek(0, os.SEEK_END)
        self._file.write(self._unwritten)
        self._unwritten.clear()


def _opened() -> IO[bytes]:
    return tempfile.TemporaryFile(prefix="jobthread-")
