"""Choices that are looked up when somebody is asked: from a command or a URL, cached a while."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, cast
from urllib.parse import quote

import structlog
from rapidfuzz import fuzz

from bot.domain.errors import PortError, Temporary
from bot.domain.jobs import Job, fill, placeholders
from bot.domain.parameters import Choice, ChoiceSource, Value, shown

log = structlog.get_logger(__name__)

Fetch: TypeAlias = Callable[[str, float], Awaitable[bytes]]
"""Gets a URL's body within so many seconds; raises `Temporary`, OSError or TimeoutError."""

MOST_OFFERED = 100
"""Slack takes at most 100 options in one answer."""

MOST_KEPT = 5_000
LARGEST_ANSWER = 64 * 1024
LONGEST_CHOICE = 75
"""Characters of an option's text in Slack."""

MOST_CACHED = 500


def narrowed(choices: Sequence[Choice], typed: str) -> tuple[Choice, ...]:
    """The choices that go with what was typed, best first, at most 100."""
    word = typed.strip().casefold()
    if not word:
        return tuple(choices[:MOST_OFFERED])
    ranked = [(_closeness(choice, word), choice) for choice in choices]
    fitting = [pair for pair in ranked if pair[0] > 0]
    fitting.sort(key=lambda pair: -pair[0])
    return tuple(choice for _, choice in fitting[:MOST_OFFERED])


def _closeness(choice: Choice, word: str) -> float:
    """400 for the same, 300 for a beginning, 200 for a part, less for a likeness, 0 for none."""
    best = 0.0
    for name in (choice.value, choice.label, *choice.aliases):
        text = name.casefold()
        if text == word:
            return 400.0
        if text.startswith(word):
            best = max(best, 300.0)
        elif word in text:
            best = max(best, 200.0)
        elif len(word) >= 3:
            best = max(best, fuzz.partial_ratio(word, text, score_cutoff=75))
    return best


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kept:
    choices: tuple[Choice, ...]
    until: float


_Question: TypeAlias = tuple[tuple[str, ...], str]


class LiveChoices:
    """Asks each question once at a time, keeps answers, and serves old ones when a source fails."""

    def __init__(self, *, cwd: Path, fetch: Fetch | None, program_path: str) -> None:
        self._cwd = cwd
        self._fetch = fetch
        self._path = program_path
        self._kept: dict[_Question, _Kept] = {}
        self._asking: dict[_Question, asyncio.Task[tuple[Choice, ...]]] = {}

    async def ask(
        self, job: Job, source: ChoiceSource, values: Mapping[str, Value]
    ) -> tuple[Choice, ...]:
        """The choices now. Raises `Temporary` with a sentence when there are none to give."""
        question = _question(job, source, values)
        kept = self._kept.get(question)
        if kept is not None and kept.until > time.monotonic():
            return kept.choices
        task = self._asking.get(question)
        if task is None:
            task = asyncio.create_task(self._answer(question, source))
            self._asking[question] = task
            task.add_done_callback(lambda _: self._asking.pop(question, None))
        try:
            return await asyncio.shield(task)
        except PortError as error:
            if kept is None:
                raise
            log.warning("choices_are_old", job=job.name, reason=str(error))
            return kept.choices

    async def aclose(self) -> None:
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, question: _Question, source: ChoiceSource) -> tuple[Choice, ...]:
        argv, url = question
        try:
            async with asyncio.timeout(source.timeout):
                body = await (self._output(argv) if argv else self._body(url, source.timeout))
        except TimeoutError:
            sentence = f"The list of choices did not come within {source.timeout:g} s; try again."
            raise Temporary(sentence, code="choices_timeout") from None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Temporary(f"The list of choices cannot be read: {reason}.") from None
        choices = parse_choices(body)
        while len(self._kept) >= MOST_CACHED:
            del self._kept[next(iter(self._kept))]
        self._kept[question] = _Kept(choices=choices, until=time.monotonic() + source.ttl)
        return choices

    async def _body(self, url: str, timeout: float) -> bytes:
        if self._fetch is None:
            raise Temporary("Lists of choices from addresses are not set up here.")
        body = await self._fetch(url, timeout)
        if len(body) > LARGEST_ANSWER:
            raise Temporary("The list of choices is too long; let the source shorten it.")
        return body

    async def _output(self, argv: Sequence[str]) -> bytes:
        # A clean environment: the bot's own holds the tokens of Slack.
        process = await asyncio.create_subprocess_exec(
            *argv,
            cwd=self._cwd,
            env={"PATH": self._path, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            assert process.stdout is not None
            output = await _at_most(process.stdout, LARGEST_ANSWER)
            code = await process.wait()
        finally:
            await _ended(process)
        if code != 0:
            raise Temporary(f"The command that lists the choices failed (exit code {code}).")
        return output


async def _at_most(stream: asyncio.StreamReader, limit: int) -> bytes:
    out = bytearray()
    while block := await stream.read(8_192):
        out += block
        if len(out) > limit:
            raise Temporary("The list of choices is too long; let the command shorten it.")
    return bytes(out)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Stop the command and everything it started, if anything is left of it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        await process.wait()


def _question(job: Job, source: ChoiceSource, values: Mapping[str, Value]) -> _Question:
    for text in (*source.argv, source.url):
        for name in placeholders(text):
            if name not in values:
                parameter = job.parameter(name)
                label = parameter.label if parameter else name
                raise Temporary(f"Choose {label} first.", code="choices_need_a_value")
    encoded = {name: quote(shown(value), safe="") for name, value in values.items()}
    return tuple(fill(text, values) for text in source.argv), fill(source.url, encoded)


def parse_choices(body: bytes) -> tuple[Choice, ...]:
    """Choices from a JSON list of texts or {value, label, aliases}, or from lines.

    A line is a value, or a value and a label with a tab between. Raises `Temporary`.
    """
    text = body.decode("utf-8", errors="replace").strip()
    if text.startswith("["):
        try:
            items: list[Any] = json.loads(text)
        except (ValueError, RecursionError):
            raise Temporary("The list of choices is not valid JSON; tell its owner.") from None
        found = [_from_json(item) for item in items]
    else:
        found = [_from_line(line) for line in text.splitlines()]
    by_value = {choice.value: choice for choice in reversed(found) if choice is not None}
    return tuple(reversed(by_value.values()))[:MOST_KEPT]


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
    if not value or len(value) > LONGEST_CHOICE or not value.isprintable():
        return None
    return Choice(value=value, label=label if label.isprintable() else "", aliases=aliases)
