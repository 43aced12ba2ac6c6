"""Which question is open in a thread or DM, so that a short answer fills it."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.intents import Clarify, Intent, RunJob
from bot.domain.jobs import Job
from bot.domain.readings import read_all
from handlers.gestures import Did, Gesture

MOST_OPEN = 500
"""Open questions that are remembered; they are not worth a row, as asking again is easy."""

OPEN_FOR = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    run: RunJob
    at: datetime


@dataclass(kw_only=True, slots=True)
class OpenQuestions:
    """The last question to each person in each thread or DM, by which a short answer is read."""

    asked: OrderedDict[tuple[str, str, str], _Asked] = field(
        default_factory=OrderedDict[tuple[str, str, str], _Asked]
    )

    def of(self, gesture: Gesture, now: datetime) -> RunJob | None:
        found = self.asked.get(_key(gesture))
        return found.run if found is not None and now - found.at < OPEN_FOR else None

    def note(self, gesture: Gesture, intent: Intent, jobs: Sequence[Job], now: datetime) -> None:
        """A run that is not yet certain or whole is an open question; anything else closes it."""
        if gesture.did is not Did.EVENT:
            return
        key, run = _key(gesture), _open(intent, jobs)
        self.asked.pop(key, None)
        if run is not None and run.job is not None:
            self.asked[key] = _Asked(run=run, at=now)
        while len(self.asked) > MOST_OPEN:
            self.asked.popitem(last=False)


def _open(intent: Intent, jobs: Sequence[Job]) -> RunJob | None:
    match intent:
        case RunJob(exact=False):
            return intent
        case RunJob(job=name, given=given):
            job = next((each for each in jobs if each.name == name), None)
            is_whole = job is None or read_all(job.parameters, given).is_complete
            return None if is_whole else intent
        case Clarify(candidates=(first, *_)):
            return first
        case _:
            return None


def _key(gesture: Gesture) -> tuple[str, str, str]:
    thread = gesture.place.thread or ("" if gesture.is_dm else gesture.message_ts)
    return gesture.place.channel, thread, gesture.person.user
