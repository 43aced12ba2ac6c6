"""How an Airflow answers each request, and why it refuses one."""

from collections.abc import Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.fakes.airflow_requests import (
    ChangedRun,
    ChangedTask,
    NewRun,
    Response,
    RunsAsked,
)
from tests.fakes.airflow_shapes import (
    dag_said,
    details_said,
    entry_said,
    log_said,
    page_of,
    position_of,
    question_said,
    run_said,
    serious,
    task_said,
    token_of,
    written_said,
)
from tests.fakes.airflow_world import NOTHING, Dag, Record, Run, Task, Try, World

PAGE = 100
MOST_TERMS = 1_000
"""Prefixes in one pattern that its database bears; 1,500 were too many for a real one."""

_STATES = {
    "removed", "scheduled", "queued", "running", "success", "restarting", "failed", "up_for_retry",
    "up_for_reschedule", "upstream_failed", "skipped", "deferred", "awaiting_input",
}  # fmt: skip


class Declined(Exception):
    """An answer that is no 2xx."""

    def __init__(self, status: int, said: Any) -> None:
        super().__init__(status, said)
        self.status = status
        self.said = said if isinstance(said, dict) and "error" in said else {"detail": said}


class Answers:
    """Each raises `Declined`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def health(self) -> Record:
        return {part: {"status": status} for part, status in self.world.parts.items()}

    def dags(self, query: Mapping[str, Any], tags: Sequence[str]) -> Record:
        def fits(dag: Dag) -> bool:
            of_all = all if query.get("tags_match_mode") == "all" else any
            has_tags = not tags or of_all(tag in dag.tags for tag in tags)
            paused = query.get("paused")
            return (
                has_tags
                and (paused is None or dag.is_paused == (paused == "true"))
                and not (dag.is_stale and query.get("exclude_stale", "true") == "true")
            )

        found = [dag for _, dag in sorted(self.world.dags.items()) if fits(dag)]
        return {
            "dags": [dag_said(dag) for dag in _paged(found, query)],
            "total_entries": len(found),
        }

    def dag(self, dag_id: str) -> Record:
        return dag_said(self._dag(dag_id))

    def details(self, dag_id: str) -> Record:
        return details_said(self._dag(dag_id))

    def tasks(self, dag_id: str) -> Record:
        rows = [
            {"task_id": name, "task_display_name": name, "downstream_task_ids": list(after)}
            for name, after in self._dag(dag_id).tasks.items()
        ]
        return {"tasks": rows, "total_entries": len(rows)}

    def triggered(self, dag_id: str, wanted: NewRun) -> Record:
        dag = self.world.dags.get(dag_id)
        if dag is None or dag.is_stale:
            raise Declined(404, f"Dag with dag_id: '{dag_id}' not found")
        if dag.is_broken:
            why = f"Dag with dag_id: '{dag_id}' has import errors and cannot be triggered"
            raise Declined(400, why)
        if dag.run_types is not None and "manual" not in dag.run_types:
            raise Declined(400, f"Dag with dag_id: '{dag_id}' does not allow manual runs")
        run_id, conf = wanted.dag_run_id or "manual__x", wanted.conf or {}
        if ".." in run_id:
            raise Declined(400, f"The run_id '{run_id}' must not contain '..'")
        _check(dag, conf)
        if (dag_id, run_id) in self.world.runs:
            raise Declined(409, serious("Unique constraint violation"))
        now = self.world.now
        run = Run(
            dag=dag, id=run_id, conf=conf, note=wanted.note, queued_at=now,
            run_after=wanted.run_after or now,
        )  # fmt: skip
        self.world.create(run)
        return run_said(run)

    def runs(self, query: Mapping[str, str]) -> Record:
        found = [run for run in self.world.runs.values() if _begins(run, query)]
        if query.get("order_by") == "run_id":
            found.sort(key=lambda run: run.id)
        rows = [run_said(run) for run in _paged(found, query)]
        return {"dag_runs": rows, "total_entries": len(found), "next_cursor": None}

    def runs_listed(self, asked: RunsAsked) -> Record:
        found = [
            run
            for run in self.world.runs.values()
            if (not asked.dag_ids or run.dag.id in asked.dag_ids)
            and (not asked.states or run.state in asked.states)
            and (asked.run_after_lte is None or run.run_after <= asked.run_after_lte)
        ]
        found.sort(key=lambda run: run.run_after)
        rows = [run_said(run) for run in page_of(found, asked.page_offset, asked.page_limit)]
        return {"dag_runs": rows, "total_entries": len(found)}

    def run(self, dag_id: str, run_id: str) -> Record:
        return run_said(self._run(dag_id, run_id))

    def changed(self, dag_id: str, run_id: str, change: ChangedRun) -> Record:
        run = self._run(dag_id, run_id)
        if not self.world.obeys_cancel:
            return run_said(run)
        if change.note is not None:
            run.note = change.note or None
        if change.state is not None:
            self.world.cancel(run, change.state)
        return run_said(run)

    def tasks_of_runs(self, query: Mapping[str, str], states: Sequence[str]) -> Record:
        later = {"awaiting_input"} if self.world.is_before_3_3 else set[str]()
        unknown = set(states) - (_STATES - later)
        if unknown:
            raise Declined(422, f"Invalid value for state. Valid values are {_STATES}")
        found = [
            (run, task)
            for run in self.world.runs.values()
            if _begins(run, query)
            for task in run.tasks
            if not states or task.state in states
        ]
        rows = [task_said(*pair) for pair in _paged(found, query)]
        return {"task_instances": rows, "total_entries": len(found), "next_cursor": None}

    def tries(self, dag_id: str, run_id: str, name: str, index: str) -> Record:
        run, task = self._task(dag_id, run_id, name, index)
        rows = [task_said(run, task, at=each) for each in task.tries]
        return {"task_instances": rows, "total_entries": len(rows)}

    def log(self, place: Sequence[str], query: Mapping[str, str]) -> Record:
        """What came since a token, and the next one while the task goes on."""
        task, tried = self._try(place, query)
        token = query.get("token", "")
        after = position_of(token) if token else 0
        if after is None:
            raise Declined(400, "Bad Signature. Please use only the tokens provided by the API.")
        counted = list(written_said(tried))
        rows = counted[after:] if token else list(log_said(tried))
        goes_on = tried is task.tries[-1] and task.state in {"running", "deferred"}
        return {
            "content": rows, "continuation_token": token_of(len(counted)) if goes_on else None,
        }  # fmt: skip

    def stream(self, place: Sequence[str], query: Mapping[str, str]) -> Any:
        return log_said(self._try(place, query)[1])

    def entries(self, dag_id: str, run_id: str, query: Mapping[str, str]) -> Record:
        run = self._run(dag_id, run_id)
        found = [each for each in run.tasks if each.returned is not NOTHING]
        found.sort(key=lambda each: each.end or self.world.now, reverse=True)
        rows = [entry_said(run, each) for each in _paged(found, query)]
        return {"xcom_entries": rows, "total_entries": len(found)}

    def entry(self, dag_id: str, run_id: str, name: str, index: str) -> Record:
        run, task = self._task(dag_id, run_id, name, index)
        if task.returned is NOTHING:
            raise Declined(404, "XCom entry with key: `return_value` not found")
        return {**entry_said(run, task), "value": task.returned}

    def links(self, dag_id: str, run_id: str, name: str, index: str) -> Record:
        _, task = self._task(dag_id, run_id, name, index)
        return {"extra_links": task.links, "total_entries": len(task.links)}

    def questions(self, dag_id: str, run_id: str, query: Mapping[str, str]) -> Record:
        run = self._run(dag_id, run_id)
        found = [each for each in run.tasks if each.question is not None]
        rows = [question_said(run, each) for each in _paged(found, query)]
        return {"hitl_details": rows, "total_entries": len(found)}

    def answered(self, place: Sequence[str], response: Response) -> Record:
        dag_id, run_id, name, index = place
        run, task = self._task(dag_id, run_id, name, index)
        question = task.question
        if question is None:
            raise Declined(404, "Human-in-the-loop detail does not exist for Task Instance")
        if question["response_received"]:
            raise Declined(409, "Human-in-the-loop detail has already been updated")
        wrong = set(response.chosen_options) - set(question["options"])
        if wrong:
            raise Declined(
                400, f"Invalid options {sorted(wrong)}; allowed are {question['options']}."
            )
        if len(response.chosen_options) > 1 and not question["multiple"]:
            raise Declined(400, "Multiple options chosen but only a single one is accepted.")
        said: Record = {**response.model_dump(), "responded_at": "2026-11-21T16:37:13.579032Z"}
        question.update({**said, "responded_by_user": {"id": "bot", "name": "bot"}})
        question["response_received"] = True
        if task.state in {"awaiting_input", "deferred"}:
            self.world.finish(task, "success", said)
            if run.dag.goes_on is not None:
                run.dag.goes_on(self.world, run)
        return {**said, "responded_by": {"id": "bot", "name": "bot"}}

    def annotated(self, place: Sequence[str], change: ChangedTask) -> Record:
        dag_id, run_id, name, index = place
        run, task = self._task(dag_id, run_id, name, index)
        task.note = change.note
        return {"task_instances": [task_said(run, task)], "total_entries": 1}

    def _dag(self, dag_id: str) -> Dag:
        if dag_id not in self.world.dags:
            raise Declined(404, f"The Dag with ID: `{dag_id}` was not found")
        return self.world.dags[dag_id]

    def _run(self, dag_id: str, run_id: str) -> Run:
        run = self.world.runs.get((dag_id, run_id))
        if run is None:
            raise Declined(404, f"The DagRun with dag_id: `{dag_id}` and run_id: `{run_id}`")
        return run

    def _task(self, dag_id: str, run_id: str, name: str, index: str) -> tuple[Run, Task]:
        run = self._run(dag_id, run_id)
        for task in run.tasks:
            if (task.name, task.index) == (name, int(index)):
                return run, task
        raise Declined(404, "The Task Instance was not found")

    def _try(self, place: Sequence[str], query: Mapping[str, str]) -> tuple[Task, Try]:
        dag_id, run_id, name, number = place
        _, task = self._task(dag_id, run_id, name, query.get("map_index", "-1"))
        for each in task.tries:
            if each.number == int(number):
                return task, each
        raise Declined(404, "TaskInstance not found")


def _check(dag: Dag, conf: Record) -> None:
    """By each parameter's own schema; what it does not know it takes."""
    for name, param in dag.params.items():
        value = conf.get(name, param["value"])
        kinds = param["schema"].get("type", [])
        if value is None and param["schema"] and "null" not in kinds:
            raise Declined(400, f"Invalid input for param {name}: No value passed")
        checker = Draft202012Validator(param["schema"], format_checker=FormatChecker())
        error = next(checker.iter_errors(value), None)
        if error is not None:
            raise Declined(400, f"Invalid input for param {name}: {error.message}\n\nFailed …")


def _paged(rows: Sequence[Any], query: Mapping[str, str]) -> list[Any]:
    """No page is longer than the longest, and nobody is told."""
    limit = min(int(query.get("limit", "50")), PAGE)
    return page_of(list(rows), int(query.get("offset", "0")), limit)


def _begins(run: Run, query: Mapping[str, str]) -> bool:
    """Like one of these, whose last signs that are no letters are left aside."""
    terms = query.get("run_id_prefix_pattern", "").split("|")
    if len(terms) > MOST_TERMS:
        raise Declined(500, serious("Database error"))
    prefixes = tuple(_alphanumeric(each.strip()) for each in terms if each.strip())
    return not prefixes or run.id.startswith(prefixes)


def _alphanumeric(term: str) -> str:
    while term and not term[-1].isalnum():
        term = term[:-1]
    return term
