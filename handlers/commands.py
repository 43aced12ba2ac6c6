"""The slash command."""

from collections.abc import Awaitable, Callable
from typing import cast

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain.actors import Actor
from bot.domain.audit import AuditEntry
from handlers.answering import take_up
from handlers.desk import Desk
from handlers.gestures import Gesture
from handlers.middleware import GESTURE
from handlers.speaking import spoken

COMMAND = "/job"


class Commands(AsyncMiddleware):
    """Takes our command before Bolt looks for a listener, which costs more than the rest of it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        if req.body.get("command") != COMMAND:
            return await next()
        take_up(self._desk, cast("Gesture", req.context[GESTURE]), _said)
        return BoltResponse(status=200, body="")


def register(app: AsyncApp, desk: Desk) -> None:
    app.use(Commands(desk))


async def _said(desk: Desk, gesture: Gesture, actor: Actor) -> AuditEntry | None:
    return await spoken(desk, gesture, actor, gesture.text)
