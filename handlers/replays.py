"""What was recorded and not finished before a restart: done now, or its author is told."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from blocks import answers
from bot.domain.errors import PortError
from bot.domain.wording import N_, _, speaking
from bot.ports import Envelope
from handlers.answering import answer, attended
from handlers.desk import Desk
from handlers.gestures import Did, read_gesture
from handlers.middleware import REPLAY

log = structlog.get_logger(__name__)

STALE_AFTER = timedelta(minutes=15)
"""A gesture older than this may no longer be what its author wants."""

_TOO_OLD = N_(
    "I was away when you asked for this, and it is {minutes} minutes ago now, so I did nothing. "
    "Please ask again if you still want it."
)


AT_ONCE = 20
"""Conversations whose left-over gestures are at work at a time."""


async def replay(app: AsyncApp, desk: Desk) -> int:
    """Take up what is left over, oldest first, one of a conversation; returns how many there were.

    Called again until there is none: the next one of a conversation comes when the one before it
    is handled.
    """
    if desk.queue.is_full:
        return 0
    left = await desk.inbox.claim(AT_ONCE)
    for envelope in left:
        await _begin_again(app, desk, envelope)
    for envelope in left:
        await desk.queue.finished(read_gesture(envelope.payload).key)
    return len(left)


async def _begin_again(app: AsyncApp, desk: Desk, envelope: Envelope) -> None:
    log.info("envelope_taken_up_again", key=envelope.key, kind=envelope.kind)
    if _is_stale(desk, envelope):
        await _tell_author(desk, envelope)
        return
    headers: dict[str, str | Sequence[str]] = {REPLAY: "1"}
    request = AsyncBoltRequest(mode="socket_mode", body=dict(envelope.payload), headers=headers)
    await app.async_dispatch(request)


def _is_stale(desk: Desk, envelope: Envelope) -> bool:
    return desk.clock.now() - envelope.received_at > STALE_AFTER


async def _tell_author(desk: Desk, envelope: Envelope) -> None:
    gesture = read_gesture(envelope.payload)
    if gesture.did is not Did.CLOSE and gesture.person.user:
        minutes = int((desk.clock.now() - envelope.received_at).total_seconds() // 60)
        with speaking(""):
            with suppress(PortError):
                await attended(desk, gesture)
            said = answers.stale(_(_TOO_OLD).format(minutes=minutes))
            await answer(desk, gesture, said, privately=True)
    await desk.inbox.handled(envelope.key)
