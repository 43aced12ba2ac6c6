"""Answering a gesture where its author looks, and the one place where a listener's errors end."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, cast

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from blocks import answers
from blocks.elements import Message, View
from blocks.forms import note_view
from bot.domain.actors import Actor
from bot.domain.audit import AuditEntry
from bot.domain.errors import (
    BotError,
    PortError,
    Refused,
    Stale,
    Temporary,
    Unauthorized,
    UnknownName,
)
from bot.domain.wording import language_of, speak, speaking
from bot.logs import new_error_id
from bot.services.origins import Origin, coming_from
from handlers.desk import Desk
from handlers.gestures import Did, Gesture
from handlers.queues import ANSWERS_AT_MOST, RESPONDS_WITHIN, WORKS_AT_MOST

log = structlog.get_logger(__name__)

UNREACHABLE = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)

LARGEST_REPLY = 64 * 1024
"""Bytes of what a response_url says; it says `ok`."""

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_TIMEOUT = aiohttp.ClientTimeout(total=RESPONDS_WITHIN)

TRIED_AGAIN_AFTER = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds: who was acked need not ask again because something was busy for a moment."""

Work = Callable[[Desk, Gesture, Actor], Awaitable[AuditEntry | None]]
"""A gesture's work; what was only asked comes back as its audit row."""


_MEANT_FOR_US = frozenset({Did.COMMAND, Did.CLICK, Did.SUBMIT})
"""What nobody does by accident; of those who are not of the house none of it is done."""

Way = Callable[[Desk, Gesture, Message], Coroutine[Any, Any, bool]]
"""One way to tell somebody; false when it is none for this gesture."""


def take_up(desk: Desk, gesture: Gesture, work: Work) -> None:
    """Have a gesture's work done after its ack, in its turn."""
    desk.queue.put(gesture.key, gesture.order, lambda: carry_out(desk, gesture, work))


async def carry_out(desk: Desk, gesture: Gesture, work: Work) -> None:
    """Do a gesture's work after its ack; whatever goes wrong becomes a sentence for its author."""
    with (
        desk.traces.span("gesture", request_id=gesture.key, begins=True, kind=gesture.did),
        coming_from(origin_of(gesture)),
        speaking(""),
    ):
        await _carried_out(desk, gesture, work)


async def _carried_out(desk: Desk, gesture: Gesture, work: Work) -> None:
    error_id, asked = "", None
    declined: AuditEntry | None = None
    try:
        async with asyncio.timeout(WORKS_AT_MOST):
            asked = await _worked(desk, gesture, work)
    except BotError as error:
        declined = desk.questions.declined(unknown_actor(gesture), error)
        await answer(desk, gesture, worded(desk, error), privately=True)
    except Exception as error:
        # The one place where a listener's error ends; Bolt's own would take the ack back.
        error_id = new_error_id()
        log.exception("gesture_failed", error_id=error_id, kind=gesture.did, key=gesture.key)
        safe = not isinstance(error, PortError | TimeoutError)
        message = answers.broken(error_id, is_safe_to_retry=safe, contact=desk.contact())
        await answer(desk, gesture, message, privately=True)
    audits = [each for each in (asked, declined) if each is not None]
    await desk.inbox.handled(gesture.key, error=error_id, audits=audits)


def origin_of(gesture: Gesture) -> Origin:
    """What a gesture leads to came through Slack, by this kind of gesture, from there."""
    return Origin(client=f"slack:{gesture.did}", channel=gesture.place.channel, gesture=gesture.key)


def unknown_actor(gesture: Gesture) -> Actor:
    """Whoever made a gesture, as far as the gesture itself says."""
    return Actor(id=gesture.person, name=gesture.person.user)


async def _worked(desk: Desk, gesture: Gesture, work: Work) -> AuditEntry | None:
    """The work, begun anew while it meets trouble that passes; as after a crash, that is safe."""
    waits = iter(TRIED_AGAIN_AFTER)
    while True:
        try:
            actor = await attended(desk, gesture)
            if actor.blocked and gesture.did in _MEANT_FOR_US:
                raise Refused(actor.blocked, rule=actor.blocked_by)
            return await work(desk, gesture, actor)
        except Temporary as error:
            wait = next(waits, None)
            asked = error.retry_after or 0.0
            is_long = asked > TRIED_AGAIN_AFTER[-1] or isinstance(error, Unauthorized)
            if wait is None or is_long:
                raise
            log.info("gesture_tried_again", key=gesture.key, error=str(error))
            await asyncio.sleep(max(wait, asked))


async def attended(desk: Desk, gesture: Gesture) -> Actor:
    """Whoever made a gesture; what is said from here on is in their language.

    Raises Temporary.
    """
    actor = await desk.people.actor(gesture.person)
    speak(language_of(actor.locale))
    return actor


def worded(desk: Desk, error: BotError) -> Message:
    """The sentence of a domain error, with what to do next."""
    error_id = _kept(error)
    if isinstance(error, Refused):
        return answers.refused(error, contact=desk.contact(), error_id=error_id)
    if isinstance(error, Stale):
        return answers.stale(str(error), error_id=error_id)
    near = error.near if isinstance(error, UnknownName) else ()
    suggested = [answers.Suggestion(label=name, words=f"run {name}") for name in near]
    return answers.mistaken(str(error), suggested, error_id=error_id)


