"""`start="tonight 02:00" until=04:00`: when a run may start, said beside its values."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.durations import parse_duration
from bot.domain.intents import Clarify, RunJob
from bot.domain.jobs import Job
from bot.domain.wording import _
from bot.language.normalising import cleaned
from bot.language.sentences import sentence_of
from bot.language.times import elapsed, times_in
from bot.language.tokens import Shape, Token, tokens_of
from bot.language.understandings import Rung, Understanding

_STARTS = frozenset({"start", "starts", "start-at", "start_at", "开始", "开始时间"})
_UNTIL = frozenset({"until", "start-until", "start_until", "截止", "最晚"})
_PRECISE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?")
_CLOCK = re.compile(r"\d\d:\d\d")
_SPAN = re.compile(r"(?:\d{1,4}[dhm])+")
_NO_MORE = re.compile(r"(?:[\s,.，。]|\b(?:at|on|the|from|sharp)\b|的|从|在|开始)*")
_MENTIONED = re.compile("start|until|开始|截止|最晚", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """What was said of it, and the text without that: of the same length."""

    at: str
    until: str
    rest: str


def with_start(
    text: str, jobs: Sequence[Job], now: datetime, read: Callable[[str], Understanding]
) -> Understanding | None:
    """The run of a text that says `start=`, as `read` understands the rest of it; else None.

    The words are a job's own where it has parameters of these names.
    """
    if _MENTIONED.search(text) is None:
        return None
    start = _start_in(text)
    if start is None:
        return None
    found = read(start.rest)
    if not isinstance(found.intent, RunJob | Clarify):
        return None
    runs = [found.intent] if isinstance(found.intent, RunJob) else list(found.intent.candidates)
    if any(_has_own(run, jobs) for run in runs):
        return None
    at, until = _moment(start.at, now), None
    if at is not None and start.until:
        until = _end(start.until, at)
    if at is None or (start.until and until is None):
        return _asking(start.until if at is not None else start.at or start.until)
    if any(run.at is not None for run in runs):
        return _asking(start.at)
    return replace(found, intent=_at(found.intent, at, until, is_exact=_is_precise(start)))


def _start_in(text: str) -> Start | None:
    pairs = list(_pairs(text))
    starts = [each for each in pairs if each.key.casefold() in _STARTS]
    untils = [each for each in pairs if each.key.casefold() in _UNTIL]
    if max(len(starts), len(untils)) != 1:
        return None
    rest = text
    for each in (*starts, *untils):
        rest = rest[: each.start] + " " * (each.end - each.start) + rest[each.end :]
    return Start(at=_said(starts), until=_said(untils), rest=rest)


def _said(pairs: Sequence[Token]) -> str:
    return pairs[0].text.strip() if pairs else ""


def _pairs(text: str) -> Iterator[Token]:
    # Places count in the text as it was written, so it has to be clean already.
    if cleaned(text) == text.strip():
        yield from (
            each for each in tokens_of(text) if each.shape is Shape.PAIR and each.sign == "="
        )


def _has_own(run: RunJob, jobs: Sequence[Job]) -> bool:
    job = next((each for each in jobs if each.name == run.job), None)
    return job is not None and any(job.called(word) for word in (*_STARTS, *_UNTIL))


def _moment(said: str, now: datetime, *, unsure: str = "") -> datetime | None:
    """The one moment that somebody says; None when it is none, or in any other doubt."""
    if _PRECISE.fullmatch(said):
        try:
            found = datetime.fromisoformat(said)
        except ValueError:
            return None
        return found if found.tzinfo is not None else found.replace(tzinfo=now.tzinfo)
    text = sentence_of(said).folded
    times = times_in(text, now)
    if len(times) != 1 or times[0].doubt not in {"", unsure}:
        return None
    # Every word of it counts: `9am new york time` is another nine than ours.
    rest = f"{text[: times[0].at]} {text[times[0].end :]}"
    return times[0].at_moment if _NO_MORE.fullmatch(rest) else None


def _end(said: str, start: datetime) -> datetime | None:
    """A moment after the start, or how long after it."""
    if _SPAN.fullmatch(said):
        return elapsed(start, parse_duration(said))
    # Of both halves of a day the first one that comes is meant.
    return _moment(said, start, unsure="half")


def _is_precise(start: Start) -> bool:
    """Whether there is but one way to read it."""
    ends = (_PRECISE, _CLOCK, _SPAN)
    return any(each.fullmatch(start.at) for each in (_PRECISE, _CLOCK)) and (
        not start.until or any(each.fullmatch(start.until) for each in ends)
    )


def _at(
    intent: RunJob | Clarify, at: datetime, until: datetime | None, *, is_exact: bool
) -> RunJob | Clarify:
    if isinstance(intent, RunJob):
        return replace(intent, at=at, until=until, exact=intent.exact and is_exact)
    candidates = tuple(replace(each, at=at, until=until, exact=False) for each in intent.candidates)
    return replace(intent, candidates=candidates)


def _asking(said: str) -> Understanding:
    question = _(
        "I am not sure when it shall start: `{said}`. "
        'Say it like start="tonight 02:00" or start="2026-11-22 02:00" until=04:00.'
    ).format(said=said[:60].replace("`", "'"))
    return Understanding(intent=Clarify(question=question), rung=Rung.CLARIFY, confidence=0.0)
