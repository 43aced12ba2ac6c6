"""An understanding as plain data, for `jobthread parse`: the shapes are told in docs/parse.md."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias, assert_never

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
    ScheduleJob,
    ShowHelp,
    ShowHistory,
    ShowLogs,
    ShowStatus,
    Unknown,
    UseShortcut,
)
from bot.domain.jobs import Job, Risk
from bot.domain.readings import Reading, read_all
from bot.language.sentences import Sentence, sentence_of
from bot.language.times import Time, times_in
from bot.language.understandings import Understanding

Plain: TypeAlias = "str | int | float | bool | Sequence[Plain] | Mapping[str, Plain] | None"
Record: TypeAlias = dict[str, Plain]


def record_of(understood: Understanding, jobs: Mapping[str, Job]) -> Record:
    """The JSON object of one line; keys without a value are left out."""
    record = _intent(understood.intent, jobs)
    when = understood.when.replace(tzinfo=None).isoformat() if understood.when else None
    record |= {
        "time": when,
        "rung": understood.rung.value,
        "confidence": round(understood.confidence, 2),
        "candidates": understood.candidates or record.get("candidates"),
        "spans": {
            slot: {"start": span.start, "end": span.end, "words": span.words}
            for slot, span in understood.spans.items()
        },
        "starts": _starts(understood.intent, jobs),
    }
    return {key: value for key, value in record.items() if value not in (None, "", (), {})}


def _intent(intent: Intent, jobs: Mapping[str, Job]) -> Record:  # noqa: C901  one arm per intent
    match intent:
        case RunJob():
            return {"intent": "run", **_run(intent, jobs)}
        case ScheduleJob(run=run, cron=cron):
            return {"intent": "schedule", **_run(run, jobs), "recurrence": cron}
        case ShowStatus(execution=execution):
            return {"intent": "status", "execution": _reference(execution)}
        case ShowLogs(execution=execution, lines=lines):
            return {"intent": "logs", "execution": _reference(execution), "lines": lines}
        case CancelRun(execution=execution):
            return {"intent": "cancel", "execution": _reference(execution)}
        case RerunJob(execution=execution, changes=changes):
            changed = {"changes": changes} if changes else {}
            return {"intent": "rerun", "execution": _reference(execution), **changed}
        case ApproveRun(execution=execution, reason=reason):
            return {"intent": "approve", "execution": _reference(execution), "reason": reason}
        case RejectRun(execution=execution, reason=reason):
            return {"intent": "reject", "execution": _reference(execution), "reason": reason}
        case ListJobs(search=search):
            return {"intent": "list", "what": "jobs", "search": search}
        case ListApprovals():
            return {"intent": "list", "what": "approvals"}
        case ListPlatforms():
            return {"intent": "list", "what": "platforms"}
        case ListRunning():
            return {"intent": "list", "what": "running"}
        case ChangeSchedule(schedule=number, deed=deed):
            return {"intent": "change_schedule", "schedule": number, "deed": str(deed)}
        case ListSchedules():
            return {"intent": "list", "what": "schedules"}
        case ShowHistory(job=job, limit=limit):
            return {"intent": "history", "job": job, "limit": limit}
        case ShowHelp(topic=topic):
            return {"intent": "help", "job": topic if topic in jobs else None, "topic": topic}
        case UseShortcut(name=name, given=given):
            return {"intent": "k8s", "command": name, "args": _arguments(given)}
        case QuietAlert(alert=alert, mute=mute, seconds=seconds):
            verb = "mute" if mute else "ack"
            return {"intent": verb, "alert": alert, "seconds": seconds}
        case OpenMenu():
            return {"intent": "menu"}
        case Clarify():
            return _question(intent, jobs)
        case Unknown(near=near):
            return {"intent": "unknown", "near": near}
        case _:
            assert_never(intent)


def _question(intent: Clarify, jobs: Mapping[str, Job]) -> Record:
    first = intent.candidates[0] if intent.candidates else RunJob()
    candidates = dict.fromkeys(each.job for each in intent.candidates if each.job)
    return {
        "intent": "clarify",
        **_run(first, jobs),
        "clarify": True,
        "question": intent.question,
        "candidates": tuple(candidates),
    }


def _run(run: RunJob, jobs: Mapping[str, Job]) -> Record:
    """A run whose values do not suffice is a question that names them."""
    job = jobs.get(run.job or "")
    reading = read_all(job.parameters, run.given) if job else None
    values = _values(job, reading, run.given) if job and reading else dict(run.given)
    return {
        "job": run.job,
        "params": values,
        "schedule": run.at.replace(tzinfo=None).isoformat() if run.at else None,
        "until": run.until.replace(tzinfo=None).isoformat() if run.until else None,
        "target": run.target,
        "reason": run.reason,
        "clarify": job is None or reading is None or not reading.is_complete,
        "missing": reading.missing if reading else (),
        "invalid": tuple(reading.problems) if reading else (),
    }


def _values(job: Job, reading: Reading, given: Mapping[str, str]) -> Record:
    """What was said and holds, as it would be kept."""
    called = {name: p.name for p in job.parameters for name in (p.name, *p.aliases)}
    said = dict.fromkeys(called[name] for name in given if name in called)
    kept = {name: reading.values[name] for name in said if name in reading.values}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in kept.items()}


def _starts(intent: Intent, jobs: Mapping[str, Job]) -> bool:
    """Whether this sentence alone starts a job, now or when it says, were everything allowed."""
    if not isinstance(intent, RunJob) or not intent.exact:
        return False
    job = jobs.get(intent.job or "")
    if job is None or job.risk is not Risk.SAFE:
        return False
    return read_all(job.parameters, intent.given).is_complete


def _reference(execution: ExecutionRef) -> str:
    return "last" if execution is None else str(execution)


def _arguments(given: Mapping[str, str]) -> Record:
    return {name: int(v) if v.isdecimal() else v for name, v in given.items()}


def times_of(text: str, now: datetime) -> Sequence[Record]:
    """The times in a text, as plain data; `doubt` says why one is not certain."""
    sentence = sentence_of(text)
    return [_time(sentence, found) for found in times_in(sentence.folded, now)]


def _time(sentence: Sentence, found: Time) -> Record:
    start, end = sentence.original(found.at, found.end)
    moment = found.at_moment.replace(tzinfo=None).isoformat() if found.at_moment else None
    record: Record = {
        "start": start,
        "end": end,
        "words": sentence.text[start:end],
        "at": moment,
        "day": found.day.isoformat() if found.day else None,
        "last": found.last.isoformat() if found.last else None,
        "recurrence": found.cron,
        "doubt": found.doubt,
    }
    return {key: value for key, value in record.items() if value not in (None, "")}
