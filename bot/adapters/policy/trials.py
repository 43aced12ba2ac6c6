"""Tests written beside a policy: a YAML table of who asks for what, and what is expected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, cast
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from bot.adapters.notations import Text, Words, is_short
from bot.adapters.policy.times import Zone, parse_moment
from bot.adapters.yaml_documents import FileMistake
from bot.adapters.yaml_files import read_file
from bot.adapters.yaml_shapes import Entry, near, shaped
from bot.domain.actors import Actor, ActorKind, PersonId
from bot.domain.answers import Circumstances, Occasion
from bot.domain.jobs import Command as Argv
from bot.domain.jobs import Job
from bot.domain.rules import Command
from bot.domain.trials import Outcome, Question, Trial


def _named(raw: object) -> object:
    return {"user": raw} if isinstance(raw, str) else raw


def _each(raw: object) -> object:
    if is_short(raw, list):
        return [[raw]]
    parts = cast("list[object]", raw)
    return [[part] if is_short(part, list) else part for part in parts]


class ActorEntry(Entry):
    user: str
    """A Slack user id, as U02ABCDEF."""
    groups: Words = ()
    """Their user groups, as @platform."""
    email: str = ""
    """Their e-mail address."""
    kind: ActorKind = ActorKind.PERSON
    """What it is: person, agent, mcp or system."""


class TrialEntry(Entry):
    name: Annotated[Text, Field(max_length=200)] = ""
    """What this test is about."""
    actor: Annotated[ActorEntry, BeforeValidator(_named)]
    """Who asks: a user id, or user, groups, email and kind."""
    command: Command = Command.RUN
    """Which command is given."""
    of: Occasion = Occasion.RUN
    """With `run`: its start, a question of it while it waits (pause), or its form (form)."""
    job: str = ""
    """For which job, by its name."""
    values: dict[str, Words] = Field(default_factory=dict)
    """With which values."""
    at: str = ""
    """When: 2026-11-20 14:00; when left out, the time is not known."""
    channel: str = ""
    """From which channel, by its id."""
    expect: Outcome
    """What the policy must say: allow, approval or deny."""
    by: Annotated[tuple[Words, ...], BeforeValidator(_each)] = ()
    """The role that each approval asks for; a list where any of several may."""
    rule: Text = ""
    """The rule that must decide, as the answer names it."""
    confirm: bool | None = None
    """Whether it must be confirmed twice."""


class TrialsEntry(Entry):
    zone: Zone = ZoneInfo("UTC")
    """The time zone of every `at`."""
    tests: Annotated[tuple[TrialEntry, ...], Field(min_length=1)]
    """The tests, in order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialsReading:
    """The trials of a file, or what is wrong with it."""

    trials: tuple[Trial, ...] = ()
    mistakes: tuple[FileMistake, ...] = ()


def read_trials(path: Path, jobs: Sequence[Job]) -> TrialsReading:
    """Read a file of tests for these jobs; never raises. Blocks: call it in a thread."""
    document = read_file(path)
    mistakes = list(document.mistakes)
    if document.value is None:
        return TrialsReading(mistakes=(*mistakes, document.mistake((), "there are no tests.")))
    entry, wrong = shaped(document, document.value, TrialsEntry)
    mistakes += wrong
    by_name = {job.name: job for job in jobs}
    if entry is not None:
        for index, each in enumerate(entry.tests):
            for key, text in _wrong(each, entry.zone, by_name):
                mistakes.append(document.mistake(("tests", index, key), text))
    if entry is None or mistakes:
        return TrialsReading(mistakes=tuple(mistakes))
    trials = (_trial(at, each, entry.zone, by_name) for at, each in enumerate(entry.tests, 1))
    return TrialsReading(trials=tuple(trials))


def bare_job(name: str) -> Job:
    """A job of which only the name is known: its globs match, its tags do not."""
    return Job(name=name, command=Argv(groups=()))


def _wrong(entry: TrialEntry, zone: ZoneInfo, jobs: Mapping[str, Job]) -> Iterator[tuple[str, str]]:
    if entry.job and entry.job not in jobs:
        yield "job", f"there is no job `{entry.job[:60]}`{near(entry.job, list(jobs)) or '.'}"
    if entry.command is not Command.RUN and entry.of is not Occasion.RUN:
        yield "of", "only what is run waits for somebody."
    if entry.command is Command.RUN and not entry.job:
        yield "job", "say which job is run."
    if entry.at:
        try:
            parse_moment(entry.at, zone)
        except ValueError as error:
            yield "at", f"{error}."


def _trial(number: int, entry: TrialEntry, zone: ZoneInfo, jobs: Mapping[str, Job]) -> Trial:
    who = entry.actor
    actor = Actor(
        kind=who.kind,
        id=PersonId(team="", user=who.user),
        name=who.user,
        email=who.email,
        groups=frozenset(group.removeprefix("@") for group in who.groups),
    )
    values = {name: word[0] if len(word) == 1 else word for name, word in entry.values.items()}
    question = Question(
        actor=actor,
        command=entry.command,
        job=jobs[entry.job] if entry.job else None,
        values=values,
        occasion=entry.of,
        around=Circumstances(
            now=parse_moment(entry.at, zone) if entry.at else None, channel=entry.channel
        ),
    )
    return Trial(
        name=entry.name or f"test {number}",
        question=question,
        expects=entry.expect,
        by=tuple(tuple(sorted(each)) for each in entry.by),
        rule=entry.rule,
        confirms=entry.confirm,
    )