def noted(desk: Desk, title: str, error: BotError) -> View:
    """The view of a domain error, where a form could not go on; a refusal says who can."""
    if isinstance(error, Refused):
        return answers.refusal_view(title, worded(desk, error))
    return note_view(title, str(error), error_id=_kept(error))


def _kept(error: BotError) -> str:
    """The id under which the log has this error."""
    error_id = new_error_id()
    log.info("gesture_refused", error_id=error_id, error=str(error), kind=type(error).__name__)
    return error_id


async def answer(
    desk: Desk, gesture: Gesture, message: Message, *, privately: bool = False
) -> None:
    """Tell the author of a gesture, by the first way that works; never raises for Slack's sake."""
    if await _told(desk, gesture, message, [_by_response_url]):
        return
    is_private = privately and not gesture.is_dm
    aloud: Way = _whispered if is_private else _in_the_conversation
    try:
        async with asyncio.timeout(ANSWERS_AT_MOST):
            if await _told(desk, gesture, message, [aloud, _in_view, _by_dm]):
                return
    except TimeoutError:
        log.info("answer_took_too_long", key=gesture.key)
    log.error("answer_undeliverable", key=gesture.key)


async def _told(desk: Desk, gesture: Gesture, message: Message, ways: Sequence[Way]) -> bool:
    """Whether one of these ways got through."""
    for way in ways:
        try:
            if await way(desk, gesture, message):
                return True
        except UNREACHABLE as error:
            log.info("answer_went_another_way", way=way.__name__, error=_reason(error))
    return False


async def _by_response_url(desk: Desk, gesture: Gesture, message: Message) -> bool:
    """Works without being in the channel; lives for 30 minutes and five uses."""
    if not gesture.response_url:
        return False
    session = desk.web.session
    assert session is not None, "wiring gives the client the one session of this process"
    began, outcome = time.monotonic(), "no_answer"
    try:
        # slack_sdk's webhook client would be made anew for each answer, and sends again by itself.
        async with session.post(
            gesture.response_url,
            data=json.dumps(
                {"response_type": "ephemeral", "replace_original": False, **_body(message)}
            ).encode(),
            headers=_JSON,
            timeout=_TIMEOUT,
            proxy=desk.web.proxy,
            ssl=desk.web.ssl or True,
        ) as sent:
            said = await sent.content.read(LARGEST_REPLY)
        is_told = sent.status == 200 and b'"ok":false' not in said.replace(b" ", b"")
        outcome = "ok" if is_told else str(sent.status)
    finally:
        desk.meters.slack_called("response_url", outcome, time.monotonic() - began)
    return is_told


async def _in_the_conversation(desk: Desk, gesture: Gesture, message: Message) -> bool:
    """A mention is answered for all in its thread, a DM where it is."""
    if gesture.did is not Did.EVENT or not gesture.place.channel:
        return False
    thread = gesture.place.thread or ("" if gesture.is_dm else gesture.message_ts)
    await desk.web.chat_postMessage(
        channel=gesture.place.channel,
        thread_ts=thread or None,
        **_body(message),
    )
    return True


async def _whispered(desk: Desk, gesture: Gesture, message: Message) -> bool:
    if not gesture.place.channel:
        return False
    await desk.web.chat_postEphemeral(
        channel=gesture.place.channel,
        user=gesture.person.user,
        thread_ts=gesture.place.thread or None,
        **_body(message),
    )
    return True


async def _in_view(desk: Desk, gesture: Gesture, message: Message) -> bool:
    """A click on Home or in a modal has no conversation: a small modal says it."""
    if not gesture.is_in_view or not gesture.trigger_id or gesture.did is not Did.CLICK:
        return False
    view = note_view("Jobthread", message.text)
    if gesture.view.get("type") == "modal":
        await desk.web.views_push(trigger_id=gesture.trigger_id, view=view)
    else:
        await desk.web.views_open(trigger_id=gesture.trigger_id, view=view)
    return True


async def _by_dm(desk: Desk, gesture: Gesture, message: Message) -> bool:
    await desk.web.chat_postMessage(channel=await dm_of(desk, gesture), **_body(message))
    return True


async def dm_of(desk: Desk, gesture: Gesture) -> str:
    """The channel id of the DM with a gesture's author."""
    channel = part_of(await desk.web.conversations_open(users=gesture.person.user), "channel")
    return str(channel["id"])


def part_of(answered: AsyncSlackResponse, name: str) -> dict[str, Any]:
    """An object in Slack's answer, which slack_sdk leaves untyped."""
    found: Any = answered.get(name)
    return found


def error_of(error: SlackApiError) -> str:
    """Slack's error string; empty when the answer was none of Slack's, as a proxy's page."""
    response: object = getattr(error, "response", None)
    answered: object = getattr(response, "data", response)
    if not isinstance(answered, Mapping):
        return ""
    return str(cast("Mapping[str, Any]", answered).get("error", ""))


def _body(message: Message) -> dict[str, Any]:
    return {"text": message.text, **({"blocks": list(message.blocks)} if message.blocks else {})}


def _reason(error: BaseException) -> str:
    if isinstance(error, SlackApiError):
        return error_of(error)
    return repr(error)
