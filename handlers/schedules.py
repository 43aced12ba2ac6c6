"""Schedules: keeping one after its review, the buttons of each, and handing one over."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from blocks import answers, ids
from blocks.recurrences import read_rules
from blocks.schedules import (
    handover_view,
    read_handover,
    schedule_answer,
)
from bot.domain.actors import Actor
from bot.domain.errors import BotError, Mistake
from bot.domain.wording import _
from handlers.actions import home_too
from handlers.answering import answer, take_up, worded
from handlers.binding import bind, bind_view
from handlers.desk import Desk
from handlers.forms import answers_of, told_at
from handlers.gestures import Gesture, read_gesture
from handlers.opening import open_view


def register(app: AsyncApp, desk: Desk) -> None:
    async def reviewed(ack: AsyncAck, body: dict[str, Any]) -> None:
        gesture, cleared = read_gesture(body), {"response_action": "clear"}
        await desk.inbox.answered(gesture.key, cleared)
        await ack(cleared)
        take_up(desk, gesture, _keep)

    app.view(ids.SCHEDULE_VIEW)(reviewed)
    for action, work in {
        ids.SCHEDULE_PAUSE: _pause,
        ids.SCHEDULE_RESUME: _resume,
        ids.SCHEDULE_SKIP: _skip,
        ids.SCHEDULE_CANCEL: _cancel,
        ids.SCHEDULE_HAND_OVER: _ask_to_whom,
        ids.SCHEDULE_ACCEPT: _accept,
        ids.SCHEDULE_DECLINE: _decline,
    }.items():
        bind(app, desk, action, work)
    bind_view(app, desk, ids.HANDOVER_VIEW, _hand_over)


async def _keep(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    given = answers_of(gesture)
    state: dict[str, Any] = gesture.view.get("state") or {}
    draft = await desk.drafts.keep(actor, given.draft, reason=given.reason)
    where = told_at(gesture, draft)
    try:
        made = await desk.schedules.make(actor, draft.id, read_rules(state.get("values")))
    except BotError as error:
        await answer(desk, where, worded(desk, error), privately=True)
        return
    shown = await desk.schedules.one(actor, made.id)
    await answer(desk, where, schedule_answer(shown), privately=True)


async def _pause(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = _value(gesture)
    await desk.schedules.pause(actor, value.schedule, value.revision)
    await _changed(desk, gesture, actor, value.schedule)


async def _resume(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = _value(gesture)
    await desk.schedules.resume(actor, value.schedule, value.revision)
    await _changed(desk, gesture, actor, value.schedule)


async def _skip(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = _value(gesture)
    await desk.schedules.skip(actor, value.schedule, value.revision)
    await _changed(desk, gesture, actor, value.schedule)


async def _cancel(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = _value(gesture)
    await desk.schedules.cancel(actor, value.schedule, value.revision)
    await _say(desk, gesture, actor, _("Schedule {number} is cancelled."), value.schedule)


async def _ask_to_whom(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = _value(gesture)
    schedule = await desk.handovers.of(actor, value.schedule, value.revision)
    await open_view(desk, gesture, handover_view(schedule))


async def _hand_over(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    state: dict[str, Any] = gesture.view.get("state") or {}
    found = read_handover(state.get("values"), gesture.view.get("private_metadata"))
    if found is None:
        raise Mistake(_("Nobody was chosen, so nothing changed."))
    value, user = found
    offered = await desk.handovers.offer(actor, value.schedule, value.revision, user)
    sentence = _("I asked {who}; until they say yes, it stays as it is.")
    await answer(
        desk, gesture, answers.told(sentence.format(who=offered.offered_name)), privately=True
    )


async def _accept(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = _value(gesture)
    await desk.handovers.accept(actor, value.schedule, value.revision)
    await _changed(desk, gesture, actor, value.schedule)


async def _decline(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = _value(gesture)
    await desk.handovers.decline(actor, value.schedule, value.revision)
    await _say(desk, gesture, actor, _("Schedule {number} stays as it is."), value.schedule)


async def _changed(desk: Desk, gesture: Gesture, actor: Actor, number: int) -> None:
    """It is shown as it is now, with buttons that act on that."""
    if gesture.view.get("type") == "home":
        await home_too(desk, gesture, actor)
        return
    shown = await desk.schedules.one(actor, number)
    await answer(desk, gesture, schedule_answer(shown), privately=True)


async def _say(desk: Desk, gesture: Gesture, actor: Actor, sentence: str, number: int) -> None:
    if gesture.view.get("type") == "home":
        await home_too(desk, gesture, actor)
        return
    await answer(desk, gesture, answers.told(sentence.format(number=number)), privately=True)


def _value(gesture: Gesture) -> ids.ScheduleValue:
    """Which schedule a button is about. Raises Mistake when it is broken or forged."""
    value = ids.read_schedule(gesture.value)
    if value is None:
        raise Mistake(
            _("This button is broken or from an older version. Say `schedules` to see them.")
        )
    return value
