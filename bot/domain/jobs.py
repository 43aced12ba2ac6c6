"""Job templates: what can be run, with what, how risky it is and what it may touch."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from bot.domain.parameters import Kind, Parameter, Value, shown
from bot.domain.patterns import touches
from bot.domain.schedules import ScheduleRules

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_-]*)\}")


LONGEST_ABOUT = 30
"""Characters of a value by which people name a run."""

LONGEST_KEY = 300
"""Characters of a concurrency key, so that it can be unique in any database."""


class Risk(StrEnum):
    """`confirm` always shows the review step; `forbidden` is listed and never runs from chat."""

    SAFE = "safe"
    CONFIRM = "confirm"
    FORBIDDEN = "forbidden"


class OnConflict(StrEnum):
    """What a second execution with the same concurrency key does."""

    REFUSE = "refuse"
    QUEUE = "queue"


@dataclass(frozen=True, kw_only=True, slots=True)
class Concurrency:
    """At most one execution runs per key; the key may name parameters, as `deploy:{app}:{env}`."""

    key: str
    on_conflict: OnConflict = OnConflict.QUEUE


@dataclass(frozen=True, kw_only=True, slots=True)
class Retries:
    """How often a failed execution is started again by itself, and how long it waits before."""

    count: int = 0
    delay: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalRule:
    """Who must say yes before a start: `count` people holding any of the roles in `by`.

    `when` maps a parameter's name to globs; the rule holds for values of which any part is like
    one, in whatever letters. Empty means always.
    """

    by: tuple[str, ...]
    count: int = 1
    expires: timedelta = timedelta(hours=1)
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def holds_for(self, values: Mapping[str, Value]) -> bool:
        return all(
            name in values and touches(values[name], globs) for name, globs in self.when.items()
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Sandbox:
    """What a local job may touch. Paths may name parameters; `network` is off unless asked for.

    `memory` is in bytes (None: unlimited, for runtimes that reserve address space), `cpu` in
    seconds, `file_size` in bytes, `processes` and `open_files` are counts.
    """

    network: bool = False
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    memory: int | None = 2 * 1024**3
    cpu: int = 3_600
    processes: int = 256
    file_size: int = 10 * 1024**3
    open_files: int = 1_024

    def filled(self, values: Mapping[str, Value]) -> "Sandbox":
        """The same with every `{name}` in its paths filled in."""
        return replace(
            self,
            read=tuple(fill(path, values) for path in self.read),
            write=tuple(fill(path, values) for path in self.write),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """What runs: argument groups, never a shell string.

    Each group is one or more arguments. A group that names a parameter without a value is left
    out as a whole, so `["--version", "{version}"]` vanishes when no version was given. An argument
    that is exactly `{name}` of a multi_enum becomes one argument per value.
    """

    groups: tuple[tuple[str, ...], ...]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    cwd: str = ""

    def argv(self, values: Mapping[str, Value]) -> tuple[str, ...]:
        """The arguments with every `{name}` filled in; values are never split or interpreted."""
        return tuple(
            argument
            for group in self.groups
            if all(name in values for text in group for name in placeholders(text))
            for text in group
            for argument in _filled(text, values)
        )

    def environment_for(self, values: Mapping[str, Value]) -> dict[str, str]:
        """The variables that the job's author set, with every `{name}` filled in.

        One that names a parameter without a value is left out.
        """
        return {
            name: fill(text, values)
            for name, text in self.environment.items()
            if all(each in values for each in placeholders(text))
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One job template of the catalogue; `version` is a digest of everything that decides a run.

    `start_within` is how long after the time it was asked for a run may start, where nobody said.
    `remote` is what it is called on its platform, where that keeps the program itself; then the
    command may be empty. `schema` is the platform's JSON Schema of its parameters, as text.
    `who` are the roles of which one must be held to run anything on its platform; none: everybody.
    `withdrawn` is a sentence why it cannot run though there is such a job, or empty.
    """

    name: str
    title: str = ""
    description: str = ""
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    platform: str = "local"
    remote: str = ""
    schema: str = ""
    command: Command = Command(groups=())
    parameters: tuple[Parameter, ...] = ()
    environment_parameter: str = ""
    risk: Risk = Risk.SAFE
    approval: ApprovalRule | None = None
    timeout: timedelta = timedelta(minutes=10)
    concurrency: Concurrency | None = None
    retries: Retries = Retries()
    notify: tuple[str, ...] = ()
    sandbox: Sandbox = Sandbox()
    rollback: str = ""
    schedule: ScheduleRules = ScheduleRules()
    start_within: timedelta = timedelta(hours=1)
    who: tuple[str, ...] = ()
    withdrawn: str = ""
    version: str = ""

    @property
    def label(self) -> str:
        return self.title or self.name

    def parameter(self, name: str) -> Parameter | None:
        return next((p for p in self.parameters if p.name == name), None)

    def called(self, name: str) -> Parameter | None:
        """By name or alias."""
        return next((p for p in self.parameters if name in {p.name, *p.aliases}), None)

    def environment_of(self, values: Mapping[str, Value]) -> str:
        """The environment a run is aimed at, or an empty string when the job has none."""
        value = values.get(self.environment_parameter)
        return shown(value) if value is not None else ""

    def word_to_confirm(self, values: Mapping[str, Value]) -> str:
        """What somebody types who must confirm once more: its environment, else its name."""
        return self.environment_of(values) or self.name

    def about(self, values: Mapping[str, Value]) -> str:
        """The value that people name a run by: `api` in "deploy api → prod"; may be empty.

        It is the first required choice or short text that is neither environment nor secret.
        """
        for parameter in self.parameters:
            value = values.get(parameter.name)
            is_name = parameter.kind in {Kind.ENUM, Kind.STRING} and parameter.required
            if not is_name or parameter.is_masked or parameter.name == self.environment_parameter:
                continue
            if value is not None and len(shown(value)) <= LONGEST_ABOUT:
                return shown(value)
        return ""

    def secrets_for(self, values: Mapping[str, Value]) -> dict[str, str]:
        """References of the chosen secrets, by the variable in which the run finds each.

        That is the variable whose text is `{name}` alone; without one, the parameter's own name.
        """
        chosen = {p.name for p in self.parameters if p.kind is Kind.SECRET and p.name in values}
        named = {
            variable: text[1:-1]
            for variable, text in self.command.environment.items()
            if text.startswith("{") and text[1:-1] in chosen
        }
        unnamed = chosen - set(named.values())
        by_variable = named | {name: name for name in unnamed}
        return {variable: shown(values[name]) for variable, name in by_variable.items()}

    def concurrency_key(self, values: Mapping[str, Value]) -> str | None:
        """What only one execution may hold at a time; of long values it holds a digest."""
        if self.concurrency is None:
            return None
        key = fill(self.concurrency.key, values)
        return key if len(key) <= LONGEST_KEY else f"{self.name}:{digest_of(key)}"


