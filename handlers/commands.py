"""The slash command."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.actors import Actor
from bot.domain.audit import AuditEntry
from handlers.answering import take_up
from handlers.desk import Desk
from handlers.gestures import Gesture, read_gesture
from handlers.intents import fulfil

COMMAND = "/job"


def register(app: AsyncApp, desk: Desk) -> None:
    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        take_up(desk, read_gesture(body), _said)

    app.command(COMMAND)(command)


async def _said(desk: Desk, gesture: Gesture, actor: Actor) -> AuditEntry | None:
    return await fulfil(desk, gesture, actor, desk.parse(gesture.text, desk.jobs(), False))
