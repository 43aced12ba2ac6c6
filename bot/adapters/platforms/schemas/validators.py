"""`jsonschema` within bounds: a hostile schema or value may cost time, but not much of it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from itertools import islice
from time import perf_counter
from typing import Any, TypeAlias, cast

import regex
from jsonschema import Draft202012Validator, SchemaError, ValidationError, validators
from jsonschema.exceptions import UnknownType
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.exceptions import Unresolvable

from bot.adapters.catalog.patterns import is_doubtful
from bot.adapters.platforms.schemas.documents import DANGLING, NO_SCHEMA, Node, schema_text
from bot.adapters.platforms.schemas.formats import FORMATS
from bot.domain.errors import Permanent

MOST_STEPS = 100_000
"""Keywords looked at, members compared, and hundreds of characters, in one check."""

LONGEST_MATCH = 0.2
"""Seconds for all patterns of one check."""

DEEPEST = 60
MOST_VALUES = 20_000
"""Lists and objects within each other, and values in all, that are checked."""

_LONGEST_PATTERN = 1_000
_READ_OTHERWISE = re.compile(r"\[:|(?<!\\)\{(?!\d*,?\d*\})")
"""Classes of POSIX, and braces that are no count."""

_NOT_CHECKED = ("patternProperties", "unevaluatedProperties", "unevaluatedItems", "$dynamicRef")
"""They match patterns by themselves, or look at everything once more; the platform checks them."""

_Checked: TypeAlias = Callable[[Any, Any, Any, Any], Iterator[ValidationError]]
_Keyword: TypeAlias = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]


class TooMuch(Exception):
    """The check was given up."""


class _Budget:
    """What one check may still spend; `sizes` are characters by the id of a list or object."""

    def __init__(self, instance: object) -> None:
        self.steps = MOST_STEPS
        self.seconds = LONGEST_MATCH
        self.values = 0
        self.sizes: dict[int, int] = {}
        self._weigh(instance, DEEPEST)

    def spend(self, keyword: str, wanted: object, instance: object) -> None:
        size = self.sizes.get(id(instance), 0)
        steps = 1 + (len(instance) if isinstance(instance, str) else size) // 100
        if keyword == "enum" and isinstance(wanted, list):
            steps += len(cast("list[Any]", wanted))
        elif keyword == "uniqueItems" and isinstance(instance, list):
            steps += len(cast("list[Any]", instance)) ** 2 // 10
        self.steps -= steps
        if self.steps < 0:
            raise TooMuch

    def matches(self, pattern: str, text: str) -> bool:
        """Whether it is found; a pattern of another dialect is the platform's to check."""
        compiled = _compiled(pattern)
        if compiled is None:
            return True
        began = perf_counter()
        try:
            found = compiled.search(text, timeout=max(self.seconds, 0.001))
        except TimeoutError:
            raise TooMuch from None
        self.seconds -= perf_counter() - began
        return found is not None

    def _weigh(self, value: object, depth: int) -> int:
        self.values += 1
        if self.values > MOST_VALUES or depth == 0:
            raise TooMuch
        match value:
            case str():
                return len(value)
            case Mapping():
                held = cast("Mapping[str, object]", value)
                size = sum(len(key) + self._weigh(each, depth - 1) for key, each in held.items())
            case list():
                size = sum(self._weigh(each, depth - 1) for each in cast("list[object]", value))
            case _:
                return 1
        self.sizes[id(cast("object", value))] = size + 2
        return size + 2


_NOWHERE: Registry[Any] = Registry()
"""Where else a reference is looked up."""

_BUDGET: ContextVar[_Budget] = ContextVar("budget")


def errors_of(schema: Node, instance: dict[str, Any], *, most: int) -> list[ValidationError]:
    """The first errors. Raises `TooMuch`, and `Permanent` for what is no schema."""
    _refuse_what_is_no_schema(schema_text(schema))
    before = _BUDGET.set(_Budget(instance))
    try:
        found = _Bounded(dict(schema), format_checker=FORMATS, registry=_NOWHERE).iter_errors(
            instance
        )
        return list(islice(found, most))
    except (RecursionError, ArithmeticError, TypeError, ValueError):
        # What endless references and numbers beyond all bounds come to.
        raise TooMuch from None
    except (Unresolvable, UnknownType):
        raise Permanent(DANGLING) from None
    finally:
        _BUDGET.reset(before)


@lru_cache(maxsize=256)
def _refuse_what_is_no_schema(text: str) -> None:
    try:
        Draft202012Validator.check_schema(json.loads(text), format_checker=FORMATS)
    except (SchemaError, RecursionError):
        raise Permanent(NO_SCHEMA) from None


def _counted(name: str, keyword: _Keyword) -> _Checked:
    def checked(
        validator: Any, wanted: Any, instance: Any, schema: Any
    ) -> Iterator[ValidationError]:
        _BUDGET.get().spend(name, wanted, instance)
        yield from keyword(validator, wanted, instance, schema) or ()

    return checked


def _pattern(*given: Any) -> Iterator[ValidationError]:
    _validator, pattern, instance, _schema = given
    if isinstance(instance, str) and not _BUDGET.get().matches(pattern, instance):
        yield ValidationError("does not match")


def _additional(
    validator: Any, wanted: Any, instance: Any, schema: Any
) -> Iterator[ValidationError] | None:
    if "patternProperties" in schema:
        return None
    return _KNOWN["additionalProperties"](validator, wanted, instance, schema)


@lru_cache(maxsize=1_024)
def _compiled(pattern: str) -> "regex.Pattern[str] | None":
    """None for what is not Python's own, in which the engines' servers check values.

    `regex`, which can be stopped, knows more than that: what only it knows, or reads otherwise, as
    `\\p{L}`, `[[:alpha:]]` or `a{e<=1}`, would be checked by another rule than there.
    """
    if len(pattern) > _LONGEST_PATTERN or _READ_OTHERWISE.search(pattern) or is_doubtful(pattern):
        return None
    try:
        re.compile(pattern)
        return regex.compile(pattern)
    except (re.error, regex.error, RecursionError, OverflowError, ValueError):
        return None


_KNOWN: Mapping[str, _Keyword] = dict(Draft202012Validator.VALIDATORS)


def _bounded() -> type[Validator]:
    keywords = {**_KNOWN, "pattern": _pattern, "additionalProperties": _additional}
    return validators.create(
        meta_schema=Draft202012Validator.META_SCHEMA,
        validators={
            name: _counted(name, keyword)
            for name, keyword in keywords.items()
            if name not in _NOT_CHECKED
        },
        type_checker=Draft202012Validator.TYPE_CHECKER,
        format_checker=FORMATS,
        id_of=lambda _schema: "",
    )


_Bounded = _bounded()
