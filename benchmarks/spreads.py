"""How long things took, as a few figures."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """Milliseconds."""

    count: int
    p50: float
    p99: float
    slowest: float


def spread_of(seconds: Sequence[float]) -> Spread:
    """Of one measurement at least."""
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1_000, 1)

    return Spread(count=len(ordered), p50=at(0.5), p99=at(0.99), slowest=at(1.0))
