"""Durations as people write them: `90s`, `15m`, `1h30m`, `2d`."""

import re
from datetime import timedelta

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def parse_duration(word: str) -> timedelta:
    """`1h30m`, `90s`, `2d` as a timedelta; a bare number is seconds. Raises ValueError."""
    text = word.strip().casefold().replace(" ", "")
    if re.fullmatch(r"\d{1,9}", text):
        return timedelta(seconds=int(text))
    if re.fullmatch(r"(\d{1,6}(\.\d{1,3})?[dhms])+", text) is None:
        raise ValueError(f"a duration such as 90s, 15m or 1h30m is wanted, not `{word[:40]}`.")
    parts = re.findall(r"(\d+(?:\.\d+)?)([dhms])", text)
    return timedelta(seconds=sum(float(number) * _UNITS[unit] for number, unit in parts))


def format_duration(span: timedelta) -> str:
    """The shortest exact form, such as `1h30m`; zero is `0s`."""
    left = int(span.total_seconds())
    out = ""
    for unit, size in _UNITS.items():
        count, left = divmod(left, size)
        out += f"{count}{unit}" if count else ""
    return out or "0s"
