"""Delegations: while somebody is away, somebody else says yes or no in their place."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.domain.actors import Actor, PersonId
from bot.domain.executions import Execution
from bot.domain.wording import _, ngettext

LONGEST = timedelta(days=90)
"""For how long anybody can be stood in for, whatever a policy says."""

FURTHEST_AHEAD = timedelta(days=365)
"""How far ahead a delegation may begin."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delegation:
    """`delegate` says yes and no for `absent` from `begins` until `ends`.

    `ended_at` is when somebody ended it early. `request_id` makes a repeat the same delegation.
    """

    id: int = 0
    request_id: str
    absent: PersonId
    absent_name: str
    absent_email: str = ""
    delegate: PersonId
    delegate_name: str
    delegate_email: str = ""
    begins: datetime
    ends: datetime
    reason: str = ""
    created_at: datetime
    ended_at: datetime | None = None
    ended_by: PersonId | None = None
    ended_name: str = ""

    def holds_at(self, now: datetime) -> bool:
        return self.ended_at is None and self.begins <= now < self.ends

    def is_over_at(self, now: datetime) -> bool:
        return self.ended_at is not None or self.ends <= now

    def is_beside(self, begins: datetime, ends: datetime) -> bool:
        """True when no moment of that span is one of its own."""
        return self.ended_at is not None or ends <= self.begins or self.ends <= begins

    def is_of(self, actor: Actor) -> bool:
        """True for who is stood in for, by this account or another of theirs."""
        return actor.is_person(self.absent, self.absent_email)

    @property
    def behalf(self) -> "Behalf":
        return Behalf(
            delegation=self.id,
            person=self.absent,
            name=self.absent_name,
            email=self.absent_email.casefold(),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Behalf:
    """For whom a stand-in decided, and by which delegation."""

    delegation: int
    person: PersonId
    name: str
    email: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """Somebody's say: their own, or that of who is absent, whose rights it then has.

    Nobody passes on what was delegated to them: the rights of an absent one are their own alone.
    """

    speaker: Actor
    absent: Actor | None = None
    delegation: Delegation | None = None

    @property
    def people(self) -> tuple[Actor, ...]:
        return (self.speaker,) if self.absent is None else (self.speaker, self.absent)

    @property
    def actor(self) -> Actor:
        """Who acts, and for whom, as the audit has it."""
        if self.absent is None:
            return self.speaker
        return replace(self.speaker, on_behalf_of=self.absent.id)

    def asked_for(self, execution: Execution) -> bool:
        """True when speaker or absent one asked for it, by whichever of their accounts."""
        return any(
            who.is_person(execution.requester, execution.requester_email) for who in self.people
        )

    @property
    def behalf(self) -> Behalf | None:
        """For whom it speaks, with the address by which they are known now."""
        if self.delegation is None or self.absent is None:
            return None
        return Behalf(
            delegation=self.delegation.id,
            person=self.absent.id,
            name=self.absent.name,
            email=self.absent.email.casefold(),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class AwayAsked:
    """Somebody will be away; what was not said, or not surely, is empty and has to be asked for.

    `unread` are words that nobody understood.
    """

    user: str = ""
    begins: datetime | None = None
    ends: datetime | None = None
    reason: str = ""
    unread: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AwayListed:
    """Who stands in for the asker, and for whom the asker does; `of_all`: for anybody."""

    of_all: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AwayEnded:
    """It is to end now; None: the asker's own."""

    number: int | None = None


AwayQuestion: TypeAlias = AwayAsked | AwayListed | AwayEnded


def wrong_span(
    begins: datetime, ends: datetime, now: datetime, longest: timedelta
) -> tuple[str, str] | None:
    """Which of `begins` and `ends` is wrong and why, in a sentence; None when neither is."""
    if ends <= now:
        return "ends", _("That is over already. Say a day that is still to come.")
    if ends <= begins:
        return "ends", _("It would end before it begins.")
    if begins - now > FURTHEST_AHEAD:
        return "begins", _("That is more than a year ahead.")
    if ends - begins > longest:
        return "ends", _("At most {days} can be delegated at once.").format(days=_days(longest))
    return None


def overlapping(known: Iterable[Delegation], begins: datetime, ends: datetime) -> Delegation | None:
    """The first that shares a moment with that span."""
    return next((each for each in known if not each.is_beside(begins, ends)), None)


def _days(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    if hours % 24 or not hours:
        return ngettext("{count} hour", "{count} hours", hours).format(count=hours)
    return ngettext("{count} day", "{count} days", hours // 24).format(count=hours // 24)
