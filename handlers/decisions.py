"""Approve, Reject and Details, from whatever copy of a card they come."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from blocks import ids
from blocks.approvals import details_view, read_rejection, reject_view
from bot.domain.actors import Actor
from bot.domain.approvals import Verdict
from bot.domain.errors import Mistake
from handlers.actions import BROKEN, bind, home_too
from handlers.answering import carry_out
from handlers.desk import Desk
from handlers.gestures import Gesture, read_gesture
from handlers.opening import open_view


def register(app: AsyncApp, desk: Desk) -> None:
    async def rejected(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await carry_out(desk, read_gesture(body), _reject)

    bind(app, desk, ids.APPROVE, _approve)
    bind(app, desk, ids.REJECT, _ask_why)
    bind(app, desk, ids.DETAILS, _details)
    app.view(ids.REJECT_VIEW)(rejected)


async def _approve(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = _value(gesture)
    await desk.approvals.decide(actor, value.execution, Verdict.APPROVE, digest=value.digest)
    await home_too(desk, gesture, actor)


async def _ask_why(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = _value(gesture)
    card = await desk.approvals.card_to_decide(actor, value.execution, value.digest)
    await open_view(desk, gesture, reject_view(card))


async def _details(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    card = await desk.executions.card(actor, _value(gesture).execution, gesture.place)
    await open_view(desk, gesture, details_view(card))


async def _reject(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    state: dict[str, Any] = gesture.view.get("state") or {}
    rejection = read_rejection(state.get("values"), gesture.view.get("private_metadata"))
    if rejection is None:
        raise Mistake(BROKEN)
    await desk.approvals.decide(
        actor,
        rejection.execution,
        Verdict.REJECT,
        digest=rejection.digest,
        comment=rejection.comment,
    )


def _value(gesture: Gesture) -> ids.ButtonValue:
    value = ids.read_button(gesture.value)
    if value is None:
        raise Mistake(BROKEN)
    return value
