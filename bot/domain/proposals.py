"""What a model's answer is worth: an intent that a person reviews, or nothing."""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias, cast

from bot.domain.compounds import entries_text
from bot.domain.errors import InvalidValues
from bot.domain.intents import (
    ListJobs,
    RunJob,
    ScheduleJob,
    ShowHelp,
    ShowHistory,
    ShowLogs,
    ShowStatus,
)
from bot.domain.jobs import Job
from bot.domain.parameters import Kind, Parameter
from bot.domain.prompts import Hidden, Offered
from bot.domain.readings import LONGEST_VALUE, read, read_all

Proposal: TypeAlias = (
    RunJob | ScheduleJob | ShowStatus | ListJobs | ShowHistory | ShowLogs | ShowHelp
)
"""All that a model may propose: what is reviewed before it runs, and what changes nothing."""

READER = "Claude"
"""Who is said to have understood it."""

FARTHEST = timedelta(days=366)
"""How far ahead a start may be."""

_LONGEST_WORDS = 120
_CRON = re.compile(r"[0-9*/,\-]{1,60}(?: [0-9A-Za-z*/,\-#L?]{1,60}){4}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?")


def proposal_of(
    filled: Mapping[str, object], offer: Offered, text: Hidden, now: datetime
) -> Proposal | None:
    """The intent that was filled in; None unless all of it holds. Never raises.

    `now` carries the zone of who wrote the text.
    """
    match filled.get("intent"):
        case "run":
            return _run(filled, offer, text, now)
        case "schedule":
            return _schedule(filled, offer, text, now)
        case "list":
            return ListJobs()
        case "help":
            job = _about(filled, offer)
            return ShowHelp(topic=job or "") if job is not _WRONG else None
        case "history":
            job = _about(filled, offer)
            return ShowHistory(job=job or None) if job is not _WRONG else None
        case "status":
            number = _execution(filled, text)
            return ShowStatus(execution=number or None) if number is not None else None
        case "logs":
            number = _execution(filled, text)
            return ShowLogs(execution=number or None) if number is not None else None
        case _:
            return None


_WRONG = "\0"
"""A job that was not on offer."""


def _about(filled: Mapping[str, object], offer: Offered) -> str:
    """The job that is asked about; empty when none is named."""
    about = filled.get("about")
    if about is None:
        return ""
    return about if isinstance(about, str) and offer.job(about) is not None else _WRONG


def _execution(filled: Mapping[str, object], text: Hidden) -> int | None:
    """The number that stands in the text; 0 when none is named, None when it is made up."""
    number = filled.get("execution")
    if number is None:
        return 0
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 10**12:
        return None
    stands = re.search(rf"(?<!\d){number}(?!\d)", text.text)
    return number if stands else None


def _schedule(
    filled: Mapping[str, object], offer: Offered, text: Hidden, now: datetime
) -> ScheduleJob | None:
    cron = filled.get("cron")
    if not isinstance(cron, str) or filled.get("at") is not None:
        return None
    cron = " ".join(cron.split())
    run = _run({**filled, "cron": None}, offer, text, now)
    if run is None or _CRON.fullmatch(cron) is None:
        return None
    return ScheduleJob(run=run, cron=cron)


def _run(
    filled: Mapping[str, object], offer: Offered, text: Hidden, now: datetime
) -> RunJob | None:
    run = _mapping(filled.get("run"))
    if run is None or filled.get("cron") is not None or not run.keys() <= {"job", "values"}:
        return None
    name, values = run.get("job"), _mapping(run.get("values"))
    job = offer.job(name) if isinstance(name, str) else None
    at, is_sound = _start(filled.get("at"), now)
    if job is None or values is None or not is_sound:
        return None
    given = _given(job, values, text, zone=str(now.tzinfo or "UTC"))
    if given is None:
        return None
    heard = _heard(filled.get("words"), text)
    return RunJob(
        job=job.name,
        given=given,
        exact=False,
        inferred={each: heard.get(each, "") for each in given},
        at=at,
        reader=READER,
    )


