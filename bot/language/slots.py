"""Filling a job's parameters from what was said; what fits nowhere is handed back, not dropped."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.intents import RunJob
from bot.domain.jobs import Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.language.normalising import folded
from bot.language.parameters import (
    choice_called,
    choices_called,
    nearest_choice,
    nearest_parameter,
    parameter_called,
    value_said,
)
from bot.language.reasons import without_reason
from bot.language.tokens import Shape, Token
from bot.language.vocabulary import (
    ARTICLES,
    CHINESE_CONNECTORS,
    CONNECTORS,
    FALSE_WORDS,
    TRUE_WORDS,
)

_MOST_GUESSES = 3
_MOST_STRAYS = 20
"""Pairs that fit nowhere of which a parameter is guessed."""

_LISTED = frozenset({Kind.ENUM, Kind.MULTI_ENUM})
_SEVERAL = frozenset({Kind.MULTI_ENUM, Kind.LIST})
_COMMAS = (",", "，", "、")


@dataclass(kw_only=True, slots=True)
class Slots:
    """What was said so far; `guessed` are values that only a question may offer."""

    job: Job | None
    given: dict[str, str] = field(default_factory=dict[str, str])
    guessed: dict[str, str] = field(default_factory=dict[str, str])
    leftovers: list[Token] = field(default_factory=list[Token])
    reason: str = ""
    exact: bool = True

    def reading(self) -> RunJob:
        name = self.job.name if self.job is not None else None
        return RunJob(job=name, given=dict(self.given), reason=self.reason, exact=self.exact)

    def candidate(self) -> RunJob:
        """The reading with its guesses, for a question and never for a start."""
        name = self.job.name if self.job is not None else None
        given = self.guessed | self.given
        return RunJob(job=name, given=given, reason=self.reason, exact=False)

    def put(self, parameter: Parameter, value: str) -> None:
        before = self.given.get(parameter.name)
        if before is not None and parameter.kind in _SEVERAL:
            value = f"{before},{value}"
        elif before is not None:
            self.exact = False
        self.given[parameter.name] = value


def filled(job: Job | None, tokens: Sequence[Token], text: str) -> Slots:
    """Pairs and flags by name, then the remaining words by the job's choices.

    `text` is what the tokens were cut from; a reason is taken out of it as it was written.
    """
    reasoned = without_reason(job, tokens, text)
    slots = Slots(job=job, reason=reasoned.reason, exact=reasoned.exact)
    words = _named_values(slots, deque(reasoned.rest))
    slots.exact = slots.exact and not any(_goes_on(job, token) for token in reasoned.rest)
    if job is not None:
        _positional_values(slots, job, words)
    else:
        slots.leftovers += words
    return slots


def _goes_on(job: Job | None, token: Token) -> bool:
    """Whether a value may end before its token does; a list has commas of its own."""
    if token.shape is not Shape.PAIR or not token.goes_on:
        return False
    parameter = parameter_called(job, token.key) if job is not None else None
    return parameter is None or parameter.kind not in _SEVERAL


def _named_values(slots: Slots, waiting: deque[Token]) -> list[Token]:
    """Take pairs and flags; the other words are returned."""
    words: list[Token] = []
    while waiting:
        token = waiting.popleft()
        slots.exact = slots.exact and not token.unclosed
        match token.shape:
            case Shape.PAIR:
                _pair(slots, token, waiting)
            case Shape.FLAG:
                _flag(slots, token, waiting)
            case Shape.WORD if not _pair_without_blank(slots, token):
                words.append(token)
            case Shape.WORD:
                pass
    return words


def _pair(slots: Slots, token: Token, waiting: deque[Token]) -> None:
    if slots.job is None:
        slots.exact = slots.exact and token.key not in slots.given
        slots.given[token.key] = token.text
        return
    parameter = parameter_called(slots.job, token.key)
    if parameter is None:
        _stray_pair(slots, slots.job, token)
        return
    value = value_said(parameter, token)
    if parameter.kind in _SEVERAL and token.text.endswith(_COMMAS):
        value = ",".join([value, *_listed_on(parameter, waiting)])
    slots.put(parameter, value)


def _listed_on(parameter: Parameter, waiting: deque[Token]) -> Iterable[str]:
    """`tags=a, b, c`: the choices, or of a list the words, that follow a comma."""
    goes_on = True
    while goes_on and waiting and waiting[0].is_bare_word:
        if parameter.kind is Kind.MULTI_ENUM and not choice_called(parameter, waiting[0].text):
            return
        word = waiting.popleft()
        # The mark behind a word is cut off its text.
        goes_on = parameter.kind is Kind.MULTI_ENUM or word.end - word.start > len(word.text)
        yield word.text.rstrip("".join(_COMMAS))


def _stray_pair(slots: Slots, job: Job, token: Token) -> None:
    slots.leftovers.append(token)
    # Nobody is shown more than a few guesses.
    near = len(slots.leftovers) <= _MOST_STRAYS
    parameter = nearest_parameter(job, token.key) if near else None
    if parameter is not None:
        slots.guessed[parameter.name] = value_said(parameter, token)


def _flag(slots: Slots, token: Token, waiting: deque[Token]) -> None:
    if slots.job is None:
        slots.given[token.key] = "true"
        return
    parameter = parameter_called(slots.job, token.key)
    following = waiting[0] if waiting and waiting[0].shape is Shape.WORD else None
    if parameter is None:
        _negated_flag(slots, slots.job, token)
    elif parameter.kind is Kind.BOOLEAN:
        says_which = following is not None and folded(following.text) in TRUE_WORDS | FALSE_WORDS
        slots.put(parameter, waiting.popleft().text if says_which else "true")
    elif following is not None:
        slots.put(parameter, value_said(parameter, waiting.popleft()))
    else:
        slots.leftovers.append(token)


def _negated_flag(slots: Slots, job: Job, token: Token) -> None:
    """`--no-cache` is `cache=false`."""
    key = folded(token.key)
    parameter = parameter_called(job, key.removeprefix("no-")) if key.startswith("no-") else None
    if parameter is not None and parameter.kind is Kind.BOOLEAN:
        slots.put(parameter, "false")
    else:
        slots.leftovers.append(token)


def _pair_without_blank(slots: Slots, token: Token) -> bool:
    """`env:prod`, when the job has a parameter of that name."""
    key, colon, value = token.text.partition(":")
    if not colon or not value or slots.job is None or not token.is_bare_word or token.target:
        return False
    parameter = parameter_called(slots.job, key)
    if parameter is None:
        return False
    slots.put(parameter, value)
    return True


def _positional_values(slots: Slots, job: Job, words: Iterable[Token]) -> None:
    listed = [(each, choices_called(each)) for each in job.parameters if each.kind in _LISTED]
    for token in words:
        said = _without_connector(token)
        fitting = _fitting(slots, listed, token.text)
        if fitting:
            # Two open parameters that take the same word are filled in order, but not blindly.
            slots.exact = slots.exact and len(fitting) == 1 and fitting[0].required
            slots.put(fitting[0], token.text)
        elif said and (fitting := _fitting(slots, listed, said)):
            slots.exact = False
            slots.put(fitting[0], said)
        elif token.is_bare_word and folded(token.text) in CONNECTORS:
            slots.exact = False
        elif not (token.is_bare_word and folded(token.text) in ARTICLES):
            slots.leftovers.append(token)
            if len(slots.leftovers) <= _MOST_GUESSES:
                _guess(slots, job, token.text)


def _without_connector(token: Token) -> str:
    """到生产 is 生产; empty when nothing is written to the word."""
    ties = token.is_bare_word and token.text[0] in CHINESE_CONNECTORS
    return token.text[1:] if ties else ""


def _fitting(
    slots: Slots, listed: Iterable[tuple[Parameter, Mapping[str, Choice]]], said: str
) -> list[Parameter]:
    """Parameters of that choice, the required ones first; a list may be said again."""
    word = folded(said)
    open_ones = [
        parameter
        for parameter, called in listed
        if (parameter.name not in slots.given or parameter.kind is Kind.MULTI_ENUM)
        and word in called
    ]
    return sorted(open_ones, key=lambda parameter: not parameter.required)


def _guess(slots: Slots, job: Job, said: str) -> None:
    """A misspelt choice, or the one required value that is still open."""
    taken = slots.given.keys() | slots.guessed.keys()
    still_open = [p for p in job.parameters if p.name not in taken]
    for parameter in still_open:
        if parameter.kind in _LISTED and (choice := nearest_choice(parameter, said)):
            slots.guessed[parameter.name] = choice.value
            return
    free = [p for p in still_open if p.required and not p.choices and p.kind is not Kind.SECRET]
    if len(free) == 1:
        slots.guessed[free[0].name] = said
