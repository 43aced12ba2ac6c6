"""What a request came to when it was not answered as it should be."""

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import aiohttp
from pydantic import JsonValue, TypeAdapter, ValidationError

from bot.domain.errors import Ambiguous, Temporary
from bot.domain.parameters import VEIL
from bot.domain.wording import at_rest

LONGEST_REASON = 300
"""Characters of what a server says why."""

_UNKNOWN_HOST = at_rest("nobody knows where {host} is")
_TOO_LONG = at_rest("it takes too long")
_SHORTEST_SECRET = 4
_SAID_UNDER = ("detail", "exception_message", "message", "reason", "error", "title", "msg")
_LOOKED_AT = 64 * 1024
_JSON = TypeAdapter[Any](JsonValue)


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """One request; `repeatable` when nobody has to know whether it happened."""

    where: str
    repeatable: bool

    def unclear(self, sentence: str, *, code: str = "", **filled: object) -> Temporary | Ambiguous:
        """The error for what may or may not have happened."""
        said = sentence.format(where=self.where, **filled)
        return Temporary(said, code=code) if self.repeatable else Ambiguous(said, code=code)


def reason_of(body: bytes, hidden: Collection[str] = ()) -> str:
    """Why, in the server's own words on one line; empty when it gives none one can read."""
    try:
        said = _words(_JSON.validate_json(body[:_LOOKED_AT]))
    except (ValidationError, ValueError, RecursionError):
        return ""
    for secret in sorted(hidden, key=len, reverse=True):
        for piece in (secret, secret.partition(" ")[2]):
            if len(piece) >= _SHORTEST_SECRET:
                said = said.replace(piece, VEIL)
    line = " ".join(re.sub(r"[\x00-\x1f\x7f]+", " ", said).split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"


def _words(said: JsonValue) -> str:
    """The first thing that reads as a reason; a list of them in a row."""
    if isinstance(said, str):
        return said
    if isinstance(said, list):
        return "; ".join(filter(None, map(_words, said[:5])))
    if not isinstance(said, dict):
        return ""
    words = next(filter(None, (_words(said.get(name)) for name in _SAID_UNDER)), "")
    place = said.get("loc")
    if words and isinstance(place, list):
        return f"{'.'.join(str(each) for each in place if each != 'body')}: {words}"
    return words


def why_unreached(error: Exception) -> str:
    """Why there is no connection, in the system's own words."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        cause = error.certificate_error
        return str(getattr(cause, "verify_message", "") or cause)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return _UNKNOWN_HOST.format(host=error.host)
    if isinstance(error, aiohttp.ClientConnectorError):
        code = error.os_error.errno
        return os.strerror(code) if code and code > 0 else str(error.os_error)
    return _TOO_LONG
