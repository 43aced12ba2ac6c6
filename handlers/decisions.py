"""Approve, Reject and Details, from whatever copy of a card they come."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from blocks import ids
from blocks.approvals import details_view, read_decision, reject_view
from bot.domain.actors import Actor
from bot.domain.approvals import Verdict
from bot.domain.errors import BotError, InvalidValues, Mistake
from handlers.actions import BROKEN, bind, bind_view, button_of, home_too
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.opening import open_view


def register(app: AsyncApp, desk: Desk) -> None:
    bind(app, desk, ids.APPROVE, _approve)
    bind(app, desk, ids.REJECT, _ask_why)
    bind(app, desk, ids.DETAILS, _details)
    bind_view(app, desk, ids.REJECT_VIEW, _reject)
    bind_view(app, desk, ids.DETAILS_VIEW, _approve_with_comment)


async def _approve(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = button_of(gesture)
    try:
        await desk.approvals.decide(actor, value.execution, Verdict.APPROVE, digest=value.digest)
    except InvalidValues:
        # This yes needs a word.
        await _details(desk, gesture, actor)
        return
    await home_too(desk, gesture, actor)


async def _ask_why(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = button_of(gesture)
    card = await desk.approvals.card_to_decide(actor, value.execution, value.digest)
    await open_view(desk, gesture, reject_view(card))


async def _details(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = button_of(gesture)
    try:
        card = await desk.approvals.card_to_decide(actor, value.execution, value.digest)
        view = details_view(card, may_decide=True)
    except BotError:
        card = await desk.executions.card(actor, value.execution, gesture.place)
        view = details_view(card)
    await open_view(desk, gesture, view)


async def _reject(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    await _decide(desk, gesture, actor, Verdict.REJECT)


async def _approve_with_comment(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    await _decide(desk, gesture, actor, Verdict.APPROVE)


async def _decide(desk: Desk, gesture: Gesture, actor: Actor, verdict: Verdict) -> None:
    state: dict[str, Any] = gesture.view.get("state") or {}
    said = read_decision(state.get("values"), gesture.view.get("private_metadata"))
    if said is None:
        raise Mistake(BROKEN)
    await desk.approvals.decide(
        actor, said.execution, verdict, digest=said.digest, comment=said.comment
    )
