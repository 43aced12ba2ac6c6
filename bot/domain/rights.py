"""Questions about rights: may somebody do this, and why was that decided so."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.domain.answers import Answer, Need
from bot.domain.rules import Command


@dataclass(frozen=True, kw_only=True, slots=True)
class MayQuestion:
    """May `user` (empty: the asker) give this command; `words` name the job and its values."""

    user: str = ""
    command: Command = Command.RUN
    words: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WhyQuestion:
    """Why this execution was decided so; None: why the asker was refused last."""

    execution: int | None = None


RightsQuestion: TypeAlias = MayQuestion | WhyQuestion


@dataclass(frozen=True, kw_only=True, slots=True)
class Explained:
    """What decides, in facts.

    `asks` says who asks for what. `approvers` has for each need the names of those who could say
    yes. `notes` are sentences about what was not looked at. `version` is the policy's.
    """

    asks: str
    answer: Answer
    approvers: tuple[tuple[Need, tuple[str, ...]], ...] = ()
    notes: tuple[str, ...] = ()
    version: str = ""
    contact: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """What was decided then: each line is a fact of the audit log, oldest first."""

    asks: str
    at: datetime
    rule: str
    facts: tuple[str, ...] = ()
    now: Explained | None = None
