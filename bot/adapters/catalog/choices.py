"""Choices that are looked up when somebody is asked: from a command or a URL, cached a while."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

import structlog

from bot.adapters.catalog.commands import output_of
from bot.adapters.catalog.options import parse_choices
from bot.domain.errors import PortError, Temporary
from bot.domain.jobs import Job, fill, placeholders
from bot.domain.parameters import Choice, ChoiceSource, Value, shown
from bot.domain.wording import at_rest

log = structlog.get_logger(__name__)

Fetch: TypeAlias = Callable[[str, float], Awaitable[bytes]]
"""Gets a URL's body within so many seconds; raises `Temporary`, OSError or TimeoutError."""

LARGEST_ANSWER = 64 * 1024
MOST_CACHED = 500


_NOT_IN_TIME = at_rest("The list of choices did not come within {timeout} s; try again.")
_NO_ADDRESSES = at_rest("Lists of choices from addresses are not set up here.")
_TOO_LONG = at_rest("The list of choices is too long; let the source shorten it.")
_UNREADABLE = at_rest("The list of choices cannot be read: {reason}.")
_CHOOSE_FIRST = at_rest("Choose {label} first.")


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
                body = await self._asked(argv, url, source.timeout)
        except TimeoutError:
            sentence = _NOT_IN_TIME.format(timeout=f"{source.timeout:g}")
            raise Temporary(sentence, code="choices_timeout") from None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Temporary(_UNREADABLE.format(reason=reason)) from None
        choices = parse_choices(body)
        while len(self._kept) >= MOST_CACHED:
            del self._kept[next(iter(self._kept))]
        self._kept[question] = _Kept(choices=choices, until=time.monotonic() + source.ttl)
        return choices

    async def _asked(self, argv: Sequence[str], url: str, timeout: float) -> bytes:
        if not argv:
            return await self._body(url, timeout)
        return await output_of(argv, cwd=self._cwd, path=self._path, limit=LARGEST_ANSWER)

    async def _body(self, url: str, timeout: float) -> bytes:
        if self._fetch is None:
            raise Temporary(_NO_ADDRESSES)
        body = await self._fetch(url, timeout)
        if len(body) > LARGEST_ANSWER:
            raise Temporary(_TOO_LONG)
        return body


def _question(job: Job, source: ChoiceSource, values: Mapping[str, Value]) -> _Question:
    for text in (*source.argv, source.url):
        for name in placeholders(text):
            if name not in values:
                parameter = job.parameter(name)
                label = parameter.label if parameter else name
                raise Temporary(_CHOOSE_FIRST.format(label=label), code="choices_need_a_value")
    encoded = {name: quote(shown(value), safe="") for name, value in values.items()}
    return tuple(fill(text, values) for text in source.argv), fill(source.url, encoded)
