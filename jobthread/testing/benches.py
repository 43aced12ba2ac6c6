"""What the promises need of a platform under test: to be told what a run shall do, and troubles."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from jobthread.platforms import Answer, JobPlatform, Pause, StartOrder, Value

WORD = "部署 'v4.2' & \"all\" of $HOME"
"""What a run is told to write: a text that nothing on its way may change."""


class Doing(StrEnum):
    """What a run of the contract does. Lines may stand among lines of the platform itself."""

    HELLO = "hello"
    """Writes `hello` and ends well."""
    SAYING = "saying"
    """Writes the word that its order gives it as an argument, which is `WORD`, and ends well."""
    FAILING = "failing"
    """Fails, and says why: `3 tests failed`."""
    ENDLESS = "endless"
    """Writes `begun` and goes on until it is stopped, 10 minutes at least."""
    TOO_LONG = "too-long"
    """The same, by an order with so short a `timeout` that it is over in the suite's patience."""
    COUNTING = "counting"
    """Writes `line 0` to `line 499`."""
    CHINESE = "chinese"
    """Writes `部署完成` 400 times, each on a line of its own."""
    FLOOD = "flood"
    """Writes `Bench.flood` times the line `flood_line(n)`, counted from 0."""
    STEPPING = "stepping"
    """Says how far it is, as the platform's runs say that, and ends well."""
    RESULTS = "results"
    """Leaves the link https://example.test/run beside its log, and ends well."""
    PAUSING = "pausing"
    """Waits for a person; once it has a `Bench.yes`, writes `went on` and ends well."""


class Fault(StrEnum):
    """A trouble that a bench can make, for as long as its context is open."""

    UNREACHABLE = "unreachable"
    """Nothing listens: no connection comes about."""
    SILENT = "silent"
    """Requests are taken and never answered. (The platform under test waits seconds, no more.)"""
    CUT = "cut"
    """Every answer breaks off in its middle."""
    UNAUTHORIZED = "unauthorized"
    """Our credentials are not taken any more: 401."""
    TOO_MANY = "too many"
    """429 with `Retry-After: 7`."""
    BROKEN = "broken"
    """500 to everything, and nothing is done."""
    NONSENSE = "nonsense"
    """200 with a body that makes no sense, to everything."""
    ANSWER_LOST = "answer lost"
    """Starts are done, and their answers get lost."""
    CANCEL_LOST = "cancel lost"
    """What is asked to stop never hears of it."""
    CLOCK_AHEAD = "clock ahead"
    """The platform's clock is 5 minutes ahead of ours."""
    CLOCK_BEHIND = "clock behind"
    """The platform's clock is 5 minutes behind ours."""


Making: TypeAlias = Callable[[], AbstractAsyncContextManager[object]]
"""Opens a trouble, which lasts as long as the context."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A job that the catalogue offers, to hold `check` against.

    `good` are values for all that it requires; each of `bad` is wrong beside them, by the name of
    the parameter.
    """

    remote: str
    good: Mapping[str, Value]
    bad: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """A platform under test. Only `platform` and `order` are needed by every platform.

    `order` is an order that makes a run of this key do that, complete but for what a promise adds.
    What a platform does not declare as a capability, its bench need not know: `STEPPING` goes with
    progress, `RESULTS` with artifacts, `PAUSING`, `yes` and `no` with pauses, `sample` and `offers`
    (how many jobs there are at least; more than a page of the platform's shows that all pages are
    read) with a catalogue.

    `second` opens the same platform as another process of ours would have it. `requests` counts
    what the platform was asked so far. `no` is an answer that the pause does not take. `many` is
    how many runs are started to be seen together, `flood` how many lines a flood has. `patience`
    and `interval` are in seconds: how long a run may take, and how often it is looked at.
    """

    platform: JobPlatform
    order: Callable[[Doing, str], StartOrder]
    second: Callable[[], JobPlatform] | None = None
    faults: Mapping[Fault, Making] = field(default_factory=dict[Fault, Making])
    requests: Callable[[], int] | None = None
    sample: Sample | None = None
    offers: int = 1
    yes: Callable[[Pause], Answer] | None = None
    no: Callable[[Pause], Answer] | None = None
    many: int = 1_000
    flood: int = 470_000
    patience: float = 30.0
    interval: float = 0.01


def flood_line(number: int) -> str:
    """A line of about 105 bytes, most of them in characters of three."""
    return f"{number:07} {'部署完成' * 8}"
