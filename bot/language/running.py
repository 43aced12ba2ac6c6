"""Reading which job to run and with what; a question when something is not plainly said."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.intents import Clarify, RunJob, ShowHistory, Unknown
from bot.domain.jobs import Job
from bot.domain.wording import _
from bot.language.names import Found, Names, glued_to_start, named_at_start, nearest_jobs
from bot.language.normalising import folded
from bot.language.parameters import parameter_called
from bot.language.reasons import begins_reason
from bot.language.references import reference_in
from bot.language.slots import Slots, filled
from bot.language.tokens import Shape, Token
from bot.language.vocabulary import ARTICLES, HISTORY_OF, forbids

_MOST_CANDIDATES = 3
_MOST_WORDS_BEFORE_NAME = 8
_MOST_STRAY_WORDS = 2
"""A text with more words that fit nowhere is a sentence about a job rather than a command."""


def run_job(names: Names, tokens: Sequence[Token], text: str) -> RunJob | Clarify | Unknown:
    """What follows `run`: a name somewhere among values, or only values, or nothing."""
    if (found := _named_among(names, tokens)) is not None:
        return run_found(found, text)
    words = [token for token in _before_reason(tokens) if token.shape is Shape.WORD]
    if any(folded(token.text) not in ARTICLES for token in words):
        return _run_unnamed(names, tokens, words, text)
    slots = filled(None, tokens, text)
    strays = [token for token in slots.leftovers if folded(token.text) not in ARTICLES]
    return _run_unnamed(names, tokens, strays, text) if strays else slots.reading()


def run_found(found: Found, text: str) -> RunJob | Clarify | Unknown:
    """The reading when the name is known; several jobs of one name are asked about."""
    readings = [filled(job, found.rest, text) for job in found.jobs[:_MOST_CANDIDATES]]
    if forbids(_stray_words(readings[0])):
        return Unknown(text=text)
    if len(readings) > 1:
        candidates = tuple(slots.candidate() for slots in readings)
        question = _("More than one job has this name. Which one?")
        return Clarify(question=question, candidates=candidates)
    slots = readings[0]
    if slots.leftovers:
        question = _about_leftover(found.jobs[0], slots)
        return Clarify(question=question, candidates=(slots.candidate(),))
    return replace(slots.reading(), exact=slots.exact and found.exact)


def history_asked(found: Found) -> ShowHistory | None:
    """`deploy history` asks for what ran; it runs nothing."""
    asks = len(found.rest) == 1 and folded(found.rest[0].text) in HISTORY_OF
    return ShowHistory(job=found.jobs[0].name) if asks and len(found.jobs) == 1 else None


def near_jobs(names: Names, tokens: Sequence[Token], text: str) -> Clarify | Unknown | None:
    """A question with the jobs that the first words nearly name, or their names alone."""
    jobs, count = nearest_jobs(names, tokens)
    if not jobs:
        return None
    readings = [filled(job, tokens[count:], text) for job in jobs]
    if forbids(_stray_words(readings[0])):
        return Unknown(text=text)
    if all(len(_stray_words(slots)) > _MOST_STRAY_WORDS for slots in readings):
        return Unknown(text=text, near=tuple(job.name for job in jobs))
    said = " ".join(token.text for token in tokens[:count])
    question = _("There is no job called {said}. Did you mean {jobs}?").format(
        said=_marked(said), jobs=_either(jobs)
    )
    return Clarify(question=question, candidates=tuple(slots.candidate() for slots in readings))


def _run_unnamed(
    names: Names, tokens: Sequence[Token], words: Sequence[Token], text: str
) -> Clarify | Unknown:
    if forbids(token.text for token in words if not token.quoted):
        return Unknown(text=text)
    reference = reference_in(words, in_thread=True)
    if reference is not None:
        number = "" if reference.execution is None else f" #{reference.execution}"
        return Unknown(text=text, near=(f"rerun{number}", f"status{number}"))
    rest = [token for token in tokens if folded(token.text) not in ARTICLES or token.key]
    return near_jobs(names, _words_first(rest), text) or Unknown(text=text, near=("list",))


def _named_among(names: Names, tokens: Sequence[Token]) -> Found | None:
    for place, token in enumerate(_before_reason(tokens)[:_MOST_WORDS_BEFORE_NAME]):
        if token.shape is not Shape.WORD:
            continue
        here = tokens[place:]
        found = named_at_start(names, here) or glued_to_start(names, here)
        if found is not None:
            return replace(found, rest=(*tokens[:place], *found.rest))
    return None


def _before_reason(tokens: Sequence[Token]) -> Sequence[Token]:
    end = next((i for i, token in enumerate(tokens) if begins_reason(None, token)), len(tokens))
    return tokens[:end]


def _words_first(tokens: Sequence[Token]) -> Sequence[Token]:
    """From the first word on, what stood before it last, so that a name leads."""
    first = next(i for i, token in enumerate(tokens) if token.shape is Shape.WORD)
    return [*tokens[first:], *tokens[:first]]


def _stray_words(slots: Slots) -> list[str]:
    return [token.text for token in slots.leftovers if token.is_bare_word]


def _about_leftover(job: Job, slots: Slots) -> str:
    token = slots.leftovers[0]
    guesses = " ".join(f"{name}={value}" for name, value in slots.guessed.items())
    hint = " " + _("Did you mean {guesses}?").format(guesses=_marked(guesses)) if guesses else ""
    what, name = _marked(token.text), _marked(job.name)
    if token.shape is Shape.WORD:
        return _("I could not place {what} in {job}.").format(what=what, job=name) + hint
    if parameter_called(job, token.key) is not None:
        said = _("What should {parameter} of {job} be?")
        return said.format(parameter=_marked(token.key), job=name)
    said = _("{job} has no parameter called {parameter}.")
    return said.format(job=name, parameter=_marked(token.key)) + hint


def _either(jobs: Iterable[Job]) -> str:
    *others, last = [_marked(job.name) for job in jobs]
    return _(" or ").join([", ".join(others), last]) if others else last


def _marked(text: str) -> str:
    return "`" + text.replace("`", "'").replace("\n", " ")[:60] + "`"
