"""Platforms as people see them: how each is, and what runs and waits there."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class PlatformStanding:
    """How a platform is; `unwell` is empty when well, else a sentence.

    `lag` is how long runs wait there before anybody takes them up, `skew` by how much its clock is
    ahead of ours, `away_since` when it last answered. `live` are the executions it may run now,
    `waiting` those that are ready to be started there. `is_left`: it is in our file no more.
    """

    name: str
    unwell: str = ""
    version: str = ""
    lag: timedelta | None = None
    skew: timedelta = timedelta()
    away_since: datetime | None = None
    live: int = 0
    waiting: int = 0
    is_left: bool = False
