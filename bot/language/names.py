"""Finding jobs by what people call them: exactly, in another spelling, or nearly."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.jobs import Job
from bot.language.matching import closeness, has_cjk
from bot.language.normalising import LONGEST_NAME, compact, folded
from bot.language.tokens import Token

_LONGEST_PHRASE = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The jobs a phrase names (more than one when it is ambiguous), and what follows it."""

    jobs: tuple[Job, ...]
    rest: tuple[Token, ...]
    exact: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """Every name of the catalogue: `exact` in any case, `loose` in any punctuation and titles."""

    jobs: tuple[Job, ...]
    exact: Mapping[str, tuple[Job, ...]]
    loose: Mapping[str, tuple[Job, ...]]


def names_of(jobs: Iterable[Job]) -> Names:
    known = tuple(jobs)
    by_name = _grouped((folded(job.name), job) for job in known)
    by_alias = _grouped((folded(alias), job) for job in known for alias in job.aliases)
    loose = _grouped((compact(said), job) for job in known for said in said_of(job))
    return Names(jobs=known, exact=by_alias | by_name, loose=loose)


def said_of(job: Job) -> tuple[str, ...]:
    """What people may call a job."""
    return tuple(said for said in (job.name, *job.aliases, job.title) if said)


def named(names: Names, said: str) -> Found | None:
    """The jobs that a whole phrase names."""
    key = folded(said)
    if found := names.exact.get(key):
        to_the_letter = tuple(job for job in found if job.name == said)
        return Found(jobs=to_the_letter or found, rest=())
    if found := names.loose.get(compact(said)):
        return Found(jobs=found, rest=(), exact=False)
    return None


def named_at_start(names: Names, tokens: Sequence[Token]) -> Found | None:
    """The longest phrase at the start that names jobs, exactly rather than loosely."""
    phrases = [
        (" ".join(token.text for token in tokens[:count]), tuple(tokens[count:]))
        for count in range(_leading_words(tokens), 0, -1)
    ]
    found = [(named(names, said), rest) for said, rest in phrases]
    hits = [replace(hit, rest=rest) for hit, rest in found if hit is not None]
    exact = [hit for hit in hits if hit.exact]
    return next(iter(exact or hits), None)


def glued_to_start(names: Names, tokens: Sequence[Token]) -> Found | None:
    """`部署api`: a Chinese name with the next word written to it."""
    if not tokens or not tokens[0].is_bare_word or not has_cjk(tokens[0].text):
        return None
    word = tokens[0].text
    for length in range(min(len(word) - 1, LONGEST_NAME), 1, -1):
        if has_cjk(word[length - 1]) and (jobs := names.exact.get(folded(word[:length]))):
            rest = replace(tokens[0], text=word[length:].strip(), start=tokens[0].start + length)
            return Found(jobs=jobs, rest=(rest, *tokens[1:]), exact=False)
    return None


def nearest_jobs(names: Names, tokens: Sequence[Token]) -> tuple[tuple[Job, ...], int]:
    """Jobs that the first words nearly name, best first, and how many words that took."""
    by_name = {job.name: job for job in reversed(names.jobs)}
    options = [
        (_ranked(names, " ".join(token.text for token in tokens[:count])), count)
        for count in range(1, min(_leading_words(tokens), 3) + 1)
    ]
    # With equal scores fewer words are taken for the name, so that more are left as values.
    ranked, count = max(options, key=_top_score, default=((), 0))
    return tuple(by_name[name] for _, name in ranked), count if ranked else 0


def _ranked(names: Names, said: str) -> tuple[tuple[float, str], ...]:
    scores = ((max(closeness(said, n) for n in said_of(job)), job.name) for job in names.jobs)
    near = sorted((pair for pair in scores if pair[0] > 0), key=lambda pair: (-pair[0], pair[1]))
    return tuple(near[:3])


def mentioned(names: Names, tokens: Iterable[Token]) -> tuple[str, ...]:
    """The names of jobs said anywhere, in order, at most three."""
    said = (named(names, token.text) for token in tokens)
    found = [job.name for hit in said if hit is not None for job in hit.jobs]
    return tuple(dict.fromkeys(found))[:3]


def _top_score(option: tuple[tuple[tuple[float, str], ...], int]) -> float:
    ranked, _ = option
    return ranked[0][0] if ranked else 0.0


def _grouped(pairs: Iterable[tuple[str, Job]]) -> dict[str, tuple[Job, ...]]:
    groups: defaultdict[str, dict[str, Job]] = defaultdict(dict)
    for key, job in pairs:
        groups[key].setdefault(job.name, job)
    return {key: tuple(jobs.values()) for key, jobs in groups.items() if key}


def _leading_words(tokens: Sequence[Token]) -> int:
    count = 0
    while count < min(len(tokens), _LONGEST_PHRASE) and not tokens[count].key:
        count += 1
    return count
