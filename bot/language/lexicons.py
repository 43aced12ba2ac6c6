"""The catalogue's own words, gathered once: names, choices, and how much each word tells."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, pairwise
from operator import itemgetter

from bot.domain.jobs import Job
from bot.domain.parameters import Parameter
from bot.language.colloquial import (
    lightly,
    names_like,
    nouns_like,
    states_like,
    verbs_apart,
    verbs_like,
)
from bot.language.examples import MOST_EXAMPLES, Wording, indexed
from bot.language.phrases import Phrases
from bot.language.sentences import HAN, Shape, key_of, sentence_of
from bot.language.sounds import sounds_of
from bot.language.stopwords import FILLERS

MOST_FORMS = 50
"""Patterns that are tried on the words of a sentence."""

_WORDS = ("please", "server", "the", "payments", "now", "abc", "all", "account", "to")

_WORD = re.compile(rf"[a-z][a-z0-9]+|[0-9]+|[{HAN}]+")
_WEIGHTS = {"name": 1.0, "alias": 1.0, "example": 0.8, "description": 0.6, "parameter": 0.3}


@dataclass(frozen=True, kw_only=True, slots=True)
class JobWords:
    """What may be said about one job: choices and parameters by phrase key, and its own words."""

    job: Job
    choices: Phrases[tuple[tuple[str, str], ...]]
    parameters: Phrases[tuple[str, ...]]
    own: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexicon:
    """`names` are jobs (by index) by the key of a name, alias or title; `units` the same by parts.

    `latin` are names that may be misspelt, by their first letter.
    `forms` are patterns that only few jobs ask for. `postings` lead from a word to (job, weight);
    `rarity` is a word's inverse frequency; `spoken` leads from other words for a name to jobs.
    """

    jobs: tuple[Job, ...]
    names: Phrases[tuple[int, ...]]
    units: Mapping[str, tuple[int, ...]]
    phrases: tuple[tuple[int, tuple[str, ...]], ...]
    latin: Mapping[str, tuple[str, ...]]
    postings: Mapping[str, tuple[tuple[int, float], ...]]
    rarity: Mapping[str, float]
    known: frozenset[str]
    examples: Mapping[str, tuple[tuple[int, Wording], ...]]
    forms: Mapping[str, tuple[int, ...]]
    sounds: Mapping[str, str]
    spoken: Phrases[tuple[int, ...]]
    lent: Mapping[tuple[str, str], tuple[str, ...]]
    words: dict[str, JobWords] = field(default_factory=dict[str, JobWords])

    def words_of(self, job: Job) -> JobWords:
        """Gathered when a job is first a candidate, as most never are."""
        if job.name not in self.words:
            self.words[job.name] = job_words(job, self.lent)
        return self.words[job.name]


def lexicon_of(jobs: Iterable[Job]) -> Lexicon:
    listed = tuple(jobs)
    names: defaultdict[str, dict[int, None]] = defaultdict(dict)
    phrases: dict[tuple[int, tuple[str, ...]], None] = {}
    weights: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for at, job in enumerate(listed):
        for said in called(job):
            key = phrase_key(said)
            if key and (key not in FILLERS or said == job.name):
                names[key][at] = None
            parted = (
                *parts_of(said),
                *moved_parts_of(said),
                *(particles_of(said) if said in job.aliases else ()),
            )
            phrases.update(dict.fromkeys((at, parts) for parts in parted))
        for word, weight in _weighed(job):
            weights[word][at] = max(weight, weights[word].get(at, 0.0))
    forms: defaultdict[str, dict[int, None]] = defaultdict(dict)
    for at, job in enumerate(listed):
        for parameter in job.parameters:
            if parameter.required and parameter.pattern and is_telling(parameter.pattern):
                forms[parameter.pattern][at] = None
    units: defaultdict[str, dict[int, None]] = defaultdict(dict)
    for number, (_, parts) in enumerate(phrases):
        for part in parts:
            units[part][number] = None
    count = max(len(listed), 1)
    known = {*weights, *units}
    telling = {key: found for key, found in names.items() if key not in FILLERS}
    return Lexicon(
        jobs=listed,
        names=Phrases({key: tuple(found) for key, found in names.items()}),
        units={key: tuple(found) for key, found in units.items()},
        phrases=tuple(phrases),
        latin=_by_letter(key for key in telling if key.isascii() and len(key) >= 5),
        postings={word: tuple(found.items()) for word, found in weights.items()},
        rarity={word: math.log(1 + count / len(found)) for word, found in weights.items()},
        known=frozenset(known),
        sounds=sounds_of(telling),
        spoken=_spoken(telling),
        lent=_lent(listed),
        forms=dict(
            [(form, tuple(found)) for form, found in forms.items() if len(found) <= 3][:MOST_FORMS]
        ),
        examples=indexed(
            [(at, each) for at, job in enumerate(listed) for each in job.examples[:MOST_EXAMPLES]]
        ),
    )


def _by_letter(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    return {letter: tuple(same) for letter, same in groupby(sorted(names), key=itemgetter(0))}


def _terms(parameter: Parameter) -> str:
    """A parameter by its name and all that it takes."""
    return "\n".join((parameter.name, *(choice.value for choice in parameter.choices)))


def _lent(jobs: Iterable[Job]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Aliases of choices for jobs whose parameter of that name and those choices has none."""
    return {
        (_terms(parameter), choice.value): choice.aliases
        for job in jobs
        for parameter in job.parameters
        for choice in parameter.choices
        if choice.aliases
    }


