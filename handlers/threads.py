"""Where a question to somebody is open, and what of an intent it asks about."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.actors import Place
from bot.domain.intents import Clarify, Intent, RunJob
from bot.domain.jobs import Job
from bot.domain.readings import read_all
from handlers.gestures import Did, Gesture


def place_of_answers(gesture: Gesture) -> Place | None:
    """The thread or DM in which an answer would be written; None for what asks elsewhere."""
    if gesture.did is not Did.EVENT:
        return None
    thread = gesture.place.thread or ("" if gesture.is_dm else gesture.message_ts)
    return replace(gesture.place, thread=thread)


def could_answer(gesture: Gesture) -> bool:
    """False for what begins a thread: nothing was asked there before."""
    return gesture.did is Did.EVENT and (gesture.is_dm or gesture.is_in_thread)


def left_open(intent: Intent, jobs: Sequence[Job]) -> RunJob | None:
    """A run that is not yet certain or whole, which an answer would go on with."""
    match intent:
        case RunJob(job=None):
            return None
        case RunJob(exact=False):
            return intent
        case RunJob(job=name, given=given):
            job = next((each for each in jobs if each.name == name), None)
            is_whole = job is None or read_all(job.parameters, given).is_complete
            return None if is_whole else intent
        case Clarify(candidates=(first, *_)):
            return first if first.job is not None else None
        case _:
            return None
