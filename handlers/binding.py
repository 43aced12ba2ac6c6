"""Binding: each click and submission is acked at once and worked on after that."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from blocks import ids
from bot.domain.wording import N_
from handlers.answering import Work, take_up
from handlers.desk import Desk
from handlers.gestures import read_gesture

BROKEN = N_(
    "This button is broken or from an older version. Use the newest card, or `/job status`."
)


def bind(app: AsyncApp, desk: Desk, action: str, work: Work) -> None:
    """Ack a click at once, then do its work."""

    async def clicked(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        take_up(desk, read_gesture(body), work)

    app.action(ids.any_of(action))(clicked)


def bind_view(app: AsyncApp, desk: Desk, callback: str, work: Work) -> None:
    """Ack a submission at once, which closes its view, then do its work."""

    async def submitted(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        take_up(desk, read_gesture(body), work)

    app.view(callback)(submitted)
