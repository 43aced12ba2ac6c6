"""Lists in pages: `limit`, opaque cursors, `response_metadata.next_cursor`."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from simulator.methods.calls import Call, Refusal
from simulator.shapes import JsonObject

Item = TypeVar("Item")


def page(
    call: Call, items: Sequence[Item], *, most: int = 1000, default: int = 100
) -> tuple[Sequence[Item], JsonObject]:
    """One page of `items` and the response_metadata to put beside it."""
    limit = call.number("limit", default)
    if not 1 <= limit <= most:
        raise Refusal("invalid_limit")
    start = _decode(call.text("cursor"))
    ahead = start + limit
    cursor = _encode(ahead) if ahead < len(items) else ""
    return items[start:ahead], {"next_cursor": cursor}


def _encode(start: int) -> str:
    return base64.b64encode(f"offset:{start}".encode()).decode()


def _decode(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        start = int(number)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Refusal("invalid_cursor") from None
    if word != "offset" or start < 0:
        raise Refusal("invalid_cursor")
    return start
