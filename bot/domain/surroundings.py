"""What a sentence is read with besides the catalogue: who is known, where, when, after what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who may be named as a value; `id` is what a job gets."""

    id: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A place where runs are sent; one without a target goes to the default."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Shortcut:
    """A short form of an operator, with the names of its arguments in order."""

    name: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """The run that a thread is about, or the question that is open in it (`open`).

    `given` are the raw values of that run, by parameter; `at` and `until` when it was to start,
    where that was said with the question.
    """

    job: str
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    execution: int | None = None
    open: bool = False
    at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """`now` carries the zone of who speaks; relative times count from it.

    `in_thread`: written in a thread of ours, also when it is not known what it is about.
    """

    now: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    people: tuple[Person, ...] = ()
    targets: tuple[Target, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    thread: Thread | None = None
    in_thread: bool = False
