"""Passkeys: the link to a new one, and the link with which a yes is confirmed."""

import re
from typing import Any

from blocks.passkeys import link_message, link_view
from bot.domain.actors import Actor
from bot.domain.passkeys import StepUpLink
from handlers.answering import answer
from handlers.desk import Desk
from handlers.gestures import Did, Gesture
from handlers.opening import open_view

_ASKED = re.compile(
    r"\s*(?:<@[UW][A-Z0-9]+(?:\|[^>]*)?>[\s,:，：]*)?(?:/job\s+)?(?:(?:add|new|register)\s+)?(?:(?:a|my)\s+)?(passkeys?|通行密钥)\s*[.!。]?\s*",
    re.I,
)


async def passkey_told(desk: Desk, gesture: Gesture, actor: Actor) -> bool:
    """Answer who wants to register a passkey; false when the text asks for something else."""
    found = _ASKED.fullmatch(gesture.text[:200])
    if found is None:
        return False
    if found.group(1).casefold() in {name.casefold() for name in desk.names.all()}:
        return False
    await show_link(desk, gesture, await desk.step_ups.to_register(actor, gesture.place.channel))
    return True


async def show_link(desk: Desk, gesture: Gesture, link: StepUpLink) -> None:
    """To whoever made the gesture, and to nobody else."""
    opened: dict[str, Any] | None = None
    if gesture.did is Did.CLICK and gesture.trigger_id:
        opened = await open_view(desk, gesture, link_view(link))
    if opened is None:
        await answer(desk, gesture, link_message(link), privately=True)


async def left(desk: Desk, gesture: Gesture, actor: Actor) -> None:
    """The browser opens what the button links to: there is nothing left to do here."""
