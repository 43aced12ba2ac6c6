"""What Slack says over a socket that is no work for a listener: hello, and why to leave."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

SLACK_ALLOWS = 10
"""Connections of one app at a time (docs.slack.dev, using Socket Mode)."""


class Reason(StrEnum):
    """Why a connection ended: the first four are Slack's words, the others our own."""

    WARNING = "warning"
    REFRESH_REQUESTED = "refresh_requested"
    TOO_MANY_WEBSOCKETS = "too_many_websockets"
    LINK_DISABLED = "link_disabled"
    CLOSED = "closed"
    STALE = "stale"
    STARVED = "starved"
    NOT_OPENED = "not_opened"
    REBUILT = "rebuilt"
    OTHER = "other"


HELLO = "hello"

GRACEFUL = frozenset({Reason.WARNING, Reason.REFRESH_REQUESTED, Reason.STARVED})
"""After these the old connection may stay until its successor is there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hello:
    """The first frame; `connections` of this app were open when it was sent, 0 when unsaid."""

    connections: int = 0

    @property
    def leaves_room(self) -> bool:
        """Whether one more may be opened before this one is closed."""
        return 0 < self.connections < SLACK_ALLOWS


def read_frame(text: str) -> dict[str, Any] | None:
    """The JSON object of a text frame; None when it is something else."""
    try:
        frame: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", frame) if isinstance(frame, dict) else None


def read_hello(frame: Mapping[str, Any]) -> Hello:
    """Without a number that can be read, 0: not known."""
    told: object = frame.get("num_connections")
    return Hello(connections=told if isinstance(told, int) else 0)


def read_reason(frame: Mapping[str, Any]) -> Reason:
    """Slack's reason of a disconnect frame; one that is not known is OTHER."""
    told: object = frame.get("reason")
    try:
        return Reason(told) if isinstance(told, str) else Reason.OTHER
    except ValueError:
        return Reason.OTHER
