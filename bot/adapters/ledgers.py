"""Files of JSON Lines that hold rows and checkpoints of the audit log, read a line at a time."""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

from bot.domain.chains import Checkpoint, Link
from bot.domain.errors import Mistake
from bot.domain.ledgers import LONGEST_LINE, Kept, read_line


class Ledgers:
    """Export files, in any order; folders stand for every `.jsonl` below them.

    A line that cannot be read is passed over and counted in `unread`: a row that is missing breaks
    the chain, and a checkpoint is only missed by whoever counts on it.
    """

    def __init__(self, given: Sequence[Path]) -> None:
        self.unread = 0
        self._files = [file for path in given for file in _files(path)]

    def checkpoints(self) -> Sequence[Checkpoint]:
        """All that these files hold, each once. Raises Mistake when a file cannot be read."""
        found: dict[tuple[int, str], Checkpoint] = {}
        for file in self._files:
            for kept in self._lines(file, "checkpoint"):
                if isinstance(kept, Checkpoint):
                    found[(kept.number, kept.signature)] = kept
        return [found[key] for key in sorted(found)]

    async def links(self) -> AsyncIterator[Link]:
        """Every row, file by file in the order of their first rows. Raises Mistake."""
        for _, file in sorted(self._first_rows()):
            for kept in self._lines(file, "seq"):
                if isinstance(kept, Link):
                    yield kept

    def _first_rows(self) -> Iterator[tuple[int, Path]]:
        for file in self._files:
            first = next((kept for kept in self._lines(file, "seq")), None)
            if isinstance(first, Link):
                yield first.seq, file

    def _lines(self, file: Path, first_key: str) -> Iterator[Kept]:
        beginning = f'{{"{first_key}"'
        try:
            with file.open(encoding="utf-8", errors="replace") as opened:
                while line := opened.readline(LONGEST_LINE):
                    if not line.replace(" ", "").startswith(beginning):
                        self.unread += not line.lstrip().startswith("{")
                        continue
                    try:
                        yield read_line(line)
                    except Mistake:
                        self.unread += 1
        except OSError as error:
            raise Mistake(f"{file} cannot be read: {error.strerror}.") from error


def _files(path: Path) -> Sequence[Path]:
    return sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
