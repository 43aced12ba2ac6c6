"""Several values for what takes one, `to dev or prod`: each of them is a reading of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.domain.intents import RunJob
from bot.language.claims import Claims
from bot.language.lexicons import phrase_key
from bot.language.phrases import windows

TWICE = "said twice"
"""The doubt about a parameter, named behind a colon, for which there is more than one value."""


def one_each(run: RunJob, claims: Claims, doubts: Sequence[str], most: int) -> tuple[RunJob, ...]:
    """The reading with each of the choices that were said, in their order, the best one first.

    Only the reading itself where two parameters are in doubt: `api to dev and web to prod`.
    """
    twice = {each.removeprefix(f"{TWICE}:") for each in doubts if each.startswith(f"{TWICE}:")}
    parameter = claims.job.parameter(next(iter(twice))) if len(twice) == 1 else None
    if parameter is None or not parameter.choices:
        return (run,)
    name = parameter.name
    values = dict.fromkeys([run.given.get(name, ""), *_said(claims, name)])
    given = [{**run.given, name: value} for value in values if value]
    return tuple(replace(run, given=each) for each in given[:most]) or (run,)


def _said(claims: Claims, name: str) -> Iterator[str]:
    choices = claims.words.choices
    spoken = [key for *_, key in windows(claims.atoms, choices, plural=False, quoted=True)]
    named = [
        phrase_key(atom.raw)
        for atom in claims.atoms
        if atom.key and (meant := claims.job.called(atom.key)) and meant.name == name
    ]
    for key in (*spoken, *named):
        yield from (value for parameter, value in choices.get(key, ()) if parameter == name)
