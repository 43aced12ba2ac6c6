"""Reading many texts with one catalogue."""

from collections.abc import Sequence

from bot.domain.intents import Intent, ListJobs, OpenMenu, ShowHelp, ShowHistory, ShowStatus
from bot.domain.jobs import Job
from bot.language.grammar import parse_with
from bot.language.names import Names, names_of

MOST_KEPT = 256
LONGEST_KEPT = 80
"""Readings that are kept, and characters of such a text: people say `status` all day."""

_WITHOUT_VALUES = (ListJobs, OpenMenu, ShowHelp, ShowHistory, ShowStatus)


class Reader:
    """Gathers the names of the catalogue once, for as long as it stays the same."""

    def __init__(self) -> None:
        self._jobs: Sequence[Job] = ()
        self._names: Names = names_of(())
        self._read: dict[tuple[str, bool], Intent] = {}

    def read(self, text: str, jobs: Sequence[Job], in_thread: bool) -> Intent:
        """As `parse`; what a text means depends on nothing but the catalogue."""
        if jobs is not self._jobs:
            self._jobs, self._names = jobs, names_of(jobs)
            self._read.clear()
        asked = (text, in_thread)
        known = self._read.get(asked)
        if known is None:
            known = parse_with(self._names, text, in_thread=in_thread)
            # Nothing is kept that may hold values, some of which are secret.
            if len(text) <= LONGEST_KEPT and isinstance(known, _WITHOUT_VALUES):
                self._keep(asked, known)
        return known

    def _keep(self, asked: tuple[str, bool], intent: Intent) -> None:
        if len(self._read) >= MOST_KEPT:
            del self._read[next(iter(self._read))]
        self._read[asked] = intent
