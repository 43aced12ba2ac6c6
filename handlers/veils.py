"""Typed secrets on their way in: gone from an envelope before it is recorded."""

from collections.abc import Callable
from typing import Any, cast

_COPIES = ("blocks", "attachments")
"""Where Slack says the same once more; we read the text alone."""


def veil(body: dict[str, Any], over: Callable[[str], str]) -> None:
    """Take typed secrets out of what a person wrote in this envelope, wherever it stands."""
    for part in (body, body.get("event"), body.get("message")):
        if not isinstance(part, dict):
            continue
        written = cast("dict[str, Any]", part)
        text = written.get("text")
        if not isinstance(text, str):
            continue
        veiled = over(text)
        if veiled != text:
            written["text"] = veiled
            for name in _COPIES:
                written.pop(name, None)
