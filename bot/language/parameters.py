"""A job's parameters and choices by what people call them."""

from bot.domain.jobs import Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.language.matching import nearest
from bot.language.normalising import folded
from bot.language.tokens import Token

_FREE_TEXT = frozenset({Kind.STRING, Kind.TEXT, Kind.URL, Kind.FILE, Kind.JSON})
_LAST_MARKS = ".,;!。！，；、"


def parameter_called(job: Job, key: str) -> Parameter | None:
    """The parameter with this name or alias in any case, `-` and `_` alike; None when two fit."""
    if exact := job.parameter(key):
        return exact
    said = folded(key)
    by_name = [p for p in job.parameters if folded(p.name) == said]
    found = by_name or [p for p in job.parameters if said in map(folded, p.aliases)]
    return found[0] if len(found) == 1 else None


def nearest_parameter(job: Job, key: str) -> Parameter | None:
    """The parameter with the nearest name, else the only one whose name begins like that."""
    names = {said: p for p in job.parameters for said in (p.name, *p.aliases)}
    near = nearest(key, names, most=1)
    if near:
        return names[near[0]]
    said = folded(key)
    begun = [p for p in job.parameters if len(said) > 1 and folded(p.name).startswith(said)]
    return begun[0] if len(begun) == 1 else None


def choice_called(parameter: Parameter, said: str) -> Choice | None:
    """The choice with this value, label or alias, in any case."""
    return choices_called(parameter).get(folded(said))


def choices_called(parameter: Parameter) -> dict[str, Choice]:
    """Each choice by everything that it is called, folded; the first one of a name has it."""
    called = [(folded(name), c) for c in parameter.choices for name in names_of(c)]
    return dict(reversed(called))


def nearest_choice(parameter: Parameter, said: str) -> Choice | None:
    names = {name: c for c in parameter.choices for name in names_of(c)}
    return next((names[name] for name in nearest(said, names, most=1)), None)


def names_of(choice: Choice) -> tuple[str, ...]:
    return tuple(name for name in (choice.value, choice.label, *choice.aliases) if name)


def value_said(parameter: Parameter, token: Token) -> str:
    """The raw value: where a link points for a URL, without the sentence's full stop otherwise."""
    if parameter.kind is Kind.URL and token.target:
        return token.target
    if token.quoted or parameter.kind in _FREE_TEXT:
        return token.text
    return token.text.rstrip(_LAST_MARKS) or token.text
