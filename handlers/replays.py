"""What was recorded and not finished before a restart: done now, or its author is told."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from blocks import answers
from bot.ports import Envelope
from handlers.answering import answer
from handlers.desk import Desk
from handlers.gestures import Did, read_gesture
from handlers.middleware import REPLAY

log = structlog.get_logger(__name__)

STALE_AFTER = timedelta(minutes=15)
"""A gesture older than this may no longer be what its author wants."""

_TOO_OLD = (
    "I was away when you asked for this, and it is {minutes} minutes ago now, so I did nothing. "
    "Please ask again if you still want it."
)


async def replay(app: AsyncApp, desk: Desk) -> int:
    """Take up what is left over, oldest first; returns how many envelopes there were."""
    left = await desk.inbox.left_over()
    for envelope in left:
        log.info("envelope_taken_up_again", key=envelope.key, kind=envelope.kind)
        if _is_stale(desk, envelope):
            await _tell_author(desk, envelope)
        else:
            headers: dict[str, str | Sequence[str]] = {REPLAY: "1"}
            request = AsyncBoltRequest(
                mode="socket_mode", body=dict(envelope.payload), headers=headers
            )
            await app.async_dispatch(request)
    return len(left)


def _is_stale(desk: Desk, envelope: Envelope) -> bool:
    return desk.clock.now() - envelope.received_at > STALE_AFTER


async def _tell_author(desk: Desk, envelope: Envelope) -> None:
    gesture = read_gesture(envelope.payload)
    if gesture.did is not Did.CLOSE and gesture.person.user:
        minutes = int((desk.clock.now() - envelope.received_at).total_seconds() // 60)
        await answer(desk, gesture, answers.stale(_TOO_OLD.format(minutes=minutes)), privately=True)
    await desk.inbox.handled(envelope.key)
