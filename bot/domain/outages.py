"""Outages: a platform that does not answer, from the first of us who noticed until it does."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.executions import Execution

LONGEST_PLACE = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Outage:
    """One platform that is away; `place` is its name, with its host where it is bound to one."""

    place: str
    since: datetime
    why: str


def place_called(platform: str, host: str) -> str:
    """`local on web-1`, or the platform's name alone where any process may ask it."""
    return (f"{platform} on {host}" if host else platform)[:LONGEST_PLACE]


def place_of(execution: Execution) -> str:
    """Where it runs."""
    return place_called(execution.platform, execution.host)
