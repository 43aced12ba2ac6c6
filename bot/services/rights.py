"""Rights: what the policy says to a question that nobody acts on, and why it decided as it did."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any, cast

from bot.domain.access import barred, may, may_run
from bot.domain.actors import Actor, Place
from bot.domain.answers import Allowed, Answer, Circumstances, Denied, Need, NeedsApproval
from bot.domain.approvals import Verdict
from bot.domain.askers import deed_of
from bot.domain.audit import AuditSearch
from bot.domain.delegations import Voice
from bot.domain.errors import UnknownName
from bot.domain.executions import Execution, words_for
from bot.domain.jobs import Job
from bot.domain.parameters import Raw, Value
from bot.domain.policies import Policy
from bot.domain.rights import Explained, Recorded
from bot.domain.rules import Command
from bot.domain.waits import Standing, Wait
from bot.domain.wording import N_, _, restated
from bot.ports import Clock, People, PolicySource, Store
from bot.services.executions import Executions
from bot.services.gates import refusal_from
from bot.services.requests import Requests
from bot.services.voices import Voices

MOST_NAMED = 10
"""Possible approvers who are named."""

LOOKED_AT = 200
"""The asker's newest audit rows among which their last refusal is looked for."""

_FOR = N_("{speaker} for {absent}")
_STANDS_IN = N_("As stand-in for {absent}, until {ends} UTC.")

_DECIDED = {Verdict.APPROVE: N_("{who} approved"), Verdict.REJECT: N_("{who} rejected")}

_REFUSED = "job:access:refused"

_COMMANDS = frozenset(map(str, Command))

