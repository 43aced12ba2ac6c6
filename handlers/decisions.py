"""Approve, Reject and Details, from whatever copy of a card they come."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from blocks import ids
from blocks.approvals import Said, details_view, read_decision, reject_view
from bot.domain.actors import Actor
from bot.domain.approvals import Verdict
from bot.domain.errors import BotError, InvalidValues, Mistake
from bot.domain.wording import _
from handlers.actions import button_of, home_too
from handlers.binding import BROKEN, bind, bind_view
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.opening import open_view
from handlers.passkeys import left, show_link


def register(app: AsyncApp, desk: Desk) -> None:
    bind(app, desk, ids.APPROVE, _approve)
    bind(app, desk, ids.REJECT, _ask_why)
    bind(app, desk, ids.DETAILS, _details)
    bind(app, desk, ids.OPEN_LINK, left)
    bind_view(app, desk, ids.REJECT_VIEW, _reject)
    bind_view(app, desk, ids.DETAILS_VIEW, _approve_with_comment)


async def _approve(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = button_of(gesture)
    try:
        await _say_yes(desk, gesture, actor, Said(execution=value.execution, digest=value.digest))
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


async def _say_yes(desk: Desk, gesture: Gesture, actor: Actor, said: Said) -> None:
    """Where a passkey is due a click counts for nothing: it leads to where that is shown."""
    execution, digest, comment = said.execution, said.digest, said.comment
    link = await desk.step_ups.to_approve(actor, execution, digest, comment)
    if link is not None:
        await show_link(desk, gesture, link)
        return
    yes = Verdict.APPROVE
    await desk.approvals.decide(actor, execution, yes, digest=digest, comment=comment)


async def _decide(desk: Desk, gesture: Gesture, actor: Actor, verdict: Verdict) -> None:
    state: dict[str, Any] = gesture.view.get("state") or {}
    said = read_decision(state.get("values"), gesture.view.get("private_metadata"))
    if said is None:
        raise Mistake(_(BROKEN))
    if verdict is Verdict.APPROVE:
        await _say_yes(desk, gesture, actor, said)
        return
    await desk.approvals.decide(
        actor, said.execution, verdict, digest=said.digest, comment=said.comment
    )
