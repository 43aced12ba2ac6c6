"""Delegations: who is away names who says yes and no for them, until when, and both are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.access import (
    DELEGATES,
    NO_DELEGATION,
    approves_something,
    may,
    may_ever,
    may_speak,
)
from bot.domain.actors import Actor, PersonId
from bot.domain.answers import Allowed, Circumstances, Denied
from bot.domain.delegations import (
    LONGEST,
    AwayAsked,
    Delegation,
    Voice,
    overlapping,
    wrong_span,
)
from bot.domain.errors import InvalidValues, Mistake, PortError, Refused, Stale, UnknownName
from bot.domain.executions import Status
from bot.domain.rules import Command
from bot.domain.wording import N_, _, at_rest
from bot.ports import Catalog, Clock, People, PolicySource, Store, Transaction
from bot.services.gates import refusal_from
from bot.services.moves import ask_approver, record_refusal
from bot.services.records import entry_of
from bot.services.sayings import tell

HANDED_OVER = 50
"""Executions that wait already of which a stand-in is told at once."""

_LONGEST_REASON = 300

_BEGUN = at_rest(
    "{absent} asks you to say yes or no in their place from {begins} until {ends}. Your answers "
    "count where theirs would. `/job away` shows it, and lets you end it."
)
_ENDED = at_rest("{who} ended it: {delegate} does not stand in for {absent} any more.")
_NOBODY_MAY = N_("The policy lets nobody stand in for another.")
_NOT_YOURS = N_("There is nothing that you could delegate: no rule asks for your yes.")
_NOT_YOURSELF = N_("Nobody stands in for themselves. Name somebody else.")
_NOT_THEM = N_("{delegate} cannot stand in for you: {why}")
_NO_ROLE = N_("the policy does not let them use me.")
_NOT_FOUND = N_("I could not find out who that is: {error}")
_OVERLAP = N_(
    "{delegate} stands in for you then already (number {number}). End that first: "
    "`/job away end {number}`."
)
_NOBODY_DOES = N_("Nobody stands in for you.")
_WHICH = N_("Several people stand in for you. Say which: `/job away end {number}`.")
_UNKNOWN = N_("There is no delegation {number}.")
_OVER = N_("Delegation {number} is over already.")
_NOT_TO_END = N_("Only {absent}, {delegate} and admins may end delegation {number}.")


@dataclass(frozen=True, kw_only=True, slots=True)
class AwayWanted:
    """Whom somebody wants to speak for them, and when; without `begins` from now on."""

    user: str
    begins: datetime | None = None
    ends: datetime
    reason: str = ""
    request_id: str


class Delegations:
    """Naming who stands in, ending it, and showing who does."""

    def __init__(
        self, *, store: Store, catalog: Catalog, policy: PolicySource, people: People, clock: Clock
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._policy = policy
        self._people = people
        self._clock = clock

    def may_delegate(self, actor: Actor) -> bool:
        """Whether this person has anything that somebody else could do for them."""
        policy = self._policy.current()
        return bool(policy.delegation) and approves_something(policy, actor, self._catalog.jobs())

    def problems(self, asked: AwayAsked) -> Mapping[str, str]:
        """What is wrong with what was filled in, by field; empty when nothing is."""
        problems: dict[str, str] = {}
        if not asked.user:
            problems["user"] = _("Say who stands in for you.")
        if asked.ends is None:
            return {**problems, "ends": _("Say until when.")}
        now, longest = self._clock.now(), self._policy.current().delegation
        wrong = wrong_span(max(asked.begins or now, now), asked.ends, now, longest or LONGEST)
        return {**problems, **dict([wrong] if wrong else [])}

    async def allow(self, actor: Actor, delegate: Actor | None = None) -> None:
        """Raises Refused, written down, for who may delegate nothing, or not to this one."""
        refusal = self._refusal(actor)
        if refusal is None and delegate is not None:
            refusal = self._refusal_of(actor, delegate)
        if refusal is not None:
            await self._write_refusal(actor, "delegations", refusal, "create")
            raise refusal

    async def create(self, actor: Actor, wanted: AwayWanted) -> Delegation:
        """Raises Refused, InvalidValues or Mistake; a repeat gives what the first one made."""
        async with self._store.reading() as tx:
            earlier = await tx.delegations.by_request_id(wanted.request_id)
        if earlier is not None:
            return earlier
        asked = AwayAsked(user=wanted.user, begins=wanted.begins, ends=wanted.ends)
        if problems := self.problems(asked):
            raise InvalidValues(problems)
        await self.allow(actor)
        delegate = await self._delegate(actor, wanted.user)
        await self.allow(actor, delegate)
        now = self._clock.now()
        asked = Delegation(
            request_id=wanted.request_id,
            absent=actor.id,
            absent_name=actor.name,
            absent_email=actor.email,
            delegate=delegate.id,
            delegate_name=delegate.name,
            delegate_email=delegate.email,
            begins=max(wanted.begins or now, now),
            ends=wanted.ends,
            reason=wanted.reason.strip()[:_LONGEST_REASON],
            created_at=now,
        )
        async with self._store.transaction() as tx:
            return await self._begin(tx, actor, delegate, asked, now)

    async def listed(self, actor: Actor) -> Sequence[Delegation]:
        """Those that are not over in which this person is absent or stands in."""
        async with self._store.reading() as tx:
            return await self.open_for(tx, actor)

    async def listed_of_all(self, actor: Actor) -> Sequence[Delegation]:
        """Those in force, for admins. Raises Refused, written down, for others."""
        now = self._clock.now()
        answer = may(self._policy.current(), actor, Command.ADMIN, around=Circumstances(now=now))
        if isinstance(answer, Denied):
            refusal = refusal_from(answer)
            await self._write_refusal(actor, "delegations", refusal, "list")
            raise refusal
        async with self._store.reading() as tx:
            return await tx.delegations.in_force(now)

    async def open_for(self, tx: Transaction, actor: Actor) -> Sequence[Delegation]:
        """`listed`, within a transaction."""
        return await tx.delegations.of(actor.id, self._clock.now())

    async def end(self, actor: Actor, number: int | None) -> Delegation:
        """End one early; None: the actor's own. Raises Refused, Mistake, Stale or UnknownName."""
        if number is None:
            number = await self._own(actor)
        now = self._clock.now()
        async with self._store.transaction() as tx:
            found = await tx.delegations.get(number)
            if found is None:
                raise UnknownName(_(_UNKNOWN).format(number=number))
            if self._may_end(actor, found):
                return await self._end(tx, actor, found, now)
        refusal = Refused(
            _(_NOT_TO_END).format(
                absent=found.absent_name, delegate=found.delegate_name, number=number
            ),
            rule=DELEGATES,
        )
        await self._write_refusal(actor, f"delegation:{number}", refusal, "end")
        raise refusal

    async def _begin(
        self,
        tx: Transaction,
        actor: Actor,
        delegate: Actor,
        asked: Delegation,
        now: datetime,
    ) -> Delegation:
        earlier = await tx.delegations.by_request_id(asked.request_id)
        if earlier is not None:
            return earlier
        known = await tx.delegations.of(actor.id, now)
        theirs = [each for each in known if each.is_of(actor)]
        there = overlapping(theirs, asked.begins, asked.ends)
        if there is not None:
            raise Mistake(_(_OVERLAP).format(delegate=there.delegate_name, number=there.id))
        begun = await tx.delegations.add(asked)
        await _write(tx, actor, "created", begun, now)
        said = _BEGUN.format(
            absent=begun.absent_name,
            begins=_local(begun.begins, delegate),
            ends=_local(begun.ends, delegate),
        )
        await tell(tx, delegate.id, f"delegation:{begun.id}:begun", now, said)
        if begun.holds_at(now):
            await self._hand_over(tx, actor, delegate, begun, now)
        return begun

    async def _hand_over(
        self, tx: Transaction, actor: Actor, delegate: Actor, begun: Delegation, now: datetime
    ) -> None:
        """Whoever stands in from now on is asked what the absent one was asked."""
        policy = self._policy.current()
        voice = Voice(speaker=delegate, absent=actor, delegation=begun)
        waiting = [Status.AWAITING_APPROVAL]
        for each in await tx.executions.listing(statuses=waiting, limit=HANDED_OVER):
            around = Circumstances(now=now, channel=each.place.channel)
            job = self._catalog.find(each.job)
            said = may_speak(policy, voice, each.approvers, job, each.values, around)
            if isinstance(said, Allowed) and not voice.asked_for(each):
                stamp = f"delegation-{begun.id}"
                await ask_approver(tx, each, delegate.id, now, stamp=stamp)

    async def _end(
        self, tx: Transaction, actor: Actor, found: Delegation, now: datetime
    ) -> Delegation:
        ended = replace(found, ended_at=now, ended_by=actor.id, ended_name=actor.name)
        if found.is_over_at(now) or not await tx.delegations.end(ended):
            raise Stale(_(_OVER).format(number=found.id))
        await _write(tx, actor, "ended", ended, now)
        for person in (ended.absent, ended.delegate):
            if not person.is_same_person(actor.id):
                said = _ENDED.format(
                    who=actor.name, delegate=ended.delegate_name, absent=ended.absent_name
                )
                await tell(tx, person, f"delegation:{ended.id}:ended:{person.user}", now, said)
        return ended

    async def _own(self, actor: Actor) -> int:
        now = self._clock.now()
        own = [each for each in await self.listed(actor) if each.is_of(actor)]
        meant = [each for each in own if each.holds_at(now)] or own
        if not meant:
            raise UnknownName(_(_NOBODY_DOES))
        if len(meant) > 1:
            raise Mistake(_(_WHICH).format(number=meant[0].id))
        return meant[0].id

    async def _delegate(self, actor: Actor, user: str) -> Actor:
        try:
            return await self._people.actor(replace(actor.id, user=user))
        except PortError as error:
            raise Mistake(_(_NOT_FOUND).format(error=error)) from error

    def _refusal(self, actor: Actor) -> Refused | None:
        policy = self._policy.current()
        if actor.blocked:
            return Refused(actor.blocked, rule=actor.blocked_by)
        if not policy.delegation:
            return Refused(_(_NOBODY_MAY), rule=NO_DELEGATION)
        if not approves_something(policy, actor, self._catalog.jobs()):
            return Refused(_(_NOT_YOURS), rule="delegation: approvers only")
        return None

    def _refusal_of(self, actor: Actor, delegate: Actor) -> Refused | None:
        policy = self._policy.current()
        if delegate.is_person(actor.id, actor.email):
            return Refused(_(_NOT_YOURSELF), rule=DELEGATES)
        if delegate.blocked or not may_ever(policy, delegate, Command.USE):
            why = delegate.blocked or _(_NO_ROLE)
            return Refused(_(_NOT_THEM).format(delegate=delegate.name, why=why), rule=DELEGATES)
        return None

    def _may_end(self, actor: Actor, found: Delegation) -> bool:
        if actor.blocked:
            return False
        around = Circumstances(now=self._clock.now())
        admin = may(self._policy.current(), actor, Command.ADMIN, around=around)
        return (
            found.is_of(actor)
            or actor.is_person(found.delegate, found.delegate_email)
            or isinstance(admin, Allowed)
        )

    async def _write_refusal(
        self, actor: Actor, subject: str, refusal: Refused, asked: str
    ) -> None:
        detail = {"asked": f"delegation: {asked}"}
        async with self._store.transaction() as tx:
            now = self._clock.now()
            await record_refusal(tx, actor, subject, now, rule=refusal.rule, detail=detail)


async def _write(
    tx: Transaction, actor: Actor, what: str, delegation: Delegation, now: datetime
) -> None:
    detail = {
        "absent": _known(delegation.absent),
        "delegate": _known(delegation.delegate),
        "begins": delegation.begins.isoformat(),
        "ends": delegation.ends.isoformat(),
        "reason": delegation.reason,
    }
    entry = entry_of(
        actor,
        f"job:delegation:{what}",
        f"delegation:{delegation.id}",
        now,
        detail=detail,
        request_id=delegation.request_id,
        behalf="",
    )
    await tx.audit.write(entry)


def _known(person: PersonId) -> str:
    return f"person:{person.team}/{person.user}"


def _local(when: datetime, reader: Actor) -> str:
    """In the zone of whoever reads it: a sentence that is told holds none of Slack's own dates."""
    return f"{when.astimezone(reader.zone):%Y-%m-%d %H:%M} ({reader.zone.key})"
