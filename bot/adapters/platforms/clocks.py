"""What a server says of time: how its clock stands beside ours, and when to come back."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_RETRY = 3_600.0
"""Seconds; who asks us to stay away longer is asked again all the same."""

SMALLEST_SKEW = timedelta(seconds=2)
"""What a Date of whole seconds and a slow road may be off by themselves."""

LONGEST_ROUND_TRIP = timedelta(seconds=1)
"""The Date of a slower answer says little about the clock it came from."""

_SECONDS = re.compile(r"\d{1,9}(\.\d{1,6})?")


class TheirClock:
    """`ahead` is by how much it is ahead of ours; zero when too little to be sure of."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def compare(self, date: str, began: datetime, ended: datetime) -> None:
        """Take the Date of an answer for their clock; a change too small to matter is none."""
        theirs = moment_of(date)
        if theirs is None or not timedelta() <= ended - began <= LONGEST_ROUND_TRIP:
            return
        ahead = theirs + timedelta(seconds=0.5) - (began + (ended - began) / 2)
        if abs(ahead - self.ahead) > SMALLEST_SKEW:
            self.ahead = ahead if abs(ahead) > SMALLEST_SKEW else timedelta()


def wait_of(said: str, now: datetime) -> float | None:
    """Retry-After in seconds, whether said so or as a date (RFC 9110, 10.2.3)."""
    if _SECONDS.fullmatch(said.strip()):
        return min(float(said), LONGEST_RETRY)
    until = moment_of(said)
    return None if until is None else min(max((until - now).total_seconds(), 0.0), LONGEST_RETRY)


def moment_of(date: str) -> datetime | None:
    """An HTTP date; None for anything else."""
    with suppress(ValueError, OverflowError):
        at = parsedate_to_datetime(date)
        return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return None
