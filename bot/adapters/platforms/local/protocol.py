"""The lines a job can say to be understood, and what all of them together amount to."""

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

LONGEST_TEXT = 500
"""Characters of a step, a summary or a unit that are kept."""

LARGEST_RESULT = 64 * 1024
"""Bytes of a result JSON; a larger one is ordinary output."""

_MOST_METRICS = 50
_MOST_LINKS = 20
_MOST_OUTPUTS = 200
_LONGEST_CAUSE = 1_000
_LONGEST_URL = 2_000
_FRACTION = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(%|/(\d{1,9}))?")
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?([eE][+-]?\d{1,3})?")
_URL = re.compile(r"https?://[^\s<>|\"']+", re.IGNORECASE)


def _as_it_is(text: str) -> str:
    return text


@dataclass(kw_only=True, slots=True)
class Report:
    """What a job has said of itself so far; later words replace earlier ones of the same kind.

    Metrics keep the last value per name, links the last text per address. `mask` takes out of the
    values of a result what was not to be seen in its JSON.
    """

    mask: Callable[[str], str] = _as_it_is
    fraction: float | None = None
    step: str = ""
    summary: str = ""
    cause: str = ""
    metrics: dict[str, tuple[float, str]] = field(default_factory=dict[str, tuple[float, str]])
    links: dict[str, str] = field(default_factory=dict[str, str])
    outputs: dict[str, str] = field(default_factory=dict[str, str])

    def hear(self, line: str) -> bool:
        """Take one line of output; False when it is ordinary output and changed nothing."""
        if not line.startswith("::"):
            return False
        word, _, rest = line[2:].rstrip().partition(" ")
        rest = rest.strip()
        match word:
            case "progress":
                return self._hear_progress(rest)
            case "step":
                self.step = rest[:LONGEST_TEXT]
            case "summary":
                self.summary = rest[:LONGEST_TEXT]
            case "error":
                self.cause = rest[:_LONGEST_CAUSE]
            case "metric":
                return self._hear_metric(rest)
            case "link":
                return self._hear_link(rest)
            case "result":
                return self.take_result(rest)
            case _:
                return False
        return bool(rest)

    def take_result(self, text: str) -> bool:
        """Take a result JSON object; False when it is not one or too large."""
        if len(text.encode(errors="replace")) > LARGEST_RESULT:
            return False
        try:
            read: object = json.loads(text)
        except (ValueError, RecursionError):
            return False
        if not isinstance(read, dict):
            return False
        for name, value in _flattened("", cast("dict[str, object]", read)):
            if len(self.outputs) < _MOST_OUTPUTS or name in self.outputs:
                self.outputs[self.mask(name)] = self.mask(value)
        if not self.summary:
            self.summary = self.outputs.get("summary", "")[:LONGEST_TEXT]
        return True

    def _hear_progress(self, rest: str) -> bool:
        amount, _, step = rest.partition(" ")
        found = _FRACTION.fullmatch(amount)
        if found is None or found.group(3) == "0":
            return False
        whole = float(found.group(3) or 100)
        self.fraction = min(1.0, float(found.group(1)) / whole) if whole else None
        if step.strip():
            self.step = step.strip()[:LONGEST_TEXT]
        return True

    def _hear_metric(self, rest: str) -> bool:
        name, _, tail = rest.partition(" ")
        number, _, unit = tail.strip().partition(" ")
        if not name or len(name) > LONGEST_TEXT or _NUMBER.fullmatch(number) is None:
            return False
        if len(self.metrics) >= _MOST_METRICS and name not in self.metrics:
            return False
        if not math.isfinite(value := float(number)):
            return False
        self.metrics[name] = (value, unit.strip()[:LONGEST_TEXT])
        return True

    def _hear_link(self, rest: str) -> bool:
        url, _, text = rest.partition(" ")
        if len(url) > _LONGEST_URL or _URL.fullmatch(url) is None:
            return False
        if len(self.links) >= _MOST_LINKS and url not in self.links:
            return False
        self.links[url] = text.strip()[:LONGEST_TEXT]
        return True


def _flattened(prefix: str, value: dict[str, object]) -> Iterator[tuple[str, str]]:
    for name, item in value.items():
        path = f"{prefix}{name}"[:LONGEST_TEXT]
        if isinstance(item, dict):
            yield from _flattened(f"{path}.", cast("dict[str, object]", item))
        elif isinstance(item, str):
            yield path, item
        else:
            yield path, json.dumps(item, ensure_ascii=False)