_NEED = re.compile(r"(?P<rule>.+) \((?P<count>[0-9]{1,3}) of (?P<roles>.+)\)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What somebody would do; without a job the command alone is asked about."""

    command: Command
    job: str = ""
    given: Mapping[str, Raw]
    channel: str = ""


class Rights:
    """Asking changes nothing and starts nothing."""

    def __init__(
        self,
        *,
        store: Store,
        policy: PolicySource,
        people: People,
        voices: Voices,
        clock: Clock,
        requests: Requests,
        executions: Executions,
    ) -> None:
        self._store = store
        self._policy = policy
        self._people = people
        self._voices = voices
        self._clock = clock
        self._requests = requests
        self._executions = executions

    async def can(self, actor: Actor, user: str, wanted: Wanted) -> Explained:
        """What decides whether somebody may do this now. Raises Refused or UnknownName."""
        policy = self._policy.current()
        around = Circumstances(now=self._clock.now(), channel=wanted.channel)
        whom = actor
        if user and user != actor.id.user:
            use = may(policy, actor, Command.USE, around=around)
            if isinstance(use, Denied):
                raise refusal_from(use)
            whom = await self._people.actor(replace(actor.id, user=user))
        if not wanted.job:
            answer = may(policy, whom, wanted.command, around=around)
            return await self._explained(policy, whom, wanted.command, None, {}, around, answer)
        job = self._requests.job(wanted.job)
        reading = await self._requests.read(job, wanted.given, whom)
        values, left = reading.values, (*reading.missing, *reading.problems)
        if wanted.command is not Command.RUN:
            answer = may(policy, whom, wanted.command, job, values, around)
        elif left:
            answer = may_run(policy, whom, job, values, around)
        else:
            answer = await self._requests.foretold(whom, job, values, wanted.channel)
        notes = (
            [_("Not said, so not looked at: {names}.").format(names=", ".join(left))]
            if left
            else []
        )
        if wanted.command is Command.APPROVE and isinstance(answer, Denied):
            answer, told = await self._for_another(policy, whom, job, values, around, answer)
            notes += told
        found = await self._explained(policy, whom, wanted.command, job, values, around, answer)
        return replace(found, notes=tuple(notes))

    async def _for_another(
        self,
        policy: Policy,
        whom: Actor,
        job: Job,
        values: Mapping[str, Value],
        around: Circumstances,
        answer: Answer,
    ) -> tuple[Answer, list[str]]:
        """The answer where somebody may approve for who is absent, and until when."""
        for voice in await self._voices.of(whom):
            if voice.absent is None or voice.delegation is None:
                continue
            said = may(policy, voice.absent, Command.APPROVE, job, values, around)
            if isinstance(said, Allowed) and not barred(policy, voice, job, values, around):
                ends = f"{voice.delegation.ends.astimezone(UTC):%Y-%m-%d %H:%M}"
                told = _(_STANDS_IN).format(absent=voice.absent.name, ends=ends)
                return said, [told]
        return answer, []

    async def why(self, actor: Actor, execution: int | None, place: Place) -> Recorded:
        """What decided about an execution (None: of this thread), from the audit log.

        Raises Refused or UnknownName.
        """
        card = await self._executions.card(actor, execution, place)
        found = card.execution
        async with self._store.reading() as tx:
            entries = await tx.audit.about(f"execution:{found.id}")
            waits = await tx.waits.of(found.id)
        asked = next((each for each in entries if each.tag.endswith(":requested")), None)
        detail: Mapping[str, Any] = asked.detail if asked else {}
        said = [_("Policy {version}").format(version=found.policy_version[:8])]
        if found.schedule is not None:
            said.append(_("Made by schedule {number}").format(number=found.schedule))
        said += [_needed(need) for need in _words(detail.get("needs"))]
        said += [
            _("Noticed: {rule}").format(rule=rule) for rule in _words(detail.get("compliance"))
        ]
        said += [_(_DECIDED[each.verdict]).format(who=each.name) for each in card.decisions]
        said += [fact for each in reversed(waits) for fact in _of_wait(each)]
        said.append(_("Now: {state}").format(state=_with_note(found)))
        return Recorded(
            asks=f"{found.requester_name}: #{found.id} {found.target}",
            at=found.created_at,
            rule=found.rule,
            facts=tuple(said),
        )

    async def last_refusal(self, actor: Actor) -> Recorded:
        """Why the asker was refused last, and what would be said now. Raises UnknownName."""
        async with self._store.reading() as tx:
            wanted = AuditSearch(person=actor.id.user)
            links = await tx.proofs.found(wanted, LOOKED_AT, newest_first=True)
        entry = next((each.entry for each in links if each.entry.tag == _REFUSED), None)
        if entry is None:
            raise UnknownName(_("Nothing was refused to you lately."))
        detail: Mapping[str, Any] = entry.detail
        kind, _colon, name = entry.subject.partition(":")
        now = None
        if kind == "job":
            given: dict[str, Raw] = dict(detail.get("values") or {})
            wanted_ = Wanted(
                command=Command.RUN, job=name, given=given, channel=str(detail.get("channel", ""))
            )
            try:
                now = await self.can(actor, "", wanted_)
            except UnknownName:
                # The job left the catalogue; the rule of then is still worth telling.
                now = None
        asked = str(detail.get("asked", ""))
        deed = deed_of(Command(asked)) if asked in _COMMANDS else _("act on")
        what = f"{deed_of(Command.RUN)} {name}" if kind == "job" else f"{deed} {_thing(kind, name)}"
        return Recorded(
            asks=f"{entry.actor_name}: {what}",
            at=entry.at,
            rule=str(detail.get("rule", "")),
            now=now,
        )

    async def _explained(
        self,
        policy: Policy,
        whom: Actor,
        command: Command,
        job: Job | None,
        values: Mapping[str, Value],
        around: Circumstances,
        answer: Answer,
    ) -> Explained:
        environment = job.environment_of(values) if job else ""
        what = f"{deed_of(command)} {job.label}" if job else deed_of(command)
        asks = f"{whom.name}: {what}{f' → {environment}' if environment else ''}"
        needs = answer.needs if isinstance(answer, NeedsApproval) else ()
        return Explained(
            asks=asks,
            answer=answer,
            approvers=tuple(
                [(need, await self._who(policy, whom, need, around)) for need in needs]
            ),
            version=policy.version,
            contact=policy.contact,
        )

    async def _who(
        self, policy: Policy, whom: Actor, need: Need, around: Circumstances
    ) -> tuple[str, ...]:
        found = await self._voices.possible(policy, need.roles, whom, around)
        return tuple(map(_named, found[:MOST_NAMED]))


def _of_wait(wait: Wait) -> Iterator[str]:
    """Whose word a pause takes, by which rules, and who gave it."""
    if wait.standing is Standing.OPEN:
        needed = _("An answer is needed from {who} ({rule})")
        for need in wait.needs:
            yield needed.format(who=_(" or ").join(need.roles), rule=need.rule)
        if not wait.needs:
            yield _("Whoever may run this can answer.")
    elif wait.reply is not None:
        what = ", ".join(wait.reply.chosen)
        answered = _("{who} answered: {what}") if what else _("{who} answered")
        yield answered.format(who=wait.reply.name, what=what)


def _needed(kept: str) -> str:
    """A need as the audit keeps it, in the reader's language."""
    found = _NEED.fullmatch(kept)
    if found is None:
        return _("Needed: {need}").format(need=kept)
    return _("Needed: {count} of {roles}, by {rule}").format(**found.groupdict())


def _thing(kind: str, name: str) -> str:
    return f"#{name}" if kind == "execution" else f"{kind}:{name}" if name else kind


def _named(voice: Voice) -> str:
    if voice.absent is None:
        return voice.speaker.name
    return _(_FOR).format(speaker=voice.speaker.name, absent=voice.absent.name)


def _words(kept: object) -> tuple[str, ...]:
    return tuple(map(str, cast("list[object]", kept))) if isinstance(kept, list) else ()


def _with_note(found: Execution) -> str:
    note = f", {restated(found.note)}" if found.note else ""
    return f"{words_for(found.status)}{note}"
