"""What a Prefect holds: deployments, runs and what they said; it moves as scripts and tests say."""

import json
from bisect import insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import NAMESPACE_URL, uuid4, uuid5

Record: TypeAlias = dict[str, Any]
Script: TypeAlias = Callable[["World", str], Iterator[None]]
"""What a run does as soon as it is taken up; it waits at each `yield` until it is running again."""

FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
NAMES = {"CANCELLING": "Cancelling"}
EMPTY: Mapping[str, Any] = {"title": "Parameters", "type": "object", "properties": {}}
NO_DETAILS: Mapping[str, Any] = {
    "flow_run_id": None, "task_run_id": None, "child_flow_run_id": None, "scheduled_time": None,
    "cache_key": None, "cache_expiration": None, "deferred": False, "untrackable_result": False,
    "pause_timeout": None, "pause_reschedule": False, "pause_key": None, "run_input_keyset": None,
    "refresh_cache": None, "retriable": None, "transition_id": None, "task_parameters_id": None,
    "traceparent": None, "deployment_concurrency_lease_id": None,
}  # fmt: skip


def written(at: datetime) -> str:
    """As Prefect writes a moment."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


class World:
    """`ahead` is by how much its clock is; while `has_worker`, runs that are due are taken up.

    `evaluated` holds parameters that a real Prefect would have evaluated as templates.
    """

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.has_worker = True
        self.obeys_cancel = True
        self.flows: dict[str, Record] = {}
        self.deployments: dict[str, Record] = {}
        self.scripts: dict[str, Script] = {}
        self.runs: dict[str, Record] = {}
        self.by_key: dict[tuple[str, str], str] = {}
        self.states: dict[str, list[Record]] = {}
        self.lines: dict[str, list[tuple[str, str, Record]]] = {}
        self.tasks: dict[str, list[Record]] = {}
        self.artifacts: dict[str, list[Record]] = {}
        self.inputs: dict[str, dict[str, str]] = {}
        self.evaluated: list[Record] = []
        self._waiting: list[str] = []
        self._going: dict[str, Iterator[None]] = {}
        self._numbers = 0

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead  # noqa: TID251  a server's own clock

    def deploy(
        self,
        flow: str,
        name: str = "bot",
        *,
        schema: Mapping[str, Any] = EMPTY,
        script: Script | None = None,
        tags: Sequence[str] = ("chatops",),
        **more: Any,
    ) -> str:
        """The id of a deployment, which is made anew if it is there already."""
        at = written(self.now)
        flow_id = str(uuid5(NAMESPACE_URL, flow))
        self.flows[flow_id] = {
            "id": flow_id, "created": at, "updated": at, "name": flow, "tags": [], "labels": {},
        }  # fmt: skip
        identity = str(uuid5(NAMESPACE_URL, f"{flow}/{name}"))
        self.deployments[identity] = {
            "id": identity, "created": at, "updated": at, "name": name, "version": None,
            "description": None, "flow_id": flow_id, "paused": False, "schedules": [],
            "job_variables": {}, "parameters": {}, "tags": list(tags), "labels": {},
            "work_queue_name": "default", "work_pool_name": "procs", "status": "READY",
            "parameter_openapi_schema": deepcopy(dict(schema)), "path": None, "pull_steps": None,
            "entrypoint": "flows.py:f", "enforce_parameter_schema": True, "created_by": None,
            **more,
        }  # fmt: skip
        if script is not None:
            self.scripts[identity] = script
        return identity

    def create(self, deployment: str, asked: Mapping[str, Any]) -> tuple[Record, bool]:
        """The run of this key, and whether it is new."""
        held = self.deployments[deployment]
        key = asked.get("idempotency_key") or uuid4().hex
        place = (held["flow_id"], key)
        if place in self.by_key:
            return self.runs[self.by_key[place]], False
        now, identity = self.now, str(uuid4())
        self.by_key[place] = identity
        self.runs[identity] = {
            "id": identity, "created": written(now), "updated": written(now),
            "name": asked.get("name") or "polite-ostrich", "flow_id": held["flow_id"],
            "state_id": None, "deployment_id": deployment, "deployment_version": held["version"],
            "work_queue_name": "default", "flow_version": None,
            "parameters": {**held["parameters"], **asked["parameters"]}, "idempotency_key": key,
            "context": {}, "tags": sorted({*held["tags"], *asked.get("tags", ())}),
            "empirical_policy": {"max_retries": 0, "pause_keys": [], "resuming": False},
            "labels": {"prefect.flow.id": held["flow_id"], **(asked.get("labels") or {})},
            "parent_task_run_id": None, "state_type": None, "state_name": None, "run_count": 0,
            "expected_start_time": None, "next_scheduled_start_time": None, "start_time": None,
            "end_time": None, "total_run_time": 0.0, "estimated_run_time": 0.0,
            "auto_scheduled": False, "infrastructure_pid": None, "created_by": None,
            "work_pool_name": "procs", "state": None, "job_variables": {},
        }  # fmt: skip
        state: Record = asked.get("state") or {"type": "SCHEDULED"}
        details: Record = state.get("state_details") or {}
        due: datetime = details.get("scheduled_time") or now
        self.runs[identity]["expected_start_time"] = written(due)
        self.move(
            identity, state["type"], state.get("name"), state.get("message"),
            scheduled_time=written(due),
        )  # fmt: skip
        self._waiting.append(identity)
        return self.runs[identity], True

    def run(self, key: str) -> Record:
        """The run of this key, whatever its flow."""
        return next(r for r in self.runs.values() if r["idempotency_key"] == key)

    def id_of(self, key: str) -> str:
        return str(self.run(key)["id"])

    def work(self) -> None:
        """What workers do as soon as they look: take up what is due, stop what is to be stopped."""
        if not self.has_worker:
            return
        now = written(self.now)
        due = [i for i in self._waiting if self.runs[i]["expected_start_time"] <= now]
        for identity in due:
            self._waiting.remove(identity)
            if self.runs[identity]["state_type"] == "SCHEDULED":
                self.begin(identity)
                script = self.scripts.get(self.runs[identity]["deployment_id"])
                if script is not None:
                    self._going[identity] = script(self, identity)
        for identity in [i for i in self._going if self.runs[i]["state_type"] == "RUNNING"]:
            if next(self._going[identity], self) is self:
                del self._going[identity]
        for identity, run in self.runs.items():
            if run["state_type"] == "CANCELLING" and self.obeys_cancel:
                self.move(identity, "CANCELLED", message="Flow run was cancelled successfully.")

    def begin(self, identity: str) -> None:
        self.runs[identity]["infrastructure_pid"] = "w1:4711"
        self.move(identity, "RUNNING")

    def move(
        self,
        identity: str,
        kind: str,
        name: str | None = None,
        message: str | None = None,
        **details: Any,
    ) -> Record:
        """Put a run into a state, as a worker or the flow itself would."""
        run, at = self.runs[identity], written(self.now)
        state: Record = {
            "id": str(uuid4()), "type": kind, "name": name or kind.capitalize(), "timestamp": at,
            "message": message, "data": None,
            "state_details": {**NO_DETAILS, "flow_run_id": identity, **details},
        }  # fmt: skip
        run.update(state=state, state_id=state["id"], state_type=kind, state_name=state["name"])
        run["updated"] = at
        if kind == "RUNNING":
            run["run_count"] += 1
            run["start_time"] = run["start_time"] or at
        run["end_time"] = at if kind in FINAL else None
        self.states.setdefault(identity, []).append(state)
        return state

    def pause(
        self, identity: str, schema: Mapping[str, Any] | None = None, description: str = ""
    ) -> Record:
        """Have a run wait for a person, with a form when there is a schema."""
        policy = self.runs[identity]["empirical_policy"]
        number = str(len(policy["pause_keys"]) + 1)
        policy["pause_keys"].append(number)
        prefix = f"paused-{number}"
        keyset = None
        if schema is not None:
            keyset = {"schema": f"{prefix}-schema", "response": f"{prefix}-response"}
            held = self.inputs.setdefault(identity, {})
            held[keyset["schema"]] = json.dumps(schema)
            if description:
                keyset["description"] = f"{prefix}-description"
                held[keyset["description"]] = json.dumps(description)
        return self.move(
            identity, "PAUSED", pause_key=number, run_input_keyset=keyset,
            pause_timeout=written(self.now + timedelta(minutes=5)),
        )  # fmt: skip

    def write(
        self, identity: str, *messages: str, at: datetime | None = None, level: int = 20
    ) -> None:
        """Entries of a run's log, of one moment when it is given."""
        kept = self.lines.setdefault(identity, [])
        for message in messages:
            self._numbers += 1
            stamp = written(at or self.now + timedelta(microseconds=self._numbers % 1000))
            name = f"01a1feec-0000-7000-8000-{self._numbers:012x}"
            line = {
                "id": name, "created": stamp, "updated": stamp, "name": "prefect.flow_runs",
                "level": level, "message": message, "timestamp": stamp, "flow_run_id": identity,
                "task_run_id": None,
            }  # fmt: skip
            insort(kept, (_sortable(stamp), name, line))

    def task(self, identity: str, name: str, kind: str = "COMPLETED") -> None:
        self._numbers += 1
        at = written(self.now)
        self.tasks.setdefault(identity, []).append(
            {
                "id": f"01a1feed-0000-7000-8000-{self._numbers:012x}", "created": at, "updated": at,
                "name": f"{name}-0{self._numbers % 256:02x}", "flow_run_id": identity,
                "state_type": kind, "state_name": kind.capitalize(), "run_count": 1, "tags": [],
                "start_time": at, "end_time": at if kind in FINAL else None, "task_inputs": {},
            }
        )  # fmt: skip

    def artifact(
        self, identity: str, key: str | None, kind: str | None, data: Any, about: str | None = None
    ) -> None:
        at = written(self.now)
        self.artifacts.setdefault(identity, []).append(
            {
                "id": str(uuid4()), "created": at, "updated": at, "key": key, "type": kind,
                "description": about, "data": data, "metadata_": None, "flow_run_id": identity,
                "task_run_id": None,
            }
        )  # fmt: skip


def _sortable(stamp: str) -> str:
    """Moments with and without a fraction in one order."""
    return stamp if "." in stamp else stamp.replace("Z", ".000000Z")
