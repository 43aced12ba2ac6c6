"""Break glass, and the review that it leaves on Home."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from blocks import ids
from blocks.emergencies import Said, glass_view, read_said, reviewed_view
from bot.domain.actors import Actor
from bot.domain.errors import Mistake
from bot.domain.wording import _
from handlers.actions import button_of, unconfirmed
from handlers.binding import BROKEN, bind, bind_view
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.home import refresh
from handlers.opening import open_view


def register(app: AsyncApp, desk: Desk) -> None:
    bind(app, desk, ids.BREAK_GLASS, _ask_why)
    bind(app, desk, ids.REVIEWED, _ask_what)
    bind_view(app, desk, ids.GLASS_VIEW, _run, _not_confirmed)
    bind_view(app, desk, ids.REVIEWED_VIEW, _close)


async def _not_confirmed(desk: Desk, gesture: Gesture) -> dict[str, Any]:
    # The word itself is checked again behind it.
    said = _read(gesture)
    return await unconfirmed(desk, gesture, said.typed, said.value.confirm) if said else {}


async def _ask_why(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    value = button_of(gesture)
    card, word = await desk.emergencies.word(actor, value.execution, value.digest)
    await open_view(desk, gesture, glass_view(card, word))


async def _run(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    said = _said(gesture)
    await desk.emergencies.run_unapproved(
        actor,
        said.value.execution,
        digest=said.value.digest,
        reason=said.words,
        typed=said.typed,
    )


async def _ask_what(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    review = await desk.emergencies.review(actor, button_of(gesture).execution)
    await open_view(desk, gesture, reviewed_view(review))


async def _close(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    said = _said(gesture)
    await desk.emergencies.close(actor, said.value.execution, said.words)
    await refresh(desk, actor)


def _read(gesture: Gesture) -> Said | None:
    state: dict[str, Any] = gesture.view.get("state") or {}
    return read_said(state.get("values"), gesture.view.get("private_metadata"))


def _said(gesture: Gesture) -> Said:
    said = _read(gesture)
    if said is None:
        raise Mistake(_(BROKEN))
    return said
