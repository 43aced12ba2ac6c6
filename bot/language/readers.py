"""Reading many texts with one catalogue."""

from collections.abc import Sequence

from bot.domain.intents import Intent
from bot.domain.jobs import Job
from bot.language.grammar import parse_with
from bot.language.names import Names, names_of


class Reader:
    """Gathers the names of the catalogue once, for as long as it stays the same."""

    def __init__(self) -> None:
        self._jobs: Sequence[Job] = ()
        self._names: Names = names_of(())

    def read(self, text: str, jobs: Sequence[Job], in_thread: bool) -> Intent:
        """As `parse`."""
        if jobs is not self._jobs:
            self._jobs, self._names = jobs, names_of(jobs)
        return parse_with(self._names, text, in_thread=in_thread)
