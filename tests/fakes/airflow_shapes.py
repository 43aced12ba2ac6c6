"""What an Airflow says, key by key as a real one was seen to say it."""

from collections.abc import Iterator
from typing import Any

from tests.fakes.airflow_world import Dag, Record, Run, Task, Try, written

SIGNATURE = "2SjNL494e9LbbTdY5h-guhbpmFA"


def dag_said(dag: Dag) -> Record:
    """As a list of DAGs has it."""
    tags = [{"name": tag, "dag_id": dag.id, "dag_display_name": dag.id} for tag in sorted(dag.tags)]
    return {
        "dag_id": dag.id, "dag_display_name": dag.title or dag.id, "is_paused": dag.is_paused,
        "is_stale": dag.is_stale, "last_parsed_time": None, "bundle_name": "dags-folder",
        "fileloc": "/dags/jobs.py", "description": dag.description, "timetable_summary": None,
        "tags": tags, "max_active_tasks": 16, "max_active_runs": 16,
        "has_import_errors": dag.is_broken, "allowed_run_types": dag.run_types,
        "owners": ["airflow"], "is_backfillable": False, "file_token": "eyJ",
    }  # fmt: skip


def details_said(dag: Dag) -> Record:
    more = {
        "catchup": False, "dag_run_timeout": dag.timeout, "doc_md": dag.doc,
        "params": dag.params, "timezone": "UTC", "default_args": {}, "active_runs_count": 0,
        "latest_dag_version": {"id": dag.version, "version_number": 1, "dag_id": dag.id},
    }  # fmt: skip
    return {**dag_said(dag), **more}


def run_said(run: Run) -> Record:
    took = (run.end - run.start).total_seconds() if run.end and run.start else None
    return {
        "dag_run_id": run.id, "dag_id": run.dag.id, "logical_date": None,
        "queued_at": written(run.queued_at), "start_date": written(run.start),
        "end_date": written(run.end), "duration": took, "data_interval_start": None,
        "data_interval_end": None, "run_after": written(run.run_after),
        "last_scheduling_decision": written(run.start), "run_type": "manual", "state": run.state,
        "triggered_by": "rest_api", "triggering_user_name": "bot", "conf": run.conf,
        "note": run.note, "bundle_version": None, "dag_display_name": run.dag.title or run.dag.id,
        "dag_versions": [{"id": run.dag.version, "version_number": 1, "dag_id": run.dag.id}],
        "partition_key": None, "partition_date": None,
    }  # fmt: skip


def task_said(run: Run, task: Task, at: Try | None = None) -> Record:
    """A task at its latest try, or at another one."""
    shown = at or (task.tries[-1] if task.tries else None)
    own: Record = {"id": task.id, "note": task.note, "rendered_map_index": None}
    if task.trigger:
        own["trigger"] = {"id": 1, "classpath": task.trigger, "kwargs": "{}"}
    else:
        own["trigger"] = None
    return {
        **({} if at else {**own, "rendered_fields": {}, "logical_date": None}),
        "task_id": task.name, "dag_id": run.dag.id, "dag_run_id": run.id,
        "map_index": task.index, "run_after": written(run.run_after),
        "start_date": written(shown.start if shown else None),
        "end_date": written(at.end if at else task.end), "duration": None,
        "state": at.state if at and at is not task.tries[-1] else task.state,
        "try_number": shown.number if shown else 0, "max_tries": task.max_tries,
        "task_display_name": task.name, "dag_display_name": run.dag.title or run.dag.id,
        "hostname": "vm", "pool": "default_pool", "operator": "_PythonDecoratedOperator",
        "executor_config": "{}", "dag_version": None,
    }  # fmt: skip


def question_said(run: Run, task: Task) -> Record:
    return {**(task.question or {}), "task_instance": task_said(run, task)}


def entry_said(run: Run, task: Task) -> Record:
    return {
        "key": "return_value", "timestamp": written(task.end), "logical_date": None,
        "map_index": task.index, "task_id": task.name, "dag_id": run.dag.id, "run_id": run.id,
        "dag_display_name": run.dag.id, "task_display_name": task.name,
    }  # fmt: skip


def log_said(tried: Try) -> Iterator[Record]:
    """A try's log, with what Airflow says of itself before and after it."""
    yield {"timestamp": None, "event": "::group::Log message source details"}
    yield {"timestamp": None, "event": f"/logs/attempt={tried.number}.log"}
    yield {"timestamp": None, "event": "::endgroup::"}
    yield from written_said(tried)


def written_said(tried: Try) -> Iterator[Record]:
    """What is counted by tokens."""
    yield _own(tried, "::group::Pre Execute")
    yield _own(tried, "DAG bundles loaded: dags-folder")
    yield _own(tried, "::endgroup::")
    yield from tried.records()
    if tried.end is not None:
        yield _own(tried, "Done. Returned value was: None", logger="airflow.task.operators.x")
        yield _own(tried, "::group::Post Execute")
        yield _own(tried, "::endgroup::")


def _own(tried: Try, event: str, logger: str = "task") -> Record:
    return {"timestamp": written(tried.start), "event": event, "level": "info", "logger": logger}


def serious(reason: str) -> Record:
    """What went wrong in its database."""
    message = "Serious error when handling your request. Check logs for more details"
    return {"reason": reason, "statement": "hidden", "orig_error": "hidden", "message": message}


def token_of(position: int) -> str:
    return f"{position}.{SIGNATURE}"


def position_of(token: str) -> int | None:
    """None for a token that somebody made up."""
    number, _, signature = token.partition(".")
    return int(number) if signature == SIGNATURE and number.isdecimal() else None


def page_of(rows: list[Any], offset: int, limit: int) -> list[Any]:
    return rows[offset : offset + limit]
