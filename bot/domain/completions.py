"""Completions: how a command that somebody began could go on."""

from dataclasses import dataclass

from bot.domain.intents import RunJob

MOST_CONTINUATIONS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Continuation:
    """`words` is the command as it could go on; `label` what is new in it.

    `run` opens its form, `says` is true for words that show something as they are; with neither,
    more has to be typed.
    """

    words: str
    label: str
    run: RunJob | None = None
    says: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Completion:
    """What was begun and how it could go on, best first."""

    said: str
    continuations: tuple[Continuation, ...]
