"""Prefect's REST API as far as it is used, page by page (https://docs.prefect.io/v3/api-ref)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import TypeAdapter

from bot.adapters.platforms.prefect.shapes import (
    ARTIFACTS,
    DEPLOYMENT,
    DEPLOYMENTS,
    FLOWS,
    INPUTS,
    LINES,
    ORCHESTRATED,
    RUN,
    RUNS,
    STATES,
    TASK_RUNS,
    Artifact,
    Deployment,
    Flow,
    Input,
    LinePage,
    Orchestrated,
    Run,
    State,
    TaskRun,
)
from bot.adapters.platforms.rest import OVERSIZED, Reply, Rest, quoted
from bot.domain.errors import Ambiguous, Permanent, Temporary
from bot.domain.wording import at_rest

PAGE = 200
"""The most that Prefect gives at a time."""

MOST_PAGES = 50
"""Of a catalogue; whoever has more tags them."""

_TOO_MANY = at_rest("{where} offers more than {most} deployments with these tags; use another tag.")

_BUSY = "http 503"
"""Its database is locked by another request: whoever asks is expected to ask again."""

_PAUSES = (0.3, 1.0, 2.0, 4.0)
_PATIENCE = 5.0
_PATIENCE_TO_CHANGE = 15.0
"""Seconds after which somebody else decides whether to ask again, or to change again."""

Shape = TypeVar("Shape")


class Api:
    """Calls of one Prefect, typed; raises what `Rest` raises."""

    def __init__(self, rest: Rest) -> None:
        self.rest = rest

    async def version(self) -> str:
        """Empty where Prefect does not say it; needs our key to be taken."""
        reply = await self.rest.call("GET", "/admin/version", ok={200, 404})
        return reply.read(TypeAdapter(str)) if reply.status == 200 else ""

    async def deployments(self, tags: Sequence[str]) -> Sequence[Deployment]:
        """Everything with all of these tags, in the order of names."""
        body = {"deployments": _tagged(tags), "sort": "NAME_ASC"}
        return await self._all("/deployments/filter", body, DEPLOYMENTS)

    async def flows(self, tags: Sequence[str]) -> Sequence[Flow]:
        """The flows of those deployments."""
        return await self._all("/flows/filter", {"deployments": _tagged(tags)}, FLOWS)

    async def deployment(self, remote: str) -> Deployment | None:
        """By `flow/deployment`; None when there is none."""
        flow, _, name = remote.partition("/")
        path = f"/deployments/name/{quoted(flow)}/{quoted(name)}"
        reply = await self.rest.call("GET", path, ok={200, 404})
        return reply.read(DEPLOYMENT) if reply.status == 200 else None

    async def create(
        self, deployment: str, body: Mapping[str, Any], hidden: Sequence[str]
    ) -> tuple[Run, bool] | None:
        """The run of this key and whether it is new; None when there is no such deployment."""
        path, ok = f"/deployments/{quoted(deployment)}/create_flow_run", {200, 201, 404}
        # The same key is the same run, so asking again when it may have been heard is no risk.
        reply = await _patiently(
            lambda: self.rest.call("POST", path, json=body, ok=ok, hidden=hidden),
            _PATIENCE_TO_CHANGE,
        )
        return None if reply.status == 404 else (reply.read(RUN), reply.status == 201)

    async def runs(
        self, by: Literal["id", "idempotency_key"], names: Sequence[str]
    ) -> Sequence[Run]:
        """Any number of runs, a page of them in one request."""
        pieces = [names[start : start + PAGE] for start in range(0, len(names), PAGE)]
        found = await asyncio.gather(*(self._page_of_runs(by, piece) for piece in pieces))
        return [run for page in found for run in page]

    async def _page_of_runs(self, by: str, names: Sequence[str]) -> Sequence[Run]:
        body = {"flow_runs": {by: {"any_": list(names)}}, "sort": "ID_DESC", "limit": PAGE}
        try:
            return await self._asked("/flow_runs/filter", body, RUNS)
        except Temporary as error:
            # Runs come with all of their parameters, which may be half a megabyte each.
            if error.code != OVERSIZED or len(names) == 1:
                raise
        half = len(names) // 2
        first = await self._page_of_runs(by, names[:half])
        return [*first, *await self._page_of_runs(by, names[half:])]

    async def oldest_late(self, tags: Sequence[str]) -> Run | None:
        """The run that waits longest for a worker, past its time."""
        late = {"state": {"type": {"any_": ["SCHEDULED"]}, "name": {"any_": ["Late"]}}}
        body = {
            "flow_runs": late,
            "deployments": _tagged(tags),
            "sort": "EXPECTED_START_TIME_ASC",
            "limit": 1,
        }
        return next(iter(await self._asked("/flow_runs/filter", body, RUNS)), None)

    async def states(self, run: str) -> Sequence[State]:
        """What a run went through, oldest first."""
        call = self.rest.call("GET", "/flow_run_states/", params=[("flow_run_id", run)])
        return (await call).read(STATES)

    async def set_state(self, run: str, state: Mapping[str, Any]) -> Orchestrated | None:
        """What came of it; None when there is no such run. Repeating it changes nothing."""
        path, body = f"/flow_runs/{quoted(run)}/set_state", {"state": dict(state), "force": False}
        ok = {200, 201, 404}
        reply = await _patiently(
            lambda: self.rest.call("POST", path, json=body, ok=ok, repeatable=True)
        )
        return None if reply.status == 404 else reply.read(ORCHESTRATED)

    async def resume(
        self, run: str, given: Mapping[str, Any] | None, hidden: Sequence[str]
    ) -> Orchestrated:
        """What came of it; what was heard before is found not to be paused any more."""
        path = f"/flow_runs/{quoted(run)}/resume"
        body = {} if given is None else {"run_input": dict(given)}
        ok = {200, 201}
        reply = await _patiently(
            lambda: self.rest.call("POST", path, json=body, ok=ok, hidden=hidden),
            _PATIENCE_TO_CHANGE,
        )
        return reply.read(ORCHESTRATED)

    async def inputs(self, run: str, prefix: str) -> Sequence[Input]:
        """What is kept for a run under names that begin like this."""
        path = f"/flow_runs/{quoted(run)}/input/filter"
        return await self._asked(path, {"prefix": prefix, "limit": 20}, INPUTS)

    async def lines(
        self,
        runs: Sequence[str],
        *,
        after: datetime | None = None,
        before: datetime | None = None,
        newest_first: bool = False,
        offset: int = 0,
        limit: int = PAGE,
    ) -> LinePage:
        """A page of the logs of runs; both moments are inclusive, and ties have no order."""
        since = {"after_": after.isoformat()} if after else {}
        until = {"before_": before.isoformat()} if before else {}
        logs: dict[str, Any] = {"flow_run_id": {"any_": list(runs)}}
        if since or until:
            logs["timestamp"] = since | until
        sort = "TIMESTAMP_DESC" if newest_first else "TIMESTAMP_ASC"
        body = {"logs": logs, "sort": sort, "limit": limit, "offset": offset}
        try:
            lines = await self._asked("/logs/filter", body, LINES)
        except Temporary as error:
            # One line may be a megabyte.
            if error.code != OVERSIZED or limit == 1:
                raise
            fewer = max(1, limit // 10)
            return await self.lines(
                runs,
                after=after,
                before=before,
                newest_first=newest_first,
                offset=offset,
                limit=fewer,
            )
        return LinePage(lines=lines, is_last=len(lines) < limit)

    async def task_runs(self, runs: Sequence[str], offset: int = 0) -> Sequence[TaskRun]:
        """A page of what the runs are made of, the newest first."""
        body = {
            "task_runs": {"flow_run_id": {"any_": list(runs)}},
            "sort": "ID_DESC",
            "limit": PAGE,
            "offset": offset,
        }
        return await self._asked("/task_runs/filter", body, TASK_RUNS)

    async def artifacts(
        self, runs: Sequence[str], kinds: Sequence[str], offset: int = 0
    ) -> Sequence[Artifact]:
        """A page of what runs left beside their logs, of these kinds."""
        body = {
            "artifacts": {"flow_run_id": {"any_": list(runs)}, "type": {"any_": list(kinds)}},
            "sort": "UPDATED_DESC",
            "limit": PAGE,
            "offset": offset,
        }
        return await self._asked("/artifacts/filter", body, ARTIFACTS)

    async def _all(
        self, path: str, body: Mapping[str, Any], shape: TypeAdapter[list[Shape]]
    ) -> Sequence[Shape]:
        found: list[Shape] = []
        for number in range(MOST_PAGES):
            page = {**body, "limit": PAGE, "offset": number * PAGE}
            piece = await self._asked(path, page, shape)
            found.extend(piece)
            if len(piece) < PAGE:
                return found
        raise Permanent(_TOO_MANY.format(where=self.rest.where, most=MOST_PAGES * PAGE))

    async def _asked(self, path: str, body: Mapping[str, Any], shape: TypeAdapter[Shape]) -> Shape:
        reply = await _patiently(lambda: self.rest.call("POST", path, json=body, repeatable=True))
        return reply.read(shape)


async def _patiently(call: Callable[[], Awaitable[Reply]], patience: float = _PATIENCE) -> Reply:
    """The reply, also when the server was busy with others for a moment.

    Once it may have happened, an error says so, whatever came of the last try.
    """
    clock = asyncio.get_running_loop().time
    until = clock() + patience
    unsure: Ambiguous | None = None
    for pause in (*_PAUSES, None):
        try:
            return await call()
        except (Temporary, Ambiguous) as error:
            unsure = error if isinstance(error, Ambiguous) else unsure
            if error.code != _BUSY or pause is None or clock() + pause > until:
                if unsure is None or unsure is error:
                    raise
                raise unsure from error
        await asyncio.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _tagged(tags: Sequence[str]) -> Mapping[str, Any]:
    return {"tags": {"all_": list(tags)}} if tags else {}
