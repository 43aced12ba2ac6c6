"""What a catalogue file may say: its keys, and what editors tell about them."""

import json
import shlex
from datetime import timedelta
from typing import Annotated, TypeAlias, cast

from pydantic import BeforeValidator, Discriminator, Field, FiniteFloat, Tag, WithJsonSchema

from bot.adapters.notations import Conditions, Duration, Size, SizeLimit, Text, Words, is_short
from bot.adapters.yaml_shapes import Entry
from bot.domain.durations import parse_duration
from bot.domain.jobs import OnConflict, Retries, Risk, Sandbox
from bot.domain.parameters import Kind
from bot.domain.schedules import Missed, Overlap
from bot.domain.windows import LONGEST_WINDOW, SHORTEST_WINDOW

_SANDBOX = Sandbox()
_RETRIES = Retries()


def _kind(raw: object) -> object:
    return raw.replace("-", "_") if isinstance(raw, str) else raw


def _bound(raw: object) -> object:
    """A bound of a duration may be written as one; it is kept in seconds."""
    if isinstance(raw, str) and raw[-1:].isalpha():
        try:
            return parse_duration(raw).total_seconds()
        except ValueError:
            return raw
    return raw


def _choice(raw: object) -> object:
    return {"value": raw} if isinstance(raw, str) else raw


def _choices_tag(raw: object) -> str:
    return "list" if isinstance(raw, list) else "source"


def _group(raw: object) -> object:
    return [raw] if isinstance(raw, str) else raw


def _command(raw: object) -> object:
    """A shell line is not run; it is answered with the list that it would be."""
    if not isinstance(raw, str):
        return raw
    try:
        words = shlex.split(raw)
    except ValueError:
        words = raw.split()
    shown = json.dumps(words, ensure_ascii=False)
    raise ValueError(f"there is no shell; write the arguments as a list: {shown}")


def _where(raw: object) -> object:
    """`prefect`, or `{prefect: flow/deployment}`, as the platform and what is run there."""
    if isinstance(raw, str):
        return (raw, "")
    if isinstance(raw, dict):
        found = cast("dict[object, object]", raw)
        if len(found) == 1 and all(isinstance(each, str) for each in found.values()):
            return next(iter(found.items()))
        raise ValueError(
            "one platform and what is run there are wanted: {prefect: flow/deployment}"
        )
    return raw


def _plain_default(raw: object) -> object:
    if isinstance(raw, dict):
        # ValueError, because pydantic reports it at the key; it lets a TypeError through.
        raise ValueError("one value is wanted, or a list of them")  # noqa: TRY004
    return raw


def _as(key: str) -> BeforeValidator:
    """The short form of a mapping: its most important key alone."""

    def written_out(raw: object) -> object:
        return {key: raw} if is_short(raw, dict) else raw

    return BeforeValidator(written_out)


_SCALAR = {"type": ["string", "number", "boolean"]}

Group: TypeAlias = Annotated[
    tuple[Text, ...],
    BeforeValidator(_group),
    Field(min_length=1, max_length=100),
    WithJsonSchema({"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}),
]
"""One argument, or several that stand or fall together."""

Bound: TypeAlias = Annotated[
    FiniteFloat, BeforeValidator(_bound), WithJsonSchema({"type": ["number", "string"]})
]

Default: TypeAlias = Annotated[
    str | tuple[str, ...],
    BeforeValidator(_plain_default),
    WithJsonSchema({"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}),
]

Where: TypeAlias = Annotated[
    tuple[Annotated[str, Field(max_length=30)], Annotated[str, Field(max_length=500)]],
    BeforeValidator(_where),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                    "minProperties": 1,
                    "maxProperties": 1,
                },
            ]
        }
    ),
]
"""A platform, and what is run there; empty: what is called like the job."""

JobName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
ParameterName: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,39}$")]


class ChoiceEntry(Entry):
    value: Annotated[Text, Field(min_length=1, max_length=150)]
    """What the job gets."""
    label: Annotated[Text, Field(max_length=75)] = ""
    """What people see in its place."""
    aliases: Words = ()
    """What else people may type for it."""


class SourceEntry(Entry):
    command: Annotated[tuple[Text, ...], BeforeValidator(_command), Field(max_length=100)] = ()
    """A program and its arguments; it prints one choice a line, or a JSON list."""
    url: Text = ""
    """An address that answers with a JSON list, or one choice a line."""
    cache: Duration = timedelta(seconds=60)
    """How long an answer is good."""
    timeout: Duration = timedelta(seconds=2.5)
    """How long to wait; Slack itself waits three seconds."""


Choices: TypeAlias = Annotated[
    Annotated[tuple[Annotated[ChoiceEntry, BeforeValidator(_choice)], ...], Tag("list")]
    | Annotated[SourceEntry, Tag("source")],
    Discriminator(_choices_tag),
]


