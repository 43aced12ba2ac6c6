"""What each word of a sentence was taken for, while a job's parameters are being filled."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.errors import InvalidValues
from bot.domain.jobs import Job
from bot.domain.parameters import Kind, Parameter
from bot.domain.readings import read
from bot.domain.surroundings import Surroundings
from bot.language.lexicons import JobWords
from bot.language.sentences import Atom, Sentence
from bot.language.times import Time


@dataclass(kw_only=True, slots=True)
class Claims:
    """`owner[i]` names what atom `i` was taken for, or is empty.

    `given` are raw values; `places` the atoms (first, last) of each slot. `invalid` are parameters
    whose value (as in `refused`) does not hold, `unsure` those that were said twice; `guessed`
    values are only offered. `cut` are atoms of a longer word of which a choice is a part.
    """

    sentence: Sentence
    words: JobWords
    around: Surroundings
    times: tuple[tuple[int, int, Time], ...]
    owner: list[str]
    given: dict[str, str] = field(default_factory=dict[str, str])
    places: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    invalid: dict[str, str] = field(default_factory=dict[str, str])
    refused: dict[str, str] = field(default_factory=dict[str, str])
    guessed: dict[str, str] = field(default_factory=dict[str, str])
    unsure: list[str] = field(default_factory=list[str])
    mistaken: list[int] = field(default_factory=list[int])
    cut: set[int] = field(default_factory=set[int])
    reason: str = ""
    target: str = ""
    at: datetime | None = None
    cron: str = ""
    time_doubt: str = ""

    @property
    def job(self) -> Job:
        return self.words.job

    @property
    def atoms(self) -> tuple[Atom, ...]:
        return self.sentence.atoms

    def is_free(self, first: int, last: int) -> bool:
        return all(not self.owner[i] for i in range(first, last + 1))

    def claim(self, first: int, last: int, owner: str) -> None:
        for i in range(first, last + 1):
            self.owner[i] = self.owner[i] or owner

    def is_open(self, parameter: Parameter) -> bool:
        return parameter.name not in self.given and parameter.name not in self.invalid

    def open_of(self, *kinds: Kind) -> list[Parameter]:
        """Parameters of these kinds without a value, the required ones first."""
        found = [p for p in self.job.parameters if p.kind in kinds and self.is_open(p)]
        return sorted(found, key=lambda p: not p.required)

    def put(self, parameter: Parameter, value: str, first: int, last: int) -> bool:
        """Take a value; one that does not hold makes the parameter invalid. True when it held."""
        self.claim(first, last, parameter.name)
        zone = str(self.around.now.tzinfo or "UTC")
        self.places.setdefault(parameter.name, (first, last))
        try:
            read(parameter, value, zone=zone)
        except InvalidValues as error:
            self.invalid[parameter.name] = str(error)
            self.refused[parameter.name] = value
            return False
        before = self.given.get(parameter.name)
        if before is not None and parameter.kind in {Kind.MULTI_ENUM, Kind.LIST}:
            value = f"{before},{value}"
        elif before is not None and before != value:
            self.unsure.append(parameter.name)
            return False
        self.given[parameter.name] = value
        return True

    def holds(self, parameter: Parameter, value: str) -> bool:
        try:
            read(parameter, value)
        except InvalidValues:
            return False
        return True

    def chunk(self, at: int) -> tuple[int, str]:
        """The value that begins here and goes on to the next blank, and its last atom."""
        last = at
        while (
            last + 2 < len(self.atoms)
            and self.atoms[last + 1].text == ","
            and self.atoms[last + 1].glued
            and self.atoms[last + 2].glued
            and self.owner[last + 1] in {"", "mark"}
            and not self.owner[last + 2]
        ):
            last += 2
        if last == at:
            return at, self.atoms[at].raw
        return last, self.sentence.shown[self.atoms[at].at : self.atoms[last].end]

    def free(self) -> Iterator[int]:
        """Places that nothing was made of."""
        return (i for i, owner in enumerate(self.owner) if not owner)
