"""Reading many texts with one catalogue."""

from collections.abc import Sequence

from bot.domain.intents import (
    Intent,
    ListJobs,
    ListRunning,
    OpenMenu,
    ShowHelp,
    ShowHistory,
    ShowStatus,
)
from bot.domain.jobs import Job
from bot.domain.surroundings import Surroundings
from bot.language.ladder import known_of, understand_with
from bot.language.understandings import Understanding

MOST_KEPT = 256
LONGEST_KEPT = 80
"""Readings that are kept, and characters of such a text: people say `status` all day."""

_WITHOUT_VALUES = (ListJobs, ListRunning, OpenMenu, ShowHelp, ShowHistory, ShowStatus)


class Reader:
    """Gathers what is known of the catalogue once, for as long as it stays the same."""

    def __init__(self) -> None:
        self._jobs: Sequence[Job] = ()
        self._known = known_of(())
        self._read: dict[tuple[str, bool], Understanding] = {}

    def understand(self, text: str, jobs: Sequence[Job], around: Surroundings) -> Understanding:
        """The one intent of a text; never raises, and depends on nothing but its arguments."""
        if jobs is not self._jobs:
            self._jobs, self._known = jobs, known_of(jobs)
            self._read.clear()
        asked = (text, around.in_thread)
        kept = self._read.get(asked)
        if kept is not None:
            return kept
        understood = understand_with(self._known, text, around)
        # Nothing is kept that may hold values, some of which are secret.
        if len(text) <= LONGEST_KEPT and isinstance(understood.intent, _WITHOUT_VALUES):
            self._keep(asked, understood)
        return understood

    def read(self, text: str, jobs: Sequence[Job], around: Surroundings) -> Intent:
        """As `understand`, the intent alone."""
        return self.understand(text, jobs, around).intent

    def _keep(self, asked: tuple[str, bool], understood: Understanding) -> None:
        if len(self._read) >= MOST_KEPT:
            del self._read[next(iter(self._read))]
        self._read[asked] = understood
