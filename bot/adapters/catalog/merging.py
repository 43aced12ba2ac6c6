"""The files' jobs and what platforms offer, as one catalogue; every process comes to the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from bot.adapters.catalog.checks import check_fit
from bot.adapters.catalog.findings import Finding
from bot.adapters.catalog.jobs import joined, version_of
from bot.adapters.catalog.overlays import environment_among, overlaid
from bot.adapters.catalog.readings import COMMAND_WORDS, CatalogReading, Source, undone
from bot.adapters.catalog.shortcuts import short_forms
from bot.adapters.yaml_documents import FileMistake
from bot.domain.instances import LONGEST_ELSEWHERE, Instance, Instances
from bot.domain.jobs import ApprovalRule, Job, Risk
from bot.domain.offers import LONGEST_NAME, Names, Offer, is_called
from bot.domain.shortcuts import ShortForm
from bot.domain.wording import at_rest

MOST_PARAMETERS = 60
"""Fields of one form; Slack's own bound is a little above."""

NOT_OFFERED = at_rest("{platform} does not offer `{remote}`, so nothing can be run there.")
_NO_MORE = at_rest("{platform} does not offer `{remote}` any more.")
_NOT_OURS = at_rest(
    "{platform} is not in the platforms file any more, so `{remote}` cannot be run there."
)
_UNHEARD = at_rest("{platform} has not told yet what it offers, so `{remote}` cannot be run.")
_SEVERAL = at_rest("{platform} offers several that are called `{name}`: {remotes}.")
_MISFIT = at_rest("The catalogue does not fit what {platform} offers as `{remote}`: {why}")
_TOO_MANY = at_rest("`{remote}` has more parameters than a form can hold.")

