"""Who may do what. Nothing said means no, a deny wins, and every answer names its rule."""

from collections.abc import Iterable, Iterator, Sequence

from bot.domain.actors import Actor, ActorKind
from bot.domain.answers import (
    UNKNOWN,
    Allowed,
    Answer,
    Circumstances,
    Count,
    Denied,
    Need,
    NeedsApproval,
    Occasion,
)
from bot.domain.askers import NOTHING_ALLOWS, Asker, Values, asking, never, refusal_of
from bot.domain.delegations import Voice
from bot.domain.jobs import Job
from bot.domain.limits import counts_for, over_limit
from bot.domain.policies import Policy
from bot.domain.rules import Command
from bot.domain.watches import fired, watched_counts
from bot.domain.wording import _, at_rest

NO_DELEGATION, DELEGATES = "delegation: none", "delegation: who may stand in"

_PROGRAMS = frozenset({ActorKind.AGENT, ActorKind.MCP})
"""What never runs anything by itself, whatever its roles."""

_NEVER_ALONE = at_rest("{who} runs nothing alone, and no role may approve {job}.")


def may(
    policy: Policy,
    actor: Actor,
    command: Command,
    job: Job | None = None,
    values: Values | None = None,
    around: Circumstances = UNKNOWN,
) -> Allowed | Denied:
    """Whether this actor may give this command; approvals are not looked at."""
    return asking(policy, actor, around).may(command, job, values)


def could_run(
    policy: Policy, actor: Actor, job: Job, around: Circumstances = UNKNOWN
) -> Allowed | Denied:
    """Whether there are any values with which this actor may run this job."""
    return asking(policy, actor, around).could_run(job)


def may_run(
    policy: Policy, actor: Actor, job: Job, values: Values, around: Circumstances = UNKNOWN
) -> Answer:
    """Whether this actor may run this job with these values, and whose yes that takes."""
    forbidden = never(job)
    if forbidden is not None:
        return forbidden
    asker = asking(policy, actor, around)
    answer = asker.may(Command.RUN, job, values)
    if isinstance(answer, Denied):
        return answer
    rules, held = policy.rules_for(job), asker.held
    limited = over_limit(rules.limits, actor, job, values, around)
    if limited is not None:
        return limited
    needs = _needs(asker, job, values)
    if not needs and actor.kind in _PROGRAMS:
        return Denied(
            rule=f"{actor.kind}: never alone",
            reason=_(_NEVER_ALONE).format(who=actor.name, job=job.label),
        )
    tells, confirm = fired(rules.compliance, actor, job, values, around)
    if not needs:
        return Allowed(rule=answer.rule, confirm=confirm, tells=tells)
    broken = (each.rule for each in rules.break_glass if each.lets(held, job, values))
    is_person = actor.kind is ActorKind.PERSON
    return NeedsApproval(
        rule=needs[0].rule,
        needs=needs,
        confirm=confirm,
        tells=tells,
        break_glass=next(broken, "") if is_person else "",
    )


def counts_wanted(
    policy: Policy, actor: Actor, job: Job, values: Values, around: Circumstances
) -> frozenset[Count]:
    """What has to be counted before `may_run` can look at limits and at what is unusual."""
    rules = policy.rules_for(job)
    return frozenset(
        {
            *counts_for(rules.limits, actor, job, values, around),
            *watched_counts(rules.compliance, actor, job, values, around),
        }
    )


def may_be_answered(
    policy: Policy,
    requester: Actor,
    job: Job,
    values: Values,
    occasion: Occasion,
    around: Circumstances = UNKNOWN,
) -> Answer:
    """Whose word it takes where a run that this actor asked for waits for a person.

    A question is asked of those who approve such runs, a form of whoever may run the job, unless a
    rule asks for an approval of forms as well.
    """
    asker = asking(policy, requester, around)
    needs = _needs(asker, job, values, occasion)
    if needs:
        return NeedsApproval(rule=needs[0].rule, needs=needs)
    return asker.may(Command.RUN, job, values)


def may_answer(
    policy: Policy,
    actor: Actor,
    job: Job,
    values: Values,
    occasion: Occasion,
    around: Circumstances = UNKNOWN,
) -> Allowed | Denied:
    """Whether this person may say how a run goes on where nobody's approval is asked for."""
    asker = asking(policy, actor, around)
    runs = asker.may(Command.RUN, job, values)
    if isinstance(runs, Allowed) or occasion is Occasion.FORM:
        return runs
    approves = asker.may(Command.APPROVE, job, values)
    return approves if isinstance(approves, Allowed) else runs


