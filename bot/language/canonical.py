"""The canonical forms that only `format_intent` writes, read back to the letter."""

import re
from dataclasses import replace
from datetime import datetime

from bot.domain.intents import (
    ApproveRun,
    Intent,
    ListApprovals,
    ListPlatforms,
    ListRunning,
    ListSchedules,
    QuietAlert,
    RejectRun,
    RunJob,
    ScheduleJob,
    ShowHistory,
)
from bot.language.grammar import parse_with
from bot.language.names import Names
from bot.language.normalising import decoded
from bot.language.vocabulary import Verb, Word

_TEXT = r"\"(?P<text>(?:[^\"\\]|\\.){0,8000})\""
_MOMENT = r"[\d:.T+-]{10,40}"
_PLAIN = {
    Word.APPROVALS.value: ListApprovals(),
    Word.PLATFORMS.value: ListPlatforms(),
    "平台": ListPlatforms(),
    Word.SCHEDULES.value: ListSchedules(),
    "定时计划": ListSchedules(),
    "批准": ApproveRun(),
    "拒绝": RejectRun(),
    f"{Verb.LIST} running": ListRunning(),
}
_DECISION = re.compile(
    rf"(?P<verb>approve|reject)(?: #(?P<n>[1-9]\d{{0,11}}))?(?: because {_TEXT})?"
)
_ALERT = re.compile(rf"(?P<verb>ack|mute)(?: {_TEXT})?(?: for (?P<s>\d{{1,9}})s)?")
_SCHEDULE = re.compile(rf"schedule (?P<run>.*) cron {_TEXT}", re.DOTALL)
_LATER = re.compile(
    rf"(?P<run>run .*?)(?: on-target {_TEXT})?"
    rf"(?: at-time (?P<at>{_MOMENT})(?: until-time (?P<until>{_MOMENT}))?)?",
    re.DOTALL,
)
_QUOTE = r"[\"'`“”‘’]?"
_TIMES = r"(?P<times>[\d*][\d*/,-]{0,60} +[\d*][\d*/,-]{0,60})"
_DAYS = r"(?P<days>[\d*LW/,-]{1,60} +[\w*/,-]{1,60} +[\w*/,#-]{1,60})"
_CRON = re.compile(
    rf"schedule (?P<run>\S.*?)(?: cron)? {_QUOTE}{_TIMES} +{_DAYS}{_QUOTE}",
    re.DOTALL | re.IGNORECASE,
)
_CRON_WORD = re.compile(r"[^\W_]+")
_CRON_NAMES = re.compile(
    r"(?i:\d*|sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[LW]*"
)
_HISTORY = re.compile(r"(?P<run>history(?: .*?)?) last (?P<n>\d{1,6})", re.DOTALL)


def canonical_of(text: str, names: Names) -> Intent | None:
    """The intent of a text that is one of these forms, else None."""
    if text in _PLAIN:
        return _PLAIN[text]
    if found := _DECISION.fullmatch(text):
        kind = ApproveRun if found["verb"] == Word.APPROVE else RejectRun
        number = int(found["n"]) if found["n"] else None
        return kind(execution=number, reason=_said(found))
    if found := _ALERT.fullmatch(text):
        seconds = int(found["s"]) if found["s"] else None
        is_mute = found["verb"] == Word.MUTE
        return QuietAlert(alert=_said(found), mute=is_mute, seconds=seconds)
    if found := _SCHEDULE.fullmatch(text):
        run = _run(f"run {found['run']}", names)
        return ScheduleJob(run=run, cron=_said(found)) if run is not None else None
    if (planned := _planned(text, names)) is not None:
        return planned
    if found := _HISTORY.fullmatch(text):
        history = parse_with(names, found["run"])
        is_history = isinstance(history, ShowHistory)
        return replace(history, limit=int(found["n"])) if is_history else None
    return _run(text, names) if " at-time " in text or " on-target " in text else None


def _planned(text: str, names: Names) -> ScheduleJob | None:
    """`schedule JOB name=value "0 7 * * 1-5"`, as people type it, with or without the quotes."""
    found = _CRON.fullmatch(text.strip())
    if found is None or not all(map(_is_cron_word, _CRON_WORD.findall(found["days"]))):
        return None
    run = parse_with(names, f"run {found['run']}")
    if not isinstance(run, RunJob) or run.job is None:
        return None
    return ScheduleJob(run=run, cron=" ".join(f"{found['times']} {found['days']}".split()))


def _is_cron_word(word: str) -> bool:
    return _CRON_NAMES.fullmatch(word) is not None


def _run(text: str, names: Names) -> RunJob | None:
    found = _LATER.fullmatch(text)
    if found is None:
        return None
    run = parse_with(names, found["run"])
    if not isinstance(run, RunJob) or not run.exact:
        return None
    try:
        at = datetime.fromisoformat(found["at"]) if found["at"] else None
        until = datetime.fromisoformat(found["until"]) if found["until"] else None
    except ValueError:
        return None
    if any(each is not None and each.tzinfo is None for each in (at, until)):
        return None
    return replace(run, at=at, until=until, target=_said(found))


def _said(found: re.Match[str]) -> str:
    return decoded(found["text"] or "", bare=False)
