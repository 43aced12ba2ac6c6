"""Several bare words where a job takes one text, `run hello a b c`: asked about, with quotes."""

from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import datetime

from bot.domain.intents import Clarify, RunJob
from bot.domain.jobs import Job
from bot.domain.parameters import Kind, Parameter
from bot.domain.wording import _
from bot.language.asking import question_of
from bot.language.courtesies import without_courtesies
from bot.language.heads import head_of
from bot.language.names import Found, Names, named_at_start
from bot.language.normalising import cleaned, decoded, folded
from bot.language.parameters import parameter_called
from bot.language.sentences import sentence_of
from bot.language.slots import Slots, filled
from bot.language.stopwords import FILLERS
from bot.language.times import times_in
from bot.language.tokens import Shape, Token, tokens_of
from bot.language.vocabulary import ARTICLES, CONNECTORS, Verb, forbids
from bot.language.writing import format_intent

_TEXTS = frozenset({Kind.STRING, Kind.TEXT})
_MOST_WORDS = 30
_MOST_SPOKEN = 4
"""Words behind a bare name that may still be a value; more are a sentence about something."""
_LONGEST_EXAMPLE = 120


def one_text(names: Names, text: str, now: datetime) -> Clarify | None:
    """The question that names the job and shows the quotes; None where no text is meant.

    Of two words either may be meant as well.
    """
    said = cleaned(text)
    return _asked(names, said, now) or _asked(names, without_courtesies(said).text, now)


def _asked(names: Names, said: str, now: datetime) -> Clarify | None:
    tokens = tokens_of(said)
    head = head_of(names, tokens) if tokens else None
    if head is None or head.verb is not Verb.RUN:
        return None
    found = head.found or named_at_start(names, head.rest)
    if found is None or len(found.jobs) != 1:
        return None
    job, slots = found.jobs[0], filled(found.jobs[0], found.rest, said)
    words = _left_over(found, slots)
    parameter = _meant(job, slots, words)
    if parameter is None or len(words) > _MOST_WORDS:
        return None
    begins = words[0].value_at if words[0].shape is Shape.PAIR else words[0].start
    value = " ".join(decoded(said[begins : words[-1].end]).split())
    spoken = [word.text for word in words]
    if forbids(spoken) or times_in(sentence_of(value).folded, now):
        return None
    if head.found is not None and not _is_no_sentence(spoken):
        return None
    return _question(slots.reading(), parameter, value, spoken)


def _left_over(found: Found, slots: Slots) -> list[Token]:
    """The words that have no place, in one piece, with a value by name that they may go on."""
    starts = {token.start for token in slots.leftovers}
    places = [i for i, token in enumerate(found.rest) if token.start in starts]
    if not places or any(not token.is_bare_word for token in slots.leftovers):
        return []
    first, last = places[0], places[-1]
    while first and _is_one_of(ARTICLES, found.rest[first - 1]):
        first -= 1
    before = found.rest[first - 1] if first else None
    if before is not None and before.shape is Shape.PAIR and not before.quoted:
        first -= 1
    inside = found.rest[places[0] : last + 1]
    ties = ARTICLES | CONNECTORS
    whole = all(token.start in starts or _is_one_of(ties, token) for token in inside)
    return [*found.rest[first : last + 1]] if whole else []


def _is_one_of(words: Set[str], token: Token) -> bool:
    return token.is_bare_word and folded(token.text) in words


def _meant(job: Job, slots: Slots, words: Sequence[Token]) -> Parameter | None:
    """The one text that is still needed, or that the words go on."""
    if words and words[0].shape is Shape.PAIR:
        named = parameter_called(job, words[0].key)
        return named if named is not None and _is_text(named) else None
    open_ones = [p for p in job.parameters if p.name not in slots.given and _is_text(p)]
    wanting = [p for p in open_ones if p.required]
    return wanting[0] if words and len(wanting) == 1 else None


def _is_text(parameter: Parameter) -> bool:
    return parameter.kind in _TEXTS and not parameter.choices


def _is_no_sentence(words: Sequence[str]) -> bool:
    """`Hello ana bob` rather than `hello there my friends`."""
    return len(words) <= _MOST_SPOKEN and not any(
        len(word) > 1 and folded(word) in FILLERS - CONNECTORS for word in words
    )


def _question(run: RunJob, parameter: Parameter, value: str, words: Sequence[str]) -> Clarify:
    # Masked, the buttons of several values would read alike.
    values = [value, *words] if len(words) == 2 and not parameter.is_masked else [value]
    job, given = run.job or "", run.given
    runs = tuple(
        replace(run, given={**given, parameter.name: each}, exact=False) for each in values
    )
    if len(words) == 1:
        question = question_of(("job",), job, offered=1)
        return Clarify(question=question, candidates=runs)
    plain = RunJob(job=job, given={parameter.name: value})
    example = format_intent(plain).replace("`", "'")
    if len(example) > _LONGEST_EXAMPLE or parameter.is_masked:
        example = f'run {job} {parameter.name}="…"'
    question = _(
        "`{parameter}` of `{job}` is one value, and there are several words. "
        "Put them in quotes, as in `{example}`. Is that what you mean?"
    ).format(parameter=parameter.name, job=job, example=example)
    return Clarify(question=question, candidates=runs)