def placeholders(text: str) -> tuple[str, ...]:
    """The parameter names a text refers to as `{name}`, in order."""
    return tuple(_PLACEHOLDER.findall(text))


def fill(text: str, values: Mapping[str, Value]) -> str:
    """`{name}` becomes the value's text; a name without a value becomes an empty string."""

    def value_of(found: re.Match[str]) -> str:
        value = values.get(found.group(1))
        return "" if value is None else shown(value)

    return _PLACEHOLDER.sub(value_of, text)


def canonical(*parts: object) -> bytes:
    """Values that `json` can write, and dataclasses, in the one way that a digest is taken of."""
    text = json.dumps(
        parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain
    )
    return text.encode(errors="surrogatepass")


def _plain(value: Any) -> object:
    """As `dataclasses.asdict` has it, and without its copies, which take most of the time."""
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    return str(value)


def digest_of(*parts: object) -> str:
    """A stable SHA-256 in hex over values that `json` can write, whatever the order of keys."""
    return hashlib.sha256(canonical(*parts)).hexdigest()


def _filled(text: str, values: Mapping[str, Value]) -> tuple[str, ...]:
    whole = _PLACEHOLDER.fullmatch(text)
    if whole is not None:
        value = values[whole.group(1)]
        if isinstance(value, tuple):
            return value
    return (fill(text, values),)
