"""What a person did in Slack, read from the payload into one typed value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from bot.domain.actors import PersonId, Place
from bot.domain.jobs import digest_of

_CALLING_US = re.compile(r"\s*<@[UW][A-Z0-9]+(?:\|[^>]*)?>[\s,:，：]*")


class Did(StrEnum):
    """The kinds of gesture we know."""

    COMMAND = "command"
    EVENT = "event"
    CLICK = "click"
    SUBMIT = "submit"
    CLOSE = "close"
    SUGGEST = "suggest"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gesture:
    """One gesture. `key` names it in the inbox; the rest is empty where the gesture has none.

    `place` is the conversation it was made in; `text` what was written; `action` and `value` the
    button or input that was used; `view` the modal or Home it was used in.
    """

    did: Did
    key: str
    person: PersonId
    place: Place
    text: str = ""
    trigger_id: str = ""
    response_url: str = ""
    action: str = ""
    block: str = ""
    value: str = ""
    message_ts: str = ""
    is_dm: bool = False
    view: Mapping[str, Any] = field(default_factory=dict[str, Any])
    payload: Mapping[str, Any]

    @property
    def order(self) -> str:
        """What it belongs to: a view, a thread, a DM, or one person's commands in a channel."""
        if self.view:
            return f"view:{_text(self.view, 'root_view_id') or _text(self.view, 'id')}"
        place = self.place.channel
        if self.did is Did.COMMAND or not place:
            return f"{place}:{self.person.user}"
        if self.is_dm and not self.is_in_thread:
            return place
        return f"{place}:{self.place.thread or self.message_ts}"

    @property
    def words(self) -> str:
        """The text without the mention by which we were called in a channel."""
        is_call = self.did is Did.EVENT and not self.is_dm
        return _CALLING_US.sub("", self.text, count=1) if is_call else self.text

    @property
    def is_in_view(self) -> bool:
        return bool(self.view)

    @property
    def is_in_thread(self) -> bool:
        return bool(self.place.thread)


def read_gesture(body: Mapping[str, Any]) -> Gesture:
    """The gesture in a Socket Mode payload; never raises: what is not there stays empty."""
    if "command" in body:
        return _command(body)
    if "event" in body:
        return _event(body)
    return _interaction(body)


def _command(body: Mapping[str, Any]) -> Gesture:
    team, enterprise = _text(body, "team_id"), _text(body, "enterprise_id")
    return Gesture(
        did=Did.COMMAND,
        key=f"command:{_text(body, 'trigger_id')}",
        person=PersonId(team=team, enterprise=enterprise, user=_text(body, "user_id")),
        place=Place(team=team, enterprise=enterprise, channel=_text(body, "channel_id")),
        text=_text(body, "text"),
        trigger_id=_text(body, "trigger_id"),
        response_url=_text(body, "response_url"),
        payload=body,
    )


def _event(body: Mapping[str, Any]) -> Gesture:
    event = _part(body, "event")
    team, enterprise = _text(body, "team_id"), _text(body, "enterprise_id")
    is_dm = event.get("channel_type") == "im"
    thread = _text(event, "thread_ts")
    return Gesture(
        did=Did.EVENT,
        key=f"event:{_text(body, 'event_id')}",
        # A person writing from a shared channel's other side has that side's team.
        person=PersonId(
            team=_text(event, "user_team") or _text(event, "team") or team,
            enterprise=enterprise,
            user=_text(event, "user"),
        ),
        place=Place(
            team=team, enterprise=enterprise, channel=_text(event, "channel"), thread=thread
        ),
        text=_text(event, "text"),
        message_ts=_text(event, "ts"),
        is_dm=is_dm,
        payload=body,
    )


def _interaction(body: Mapping[str, Any]) -> Gesture:
    user, view, message = _part(body, "user"), _part(body, "view"), _part(body, "message")
    container, action = _part(body, "container"), _first(body.get("actions"))
    team = _text(_part(body, "team"), "id") or _text(user, "team_id")
    enterprise = _text(_part(body, "enterprise"), "id")
    channel = _text(_part(body, "channel"), "id") or _text(container, "channel_id")
    kind = _text(body, "type")
    did = _KINDS.get(kind, Did.OTHER)
    return Gesture(
        did=did,
        key=_interaction_key(did, body, view, user, action),
        person=PersonId(
            team=_text(user, "team_id") or team, enterprise=enterprise, user=_text(user, "id")
        ),
        place=Place(
            team=team,
            enterprise=enterprise,
            channel=channel,
            thread=_text(message, "thread_ts") or _text(container, "thread_ts"),
        ),
        trigger_id=_text(body, "trigger_id"),
        response_url=_text(body, "response_url"),
        action=_text(action, "action_id") or _text(body, "action_id"),
        block=_text(action, "block_id") or _text(body, "block_id"),
        value=_text(action, "value") or _text(body, "value"),
        message_ts=_text(message, "ts"),
        is_dm=channel.startswith("D"),
        view=view,
        payload=body,
    )


def _interaction_key(
    did: Did,
    body: Mapping[str, Any],
    view: Mapping[str, Any],
    user: Mapping[str, Any],
    action: Mapping[str, Any],
) -> str:
    if did in {Did.SUBMIT, Did.CLOSE}:
        # A form sent back with errors keeps its hash; what is sent next is another submission.
        parts = (_text(view, "id"), _text(view, "hash"), _text(body, "trigger_id"))
        return ":".join((did, *filter(None, parts)))
    if did is Did.CLICK:
        where = _text(_part(body, "message"), "ts") or _text(view, "id")
        parts = (where, _text(action, "action_id"), _text(action, "action_ts"), _text(user, "id"))
        return f"click:{digest_of(*parts)[:40]}"
    return f"{did}:{_text(body, 'trigger_id') or digest_of(body)[:40]}"


_KINDS = {
    "block_actions": Did.CLICK,
    "view_submission": Did.SUBMIT,
    "view_closed": Did.CLOSE,
    "block_suggestion": Did.SUGGEST,
}


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name)
    return cast("dict[str, Any]", part) if isinstance(part, dict) else {}


def _first(parts: object) -> Mapping[str, Any]:
    if not isinstance(parts, list) or not parts:
        return {}
    first = cast("list[Any]", parts)[0]
    return cast("dict[str, Any]", first) if isinstance(first, dict) else {}


def _text(body: Mapping[str, Any], name: str) -> str:
    found = body.get(name)
    return found if isinstance(found, str) else ""
