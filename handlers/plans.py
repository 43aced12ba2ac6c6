"""What is said about schedules: one to be made, which is always looked at first, or all of them."""

from dataclasses import replace

from blocks.schedules import schedules_answer
from bot.domain.actors import Actor
from bot.domain.intents import ScheduleJob
from handlers.answering import answer
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.opening import open_said


async def plan(desk: Desk, gesture: Gesture, actor: Actor, wanted: ScheduleJob) -> None:
    """Always looked at before it is kept: what was said opens a form, and its review."""
    run = wanted.run
    await desk.schedules.check(actor, wanted.cron, run.job or "", gesture.place)
    often = replace(run, at=None, until=None)
    await open_said(desk, gesture, actor, often, cron=wanted.cron)


async def show_all(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    """Every schedule that this person may see."""
    await answer(desk, gesture, schedules_answer(await desk.schedules.listing(actor)))
