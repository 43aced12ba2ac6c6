"""How YAML files write things shortly: one word for a list of one, `15m`, `512MiB`, user ids."""

import re
from datetime import timedelta
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema

from bot.domain.durations import parse_duration

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BINARY = {"ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


def parse_size(word: str) -> int:
    """`512MiB`, `2G` or `1000` as bytes. Raises ValueError."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)\s*([kmgt]?i?)b?", word.strip().casefold())
    units = _UNITS | _BINARY
    if found is None or found[2] not in units:
        raise ValueError(f"a size such as 512MiB or 2GB is wanted, not `{word[:40]}`")
    return int(float(found[1]) * units[found[2]])


def is_short(raw: object, full: type) -> bool:
    """True when something is not yet written out as the list or the mapping that it stands for."""
    return not isinstance(raw, full)


def _duration(raw: object) -> object:
    if isinstance(raw, str):
        try:
            return parse_duration(raw)
        except (ValueError, OverflowError):
            raise ValueError(
                f"a duration such as 90s, 15m or 1h30m is wanted, not `{raw[:40]}`"
            ) from None
    return raw


def _size(raw: object) -> object:
    return parse_size(raw) if isinstance(raw, str) else raw


def _limit(raw: object) -> object:
    return None if raw == "unlimited" else _size(raw)


def _list(raw: object) -> object:
    return [raw] if isinstance(raw, str) else raw


Text: TypeAlias = Annotated[str, WithJsonSchema({"type": ["string", "number", "boolean"]})]
"""Any scalar, as it was written."""

Words: TypeAlias = Annotated[
    tuple[str, ...],
    BeforeValidator(_list),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["string", "number", "boolean"]},
                {"type": "array", "items": {"type": ["string", "number", "boolean"]}},
            ]
        }
    ),
]
"""A list of words; a single word may stand without the brackets."""

Duration: TypeAlias = Annotated[
    timedelta,
    BeforeValidator(_duration),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["90s", "15m", "1h30m"]}),
]

Size: TypeAlias = Annotated[
    int,
    BeforeValidator(_size),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["512MiB", "2GB"]}),
]

SizeLimit: TypeAlias = Annotated[
    int | None,
    BeforeValidator(_limit),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["512MiB", "unlimited"]}),
]

Conditions: TypeAlias = Annotated[dict[str, Words], Field(min_length=1)]
"""Values by parameter: `{env: prod}` or `{env: [staging, prod]}`."""
