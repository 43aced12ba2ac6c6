"""Mentions in a channel or thread, and messages in the DM with the bot: the same words."""

import re
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.domain.actors import Actor
from bot.domain.audit import AuditEntry
from handlers.answering import take_up
from handlers.desk import Desk
from handlers.gestures import Gesture, read_gesture
from handlers.speaking import spoken

_MENTION_OF_US = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>\s*[,:，：]?\s*")


def register(app: AsyncApp, desk: Desk) -> None:
    async def mention(body: dict[str, Any]) -> None:
        take_up(desk, read_gesture(body), _said)

    async def message(body: dict[str, Any]) -> None:
        gesture = read_gesture(body)
        event: dict[str, Any] = body["event"]
        is_from_a_person = not event.get("subtype") and not event.get("bot_id")
        if gesture.is_dm and is_from_a_person:
            take_up(desk, gesture, _said)
        else:
            await desk.inbox.handled(gesture.key)

    app.event("app_mention")(mention)
    app.event("message")(message)


def without_bot(text: str, bot: str) -> str:
    """The text without the mention that called us; mentions of people stay."""

    def ours(found: re.Match[str]) -> str:
        return " " if found.group(1) == bot else found.group(0)

    return _MENTION_OF_US.sub(ours, text).strip()


def _bot(gesture: Gesture) -> str:
    granted: list[dict[str, Any]] = gesture.payload.get("authorizations") or []
    return str(granted[0].get("user_id", "")) if granted else ""


async def _said(desk: Desk, gesture: Gesture, actor: Actor) -> AuditEntry | None:
    text = without_bot(gesture.text, _bot(gesture))
    return await spoken(desk, gesture, actor, text)
