"""What is said about schedules: one to be made, which is always looked at first, or all of them."""

from blocks.schedules import schedules_answer
from bot.domain.actors import Actor
from bot.domain.intents import ScheduleJob
from handlers.answering import answer
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.opening import open_form


async def plan(desk: Desk, gesture: Gesture, actor: Actor, wanted: ScheduleJob) -> None:
    """Always looked at before it is kept: what was said opens a form, and its review."""
    run = wanted.run
    await desk.schedules.check(actor, wanted.cron, run.job or "", gesture.place)
    draft = await desk.drafts.begin(
        actor,
        gesture.place,
        request_id=gesture.key,
        job=run.job or "",
        given=run.given,
        reason=run.reason,
        inferred=run.inferred,
        reader=run.reader,
        cron=wanted.cron,
    )
    await open_form(desk, gesture, actor, draft)


async def show_all(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    """Every schedule that this person may see."""
    await answer(desk, gesture, schedules_answer(await desk.schedules.listing(actor)))
