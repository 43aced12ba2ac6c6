"""Buttons of cards, answers and menus."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp

from blocks import ids
from blocks.digests import digest_view
from blocks.listings import log_answer
from blocks.offers import used_offer
from bot.domain.actors import Actor, Place
from bot.domain.audit import AuditEntry
from bot.domain.errors import Mistake, PortError
from bot.domain.intents import OpenMenu
from bot.domain.wording import _, speaking
from handlers.answering import answer, attended, dm_of
from handlers.binding import BROKEN, bind
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.home import refresh
from handlers.intents import cancel, fulfil, rerun
from handlers.opening import open_form, open_view
from handlers.speaking import spoken

TAIL = 20
"""Lines that the Logs button shows."""


def register(app: AsyncApp, desk: Desk) -> None:
    for action, work in {
        ids.START: _start,
        ids.SAY: _say,
        ids.RESUME: _resume,
        ids.DIGEST: _digest,
        ids.MENU: _menu,
        ids.LOGS: _logs,
        ids.CANCEL: _stop,
        ids.RERUN: _again,
        ids.ROLLBACK: _roll_back,
    }.items():
        bind(app, desk, action, work)


def button_of(gesture: Gesture) -> ids.ButtonValue:
    """Which execution a card's button is about. Raises Mistake when it is broken or forged."""
    value = ids.read_button(gesture.value)
    if value is None:
        raise Mistake(_(BROKEN))
    return value


async def unconfirmed(desk: Desk, gesture: Gesture, typed: str, word: str) -> dict[str, Any]:
    """The answer to a view whose second confirmation is not there; empty when all is well."""
    if typed.strip().casefold() == word.strip().casefold():
        return {}
    # Who cannot be asked after now is told so in the usual language.
    with speaking(""):
        with suppress(PortError):
            await attended(desk, gesture)
        errors = {ids.CONFIRM_BLOCK: _("Type {word} to confirm.").format(word=word)}
    return {"response_action": "errors", "errors": errors}


async def _start(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    run = ids.read_run(gesture.value)
    if run is None:
        raise Mistake(_(BROKEN))
    draft = await desk.drafts.begin(
        actor,
        await _where(desk, gesture),
        request_id=gesture.key,
        job=run.job,
        given=run.given,
        reason=run.reason,
        start_at=run.at,
        start_until=run.until,
    )
    await open_form(desk, gesture, actor, draft)


async def _resume(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    if (done := await desk.drafts.outcome(actor, gesture.value)) is not None:
        await answer(desk, gesture, used_offer(done), privately=True)
        return
    preview = await desk.drafts.preview(actor, gesture.value)
    await open_form(desk, gesture, actor, preview.draft)


async def _digest(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    found = await desk.digests.listed(actor, gesture.value)
    await open_view(desk, gesture, digest_view(found))


async def _say(desk: Desk, gesture: Gesture, actor: Actor) -> AuditEntry | None:
    # The words that the button stands for are as good as typed ones, also for what reads them.
    said = replace(gesture, text=gesture.value)
    return await spoken(desk, said, actor, said.text)


async def _menu(desk: Desk, gesture: Gesture, actor: Actor) -> AuditEntry | None:
    return await fulfil(desk, gesture, actor, OpenMenu())


async def _logs(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    found = await desk.executions.logs(actor, _execution(gesture), gesture.place, TAIL)
    message = log_answer(found.execution, found.lines)
    await answer(desk, gesture, message, privately=True)


async def _stop(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    await cancel(desk, gesture, actor, _execution(gesture))
    await home_too(desk, gesture, actor)


async def _again(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    await rerun(desk, gesture, actor, _execution(gesture))


async def _roll_back(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    card = await desk.executions.card(actor, _execution(gesture), gesture.place)
    if not card.rollback:
        raise Mistake(_("#{id} has no rollback job.").format(id=card.execution.id))
    job = desk.requests.job(card.rollback)
    given = {
        name: value
        for name, value in card.execution.values.items()
        if job.parameter(name) is not None and name != "version"
    }
    draft = await desk.drafts.begin(
        actor, card.execution.place, request_id=gesture.key, job=job.name, given=given
    )
    await open_form(desk, gesture, actor, draft)


def _execution(gesture: Gesture) -> int:
    value = ids.read_button(gesture.value)
    if value is None:
        raise Mistake(_(BROKEN))
    return value.execution


async def _where(desk: Desk, gesture: Gesture) -> Place:
    """Where a run begun by a click is told: the conversation, or the person's DM from Home."""
    if gesture.place.channel:
        return gesture.place
    return replace(gesture.place, channel=await dm_of(desk, gesture))


async def home_too(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    """A click on Home changed something that stands there."""
    if gesture.view.get("type") == "home":
        await refresh(desk, actor)
