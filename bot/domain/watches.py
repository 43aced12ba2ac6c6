"""Compliance rules: what fires for a run, what security is told, what is confirmed twice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.actors import Actor
from bot.domain.answers import Circumstances, Count, Per, Tell
from bot.domain.durations import format_duration
from bot.domain.jobs import Job
from bot.domain.limits import alike
from bot.domain.parameters import Value
from bot.domain.rules import ComplianceRule
from bot.domain.wording import at_rest

EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when a first time is looked for."""

_THE_SAME = frozenset({Per.PERSON, Per.JOB, Per.ENVIRONMENT})


_FIRST = at_rest("the first time")
_MORE_THAN = at_rest("more than {enough} in {within}")
_NOTICED = at_rest("{rule}: {who} asked for {target}.")
_NOTICED_BECAUSE = at_rest("{rule}: {who} asked for {target} ({facts}).")


def watched_counts(
    rules: Sequence[ComplianceRule],
    actor: Actor,
    job: Job,
    values: Mapping[str, Value],
    around: Circumstances,
) -> Iterator[Count]:
    """What has to be counted before it is known which of these rules fire."""
    for rule in rules:
        if rule.scope.covers(actor, job, values, around):
            yield from _counts(rule, actor, job, values, around)


def fired(
    rules: Sequence[ComplianceRule],
    actor: Actor,
    job: Job,
    values: Mapping[str, Value],
    around: Circumstances,
) -> tuple[tuple[Tell, ...], str]:
    """What the security channel is told, and why it must be confirmed twice, if it must."""
    tells: list[Tell] = []
    confirm = ""
    for rule in rules:
        if not rule.scope.covers(actor, job, values, around):
            continue
        facts = _facts(rule, actor, job, values, around)
        if facts is None:
            continue
        named = f"compliance: {rule.name}"
        if rule.tells:
            tells.append(Tell(rule=named, sentence=_sentence(rule, actor, job, values, facts)))
        if rule.confirms:
            confirm = confirm or named
    return tuple(tells), confirm


def _facts(
    rule: ComplianceRule,
    actor: Actor,
    job: Job,
    values: Mapping[str, Value],
    around: Circumstances,
) -> str | None:
    """What a rule found, in words; None when it does not fire.

    Where nobody counted, as in a preview, a rule that counts does not fire.
    """
    found: list[str] = []
    for count in _counts(rule, actor, job, values, around):
        counted = around.counts.get(count) if around.counts is not None else None
        is_first = count.ran
        if counted is None or is_first is (counted.runs >= count.enough):
            return None
        found.append(
            _FIRST
            if is_first
            else _MORE_THAN.format(enough=count.enough, within=format_duration(rule.within))
        )
    return ", ".join(found)


def _counts(
    rule: ComplianceRule,
    actor: Actor,
    job: Job,
    values: Mapping[str, Value],
    around: Circumstances,
) -> Iterator[Count]:
    if rule.more_than and around.asked_at is not None:
        same = alike(rule.per, actor, job, values, around.channel)
        yield replace(same, since=around.asked_at - rule.within, enough=rule.more_than)
    if rule.first_time:
        yield replace(alike(_THE_SAME, actor, job, values, ""), since=EVER, ran=True)


def _sentence(
    rule: ComplianceRule, actor: Actor, job: Job, values: Mapping[str, Value], facts: str
) -> str:
    what = f"{job.label} {job.about(values)}".rstrip()
    environment = job.environment_of(values)
    target = f"{what} → {environment}" if environment else what
    return (_NOTICED_BECAUSE if facts else _NOTICED).format(
        rule=rule.name, who=actor.name, target=target, facts=facts
    )
