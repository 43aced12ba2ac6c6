"""Phrases that a job's author keeps beside the catalogue, each with how it shall be read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from bot.domain.jobs import Job
from bot.domain.surroundings import Surroundings
from bot.language import Reader, record_of

FILE = "phrases.jsonl"
"""Its name in the folder of the catalogue."""

LARGEST = 1024 * 1024
"""Bytes of such a file."""

_REFERENCE = datetime(2026, 3, 11, 10, 20, tzinfo=UTC)
"""Relative times count from here where no time is given, so that a check is the same every day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """A sentence and the keys of its reading that must come out."""

    line: int
    text: str
    expected: Mapping[str, Any]


def around_phrases() -> Surroundings:
    """The surroundings of phrases when nothing else is said."""
    return Surroundings(now=_REFERENCE)


def check_phrases(file: Path, jobs: Sequence[Job], around: Surroundings) -> list[str]:
    """What is read otherwise than it should be, a sentence each; empty when all is right."""
    reader, known = Reader(), {job.name: job for job in jobs}
    faults: list[str] = []
    for phrase in _phrases(file):
        if isinstance(phrase, str):
            faults.append(phrase)
            continue
        got = record_of(reader.understand(phrase.text, jobs, around), known)
        faults += [
            f"{file.name}:{phrase.line}: “{phrase.text[:60]}”: {fault}"
            for fault in _differences(phrase.expected, got)
        ]
    return faults


def _phrases(file: Path) -> Iterator[Phrase | str]:
    with file.open("rb") as opened:
        content = opened.read(LARGEST + 1)
    if len(content) > LARGEST:
        yield f"{file.name}: the file is larger than {LARGEST // 1024} KiB; cut it."
        return
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        if line.strip():
            yield _phrase(number, line, file.name)


def _phrase(number: int, line: str, name: str) -> Phrase | str:
    shape = '{"text": "…", "expected": {…}}'
    try:
        found: object = json.loads(line)
    except ValueError:
        return f"{name}:{number}: this is not JSON; write {shape}."
    if isinstance(found, dict):
        said = cast("dict[str, Any]", found)
        text, expected = said.get("text"), said.get("expected")
        if isinstance(text, str) and isinstance(expected, dict):
            return Phrase(line=number, text=text, expected=cast("dict[str, Any]", expected))
    return f"{name}:{number}: a phrase is {shape}."


def _differences(expected: Mapping[str, Any], got: Mapping[str, Any]) -> Iterator[str]:
    """Parameters one by one, so that the sentence names the one that is wrong."""
    for key, wanted in expected.items():
        if key == "params" and isinstance(wanted, dict):
            values = cast("dict[str, Any]", wanted)
            found = cast("dict[str, Any]", got.get("params", {}))
            for name in dict.fromkeys((*values, *found)):
                if _shown(values.get(name)) != _shown(found.get(name)):
                    yield f"{name} is {_shown(found.get(name))}, not {_shown(values.get(name))}."
        elif _shown(wanted) != _shown(got.get(key, False if wanted is False else None)):
            yield f"{key} is {_shown(got.get(key))}, not {_shown(wanted)}."


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=list)
