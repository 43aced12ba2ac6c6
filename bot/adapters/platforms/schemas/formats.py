"""Formats of JSON Schema that are checked: those that people get wrong.

RFC 3339 for moments, ISO 8601 for spans, as pydantic and Airflow take them: a time needs no zone.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit
from uuid import UUID

from jsonschema import FormatChecker

FORMATS = FormatChecker(())
"""Other formats are the platform's to check."""

_LONGEST = 8_000
_EMAIL = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,255}")
_SPAN = re.compile(
    r"[+-]?P(?!$)(?:\d+(?:\.\d+)?Y)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?W)?(?:\d+(?:\.\d+)?D)?"
    r"(?:T(?!$)(?:\d+(?:\.\d+)?H)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?S)?)?"
)


def _checks(name: str, holds: Callable[[str], bool]) -> None:
    """Texts of a format are those for which this holds; it may raise ValueError."""

    def check(value: object) -> bool:
        return not isinstance(value, str) or (len(value) <= _LONGEST and holds(value))

    FORMATS.checks(name, raises=ValueError)(check)


def _is_read(read: Callable[[str], object]) -> Callable[[str], bool]:
    return lambda text: read(text) is not None


_checks("date", lambda text: date.fromisoformat(text).isoformat() == text)
_checks("date-time", lambda text: "T" in text and _is_read(datetime.fromisoformat)(text))
_checks("time", _is_read(time.fromisoformat))
_checks("duration", lambda text: _SPAN.fullmatch(text) is not None)
_checks("email", lambda text: _EMAIL.fullmatch(text) is not None)
_checks("uri", lambda text: bool(urlsplit(text).scheme) and len(text.split()) == 1)
_checks("uuid", _is_read(UUID))
_checks("ipv4", lambda text: ip_address(text).version == 4)
_checks("ipv6", lambda text: ip_address(text).version == 6)
_checks("ipvanyaddress", _is_read(ip_address))
_checks("ipvanynetwork", _is_read(ip_network))
