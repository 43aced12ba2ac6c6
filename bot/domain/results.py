"""What a run says of itself: progress, the end, and how it compares with earlier runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median

FEWEST_FOR_AN_ESTIMATE = 3
"""Earlier successful runs needed before a duration is promised to anybody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a run is: `fraction` from 0 to 1 (None: not said) and what it is doing.

    `tries` counts how often its platform has begun it by itself.
    """

    fraction: float | None = None
    step: str = ""
    tries: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One figure that a run reported."""

    name: str
    value: float
    unit: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A place to look further, given by the run."""

    url: str
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resources:
    """What a run used: processor time, and memory at its peak in bytes; None: not known."""

    processor: timedelta | None = None
    memory: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """How a run ended.

    `cause` is the failure in the job's own words, `failing_step` the step it was in, `tail` the
    lines around it. `outputs` is the job's result JSON flattened to text by key. `log_truncated`
    is true when output went over the cap and its middle was dropped.
    """

    exit_code: int | None = None
    signal: str = ""
    summary: str = ""
    cause: str = ""
    failing_step: str = ""
    tail: tuple[str, ...] = ()
    metrics: tuple[Metric, ...] = ()
    links: tuple[Link, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    log_size: int = 0
    log_truncated: bool = False
    resources: Resources | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A run beside the successful runs of the same job and environment before it."""

    runs: int
    usual: timedelta
    ratio: float

    @property
    def is_unusual(self) -> bool:
        return self.ratio >= 1.5 or self.ratio <= 0.5


def usual_duration(earlier: Sequence[timedelta]) -> timedelta | None:
    """The median of earlier runs, or None when there are too few to promise anything."""
    if len(earlier) < FEWEST_FOR_AN_ESTIMATE:
        return None
    return timedelta(seconds=median(span.total_seconds() for span in earlier))


def compare(took: timedelta, earlier: Sequence[timedelta]) -> Comparison | None:
    """How long it took beside what is usual; None when there is nothing to compare with."""
    usual = usual_duration(earlier)
    if usual is None or usual.total_seconds() <= 0:
        return None
    ratio = took.total_seconds() / usual.total_seconds()
    return Comparison(runs=len(earlier), usual=usual, ratio=ratio)
