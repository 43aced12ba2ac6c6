"""The inbox at the door: a row is committed before anything is acked."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.request.async_request import AsyncBoltRequest

from handlers.desk import Desk
from handlers.gestures import Did, Gesture, read_gesture

REPLAY = "x-jobthread-replay"
"""The header of a request that comes from our own inbox, not from Slack."""

log = structlog.get_logger(__name__)

Middleware = Callable[..., Awaitable[BoltResponse | None]]


def record_first(desk: Desk) -> Middleware:
    """A global middleware. When it raises, nothing is acked, and Slack sends an event again."""

    async def record(
        req: AsyncBoltRequest,
        body: Mapping[str, Any],
        next: Callable[[], Awaitable[None]],
    ) -> BoltResponse | None:
        gesture = read_gesture(body)
        structlog.contextvars.bind_contextvars(request_id=gesture.key, user=gesture.person.user)
        if _is_nobodys(gesture) or REPLAY in req.headers:
            await next()
            return None
        with desk.queue.acking():
            received = await desk.inbox.receive(gesture.key, gesture.did, body, gesture.order[:255])
        if received.is_new:
            await next()
            return None
        log.info("duplicate_answered", kind=gesture.did)
        answer = received.answer
        if answer is None and gesture.did is Did.SUBMIT:
            answer = await desk.inbox.first_answer(gesture.key)
        return BoltResponse(status=200, body=json.dumps(answer) if answer else "")

    return record


def _is_nobodys(gesture: Gesture) -> bool:
    """Typing in a select changes nothing; an edited message, often our own, is no gesture."""
    event: Mapping[str, Any] = gesture.payload.get("event") or {}
    return gesture.did is Did.SUGGEST or (event.get("type") == "message" and "subtype" in event)