def may_decide(
    policy: Policy,
    actor: Actor,
    roles: Sequence[str],
    job: Job | None = None,
    values: Values | None = None,
    around: Circumstances = UNKNOWN,
) -> Allowed | Denied:
    """Whether the actor's yes counts where one of these roles is asked; whose run it is is not
    looked at.

    A role of which some permission speaks of `approve` approves what that covers, in its hours;
    one without is taken at its word wherever a rule asks for it.
    """
    asker = asking(policy, actor, around)
    refusal = asker.forbidden(Command.APPROVE, job, values or {})
    if refusal is not None:
        return refusal
    closed: Denied | None = None
    for name in roles:
        if name not in asker.held:
            continue
        answer = _decides(asker, name, job, values or {})
        if isinstance(answer, Allowed):
            return answer
        closed = closed or answer
    reason = refusal_of(Command.APPROVE, job, values or {})
    return closed or Denied(rule=NOTHING_ALLOWS, reason=reason, who_can=tuple(roles))


def may_approve(
    policy: Policy,
    actor: Actor,
    approvers: Sequence[str],
    job: Job | None = None,
    values: Values | None = None,
    around: Circumstances = UNKNOWN,
) -> bool:
    """`may_decide` as yes or no."""
    return isinstance(may_decide(policy, actor, approvers, job, values, around), Allowed)


def may_speak(
    policy: Policy,
    voice: Voice,
    roles: Sequence[str],
    job: Job | None = None,
    values: Values | None = None,
    around: Circumstances = UNKNOWN,
) -> Allowed | Denied:
    """`may_decide` of a voice: who stands in has the rights of who is absent, and no others.

    They are worth nothing where the policy delegates nothing, or keeps the stand-in out.
    """
    refusal = barred(policy, voice, job, values, around)
    who = voice.absent or voice.speaker
    return refusal or may_decide(policy, who, roles, job, values, around)


def barred(
    policy: Policy,
    voice: Voice,
    job: Job | None = None,
    values: Values | None = None,
    around: Circumstances = UNKNOWN,
) -> Denied | None:
    """Why who stands in is not heard at all; None where the rights of who is absent decide."""
    absent, speaker = voice.absent, voice.speaker
    if absent is None:
        return None
    if not policy.delegation:
        return Denied(rule=NO_DELEGATION, reason=_("The policy lets nobody stand in for another."))
    is_same = speaker.is_person(absent.id, absent.email)
    if is_same or not may_ever(policy, speaker, Command.USE):
        cannot = _("{name} cannot stand in for {absent}.")
        reason = cannot.format(name=speaker.name, absent=absent.name)
        return Denied(rule=DELEGATES, reason=reason)
    return asking(policy, speaker, around).forbidden(Command.APPROVE, job, values or {})


def may_ever(policy: Policy, actor: Actor, command: Command) -> bool:
    """Whether some role of this actor has this command at all, at whatever time and place."""
    held = policy.roles_of(actor)
    return not actor.blocked and any(policy.rules_for(None).held(command, held))


def approves_something(policy: Policy, actor: Actor, jobs: Iterable[Job]) -> bool:
    """Whether there is anything to which this actor's own yes can count, at some time."""
    rules = [need.roles for need in (each.need for each in policy.approvals)]
    rules += [job.approval.by for job in jobs if job.approval is not None]
    asked = {role for roles in rules for role in roles}
    held = policy.roles_of(actor)
    return not actor.blocked and (
        may_ever(policy, actor, Command.APPROVE) or not held.isdisjoint(asked)
    )


def commands_of(
    policy: Policy, actor: Actor, around: Circumstances = UNKNOWN
) -> frozenset[Command]:
    """The commands that this actor may give for anything at all: what help and menus offer."""
    asker = asking(policy, actor, around)
    return frozenset(command for command in Command if isinstance(asker.may(command), Allowed))


def _decides(asker: Asker, role: str, job: Job | None, values: Values) -> Allowed | Denied:
    known = asker.policy.roles.get(role)
    permissions = known.permissions if known else ()
    if not any(Command.APPROVE in each.commands for each in permissions):
        return Allowed(rule=f"role {role}")
    alone = Asker(
        policy=asker.policy, actor=asker.actor, held=frozenset({role}), around=asker.around
    )
    return alone.may(Command.APPROVE, job, values)


def _needs(
    asker: Asker, job: Job, values: Values, occasion: Occasion = Occasion.RUN
) -> tuple[Need, ...]:
    """Everybody whose yes it takes, the strictest first."""
    asked = list(_asked(asker, job, values, occasion))
    if not asked and asker.actor.kind in _PROGRAMS and occasion is not Occasion.FORM:
        approving = asker.policy.rules_for(job).granting(Command.APPROVE)
        roles = [name for name, each in approving if each.covers(Command.APPROVE, job, values)]
        rule = f"{asker.actor.kind}: never alone"
        asked = [Need(rule=rule, roles=tuple(dict.fromkeys(roles)))] if roles else []
    return tuple(sorted(asked, key=lambda need: -need.count))


def _asked(asker: Asker, job: Job, values: Values, occasion: Occasion) -> Iterator[Need]:
    for each in asker.policy.rules_for(job).approvals:
        if occasion in each.of and asker.holds(each.scope, job, values):
            yield each.need
    if occasion is Occasion.FORM or job.approval is None:
        return
    if job.approval.holds_for(values):
        yield Need.of(f"job {job.name}: approval", job.approval)
