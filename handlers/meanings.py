"""What a text means where it was written: in whose zone, in which thread, after which question."""

from zoneinfo import ZoneInfo

from bot.domain.actors import Actor
from bot.domain.executions import Execution
from bot.domain.intents import Intent
from bot.domain.parameters import shown
from bot.domain.surroundings import Surroundings, Thread
from handlers.desk import Desk
from handlers.gestures import Did, Gesture


async def meaning(desk: Desk, gesture: Gesture, actor: Actor, text: str) -> Intent:
    """The intent of a text, read where and by whom it was written."""
    now = desk.clock.now()
    here = now.astimezone(_zone(actor.tz))
    around = Surroundings(
        now=here, thread=await _thread(desk, gesture, actor), in_thread=gesture.is_in_thread
    )
    jobs = desk.jobs()
    intent = desk.parse(text, jobs, around)
    desk.open_questions.note(gesture, intent, jobs, now)
    return intent


async def _thread(desk: Desk, gesture: Gesture, actor: Actor) -> Thread | None:
    asked = desk.open_questions.of(gesture, desk.clock.now())
    if asked is not None and gesture.did is Did.EVENT:
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
