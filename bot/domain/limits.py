"""Limits: how many runs may be asked for, and be underway at once."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.domain.actors import Actor
from bot.domain.answers import Circumstances, Count, Denied, Per
from bot.domain.durations import format_duration
from bot.domain.jobs import Job
from bot.domain.parameters import Value
from bot.domain.retelling import WHOM
from bot.domain.rules import Limit
from bot.domain.wording import N_, _, ngettext, said_anew

_ALIKE: Mapping[Per, str] = {
    Per.PERSON: N_(" by you"),
    Per.JOB: N_(" of this job"),
    Per.ENVIRONMENT: N_(" in this environment"),
    Per.CHANNEL: N_(" from this channel"),
    Per.PLATFORM: N_(" on this platform"),
}
_BY_THEM = N_(" by them")


def counts_for(
    limits: Sequence[Limit],
    actor: Actor,
    job: Job,
    values: Mapping[str, Value],
    around: Circumstances,
) -> Iterator[Count]:
    """What has to be counted before these limits can be looked at."""
    for limit in limits:
        if limit.scope.covers(actor, job, values, around):
            yield from _counts(limit, actor, job, values, around)


def over_limit(
    limits: Sequence[Limit],
    actor: Actor,
    job: Job,
    values: Mapping[str, Value],
    around: Circumstances,
) -> Denied | None:
    """The first limit that one more run would break; None too when nobody counted."""
    if around.counts is None:
        return None
    for limit in limits:
        if not limit.scope.covers(actor, job, values, around):
            continue
        for count in _counts(limit, actor, job, values, around):
            counted = around.counts.get(count)
            if counted is None or counted.runs >= count.enough:
                first = counted.first if counted and count.since is not None else None
                return Denied(
                    rule=f"limit: {limit.name}",
                    reason=_sentence(limit, job, is_at_once=count.since is None),
                    opens_at=first + limit.within if first else None,
                )
    return None


def alike(
    per: frozenset[Per], actor: Actor, job: Job, values: Mapping[str, Value], channel: str
) -> Count:
    """A count of the runs that have all this in common with one that is asked for."""
    return Count(
        user=actor.id.user if Per.PERSON in per else "",
        job=job.name if Per.JOB in per else "",
        environment=job.environment_of(values) if Per.ENVIRONMENT in per else None,
        channel=channel if Per.CHANNEL in per else "",
        platform=job.platform if Per.PLATFORM in per else "",
    )


def _counts(
    limit: Limit, actor: Actor, job: Job, values: Mapping[str, Value], around: Circumstances
) -> Iterator[Count]:
    same = alike(limit.per, actor, job, values, around.channel)
    same = replace(same, besides=around.besides)
    if limit.runs and around.asked_at is not None:
        yield replace(same, since=around.asked_at - limit.within, enough=limit.runs)
    # What is to start later is not underway before that, and is counted then.
    if limit.at_once and around.asked is None:
        yield replace(same, enough=limit.at_once)


def _sentence(limit: Limit, job: Job, *, is_at_once: bool) -> str:
    if is_at_once:
        return _too_many(job.name, limit.at_once, limit.per, "")
    return _too_many(job.name, limit.runs, limit.per, format_duration(limit.within))


def _too_many(job: str, most: int, per: Collection[Per], within: str, who: str = "") -> str:
    runs = ngettext("{count} run", "{count} runs", most).format(count=most)
    alike_in = {**_ALIKE, Per.PERSON: _BY_THEM} if who else _ALIKE
    whose = "".join(_(alike_in[each]) for each in Per if each in per)
    if who and within:
        return _(
            "Its owner, {who}, may not run {job} yet: at most {runs}{whose} in {within}."
        ).format(who=who, job=job, runs=runs, whose=whose, within=within)
    if who:
        return _(
            "Its owner, {who}, may not run {job} yet: at most {runs}{whose} may be underway at "
            "once."
        ).format(who=who, job=job, runs=runs, whose=whose)
    if not within:
        return _(
            "You may not run {job} yet: at most {runs}{whose} may be underway at once."
        ).format(job=job, runs=runs, whose=whose)
    return _("You may not run {job} yet: at most {runs}{whose} in {within}.").format(
        job=job, runs=runs, whose=whose, within=within
    )


def _again(found: re.Match[str]) -> str:
    per = {each for each, said in _ALIKE.items() if said in found["whose"]}
    if _BY_THEM in found["whose"]:
        per.add(Per.PERSON)
    who, within = found["who"] or "", found["within"] or ""
    return _too_many(found["job"], int(found["most"]), per, within, who)


said_anew(
    rf"{WHOM} may not run (?P<job>\S+) yet: at most (?P<most>\d{{1,9}}) runs?"
    rf"(?P<whose>(?:{'|'.join((*_ALIKE.values(), _BY_THEM))})*)"
    r" (?:may be underway at once|in (?P<within>[\w ]+))\.",
    _again,
)
