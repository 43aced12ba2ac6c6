"""Durations as people write them: `90s`, `15m`, `1h30m`, `2d`."""

import re
from collections.abc import Callable
from datetime import timedelta

from bot.domain.wording import _, at_rest

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SECONDS, _MINUTES = at_rest("{count} s"), at_rest("{count} min")
_IN_SECONDS = 100
"""Below so many, seconds are counted; from then on minutes."""


def parse_duration(word: str) -> timedelta:
    """`1h30m`, `90s`, `2d` as a timedelta; a bare number is seconds. Raises ValueError."""
    text = word.strip().casefold().replace(" ", "")
    if re.fullmatch(r"\d{1,9}", text):
        return timedelta(seconds=int(text))
    if re.fullmatch(r"(\d{1,6}(\.\d{1,3})?[dhms])+", text) is None:
        wanted = _("a duration such as 90s, 15m or 1h30m is wanted, not `{word}`.")
        raise ValueError(wanted.format(word=word[:40]))
    parts = re.findall(r"(\d+(?:\.\d+)?)([dhms])", text)
    return timedelta(seconds=sum(float(number) * _UNITS[unit] for number, unit in parts))


def format_duration(span: timedelta) -> str:
    """The shortest form exact to a millisecond, such as `1h30m` or `1.5s`; zero is `0s`."""
    left, thousandths = divmod(span // timedelta(milliseconds=1), 1_000)
    out = ""
    for unit, size in _UNITS.items():
        count, left = divmod(left, size)
        rest = f".{thousandths:03}".rstrip("0") if unit == "s" and thousandths else ""
        out += f"{count}{rest}{unit}" if count or rest else ""
    return out or "0s"


def roughly(seconds: float, say: Callable[[str], str] = str) -> str:
    """`40 s` or `3 min`, at rest; with `say` as in `_` in the language of whoever reads it."""
    seconds = max(seconds, 0.0)
    if seconds < _IN_SECONDS:
        return say(_SECONDS).format(count=f"{seconds:.0f}")
    return say(_MINUTES).format(count=f"{seconds / 60:.0f}")
