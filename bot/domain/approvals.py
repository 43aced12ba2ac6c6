"""Who said yes, and whether that is enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.actors import PersonId


class Verdict(StrEnum):
    """One approver's answer."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One person's answer to one execution; there is at most one each."""

    execution: int
    person: PersonId
    name: str
    verdict: Verdict
    comment: str = ""
    digest: str
    at: datetime


def still_needed(decisions: Sequence[Decision], needed: int) -> int:
    """How many more people must say yes."""
    said_yes = {d.person.user for d in decisions if d.verdict is Verdict.APPROVE}
    return max(0, needed - len(said_yes))
