"""What a text means where it was written: in whose zone, in which thread, after which question."""

from zoneinfo import ZoneInfo

from bot.domain.actors import Actor
from bot.domain.executions import Execution
from bot.domain.intents import Intent, RunJob
from bot.domain.parameters import shown
from bot.domain.surroundings import Surroundings, Thread
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.threads import could_answer, left_open, place_of_answers


async def meaning(desk: Desk, gesture: Gesture, actor: Actor, text: str) -> Intent:
    """The intent of a text, read where and by whom it was written."""
    asked = await _asked(desk, gesture)
    around = Surroundings(
        now=desk.clock.now().astimezone(_zone(actor.tz)),
        thread=await _thread(desk, gesture, actor, asked),
        in_thread=gesture.is_in_thread,
    )
    jobs = desk.jobs()
    intent = desk.parse(text, jobs, around)
    await _note(desk, gesture, asked, left_open(intent, jobs))
    return intent


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
        return Thread(job=asked.job or "", given=asked.given, open=True)
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
