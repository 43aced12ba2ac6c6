"""What a text means where it was written: in whose zone, in which thread, after which question."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.actors import Actor
from bot.domain.discretion import jobs_told_in, without_jobs
from bot.domain.executions import Execution
from bot.domain.intents import Intent, RerunJob, RunJob, ScheduleJob, ShowHistory, Unknown
from bot.domain.parameters import shown
from bot.domain.shortcuts import spoken
from bot.domain.surroundings import Surroundings, Thread
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.threads import could_answer, left_open, place_of_answers


async def meaning(desk: Desk, gesture: Gesture, actor: Actor, text: str) -> Intent:
    """The intent of a text, read where and by whom it was written.

    A short form, the catalogue's or one's own, stands for what it is short for; where a question
    is open it may as well have been meant as the answer, so that it is looked at before it runs.
    """
    asked = await _asked(desk, gesture)
    expansion = await desk.aliases.expanded(actor, text)
    text = expansion.words if expansion is not None else text
    around = Surroundings(
        now=here(desk, actor),
        thread=await _thread(desk, gesture, actor, asked),
        in_thread=gesture.is_in_thread,
        shortcuts=spoken(desk.shortcuts()),
    )
    jobs = desk.jobs()
    short = desk.short(text)
    intent = short or desk.parse(text, jobs, around)
    if isinstance(intent, RerunJob) and intent.changes:
        intent = await _changed(desk, gesture, actor, text, intent, around)
    intent = told(desk, actor, text, intent) if short is None else intent
    if isinstance(intent, Unknown):
        intent = _of_the_gone(desk, text, around) or intent
    if asked is not None and (short or expansion) and isinstance(intent, RunJob):
        intent = replace(intent, exact=False)
    await _note(desk, gesture, asked, left_open(intent, jobs))
    return intent


async def _changed(
    desk: Desk, gesture: Gesture, actor: Actor, text: str, said: RerunJob, around: Surroundings
) -> Intent:
    """An earlier run with the values that are said now. Raises BotError, as a rerun does."""
    found = await desk.executions.again(actor, said.execution, gesture.place)
    there = replace(around, thread=_of_execution(found, actor), in_thread=True)
    read = desk.parse(text, desk.jobs(), there)
    if isinstance(read, RerunJob):
        return Unknown(text=text, near=(desk.written(RerunJob(execution=found.id)),))
    return read


def _of_the_gone(desk: Desk, text: str, around: Surroundings) -> Intent | None:
    """What is meant of a job that is no more: its history is there, and why it cannot be run."""
    gone = desk.executions.gone_in(text)
    read = desk.parse(text, gone, around) if gone else None
    return read if isinstance(read, RunJob | ScheduleJob | ShowHistory) else None


def told(desk: Desk, actor: Actor, text: str, read: Intent) -> Intent:
    """What was read, without jobs of which this person shall not hear by guess or typing error."""
    untold = desk.executions.untold(actor, jobs_told_in(read), text)
    return without_jobs(read, untold, text)


def here(desk: Desk, actor: Actor) -> datetime:
    """Now, in the zone of whoever speaks."""
    return desk.clock.now().astimezone(_zone(actor.tz))


async def _asked(desk: Desk, gesture: Gesture) -> RunJob | None:
    """The question to this person that is open here."""
    place = place_of_answers(gesture)
    if place is None or not could_answer(gesture):
        return None
    return await desk.follow_ups.open_in(place, gesture.person)


async def _note(desk: Desk, gesture: Gesture, asked: RunJob | None, left: RunJob | None) -> None:
    """What is still unclear is open from now on; anything else closes what was."""
    place = place_of_answers(gesture)
    if place is not None and left is not None:
        await desk.follow_ups.ask(place, gesture.person, left)
    elif place is not None and asked is not None:
        await desk.follow_ups.close(place, gesture.person)


async def _thread(
    desk: Desk, gesture: Gesture, actor: Actor, asked: RunJob | None
) -> Thread | None:
    if asked is not None:
        return Thread(
            job=asked.job or "", given=asked.given, open=True, at=asked.at, until=asked.until
        )
    if not gesture.is_in_thread:
        return None
    found = await desk.executions.in_thread(actor, gesture.place)
    return _of_execution(found, actor) if found is not None else None


def _of_execution(found: Execution, actor: Actor) -> Thread:
    """Values without defaults, and without what is masked unless it is one's own."""
    own = found.requester.is_same_person(actor.id)
    left_out = found.defaults if own else found.defaults | found.masked
    given = {name: shown(value) for name, value in found.values.items() if name not in left_out}
    return Thread(job=found.job, given=given, execution=found.id)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
