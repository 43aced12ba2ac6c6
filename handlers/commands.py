"""The slash command."""

from typing import cast

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.domain.actors import Actor
from bot.domain.audit import AuditEntry
from handlers.answering import take_up
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.intents import fulfil
from handlers.middleware import GESTURE

COMMAND = "/job"


def register(app: AsyncApp, desk: Desk) -> None:
    async def command(ack: AsyncAck, context: AsyncBoltContext) -> None:
        await ack()
        take_up(desk, cast("Gesture", context[GESTURE]), _said)

    app.command(COMMAND)(command)


async def _said(desk: Desk, gesture: Gesture, actor: Actor) -> AuditEntry | None:
    return await fulfil(desk, gesture, actor, desk.parse(gesture.text, desk.jobs(), False))
