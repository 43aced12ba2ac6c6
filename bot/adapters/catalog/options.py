"""Lists of choices: read from what a source says, and narrowed by what somebody types."""

import json
from collections.abc import Sequence
from typing import Any, cast

from rapidfuzz import fuzz

from bot.domain.errors import Temporary
from bot.domain.parameters import Choice, shown
from bot.domain.wording import at_rest

MOST_OFFERED = 100
"""Slack takes at most 100 options in one answer."""

MOST_KEPT = 5_000

LONGEST_VALUE = 150
"""Characters of an option's value in Slack."""

LONGEST_CHOICE = 75
"""Characters of an option's text in Slack."""


_NO_JSON = at_rest("The list of choices is not valid JSON; tell its owner.")


def narrowed(choices: Sequence[Choice], typed: str) -> tuple[Choice, ...]:
    """The choices that go with what was typed, best first, at most 100."""
    word = typed.strip().casefold()
    if not word:
        return tuple(choices[:MOST_OFFERED])
    ranked = [(_closeness(choice, word), choice) for choice in choices]
    ranked.sort(key=lambda pair: -pair[0])
    # Likenesses are for mistyped words only: they would clutter a list that has real matches.
    least = 200 if ranked and ranked[0][0] >= 200 else 1
    return tuple(choice for score, choice in ranked[:MOST_OFFERED] if score >= least)


def _closeness(choice: Choice, word: str) -> float:
    """400 for the same, 300 for a beginning, 200 for a part, below 100 for a likeness, or 0."""
    names = [name.casefold() for name in (choice.value, choice.label, *choice.aliases) if name]
    if word in names:
        return 400.0
    if any(name.startswith(word) for name in names):
        return 300.0
    if any(word in name for name in names):
        return 200.0
    return max(fuzz.ratio(word, name, score_cutoff=70) for name in names)


def parse_choices(body: bytes) -> tuple[Choice, ...]:
    """Choices from a JSON list of texts or {value, label, aliases}, or from lines.

    A line is a value, or a value and a label with a tab between. Raises `Temporary`.
    """
    text = body.decode("utf-8", errors="replace").strip()
    if text.startswith("["):
        try:
            items: list[Any] = json.loads(text)
        except (ValueError, RecursionError):
            raise Temporary(_NO_JSON) from None
        found = [_from_json(item) for item in items]
    else:
        found = [_from_line(line) for line in text.splitlines()]
    by_value: dict[str, Choice] = {}
    for choice in found:
        if choice is not None:
            by_value.setdefault(choice.value, choice)
    return tuple(by_value.values())[:MOST_KEPT]


def _from_line(line: str) -> Choice | None:
    value, _, label = line.partition("\t")
    return _choice(value, label)


def _from_json(item: object) -> Choice | None:
    if isinstance(item, str | int | float):
        return _choice(shown(item))
    if not isinstance(item, dict):
        return None
    entry = cast("dict[str, object]", item)
    aliases = entry.get("aliases")
    words = cast("list[object]", aliases) if isinstance(aliases, list) else []
    names = tuple(str(word)[:LONGEST_CHOICE] for word in words[:10])
    return _choice(str(entry.get("value", "")), str(entry.get("label", "")), names)


def _choice(value: str, label: str = "", aliases: tuple[str, ...] = ()) -> Choice | None:
    value, label = value.strip(), " ".join(label.split())[:LONGEST_CHOICE]
    if not value or len(value) > LONGEST_VALUE or not value.isprintable():
        return None
    return Choice(value=value, label=label if label.isprintable() else "", aliases=aliases)
