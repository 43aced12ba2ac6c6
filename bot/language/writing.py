"""Writing an intent as the command that means it."""

import re
from collections.abc import Mapping
from typing import assert_never

from bot.domain.intents import (
    ApproveRun,
    CancelRun,
    ChangeSchedule,
    Clarify,
    ExecutionRef,
    Intent,
    ListApprovals,
    ListJobs,
    ListPlatforms,
    ListRunning,
    ListSchedules,
    OpenMenu,
    QuietAlert,
    RejectRun,
    RerunJob,
    RunJob,
    ScheduleDeed,
    ScheduleJob,
    ShowHelp,
    ShowHistory,
    ShowLogs,
    ShowStatus,
    Unknown,
    UseShortcut,
)
from bot.language.courtesies import without_courtesies
from bot.language.normalising import folded
from bot.language.vocabulary import BECAUSE, EVERYTHING, Verb, Word, is_reserved

_SIMPLE_VALUE = re.compile(r"[A-Za-z0-9_./@+\u4e00-\u9fff-]*[A-Za-z0-9_/\u4e00-\u9fff]")
_SIMPLE_WORDS = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff][\w./-]*[\w](?: [A-Za-z0-9_]\w*)*", re.ASCII)
_MENTION = re.compile(r"<[@#!][A-Z0-9a-z^]{1,64}>")
_DEFAULT_LINES = ShowLogs().lines


def format_intent(intent: Intent) -> str:  # noqa: C901  one arm per intent
    """The canonical command, with `&`, `<` and `>` as Slack escapes them.

    For every intent but a question or an unknown text, `parse` reads it back as the same intent,
    `exact`; a question is written as its first candidate, an unknown text as it was said.
    """
    match intent:
        case RunJob():
            return _run(intent)
        case ScheduleJob(run=run, cron=cron):
            return f"{Word.SCHEDULE}{_run(run).removeprefix(Verb.RUN)} cron {quoted(cron)}"
        case ShowStatus(execution=execution):
            return _about(Verb.STATUS, execution)
        case ListJobs(search=search):
            return _with_words(Verb.LIST, search)
        case ShowHistory(job=job, limit=limit):
            count = "" if limit is None else f" last {limit}"
            return Verb.HISTORY + ("" if job is None else f" {_name(job)}") + count
        case ShowLogs(execution=execution, lines=lines):
            count = "" if lines == _DEFAULT_LINES else f" -n {lines}"
            return _about(Verb.LOGS, execution) + count
        case CancelRun(execution=execution):
            return _about(Verb.CANCEL, execution)
        case RerunJob(execution=execution, changes=changes):
            return " ".join(filter(None, (_about(Verb.RERUN, execution), changes)))
        case ApproveRun(execution=execution, reason=reason):
            return _decided(Word.APPROVE, execution, reason)
        case RejectRun(execution=execution, reason=reason):
            return _decided(Word.REJECT, execution, reason)
        case ListApprovals():
            return Word.APPROVALS
        case ListPlatforms():
            return Word.PLATFORMS
        case ListRunning():
            return f"{Verb.LIST} running"
        case ChangeSchedule(schedule=number, deed=deed):
            whose = "the next run of " if deed is ScheduleDeed.SKIP else ""
            return f"{deed} {whose}schedule {number}"
        case ListSchedules():
            return Word.SCHEDULES
        case QuietAlert():
            return _quiet(intent)
        case UseShortcut(name=name, given=given):
            return " ".join([f"/{name}", *_pairs(given)])
        case ShowHelp(topic=topic):
            return _with_words(Verb.HELP, topic)
        case OpenMenu():
            return ""
        case Clarify(candidates=candidates):
            return _run(candidates[0]) if candidates else Verb.HELP
        case Unknown(text=text):
            return text
        case _:
            assert_never(intent)


def quoted(text: str) -> str:
    """The text in double quotes, as `parse` reads it back."""
    inside = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + inside.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + '"'


def quote_value(value: str) -> str:
    """A value as it stands in a command: in quotes when it needs them."""
    return value if _SIMPLE_VALUE.fullmatch(value) or _MENTION.fullmatch(value) else quoted(value)


def _run(intent: RunJob) -> str:
    words = [Verb.RUN.value]
    words += [_name(intent.job)] if intent.job is not None else []
    words += _pairs(intent.given)
    # Not `reason=`: the job may have a parameter of that name.
    words += [f"{BECAUSE[0]} {quoted(intent.reason)}"] if intent.reason else []
    words += [f"on-target {quoted(intent.target)}"] if intent.target else []
    if intent.at is not None:
        words += [f"at-time {intent.at.isoformat()}"]
        words += [f"until-time {intent.until.isoformat()}"] if intent.until is not None else []
    return " ".join(words)


def _pairs(given: Mapping[str, str]) -> list[str]:
    return [f"{name}={quote_value(value)}" for name, value in given.items()]


def _decided(verb: Word, execution: ExecutionRef, reason: str) -> str:
    return _about(verb, execution) + (f" {BECAUSE[0]} {quoted(reason)}" if reason else "")


def _quiet(intent: QuietAlert) -> str:
    words = [Word.MUTE if intent.mute else Word.ACK, quoted(intent.alert) if intent.alert else ""]
    words += [f"for {intent.seconds}s"] if intent.seconds is not None else []
    return " ".join(word for word in words if word)


def _about(verb: Verb | Word, execution: ExecutionRef) -> str:
    return verb.value if execution is None else f"{verb.value} #{execution}"


def _with_words(verb: Verb, words: str) -> str:
    if not words:
        return verb.value
    is_plain = folded(words) not in EVERYTHING and not without_courtesies(words).wrapped
    # Without quotes `list …` may as well name a job, as in `list fabrics`.
    is_simple = verb is Verb.HELP and is_plain and _SIMPLE_WORDS.fullmatch(words)
    return f"{verb} {words if is_simple else quoted(words)}"


def _name(name: str) -> str:
    is_simple = _SIMPLE_VALUE.fullmatch(name) and not is_reserved(name) and name[0] not in "-#"
    return name if is_simple else quoted(name)