def _spoken(names: Mapping[str, Mapping[int, None]]) -> Phrases[tuple[int, ...]]:
    found: defaultdict[str, dict[int, None]] = defaultdict(dict)
    for name, jobs in names.items():
        for other in (*verbs_like(name), *nouns_like(name)):
            if other not in names:
                found[other].update(jobs)
    return Phrases({other: tuple(jobs) for other, jobs in found.items()})


@lru_cache(maxsize=4_096)
def is_telling(pattern: str) -> bool:
    """True when an ordinary word does not have this form."""
    return not any(re.fullmatch(pattern, word) for word in _WORDS)


def called(job: Job) -> tuple[str, ...]:
    """What people may call a job."""
    return tuple(said for said in (job.name, *job.aliases, job.title) if said)


@lru_cache(maxsize=65_536)
def phrase_key(said: str) -> str:
    """How a phrase of the catalogue is compared with a sentence."""
    return key_of([atom for atom in sentence_of(said).atoms if atom.shape is not Shape.MARK])


def parts_of(said: str) -> Iterator[tuple[str, ...]]:
    """The words of a name that may stand apart: `clear … cache`, 清 … 缓存."""
    words = [word for word in _WORD.findall(said.lower()) if word not in FILLERS]
    if len(words) == 1 and not words[0].isascii():
        whole = words[0]
        if 3 <= len(whole) <= 6:
            yield from ((whole[:cut], whole[cut:]) for cut in (1, 2) if len(whole) - cut >= 2)
    elif len(words) >= 2 and all(len(word) > 1 for word in words):
        yield tuple(stem(word) for word in words)


def moved_parts_of(said: str) -> Iterator[tuple[str, ...]]:
    """As `parts_of`, as people say it lightly, or with the thing before its verb."""
    yield from verbs_apart(said)
    for each in (said, *nouns_like(said)):
        for parts in parts_of(each):
            if len(parts) == 2 and not each.isascii() and len(parts[1]) <= 3:
                yield from lightly(*parts)
        if each is not said:
            yield from parts_of(each)


def particles_of(said: str) -> Iterator[tuple[str, ...]]:
    """A verb and its particle, which may stand apart: `roll … back`, `give … access`."""
    words = said.lower().split()
    if len(words) == 2 and sum(word in FILLERS for word in words) == 1:
        yield tuple(stem(word) for word in words)


def job_words(job: Job, lent: Mapping[tuple[str, str], tuple[str, ...]]) -> JobWords:
    choices: defaultdict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    parameters: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for parameter in job.parameters:
        for choice in parameter.choices:
            aliases = choice.aliases or lent.get((_terms(parameter), choice.value), ())
            for said in (choice.value, choice.label, *aliases):
                for key in filter(None, (phrase_key(said), *states_like(said))):
                    choices[key][parameter.name, choice.value] = None
        for said in (parameter.name, parameter.title, *parameter.aliases):
            for key in filter(None, (phrase_key(said), *names_like(said))):
                parameters[key][parameter.name] = None
    for many in filter(_is_plural, tuple(choices)):
        if stem(many) not in choices and stem(many) not in parameters:
            choices[stem(many)] = choices[many]
    return JobWords(
        job=job,
        choices=Phrases({key: tuple(found) for key, found in choices.items()}),
        parameters=Phrases({key: tuple(found) for key, found in parameters.items()}),
        own=frozenset(_own(job)),
    )


def _is_plural(key: str) -> bool:
    """Of a long word, so that no other word is its singular: `notifications`."""
    return len(key) > 7 and key.isascii() and key.isalpha() and stem(key) != key


def _own(job: Job) -> Iterator[str]:
    yield from (a + b for a, b in pairwise(tokens_in(job.name)))
    for said in (*called(job), job.description, *job.tags):
        yield from tokens_in(said)
    for parameter in job.parameters:
        for said in (parameter.name, parameter.title, parameter.description, *parameter.aliases):
            yield from tokens_in(said)


def _weighed(job: Job) -> Iterator[tuple[str, float]]:
    for said in (job.name, job.title, *job.tags):
        words = tokens_in(said)
        yield from ((word, _WEIGHTS["name"]) for word in words)
        # `destroyvm` for destroy_vm
        yield from ((a + b, 0.8) for a, b in pairwise(words) if a.isascii() and b.isascii())
    for said in job.aliases:
        yield from ((word, _WEIGHTS["alias"]) for word in tokens_in(said))
    for said in job.examples:
        yield from ((word, _WEIGHTS["example"]) for word in tokens_in(said))
    yield from ((word, _WEIGHTS["description"]) for word in tokens_in(job.description))
    for parameter in job.parameters:
        for said in _sayings(parameter):
            yield from ((word, _WEIGHTS["parameter"]) for word in tokens_in(said))


def _sayings(parameter: Parameter) -> Iterator[str]:
    yield from (parameter.name, parameter.title, parameter.description, *parameter.aliases)
    for choice in parameter.choices:
        yield from (choice.value, choice.label, *choice.aliases)


@lru_cache(maxsize=65_536)
def tokens_in(said: str) -> tuple[str, ...]:
    """The telling words of a text: stems in Latin script, pairs of characters in Chinese."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", said).replace("_", " ").lower()
    found: list[str] = []
    for word in _WORD.findall(spaced):
        if not word.isascii():
            found += [word[i : i + 2] for i in range(len(word) - 1)]
        elif word not in FILLERS:
            found.append(stem(word))
    return tuple(found)


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """Without a plural's ending; verbs keep theirs, as `deployed` is no request."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] not in "su" else word
