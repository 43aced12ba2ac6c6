"""Small checks that compose: strings, numbers, arrays, objects; each reports where it failed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.shapes import JsonObject, is_list, is_number, is_object


@dataclass(slots=True)
class Report:
    """What is wrong, each with the place as a JSON pointer, in Slack's wording."""

    problems: list[str] = field(default_factory=list[str])

    def add(self, path: str, problem: str) -> None:
        self.problems.append(f"{problem} [json-pointer:{path}]")


Check = Callable[[Report, object, str], None]


@dataclass(frozen=True, slots=True)
class Shape:
    """An object's fields: which must be there, which may, and what must hold between them."""

    required: dict[str, Check]
    optional: dict[str, Check]
    together: tuple[Check, ...] = ()

    def __call__(self, report: Report, value: object, path: str) -> None:
        if not is_object(value):
            report.add(path, "must be an object")
            return
        for key, check in self.required.items():
            if value.get(key) is None:
                report.add(path, f"missing required field: {key}")
            else:
                check(report, value[key], f"{path}/{key}")
        for key, inner in value.items():
            if key in self.required:
                continue
            if (check := self.optional.get(key)) is None:
                report.add(path, f"invalid additional property: {key}")
            elif inner is not None:
                check(report, inner, f"{path}/{key}")
        for rule in self.together:
            rule(report, value, path)


def anything(report: Report, value: object, path: str) -> None:
    """Accept whatever is there: it is not ours to judge."""


def string(most: int, least: int = 1) -> Check:
    def check(report: Report, value: object, path: str) -> None:
        if not isinstance(value, str):
            report.add(path, "must be a string")
        elif len(value) > most:
            report.add(path, f"must be less than {most + 1} characters")
        elif len(value) < least:
            report.add(path, f"must be more than {least - 1} characters")

    return check


def matching(pattern: str, expected: str) -> Check:
    compiled = re.compile(pattern)

    def check(report: Report, value: object, path: str) -> None:
        if not isinstance(value, str) or compiled.fullmatch(value) is None:
            report.add(path, f"must be {expected}")

    return check


def one_of(*allowed: str) -> Check:
    def check(report: Report, value: object, path: str) -> None:
        if value not in allowed:
            report.add(path, f"must be one of: {', '.join(allowed)}")

    return check


def boolean(report: Report, value: object, path: str) -> None:
    if not isinstance(value, bool):
        report.add(path, "must be a boolean")


def integer(least: int, most: int) -> Check:
    def check(report: Report, value: object, path: str) -> None:
        if not is_number(value) or value != int(value):
            report.add(path, "must be an integer")
        elif not least <= value <= most:
            report.add(path, f"must be between {least} and {most}")

    return check


def array(item: Check, most: int, least: int = 1) -> Check:
    def check(report: Report, value: object, path: str) -> None:
        if not is_list(value):
            report.add(path, "must be an array")
            return
        if len(value) > most:
            report.add(path, f"no more than {most} items allowed")
        elif len(value) < least:
            report.add(path, f"no fewer than {least} items allowed")
        for index, inner in enumerate(value):
            item(report, inner, f"{path}/{index}")

    return check


def any_of(*fields: str) -> Check:
    """At least one of these fields is there."""

    def check(report: Report, value: object, path: str) -> None:
        if is_object(value) and not any(value.get(name) for name in fields):
            report.add(path, f"missing required field: one of {', '.join(fields)}")

    return check


def only_one_of(*fields: str) -> Check:
    """Exactly one of these fields is there."""

    def check(report: Report, value: object, path: str) -> None:
        if is_object(value) and sum(value.get(name) is not None for name in fields) != 1:
            report.add(path, f"must provide exactly one of: {', '.join(fields)}")

    return check


def typed(shapes: dict[str, Shape], allowed: frozenset[str] | None = None) -> Check:
    """An object judged by its `type`, which must be among `allowed` here."""

    def check(report: Report, value: object, path: str) -> None:
        if not is_object(value):
            report.add(path, "must be an object")
            return
        kind = value.get("type")
        shape = shapes.get(kind) if isinstance(kind, str) else None
        if shape is None or (allowed is not None and kind not in allowed):
            report.add(f"{path}/type", f"unsupported type: {kind}")
        else:
            shape(report, value, path)

    return check


def repeated(items: list[JsonObject], key: str) -> list[str]:
    """Values of `key` that stand more than once, in order."""
    seen: set[str] = set()
    twice: list[str] = []
    for item in items:
        value = item.get(key)
        if isinstance(value, str) and value:
            if value in seen:
                twice.append(value)
            seen.add(value)
    return twice
