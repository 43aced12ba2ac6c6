"""Binding: each click and submission is acked at once and worked on after that."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from slack_bolt.async_app import AsyncAck, AsyncApp

from blocks import ids
from bot.domain.wording import N_
from handlers.answering import Work, take_up
from handlers.desk import Desk
from handlers.gestures import Gesture, read_gesture

BROKEN = N_(
    "This button is broken or from an older version. Use the newest card, or `/job status`."
)

Check: TypeAlias = Callable[[Desk, Gesture], Awaitable[dict[str, Any]]]
"""What is wrong with a submitted view, as Slack takes it in the ack; empty when nothing is."""


def bind(app: AsyncApp, desk: Desk, action: str, work: Work) -> None:
    """Ack a click at once, then do its work."""

    async def clicked(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        take_up(desk, read_gesture(body), work)

    app.action(ids.any_of(action))(clicked)


async def _nothing_wrong(_desk: Desk, _gesture: Gesture) -> dict[str, Any]:
    return {}


def bind_view(
    app: AsyncApp, desk: Desk, callback: str, work: Work, wrong: Check = _nothing_wrong
) -> None:
    """Ack a submission at once, which closes its view, then do its work.

    Where `wrong` finds something the ack says that instead: the view stays, with what was typed.
    """

    async def submitted(ack: AsyncAck, body: dict[str, Any]) -> None:
        gesture = read_gesture(body)
        found = await wrong(desk, gesture)
        if found:
            await desk.inbox.handled(gesture.key, answer=found)
            await ack(found)
            return
        await ack()
        take_up(desk, gesture, work)

    app.view(callback)(submitted)