class ParameterEntry(Entry):
    name: ParameterName
    """Letters, digits, `_` and `-`; `{name}` stands for it in arguments."""
    type: Annotated[Kind | None, BeforeValidator(_kind)] = None
    """What it holds; `enum` when there are choices, else `string`."""
    items: Annotated[Kind | None, BeforeValidator(_kind)] = None
    """What each entry of a list holds; `string` when left out."""
    title: Annotated[Text, Field(max_length=75)] = ""
    """What the form calls it."""
    description: Annotated[Text, Field(max_length=500)] = ""
    """The hint below its field."""
    required: bool = False
    """Whether a run needs it."""
    default: Default | None = None
    """What holds when nothing is given."""
    min: Bound | None = None
    """Least number, duration, or count of a multi_enum or list."""
    max: Bound | None = None
    """Greatest number, duration, or count of a multi_enum or list."""
    min_length: Annotated[int, Field(ge=0, le=8_000)] | None = None
    """Fewest characters of a text, or of each in a list."""
    max_length: Annotated[int, Field(ge=1, le=8_000)] | None = None
    """Most characters of a text, or of each in a list."""
    pattern: Annotated[Text, Field(max_length=300)] = ""
    """A regular expression that the whole text must match."""
    choices: Choices | None = None
    """A list of values, or where to ask for them: {command: […]} or {url: …}."""
    when: Conditions | None = None
    """Another parameter and the values with which this one matters: {env: prod}."""
    sensitive: bool = False
    """Whether its value is shown to nobody."""
    aliases: Words = ()
    """What else people may call it."""


class ApprovalEntry(Entry):
    by: Annotated[Words, Field(min_length=1)]
    """Roles of the policy that may approve."""
    count: Annotated[int, Field(ge=1, le=10)] = 1
    """How many people must say yes."""
    expires: Duration = timedelta(hours=1)
    """How long the question stays open."""
    when: Conditions = Field(default_factory=dict)
    """Values with which it is asked, as {env: prod}; always, when left out."""


class ConcurrencyEntry(Entry):
    key: Annotated[Text, Field(min_length=1, max_length=200)]
    """At most one run a key at a time, as deploy:{app}:{env}."""
    on_conflict: OnConflict = OnConflict.QUEUE
    """What a second one does: wait (queue) or refuse."""


class RetriesEntry(Entry):
    count: Annotated[int, Field(ge=0, le=10)]
    """How often a failed run is started again."""
    delay: Duration = _RETRIES.delay
    """How long it waits before."""


class SandboxEntry(Entry):
    network: bool = _SANDBOX.network
    """Whether it may use the network."""
    read: Words = ()
    """Folders it may read, beside the system's programs and the catalogue."""
    write: Words = ()
    """Folders it may write."""
    memory: SizeLimit = _SANDBOX.memory
    """Address space, as 512MiB; `unlimited` for Java, Node and Go."""
    cpu: Duration = timedelta(seconds=_SANDBOX.cpu)
    """Processor time."""
    processes: Annotated[int, Field(ge=1, le=100_000)] = _SANDBOX.processes
    """Processes and threads at a time."""
    file_size: Size = _SANDBOX.file_size
    """Largest file it may write."""
    open_files: Annotated[int, Field(ge=16, le=1_000_000)] = _SANDBOX.open_files
    """Open files at a time."""


class ScheduleEntry(Entry):
    missed: Missed | None = None
    """What a run does that was due while the bot was down: run (late) or skip."""
    late: Annotated[Duration | None, Field(alias="late at most", le=LONGEST_WINDOW)] = None
    """How late such a run may still start; an hour, when nobody says."""
    overlap: Overlap | None = None
    """What a run does while the one before still runs: skip, queue or allow."""


class JobEntry(Entry):
    name: JobName
    """Lower-case letters, digits, `-` and `_`, at most 63; what people type."""
    title: Annotated[Text, Field(max_length=75)] = ""
    """What cards and forms call it."""
    description: Annotated[Text, Field(max_length=1_000)] = ""
    """What it does, in one or two sentences."""
    aliases: Words = ()
    """Other names people may type, in any language."""
    tags: Words = ()
    """Words for searching, and for policies as tag:NAME."""
    examples: Words = ()
    """Sentences that ask for it, shown in the help."""
    platform: Where | None = None
    """Where it runs: a platform's name, or {platform: what it is called there}."""
    run: Annotated[
        tuple[Group, ...], BeforeValidator(_command), Field(min_length=1, max_length=200)
    ] = ()
    """The program and its arguments as a list; an inner list falls away without its values."""
    env: dict[str, Text] = Field(default_factory=dict)
    """Environment variables; `{name}` alone hands over a secret."""
    cwd: Text = ""
    """Where it starts; a private folder of its own when left out."""
    parameters: Annotated[tuple[ParameterEntry, ...], Field(max_length=60)] = ()
    """What it asks for, in this order."""
    environment: Text | None = None
    """The parameter that says which environment it is aimed at; `env` if there is one."""
    risk: Risk = Risk.SAFE
    """safe, confirm (always shows the review step) or forbidden (never runs from chat)."""
    approval: Annotated[ApprovalEntry, _as("by")] | None = None
    """Who must say yes first: a role, or {by, count, expires, when}."""
    timeout: Duration = timedelta(minutes=10)
    """When it is stopped."""
    concurrency: Annotated[ConcurrencyEntry, _as("key")] | None = None
    """At most one run a key at a time: a key, or {key, on_conflict}."""
    retries: Annotated[RetriesEntry, _as("count")] | None = None
    """How often it is started again by itself: a count, or {count, delay}."""
    notify: Words = ()
    """Channels and people that are told how it ended."""
    sandbox: SandboxEntry = SandboxEntry()
    """What it may touch."""
    schedule: ScheduleEntry = ScheduleEntry()
    """How its schedules keep their times; what is left out is asked of whoever makes one."""
    start_within: Annotated[Duration, Field(ge=SHORTEST_WINDOW, le=LONGEST_WINDOW)] = timedelta(
        hours=1
    )
    """How long after the time it was asked for a run may start, where nobody says until when."""
    rollback: Text = ""
    """The job that undoes this one; a failed run's card offers it."""
    files: Words = ()
    """Further files of the catalogue that it uses: when one changes, the job has changed."""
