"""Who said yes, and whether that is enough."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.actors import Actor, PersonId
from bot.domain.answers import Need
from bot.domain.delegations import Behalf
from bot.domain.executions import Execution


class Verdict(StrEnum):
    """One approver's answer."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One person's answer to one execution; there is at most one each for one digest.

    `email` tells that two accounts are one person. `serves` are the rules of the needs that this
    yes counts for. Empty, as in rows of 0.1.0, is any. `proven`: it was said with a passkey.
    `behalf` is for whom a stand-in said it.
    """

    execution: int
    person: PersonId
    name: str
    verdict: Verdict
    comment: str = ""
    digest: str
    at: datetime
    serves: tuple[str, ...] = ()
    email: str = ""
    proven: bool = False
    behalf: Behalf | None = None

    @property
    def marks(self) -> frozenset[str]:
        """The accounts and addresses of who said it, and of whom it was said for."""
        known = {self.person.user, self.email}
        if self.behalf is not None:
            known |= {self.behalf.person.user, self.behalf.email}
        return frozenset(known - {""})


def is_own(actor: Actor, execution: Execution) -> bool:
    """True when somebody asked for it themselves, by this account or another of theirs."""
    return actor.is_person(execution.requester, execution.requester_email)


def in_force(execution: Execution, decisions: Iterable[Decision]) -> Sequence[Decision]:
    """Those that were said to what the execution is now."""
    return [each for each in decisions if each.digest == execution.digest]


def missing(execution: Execution, decisions: Iterable[Decision]) -> Sequence[tuple[Need, int]]:
    """How many more people each need wants; one yes counts for every need that it can serve."""
    said = [each for each in in_force(execution, decisions) if each.verdict is Verdict.APPROVE]
    left = [(need, need.count - _people(said, need)) for need in execution.all_needs]
    return [(need, count) for need, count in left if count > 0]


def still_needed(execution: Execution, decisions: Iterable[Decision]) -> int:
    """How many more people must say yes, where no two groups have a member in common."""
    return people_for(missing(execution, decisions))


def people_for(wanted: Iterable[tuple[Need, int]]) -> int:
    """How many people so many of each need are."""
    return sum(by_group(wanted).values())


def by_group(wanted: Iterable[tuple[Need, int]]) -> Mapping[tuple[str, ...], int]:
    """How many people each group of roles is asked for: the same roles are asked once."""
    most: dict[tuple[str, ...], int] = {}
    for need, count in wanted:
        most[need.roles] = max(count, most.get(need.roles, 0))
    return most


def counted_before(execution: Execution, decisions: Iterable[Decision], mine: Decision) -> bool:
    """True when somebody of a yes has part in one already: each person counts once."""
    said = [each for each in in_force(execution, decisions) if each.verdict is Verdict.APPROVE]
    return any(mine.marks & each.marks for each in said)


def _people(said: Iterable[Decision], need: Need) -> int:
    """How many people said yes; who spoke, and for whom, have part in one yes and in no other."""
    counted, seen = 0, set[str]()
    for each in said:
        if (not each.serves or need.rule in each.serves) and seen.isdisjoint(each.marks):
            counted += 1
            seen |= each.marks
    return counted
