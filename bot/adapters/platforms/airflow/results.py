"""What came of a run that is over: its state in our words, why it failed, what it left behind."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import JsonValue

from bot.adapters.platforms.airflow.notes import is_cancelled
from bot.adapters.platforms.airflow.wire import DagRun, TaskInstance
from bot.adapters.platforms.veils import veiled
from bot.ports import RunState

MOST_OUTPUTS = 50
LONGEST_OUTPUT = 2_000
_DEEPEST = 5
_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
_NEVER = datetime.max.replace(tzinfo=UTC)


def state_of(run: DagRun, tasks: Sequence[TaskInstance], limit: timedelta | None) -> RunState:
    """`tasks` are those of a run that is over, `limit` the longest that its DAG may run.

    A state that we do not know is one that goes on, until Airflow says when it ended.
    """
    match run.state:
        case "queued":
            return RunState.PENDING
        case "running":
            return RunState.RUNNING
        case "success":
            was_cut = is_cancelled(run.note) and any(each.state == "failed" for each in tasks)
            return RunState.CANCELLED if was_cut else RunState.SUCCEEDED
        case "failed":
            return _failed(run, tasks, limit)
        case _:
            return RunState.RUNNING if run.end_date is None else RunState.LOST


def _failed(run: DagRun, tasks: Sequence[TaskInstance], limit: timedelta | None) -> RunState:
    if is_cancelled(run.note):
        # It had ended well in the moment before: only its state was overwritten.
        had_ended = bool(tasks) and all(each.state == "success" for each in tasks)
        return RunState.SUCCEEDED if had_ended else RunState.CANCELLED
    took = run.end_date - run.start_date if run.end_date and run.start_date else timedelta()
    if limit is not None and took >= limit and failing_task(tasks) is None:
        return RunState.TIMED_OUT
    return RunState.FAILED


def failing_task(tasks: Sequence[TaskInstance]) -> TaskInstance | None:
    """The first that failed by itself."""
    failed = [each for each in tasks if each.state == "failed"]
    return min(failed, key=lambda each: (each.end_date or _NEVER, each.task_id), default=None)


def flattened(returned: Mapping[str, Any], hidden: Collection[str] = ()) -> dict[str, str]:
    """What tasks returned, as text by key; a single task's own keys stand for themselves."""
    found: dict[str, str] = {}
    several = len(returned) > 1
    for task, value in returned.items():
        read = _read(value)
        if isinstance(read, dict):
            _flatten(read, f"{task}." if several else "", found)
        elif read is not None and read != "":
            found[task] = _text(read)
    return {name: veiled(text, hidden)[:LONGEST_OUTPUT] for name, text in found.items()}


def _read(value: JsonValue) -> JsonValue:
    """A value that Airflow keeps as JSON text is read; other text is a text."""
    if not isinstance(value, str) or value[:1] not in {"{", "["}:
        return _plain(value)
    try:
        return _plain(json.loads(value))
    except (ValueError, RecursionError):
        return value


def _plain(value: JsonValue) -> JsonValue:
    """What Airflow wrote with the name of its class, without it; a moment as ISO 8601."""
    if not isinstance(value, dict) or "__classname__" not in value:
        return value
    inner = value.get("__data__")
    moment = inner.get("timestamp") if isinstance(inner, dict) else None
    if isinstance(moment, int | float) and 0 <= moment < _LATEST:
        return datetime.fromtimestamp(moment, UTC).isoformat()
    return inner


def _flatten(value: Mapping[str, JsonValue], above: str, found: dict[str, str]) -> None:
    for name, written in value.items():
        each = _plain(written)
        if len(found) >= MOST_OUTPUTS:
            return
        if isinstance(each, dict) and each and above.count(".") < _DEEPEST:
            _flatten(each, f"{above}{name}.", found)
        else:
            found[f"{above}{name}"] = _text(each)


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
