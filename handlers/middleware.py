"""The inbox at the door: a row is committed before anything is acked."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import structlog
from slack_bolt import BoltResponse
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.services.inbox import Received
from handlers.desk import Desk
from handlers.gestures import Did, Gesture, read_gesture
from handlers.veils import veil

GESTURE = "jobthread_gesture"
"""Where listeners find the gesture in Bolt's context."""

REPLAY = "x-jobthread-replay"
"""The header of a request that comes from our own inbox, not from Slack."""

_PROFILE_CHANGES = frozenset({"user_change", "user_profile_changed", "team_join"})

log = structlog.get_logger(__name__)


class RecordFirst(AsyncMiddleware):
    """A global middleware. When it raises, nothing is acked, and Slack sends an event again.

    A class, as Bolt collects all that a listener could ask for before each function it calls.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        if _is_about_people(self._desk, req.body):
            return _acked(None)
        veil(req.body, self._desk.veiled)
        gesture = read_gesture(req.body)
        req.context[GESTURE] = gesture
        # Its work has them too, as it runs in a copy of this context.
        structlog.contextvars.bind_contextvars(
            request_id=gesture.key, gesture=gesture.key, user=gesture.person.user
        )
        if _is_nobodys(gesture) or REPLAY in req.headers:
            return await next()
        # Without room it waits in the inbox; a form must be answered in its ack all the same.
        is_put_off = self._desk.queue.is_full and gesture.did is not Did.SUBMIT
        with self._desk.queue.acking():
            received = await self._desk.inbox.receive(
                gesture.key, gesture.did, req.body, gesture.order, is_put_off=is_put_off
            )
        if received.is_new and not is_put_off:
            return await next()
        return _acked(await _first_answer(self._desk, gesture, received))


async def _first_answer(
    desk: Desk, gesture: Gesture, received: Received
) -> Mapping[str, Any] | None:
    """What a duplicate is told: the same as the first, which may still be at work."""
    if received.is_new:
        return None
    log.info("duplicate_answered", kind=gesture.did)
    if received.answer is None and gesture.did is Did.SUBMIT:
        return await desk.inbox.first_answer(gesture.key)
    return received.answer


def _is_about_people(desk: Desk, body: Mapping[str, Any]) -> bool:
    """Somebody's profile or group changed: asked anew when next needed, and nothing to record."""
    event: object = body.get("event")
    said = cast("dict[str, Any]", event) if isinstance(event, dict) else {}
    kind = str(said.get("type", ""))
    if kind.startswith("subteam_"):
        desk.people.forget()
        return True
    user: object = said.get("user")
    if kind in _PROFILE_CHANGES and isinstance(user, dict):
        desk.people.forget(str(cast("dict[str, Any]", user).get("id", "")))
    return kind in _PROFILE_CHANGES


def _acked(answer: Mapping[str, Any] | None) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(answer) if answer else "")


def _is_nobodys(gesture: Gesture) -> bool:
    """Typing in a select changes nothing; an edited message, often our own, is no gesture."""
    event: Mapping[str, Any] = gesture.payload.get("event") or {}
    return gesture.did is Did.SUGGEST or (event.get("type") == "message" and "subtype" in event)
