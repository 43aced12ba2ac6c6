"""Parameters of a job: their kinds, their limits, and reading a value somebody gave."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.domain.json_texts import json_text

Value: TypeAlias = str | int | float | bool | tuple[str, ...]
"""A value as kept, hashed and shown: dates, times and durations are text in one canonical form."""

Raw: TypeAlias = str | int | float | bool | Sequence[str] | None
"""A value as somebody gave it, before it was read."""


class Kind(StrEnum):
    """What a parameter holds."""

    STRING = "string"
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    ENUM = "enum"
    MULTI_ENUM = "multi_enum"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    DURATION = "duration"
    USER = "user"
    CHANNEL = "channel"
    URL = "url"
    EMAIL = "email"
    FILE = "file"
    LIST = "list"
    JSON = "json"
    SECRET = "secret"  # noqa: S105  the kind's name, not a secret


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One value of an enum, what people see, and what else they call it."""

    value: str
    label: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceSource:
    """Where choices come from when a person is asked: a command's lines or a URL's JSON list.

    `argv` and `url` may name earlier parameters as `{name}`. `ttl` and `timeout` are in seconds.
    """

    argv: tuple[str, ...] = ()
    url: str = ""
    ttl: float = 60.0
    timeout: float = 2.5


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """A parameter matters only while another one has one of these values."""

    parameter: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """One thing a job wants to know.

    `minimum` and `maximum` bound numbers, durations (in seconds) and the count of a multi_enum
    or list;
    `min_length` and `max_length` bound text. A `secret` is chosen by reference (`env:NAME`,
    `file:PATH`), never typed; its `choices` are the references a job allows.
    `path` is where it stands in what a platform takes, where that is not its name alone; `items` is
    what a `list` holds. A `json` value is kept as text in one canonical form.
    """

    name: str
    kind: Kind = Kind.STRING
    title: str = ""
    description: str = ""
    required: bool = False
    default: Value | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    choices: tuple[Choice, ...] = ()
    source: ChoiceSource | None = None
    when: When | None = None
    sensitive: bool = False
    aliases: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    items: Kind = Kind.STRING

    @property
    def label(self) -> str:
        return self.title or self.name.replace("_", " ").replace("-", " ").capitalize()

    @property
    def names(self) -> tuple[str, ...]:
        """By which it may be called: its own first."""
        return (self.name, *self.aliases)

    @property
    def is_masked(self) -> bool:
        return self.sensitive or self.kind is Kind.SECRET


VEIL = "••••"
"""What stands where a secret or sensitive value must not."""

_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:/[^\n]+|store:[A-Za-z0-9][A-Za-z0-9._-]*")


def is_reference(text: str) -> bool:
    """True for what names a secret without holding it: `env:NAME`, `file:/PATH`, `store:NAME`."""
    return _REFERENCE.fullmatch(text) is not None


def is_on_offer(parameter: Parameter, given: str) -> bool:
    """True when a secret parameter's choices hold this name, label, alias or reference."""
    folded = given.strip().casefold()
    return any(
        folded in {each.casefold() for each in (choice.value, choice.label, *choice.aliases)}
        for choice in parameter.choices
    )


def applies(parameter: Parameter, values: Mapping[str, Value]) -> bool:
    """True while the parameter matters, given the values of those before it."""
    if parameter.when is None:
        return True
    other = values.get(parameter.when.parameter)
    held = other if isinstance(other, tuple) else (shown(other),) if other is not None else ()
    return any(value in parameter.when.values for value in held)


def shown(value: Value) -> str:
    """A value as text: what `{name}` becomes in an argument, and what people read."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        is_plain = not any(_AMBIGUOUS.search(each) for each in value)
        return ",".join(value) if is_plain else json_text(list(value))
    return str(value)


_AMBIGUOUS = re.compile(r"[,，、\n]|^\[|^\s*$")
"""With these in an entry, commas between entries could not be told from those within."""


def masked(parameter: Parameter | None, value: Value) -> str:
    """A value as people may see it: a secret is its reference's name, never more."""
    if parameter is not None and parameter.kind is Kind.SECRET:
        return f"{VEIL} ({shown(value)})"
    if parameter is not None and parameter.sensitive:
        return VEIL
    return shown(value)
