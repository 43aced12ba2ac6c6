"""Answers to runs that wait for a person, by a button or by a form."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp

from blocks import ids
from blocks.pauses import AnswerRead, answer_errors, answer_view, pause_message, read_answer_view
from bot.domain.actors import Actor
from bot.domain.errors import BotError, InvalidValues, Mistake, PortError
from bot.domain.wording import _, speaking
from bot.services.replies import Said
from handlers.actions import home_too
from handlers.answering import answer, attended, noted
from handlers.binding import BROKEN, bind, bind_view
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.opening import open_view


def register(app: AsyncApp, desk: Desk) -> None:
    bind(app, desk, ids.ANSWER, _answer)
    bind(app, desk, ids.ANSWER_FORM, _open)
    bind_view(app, desk, ids.ANSWER_VIEW, _submit, _wrong)


async def _answer(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = _value(gesture)
    picks = () if value.pick is None else (value.pick,)
    said = Said(execution=value.execution, mark=value.mark, picks=picks)
    try:
        await desk.replies.reply(actor, said)
    except InvalidValues:
        # It takes more than a click: a word beside it.
        await _open(desk, gesture, actor)
        return
    await home_too(desk, gesture, actor)


async def _open(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = _value(gesture)
    asking = await desk.replies.asking(actor, value.execution, value.mark)
    view = answer_view(asking.card, asking.wait, pick=value.pick, zone=actor.tz)
    if await open_view(desk, gesture, view) is None:
        await answer(desk, gesture, pause_message(asking.card, asking.wait), privately=True)


async def _wrong(desk: Desk, gesture: Gesture) -> dict[str, Any]:
    """What the ack says of a form that does not hold; who may not, or is late, hears it after."""
    read = read_answer_view(_state(gesture), gesture.view.get("private_metadata"))
    if read is None:
        return {}
    with speaking(""):
        try:
            actor = await attended(desk, gesture)
            problems = await desk.replies.problems(actor, _said(read))
        except BotError as error:
            return {"response_action": "update", "view": noted(desk, _("Answer"), error)}
        except PortError:
            # The work after the ack tries again, and says so when that does not help.
            return {}
        errors = answer_errors(problems, read.fields)
    return {"response_action": "errors", "errors": dict(errors)} if errors else {}


async def _submit(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    read = read_answer_view(_state(gesture), gesture.view.get("private_metadata"))
    if read is None:
        raise Mistake(_(BROKEN))
    await desk.replies.reply(actor, _said(read))


def _value(gesture: Gesture) -> ids.AnswerValue:
    """Which pause a button is about. Raises Mistake when it is broken or forged."""
    value = ids.read_answer(gesture.value)
    if value is None:
        raise Mistake(_(BROKEN))
    return value


def _state(gesture: Gesture) -> object:
    state: Mapping[str, Any] = gesture.view.get("state") or {}
    return state.get("values")


def _said(read: AnswerRead) -> Said:
    return Said(
        execution=read.execution,
        mark=read.mark,
        given=read.given,
        picks=read.picks,
        comment=read.comment,
    )
