"""The ladder: an exact command, a near one, plain language, a question, unknown."""

from collections.abc import Sequence

from bot.domain.intents import Clarify, Intent, RunJob, Unknown
from bot.domain.jobs import Job
from bot.domain.surroundings import Surroundings
from bot.language.grammar import parse_with
from bot.language.names import Names, names_of
from bot.language.understandings import Rung, Understanding


def understand(text: str, jobs: Sequence[Job], around: Surroundings) -> Understanding:
    """The one intent of a text; never raises, and depends on nothing but its arguments."""
    return understand_with(names_of(jobs), text, around)


class Understander:
    """Gathers what is known of the catalogue once, for as long as it stays the same."""

    def __init__(self) -> None:
        self._jobs: Sequence[Job] = ()
        self._names: Names = names_of(())

    def understand(self, text: str, jobs: Sequence[Job], around: Surroundings) -> Understanding:
        """As the function of this name."""
        if jobs is not self._jobs:
            self._jobs, self._names = jobs, names_of(jobs)
        return understand_with(self._names, text, around)


def understand_with(names: Names, text: str, around: Surroundings) -> Understanding:
    intent = parse_with(names, text, in_thread=around.in_thread)
    return Understanding(intent=intent, rung=_rung(intent), confidence=1.0)


def _rung(intent: Intent) -> Rung:
    match intent:
        case RunJob(exact=exact):
            return Rung.EXACT if exact else Rung.NEAR
        case Clarify():
            return Rung.CLARIFY
        case Unknown():
            return Rung.UNKNOWN
        case _:
            return Rung.EXACT
