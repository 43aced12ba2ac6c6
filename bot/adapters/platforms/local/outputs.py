"""What a job writes, on its way to the log, the tail and the report, masked before all else."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from bot.adapters.platforms.local.captures import Capture, Lines, Tail
from bot.adapters.platforms.local.masks import Masker
from bot.adapters.platforms.local.protocol import LARGEST_RESULT, Report


class Output:
    """Bytes of the job on their way to the log, the tail and the report, masked first."""

    def __init__(self, capture: Capture, masker: Masker) -> None:
        self._capture = capture
        self._masker = masker
        self._lines = Lines()
        self._tail = Tail()
        # JSON has many ways to write one text, as \\u0041 for A.
        self.report = Report(mask=masker.mask)
        self.is_news = False
        self.was_lost = False

    @property
    def tail(self) -> tuple[str, ...]:
        return self._tail.lines

    @property
    def size(self) -> int:
        return self._capture.size

    @property
    def is_truncated(self) -> bool:
        return self._capture.truncated or self.was_lost

    def feed(self, content: bytes) -> None:
        self._take(self._masker.feed(content), final=False)

    def finish(self) -> None:
        self._take(self._masker.finish(), final=True)
        self._capture.close()

    def read_result(self, path: Path) -> None:
        """Take the result file, when the job left one that is a plain file of a fair size."""
        # The job may have put a link or a pipe there: follow none, wait for none.
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(descriptor, "rb") as file:
                if stat.S_ISREG(os.fstat(descriptor).st_mode):
                    content = file.read(LARGEST_RESULT + 1)
                    self.report.take_result(self._masker.mask(content.decode(errors="replace")))

    def _take(self, masked: bytes, *, final: bool) -> None:
        lines = self._lines.feed(masked, final=final)
        if not lines:
            return
        self.is_news = True
        for line in lines:
            if not self.report.hear(line):
                self._tail.add(line)
        try:
            self._capture.write("".join(lines).encode(errors="replace"))
        except OSError:
            # A full disk costs output, not the run.
            self.was_lost = True