_Called: TypeAlias = tuple[Offer, tuple[str, Sequence[str]]]
_Found: TypeAlias = tuple[Job, Sequence[tuple[Finding, bool]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """The whole catalogue. `gone` says by folded name what became of jobs that are no more."""

    jobs: tuple[Job, ...] = ()
    shortcuts: tuple[ShortForm, ...] = ()
    warnings: tuple[FileMistake, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict[str, str])


def merged(
    reading: CatalogReading,
    offers: Sequence[Offer],
    instances: Instances,
    heard: frozenset[str] = frozenset(),
) -> Merged:
    """A reading without mistakes laid over the offers of these instances.

    Names of files go before those of offers, and an offer that was there earlier before a later
    one. `heard` are the platforms that told at least once what they offer.
    """
    known = [each for each in offers if each.platform in instances.offering]
    left = [each for each in offers if each.platform not in instances.offering]
    if not instances.offering:
        gone = _left(left, _all_names(reading.jobs))
        return Merged(jobs=reading.jobs, shortcuts=reading.shortcuts, gone=gone)
    warnings: list[FileMistake] = []
    jobs: list[Job] = []
    for source in reading.sources:
        if source.job.platform not in instances.offering:
            jobs.append(source.job)
            continue
        whole, findings = _of_file(source.job, known, instances, heard)
        jobs.append(whole)
        warnings += _told(source, findings)
    laid_over = {(job.platform, job.remote) for job in jobs if job.remote}
    found = [each for each in known if (each.platform, each.remote) not in laid_over]
    whose = {job.name: job.platform for job in jobs if job.remote}
    called = _called(found, Names(_names_of(reading, jobs), whose))
    jobs += [
        _versioned(_bounded(_by_itself(each, instances.named[each.platform], *names)))
        for each, names in called
        if each.gone_at is None
    ]
    jobs.sort(key=lambda job: job.name)
    shortcuts, wrong = short_forms(reading.written, jobs)
    return Merged(
        jobs=tuple(jobs),
        shortcuts=shortcuts,
        warnings=(*warnings, *wrong, *undone(reading.sources, jobs)),
        gone={**_left(left, _all_names(jobs)), **_gone(known, called, _all_names(jobs))},
    )


def _of_file(
    own: Job, offers: Sequence[Offer], instances: Instances, heard: frozenset[str]
) -> _Found:
    """A job of a file over what its platform offers; withdrawn where that cannot be."""
    there = [each for each in offers if each.platform == own.platform]
    meant = [each for each in there if _is_meant(own, each)]
    present = [each for each in meant if each.gone_at is None]
    if len(present) != 1:
        why = _why_not(own, meant, present, is_heard=own.platform in heard)
        finding = Finding(path=("platform",), text=why, is_warning=True)
        # Not an offer's name: nothing else is hidden by it.
        return _versioned(replace(own, remote="", withdrawn=why)), [(finding, False)]
    whole, findings = overlaid(own, present[0].job)
    terms = instances.named[own.platform].terms
    if whole.approval is not None and whole.approval is terms.approval:
        whole = replace(whole, approval=approval_for(whole, terms.approval))
    fit = [each for each in check_fit(whole) if _is_of_file(own, each[0])]
    told = [*((each, False) for each in findings), *fit]
    barred = next((each.text for each, is_barring in fit if is_barring), "")
    if barred:
        why = _MISFIT.format(platform=own.platform, remote=whole.remote, why=barred)
        whole = replace(whole, withdrawn=why)
    return _versioned(_bounded(whole)), told


def _is_meant(own: Job, offer: Offer) -> bool:
    return offer.remote == own.remote if own.remote else is_called(offer, own.name)


def _why_not(own: Job, meant: Sequence[Offer], present: Sequence[Offer], *, is_heard: bool) -> str:
    remote = own.remote or own.name
    if present:
        remotes = ", ".join(sorted(each.remote for each in present)[:5])
        return _SEVERAL.format(platform=own.platform, name=remote, remotes=remotes)
    if meant:
        return _NO_MORE.format(platform=own.platform, remote=meant[0].remote)
    said = NOT_OFFERED if is_heard else _UNHEARD
    return said.format(platform=own.platform, remote=remote)


def _is_of_file(own: Job, finding: Finding) -> bool:
    """A finding at a parameter that only the platform names is nobody's here to mend."""
    place = finding.path
    if len(place) < 2 or place[0] != "parameters" or not isinstance(place[1], int):
        return True
    return place[1] < len(own.parameters)


def _told(source: Source, findings: Sequence[tuple[Finding, bool]]) -> Iterator[FileMistake]:
    for finding, _ in findings:
        yield source.document.mistake((*source.path, *finding.path), finding.text)


def _called(offers: Sequence[Offer], names: Names) -> Sequence[_Called]:
    """Each offer that no file speaks of with its name and aliases, the best that are free."""
    called: list[_Called] = []
    for offer in sorted(offers, key=lambda each: (each.since, each.platform, each.remote)):
        name, own = names.name(offer), offer.remote.strip()
        is_alias = own != name and _is_possible(own) and names.take(own.casefold(), offer)
        called.append((offer, (name, (own,) if is_alias else ())))
    return called


def _by_itself(offer: Offer, where: Instance, name: str, aliases: Sequence[str]) -> Job:
    offered, terms = offer.job, where.terms
    return replace(
        offered,
        name=name,
        aliases=tuple(aliases),
        title=offered.title or name,
        tags=joined(offered.tags, terms.tags),
        platform=where.name,
        remote=offered.remote or offered.name,
        environment_parameter=environment_among(offered.parameters),
        risk=terms.risk or Risk.CONFIRM,
        approval=approval_for(offered, terms.approval),
        timeout=terms.timeout or LONGEST_ELSEWHERE,
        notify=terms.notify,
        who=where.who,
    )


def approval_for(job: Job, rule: ApprovalRule | None) -> ApprovalRule | None:
    """An instance's approval, for one of its jobs.

    Asked always where the job has no parameter that its condition names.
    """
    if rule is None or all(job.parameter(name) for name in rule.when):
        return rule
    return replace(rule, when={})


def _bounded(job: Job) -> Job:
    if len(job.parameters) <= MOST_PARAMETERS or job.withdrawn:
        return job
    return replace(job, withdrawn=_TOO_MANY.format(remote=job.remote))


def _versioned(job: Job) -> Job:
    return replace(job, version=version_of(job, {}))


def _is_possible(alias: str) -> bool:
    return bool(alias) and len(alias) <= LONGEST_NAME and alias.isprintable()


def _all_names(jobs: Sequence[Job]) -> set[str]:
    return {name.casefold() for job in jobs for name in (job.name, *job.aliases)}


def _names_of(reading: CatalogReading, jobs: Sequence[Job]) -> set[str]:
    short = {
        name.casefold()
        for each in reading.written
        for name in (each.entry.name, *each.entry.aliases)
    }
    return _all_names(jobs) | short | COMMAND_WORDS


def _gone(offers: Sequence[Offer], called: Sequence[_Called], names: set[str]) -> dict[str, str]:
    """What to tell whoever asks for what is no more, by what it was called here or there."""
    ours = [(name, offer) for offer, (name, _) in called]
    return {
        name.casefold(): _NO_MORE.format(platform=each.platform, remote=each.remote)
        for name, each in (*((each.remote, each) for each in offers), *ours)
        if each.gone_at is not None and name.casefold() not in names
    }


def _left(offers: Sequence[Offer], names: set[str]) -> dict[str, str]:
    """The same of what platforms offered that are not among ours, by what it was likely called."""
    return {
        name.casefold(): _NOT_OURS.format(platform=each.platform, remote=each.remote)
        for each in offers
        for name in (each.remote, each.slug)
        if name.casefold() not in names
    }
