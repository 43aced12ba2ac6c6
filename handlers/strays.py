"""What no other listener takes: acked, recorded as handled, and never silent to a person."""

import re
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.actors import Actor
from bot.domain.errors import Mistake
from bot.domain.wording import _
from bot.logs import new_error_id
from handlers.answering import log, take_up
from handlers.binding import BROKEN
from handlers.desk import Desk
from handlers.gestures import Gesture, read_gesture

ANYTHING = re.compile(".*", re.DOTALL)


def register(app: AsyncApp, desk: Desk) -> None:
    async def clicked(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        take_up(desk, read_gesture(body), _broken)

    async def passed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await desk.inbox.handled(read_gesture(body).key)

    async def noticed(body: dict[str, Any]) -> None:
        await desk.inbox.handled(read_gesture(body).key)

    async def nothing_to_choose(ack: AsyncAck) -> None:
        await ack(options=[])

    async def failed_before_ack(error: Exception, body: dict[str, Any]) -> BoltResponse | None:
        """Only what middleware or Bolt itself raises comes here: an event is sent again."""
        log.error(
            "envelope_not_taken",
            error_id=new_error_id(),
            key=read_gesture(body).key,
            exc_info=error,
        )
        return None

    app.action(ANYTHING)(clicked)
    app.command(ANYTHING)(clicked)
    app.shortcut(ANYTHING)(passed)
    app.view(ANYTHING)(passed)
    app.view_closed(ANYTHING)(passed)
    app.options(ANYTHING)(nothing_to_choose)
    app.event(ANYTHING)(noticed)
    app.error(failed_before_ack)


async def _broken(_desk: Desk, _gesture: Gesture, _actor: Actor) -> None:
    raise Mistake(_(BROKEN))