def _given(
    job: Job, values: Mapping[str, object], text: Hidden, *, zone: str
) -> dict[str, str] | None:
    """Every value as a person would have typed it; None when one of them does not hold."""
    given: dict[str, str] = {}
    for name, value in values.items():
        parameter = job.parameter(name)
        raw = None if parameter is None else _raw(parameter, value)
        if value is None and parameter is not None:
            continue
        if parameter is None or raw is None:
            return None
        raw = text.unhidden(raw)
        if not _holds(parameter, raw, zone):
            return None
        given[name] = raw
    reading = read_all(job.parameters, given, zone=zone)
    # One that does not matter beside the others would vanish without anybody seeing it.
    is_sound = not reading.problems and given.keys() <= reading.values.keys()
    return given if is_sound else None


def _holds(parameter: Parameter, raw: str, zone: str) -> bool:
    try:
        read(parameter, raw, zone=zone)
    except InvalidValues:
        return False
    return True


def _raw(parameter: Parameter, value: object) -> str | None:
    """A JSON value as text, when it is of a kind that the parameter takes."""
    if parameter.kind is Kind.LIST and not isinstance(value, list):
        return None
    match value:
        case bool():
            return ("true" if value else "false") if parameter.kind is Kind.BOOLEAN else None
        case int():
            return str(value) if abs(value) < 10**18 else None
        case float():
            return f"{value:.15g}" if math.isfinite(value) else None
        case str():
            return value if value.strip() and len(value) <= LONGEST_VALUE else None
        case list():
            return _listed(parameter, cast("Sequence[object]", value))
        case _:
            return None


def _listed(parameter: Parameter, values: Sequence[object]) -> str | None:
    if not 0 < len(values) <= 100:
        return None
    if parameter.kind is Kind.LIST:
        said = [_entry(parameter, each) for each in values]
        entries = [each for each in said if each is not None]
        return entries_text(entries) if len(entries) == len(values) else None
    words = [each for each in values if isinstance(each, str) and each and "," not in each]
    is_sound = parameter.kind is Kind.MULTI_ENUM and len(words) == len(values)
    return ",".join(words) if is_sound else None


def _entry(parameter: Parameter, value: object) -> str | None:
    """An entry as a person would have typed it."""
    if isinstance(value, list):
        return None
    return _raw(replace(parameter, kind=parameter.items), value)


def _start(said: object, now: datetime) -> tuple[datetime | None, bool]:
    """When it shall start (None: now), and whether that can be."""
    if said is None:
        return None, True
    if not isinstance(said, str) or _MOMENT.fullmatch(said) is None:
        return None, False
    try:
        moment = datetime.fromisoformat(said).replace(tzinfo=now.tzinfo)
        return moment, now < moment <= now + FARTHEST
    except (ValueError, OverflowError):
        return None, False


def _heard(said: object, text: Hidden) -> dict[str, str]:
    """Words by slot, as far as they stand in the text."""
    whole = _folded(text.text)
    heard: dict[str, str] = {}
    for each in _sequence(said)[:100]:
        pair = _mapping(each) or {}
        slot, words = pair.get("slot"), pair.get("words")
        if not isinstance(slot, str) or not isinstance(words, str):
            continue
        plain = _folded(words[:_LONGEST_WORDS])
        if plain and plain in whole:
            heard[slot] = text.unhidden(" ".join(words[:_LONGEST_WORDS].split()))
    return heard


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _mapping(value: object) -> Mapping[str, object] | None:
    if not isinstance(value, Mapping):
        return None
    held = cast("Mapping[object, object]", value)
    if not all(isinstance(key, str) for key in held):
        return None
    return cast("Mapping[str, object]", held)


def _sequence(value: object) -> Sequence[object]:
    return cast("Sequence[object]", value) if isinstance(value, list) else ()
