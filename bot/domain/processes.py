"""The processes of the bot and the hosts they run on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a process does: talks with Slack, does the work, or answers over HTTP."""

    CHAT = "chat"
    WORKER = "worker"
    WEB = "web"


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """One process of the bot, as it last wrote down of itself.

    `host` is whoever has its state folder; `name` is the machine's. `sockets` are those it holds
    or is about to open. `heard_at` is when it last heard a probe come back through Slack.
    `platforms` is the version of the platforms file that it began with; None where that is unsaid.
    """

    id: str
    host: str
    name: str
    roles: frozenset[Role]
    version: str
    started_at: datetime
    seen_at: datetime
    heard_at: datetime | None = None
    sockets: int = 0
    platforms: str | None = None


def outdated(processes: Iterable[Process], platforms: str) -> tuple[Process, ...]:
    """Those that began with another platforms file than one of this version."""
    return tuple(each for each in processes if each.platforms not in {None, platforms})


@dataclass(frozen=True, kw_only=True, slots=True)
class Host:
    """Where jobs of a platform that is bound to a host run."""

    host: str
    name: str
    seen_at: datetime
