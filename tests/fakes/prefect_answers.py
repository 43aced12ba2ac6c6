"""The answers of a Prefect, from what it holds: filters, orders, pages, and allowed moves."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator, SchemaError

from tests.fakes.prefect_requests import (
    ArtifactsAsked,
    DeploymentsAsked,
    FlowsAsked,
    InputsAsked,
    LogsAsked,
    NewRun,
    OfDeployments,
    Page,
    Resumed,
    RunsAsked,
    StateAsked,
    TasksAsked,
)
from tests.fakes.prefect_world import FINAL, Record, World, written

_REASONS = {
    "CANCELLING": "Cannot transition flows that are cancelling to a state other than Cancelled.",
    "SCHEDULED": "Scheduled flow run has no infrastructure to terminate.",
}


class Declined(Exception):
    """An answer other than a good one."""

    def __init__(self, status: int, said: Mapping[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.said = said


class Answers:
    def __init__(self, world: World) -> None:
        self._world = world

    def deployment(self, flow: str, name: str) -> Record:
        for each in self._world.deployments.values():
            if each["name"] == name and self._world.flows[each["flow_id"]]["name"] == flow:
                return each
        raise Declined(404, {"detail": "Deployment not found"})

    def deployments(self, asked: DeploymentsAsked) -> Sequence[Record]:
        found = [d for d in self._world.deployments.values() if _is_meant(d, asked.deployments)]
        return _page(sorted(found, key=lambda d: str(d["name"])), asked)

    def flows(self, asked: FlowsAsked) -> Sequence[Record]:
        held = self._world.deployments.values()
        wanted = {d["flow_id"] for d in held if _is_meant(d, asked.deployments)}
        found = [f for f in self._world.flows.values() if f["id"] in wanted]
        return _page(sorted(found, key=lambda f: str(f["name"])), asked)

    def created(self, deployment: str, asked: NewRun) -> tuple[int, Record]:
        held = self._world.deployments.get(deployment)
        if held is None:
            raise Declined(404, {"detail": "Deployment not found"})
        parameters = {**held["parameters"], **asked.parameters}
        if "__prefect_kind" in json.dumps(parameters):
            self._world.evaluated.append(parameters)
        enforced = asked.enforce_parameter_schema
        if enforced if enforced is not None else held["enforce_parameter_schema"]:
            wrong = _wrong(parameters, held["parameter_openapi_schema"])
            if wrong:
                raise Declined(409, {"detail": f"Error creating flow run: {wrong}"})
        run, is_new = self._world.create(deployment, asked.model_dump())
        return (201 if is_new else 200), run

    def runs(self, asked: RunsAsked) -> Sequence[Record]:
        world, wanted = self._world, asked.flow_runs
        found: Sequence[Record] = list(world.runs.values())
        if wanted is not None and wanted.id is not None and wanted.id.any_ is not None:
            found = [world.runs[str(i)] for i in wanted.id.any_ if str(i) in world.runs]
        if wanted is not None and wanted.idempotency_key is not None:
            keys = set(wanted.idempotency_key.any_ or ())
            found = [run for run in found if run["idempotency_key"] in keys]
        if wanted is not None and wanted.state is not None:
            kinds = wanted.state.type.any_ if wanted.state.type else None
            names = wanted.state.name.any_ if wanted.state.name else None
            found = [
                run
                for run in found
                if (kinds is None or run["state_type"] in kinds)
                and (names is None or run["state_name"] in names)
            ]
        if asked.deployments is not None:
            held = world.deployments
            meant = {i for i, each in held.items() if _is_meant(each, asked.deployments)}
            found = [run for run in found if run["deployment_id"] in meant]
        if asked.sort == "EXPECTED_START_TIME_ASC":
            return _page(sorted(found, key=lambda run: str(run["expected_start_time"])), asked)
        return _page(sorted(found, key=lambda run: str(run["id"]), reverse=True), asked)

    def states(self, identity: str) -> Sequence[Record]:
        return self._world.states.get(identity, [])

    def lines(self, asked: LogsAsked) -> Sequence[Record]:
        """Lines of one moment in an order of their own for each direction and size of page."""
        logs = asked.logs
        names = logs.flow_run_id.any_ if logs and logs.flow_run_id else None
        within = logs.timestamp if logs else None
        after = _stamp(within.after_) if within and within.after_ else ""
        before = _stamp(within.before_) if within and within.before_ else "9"
        found: list[tuple[str, str, Record]] = []
        for name in names if names is not None else self._world.lines:
            kept = self._world.lines.get(str(name), [])
            found += kept[bisect_left(kept, (after,)) : bisect_right(kept, (before, "g"))]
        whim = asked.limit % 7
        found.sort(key=lambda each: (each[0], each[1][::-1] if whim % 2 else each[1]))
        if asked.sort == "TIMESTAMP_DESC":
            # Stable, so that lines of one moment keep the order they have when it is ascending.
            found.sort(key=lambda each: each[0], reverse=True)
        return [line for _, _, line in _page(found, asked)]

    def tasks(self, asked: TasksAsked) -> Sequence[Record]:
        wanted = (
            asked.task_runs.flow_run_id.any_
            if asked.task_runs and asked.task_runs.flow_run_id
            else None
        )
        names = self._world.tasks if wanted is None else map(str, wanted)
        found = [task for name in names for task in self._world.tasks.get(name, [])]
        return _page(sorted(found, key=lambda task: str(task["id"]), reverse=True), asked)

    def artifacts(self, asked: ArtifactsAsked) -> Sequence[Record]:
        wanted = asked.artifacts
        runs = wanted.flow_run_id.any_ if wanted and wanted.flow_run_id else None
        kinds = wanted.type.any_ if wanted and wanted.type else None
        names = self._world.artifacts if runs is None else map(str, runs)
        held = [each for name in names for each in self._world.artifacts.get(name, [])]
        found = [each for each in held if kinds is None or each["type"] in kinds]
        return _page(sorted(found, key=lambda each: str(each["updated"]), reverse=True), asked)

    def inputs(self, identity: str, asked: InputsAsked) -> Sequence[Record]:
        held = self._world.inputs.get(identity, {})
        found = [
            {"id": key, "flow_run_id": identity, "key": key, "value": value, "sender": None}
            for key, value in sorted(held.items())
            if key.startswith(asked.prefix) and key not in asked.exclude_keys
        ]
        return found[: asked.limit]

    def state_set(self, identity: str, asked: StateAsked) -> tuple[int, Record]:
        world, wish = self._world, asked.state
        run = world.runs.get(identity)
        if run is None:
            sentence = f"Flow run with id {identity} not found"
            raise Declined(404, {"exception_message": sentence})
        now = run["state_type"]
        if wish.type == "CANCELLED" and now in FINAL:
            # Taken, and the end is rewritten: nobody may ask for this.
            return 201, _came(world.move(identity, "CANCELLED"), "ACCEPT")
        if now in FINAL:
            reason = f"Run is already in terminal state {now}."
            return 200, _came(run["state"], "ABORT", reason)
        if wish.type == "CANCELLING" and now == "CANCELLING":
            return 200, _came(run["state"], "REJECT", _REASONS[now])
        if wish.type == "CANCELLING" and now == "SCHEDULED":
            return 201, _came(world.move(identity, "CANCELLED"), "REJECT", _REASONS[now])
        name = "Cancelling" if wish.type == "CANCELLING" else wish.name
        return 201, _came(world.move(identity, wish.type, name, wish.message), "ACCEPT")

    def resumed(self, identity: str, asked: Resumed) -> tuple[int, Record]:
        world = self._world
        run = world.runs.get(identity)
        if run is None:
            raise Declined(500, {"exception_message": "Internal Server Error"})
        if run["state_type"] != "PAUSED":
            return 200, _came(None, "ABORT", "Cannot resume a flow run that is not paused.")
        keyset = run["state"]["state_details"]["run_input_keyset"]
        given = asked.run_input or {}
        if "__prefect_kind" in json.dumps(given):
            world.evaluated.append(given)
        held = world.inputs.setdefault(identity, {})
        if keyset:
            wrong = _wrong(given, json.loads(held[keyset["schema"]]))
            if wrong:
                return 200, _came(run["state"], "REJECT", f"Reason: {wrong}")
        state = world.move(identity, "RUNNING")
        if keyset and given:
            held[keyset["response"]] = json.dumps(given)
        return 201, _came(state, "ACCEPT")


def _came(state: Record | None, status: str, reason: str = "") -> Record:
    kind = "accept_details" if status == "ACCEPT" else f"{status.lower()}_details"
    return {"state": state, "status": status, "details": {"type": kind, "reason": reason or None}}


def _wrong(given: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """The first thing that is wrong, in Prefect's words.

    A schema that `jsonschema` does not take, such as for a pattern that `re` does not compile, is
    not expected there: 500.
    """
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError:
        raise Declined(500, {"exception_message": "Internal Server Error"}) from None
    error = next(iter(Draft202012Validator(schema).iter_errors(given)), None)
    if error is None:
        return ""
    place = ".".join(str(step) for step in error.absolute_path)
    of = f" for field '{place}'" if place else ""
    return f"Validation failed{of}. Failure reason: {error.message}"


def _is_meant(deployment: Mapping[str, Any], asked: OfDeployments | None) -> bool:
    if asked is None or asked.tags is None:
        return True
    return set(asked.tags.all_ or ()) <= set(deployment["tags"])


def _page(found: Sequence[Any], asked: Page) -> Sequence[Any]:
    return found[asked.offset : asked.offset + asked.limit]


def _stamp(at: datetime) -> str:
    stamp = written(at)
    return stamp if "." in stamp else stamp.replace("Z", ".000000Z")
