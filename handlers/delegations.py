"""Being away: who stands in, said in words or in a form, listed, and ended early."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncApp

from blocks import ids
from blocks.delegations import (
    away_ended,
    away_errors,
    away_incomplete,
    away_listing,
    away_of_all,
    away_told,
    away_view,
    read_asked,
    read_away,
)
from blocks.elements import Message
from bot.domain.actors import Actor
from bot.domain.audit import AuditEntry
from bot.domain.delegations import AwayAsked, AwayEnded, AwayListed
from bot.domain.errors import Mistake, PortError
from bot.domain.wording import _, speaking
from bot.services.delegations import AwayWanted
from handlers.answering import answer, attended
from handlers.binding import BROKEN, bind, bind_view
from handlers.desk import Desk
from handlers.gestures import Did, Gesture
from handlers.home import refresh
from handlers.opening import open_view


def register(app: AsyncApp, desk: Desk) -> None:
    bind(app, desk, ids.AWAY, _ask)
    bind(app, desk, ids.END_AWAY, _end)
    bind_view(app, desk, ids.AWAY_VIEW, _filled_in, _wrong)


async def _wrong(desk: Desk, gesture: Gesture) -> dict[str, Any]:
    """What is wrong with what was filled in, in the language of who did, if that is known now."""
    with speaking(""):
        with suppress(PortError):
            await attended(desk, gesture)
        problems = desk.delegations.problems(_read(gesture))
    return {"response_action": "errors", "errors": away_errors(problems)} if problems else {}


async def away_told_in_words(desk: Desk, gesture: Gesture, actor: Actor) -> AuditEntry | bool:
    """Do what was said about being away; false when the text asks for something else.

    A list comes back as its audit row. Raises BotError.
    """
    now = desk.clock.now()
    asked = desk.away_asked(gesture.words, desk.names.all(), now.astimezone(actor.zone))
    match asked:
        case None:
            return False
        case AwayAsked():
            await _say(desk, gesture, actor, asked)
        case AwayEnded():
            ended = await desk.delegations.end(actor, asked.number)
            await answer(desk, gesture, away_ended(ended), privately=True)
        case AwayListed():
            message = await _listed(desk, actor, asked, now)
            await answer(desk, gesture, message, privately=True)
            return desk.questions.asked(
                actor, "away", subject="delegations", request_id=gesture.key
            )
    return True


async def _listed(desk: Desk, actor: Actor, asked: AwayListed, now: datetime) -> Message:
    if asked.of_all:
        return away_of_all(await desk.delegations.listed_of_all(actor), actor.id, now)
    found = await desk.delegations.listed(actor)
    may = desk.delegations.may_delegate(actor)
    return away_listing(found, actor.id, now, may_delegate=may)


async def _say(desk: Desk, gesture: Gesture, actor: Actor, asked: AwayAsked) -> None:
    """Do it when all is said; else the form asks for the rest."""
    if asked.user and asked.ends is not None and not asked.unread:
        await _create(desk, gesture, actor, asked)
        return
    await _open(desk, gesture, actor, asked)


async def _create(desk: Desk, gesture: Gesture, actor: Actor, asked: AwayAsked) -> None:
    assert asked.ends is not None, "it was looked at before"
    wanted = AwayWanted(
        user=asked.user,
        begins=asked.begins,
        ends=asked.ends,
        reason=asked.reason,
        request_id=gesture.key,
    )
    made = await desk.delegations.create(actor, wanted)
    message = away_told(made, actor.id, desk.clock.now())
    await answer(desk, gesture, message, privately=True)


async def _ask(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    await _open(desk, gesture, actor, read_asked(gesture.value))


async def _open(desk: Desk, gesture: Gesture, actor: Actor, asked: AwayAsked) -> None:
    """The form, for who may fill it in; without a living trigger a button that opens it."""
    await desk.delegations.allow(actor)
    opened = None
    if gesture.trigger_id and gesture.did is not Did.EVENT:
        opened = await open_view(desk, gesture, away_view(asked))
    if opened is None:
        await answer(desk, gesture, away_incomplete(asked), privately=True)


async def _filled_in(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    await _create(desk, gesture, actor, _read(gesture))
    await refresh(desk, actor)


async def _end(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    if not (gesture.value.isascii() and gesture.value.isdigit() and len(gesture.value) < 10):
        raise Mistake(_(BROKEN))
    ended = await desk.delegations.end(actor, int(gesture.value))
    if gesture.is_in_view:
        await refresh(desk, actor)
    else:
        await answer(desk, gesture, away_ended(ended), privately=True)


def _read(gesture: Gesture) -> AwayAsked:
    state: dict[str, Any] = gesture.view.get("state") or {}
    return read_away(state.get("values"))
