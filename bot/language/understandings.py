"""What a text was understood to mean, how surely, and from which words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.intents import Intent


class Rung(StrEnum):
    """How far down the ladder a text was understood; only `exact` may start a job."""

    EXACT = "exact"
    NEAR = "near"
    PLAIN = "plain"
    CLARIFY = "clarify"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Where in the text something stood: half-open, in characters of the text as it was given."""

    start: int
    end: int
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Understanding:
    """One intent and what led to it.

    `confidence` is 0 to 1. `candidates` are names of jobs, best first. `spans` are by slot: a
    parameter's name, or `job`, `at`, `target`, `execution`. `when` is a time that was said even
    where nothing runs at it.
    """

    intent: Intent
    rung: Rung
    confidence: float
    candidates: tuple[str, ...] = ()
    spans: Mapping[str, Span] = field(default_factory=dict[str, Span])
    when: datetime | None = None
