"""What is said about schedules: one to be made, which is always looked at first, or all of them."""

from dataclasses import replace
from typing import assert_never

from blocks import answers
from blocks.schedules import schedule_answer, schedules_answer
from bot.domain.actors import Actor
from bot.domain.intents import ChangeSchedule, ScheduleDeed, ScheduleJob
from bot.domain.wording import _
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


async def change_schedule(
    desk: Desk, gesture: Gesture, actor: Actor, wanted: ChangeSchedule
) -> None:
    """As its buttons do, on what it is at this moment. Raises Refused, Stale or UnknownName."""
    number = wanted.schedule
    revision = (await desk.schedules.one(actor, number)).schedule.revision
    match wanted.deed:
        case ScheduleDeed.PAUSE:
            await desk.schedules.pause(actor, number, revision)
        case ScheduleDeed.RESUME:
            await desk.schedules.resume(actor, number, revision)
        case ScheduleDeed.SKIP:
            await desk.schedules.skip(actor, number, revision)
        case ScheduleDeed.CANCEL:
            await desk.schedules.cancel(actor, number, revision)
            gone = _("Schedule {number} is cancelled.").format(number=number)
            await answer(desk, gesture, answers.told(gone), privately=True)
            return
        case _:
            assert_never(wanted.deed)
    shown = await desk.schedules.one(actor, number)
    await answer(desk, gesture, schedule_answer(shown), privately=True)
