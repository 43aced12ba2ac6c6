"""Airflow's REST API v2: each request that we make of it, paged and typed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter

from bot.adapters.platforms.airflow.wire import (
    SINCE_3_3,
    Dag,
    DagDetails,
    DagRun,
    DagRuns,
    Dags,
    Entries,
    Entry,
    Left,
    Links,
    Log,
    Question,
    Questions,
    TaskInstance,
    TaskInstances,
    Tasks,
    Version,
    Vitals,
)
from bot.adapters.platforms.rest import Reply, Rest, quoted
from bot.domain.errors import Ambiguous, Permanent, Temporary, Unauthorized
from bot.domain.wording import at_rest

PAGE = 100
"""Airflow gives no more at a time, whatever is asked (`[api] maximum_page_limit`)."""

MOST_PAGES = 50
KEYS_AT_ONCE = 100
"""Runs in one pattern; 1,500 were too many for Airflow's own database."""

LOGS_LAST = 150.0
"""Seconds that a long log may take to be read."""

_PAUSES = (0.3, 1.0)
"""Seconds before the second and the third try."""

_GONE = frozenset({200, 404})
_TOO_MANY = at_rest("{where} has too many runs whose ids begin alike.")
_FORBIDDEN = at_rest("{where} does not let our account do this with `{dag}`.")

Shape = TypeVar("Shape", bound=BaseModel)
Row = TypeVar("Row")


class Api:
    """Every method raises `Temporary`, `Ambiguous` or `Permanent` and nothing else."""

    def __init__(self, rest: Rest) -> None:
        self.rest = rest

    async def dags(self, tags: Collection[str]) -> Sequence[Dag]:
        """DAGs that have all of these tags and could be started now."""
        fixed = [
            *(("tags", tag) for tag in tags),
            ("tags_match_mode", "all"),
            ("paused", "false"),
            ("exclude_stale", "true"),
            ("order_by", "dag_id"),
        ]

        async def page(offset: int) -> tuple[Sequence[Dag], int | None]:
            found = await self._get("/dags", Dags, (*fixed, *_paged(offset)))
            return found.dags, found.total_entries

        return [each async for each in _all(page) if each.takes_orders]

    async def details(self, dag_id: str) -> DagDetails | None:
        return await self._find(f"/dags/{quoted(dag_id)}/details", DagDetails)

    async def dag(self, dag_id: str) -> Dag | None:
        return await self._find(f"/dags/{quoted(dag_id)}", Dag)

    async def last_tasks(self, dag_id: str) -> frozenset[str]:
        """Ids of the tasks after which none comes."""
        found = await self._find(f"/dags/{quoted(dag_id)}/tasks", Tasks)
        tasks = found.tasks if found is not None else ()
        return frozenset(each.task_id for each in tasks if not each.downstream_task_ids)

    async def trigger(
        self, dag_id: str, order: Mapping[str, Any], hidden: Collection[str] = ()
    ) -> DagRun | None:
        """Start a run; None when its id names one already. No refusal repeats what is `hidden`."""
        path = f"/dags/{quoted(dag_id)}/dagRuns"
        try:
            reply = await self._insisted(
                "POST", path, json=order, ok=frozenset({200, 409}), hidden=hidden
            )
        except Unauthorized as error:
            if error.code != "http 403":
                raise
            sentence = _FORBIDDEN.format(where=self.rest.where, dag=dag_id)
            raise Permanent(sentence, code=error.code) from error
        return None if reply.status == 409 else _read(reply, DagRun)

    async def run(self, dag_id: str, run_id: str) -> DagRun | None:
        return await self._find(_run(dag_id, run_id), DagRun)

    async def runs(self, run_ids: Sequence[str]) -> Mapping[str, DagRun]:
        """Those that there are, of whatever DAG, in as few requests as Airflow bears."""
        chunks = [run_ids[at : at + KEYS_AT_ONCE] for at in range(0, len(run_ids), KEYS_AT_ONCE)]
        found = await asyncio.gather(*(self._some_runs(chunk) for chunk in chunks))
        return {key: run for each in found for key, run in each.items()}

    async def _some_runs(self, run_ids: Sequence[str]) -> Mapping[str, DagRun]:
        """A pattern finds whatever begins like these; that is passed over."""
        wanted, found = set(run_ids), dict[str, DagRun]()
        fixed = (("run_id_prefix_pattern", "|".join(run_ids)), ("order_by", "run_id"))

        async def page(offset: int) -> tuple[Sequence[DagRun], int | None]:
            rows = await self._get("/dags/~/dagRuns", DagRuns, (*fixed, *_paged(offset)))
            return rows.dag_runs, rows.total_entries

        seen, total = 0, 0
        for offset in range(0, MOST_PAGES * PAGE, PAGE):
            rows, total = await page(offset)
            seen += len(rows)
            found |= {each.dag_run_id: each for each in rows if each.dag_run_id in wanted}
            if len(found) == len(wanted) or not rows or seen >= (total or 0):
                return found
        # Never say that a run is not there as long as not all were looked at.
        raise Temporary(_TOO_MANY.format(where=self.rest.where))

    async def longest_waiting(self, dag_ids: Collection[str], until: str) -> DagRun | None:
        """Of these DAGs, the run that should have begun first and has not."""
        asked = {
            "dag_ids": sorted(dag_ids),
            "states": ["queued"],
            "run_after_lte": until,
            "order_by": "run_after",
            "page_limit": 1,
        }
        path = "/dags/~/dagRuns/list"
        reply = await self._call("POST", path, json=asked, repeatable=True)
        return next(iter(_read(reply, DagRuns).dag_runs), None)

    async def fail(self, run: DagRun, note: str) -> DagRun | None:
        """Stop a run; None when there is none any more. Once more does no harm."""
        path, change = _run(run.dag_id, run.dag_run_id), {"state": "failed", "note": note}
        reply = await self._insisted("PATCH", path, json=change, ok=_GONE, repeatable=True)
        return _read(reply, DagRun) if reply.status == 200 else None

    async def task_instances(
        self, run_ids: Sequence[str], states: Sequence[str] = ()
    ) -> Sequence[TaskInstance]:
        """The tasks of many runs, at their latest tries; only those in `states` where given.

        By GET: the POST that is made for this leaves a row in Airflow's audit log at every look.
        """
        chunks = [run_ids[at : at + KEYS_AT_ONCE] for at in range(0, len(run_ids), KEYS_AT_ONCE)]
        found = await asyncio.gather(*(self._some_tasks(chunk, states) for chunk in chunks))
        return [each for chunk in found for each in chunk]

    async def _some_tasks(
        self, run_ids: Sequence[str], states: Sequence[str]
    ) -> Sequence[TaskInstance]:
        fixed = (
            ("run_id_prefix_pattern", "|".join(run_ids)),
            *(("state", state) for state in states),
            ("order_by", "id"),
        )

        async def page(offset: int) -> tuple[Sequence[TaskInstance], int | None]:
            path = "/dags/~/dagRuns/~/taskInstances"
            rows = await self._get(path, TaskInstances, (*fixed, *_paged(offset)))
            return rows.task_instances, rows.total_entries

        wanted = set(run_ids)
        try:
            return [each async for each in _all(page) if each.dag_run_id in wanted]
        except Permanent as error:
            if error.code != "http 422" or SINCE_3_3 not in states:
                raise
        return await self._some_tasks(run_ids, [each for each in states if each != SINCE_3_3])

    async def tries(self, task: TaskInstance) -> Sequence[TaskInstance]:
        """Every try of a task, the latest too."""
        found = await self._find(f"{_task(task)}/{task.map_index}/tries", TaskInstances)
        return found.task_instances if found is not None else ()

    async def log(self, task: TaskInstance, token: str) -> Log | None:
        """What a try wrote since a token, or so far; None when the token is not known any more."""
        params = [("map_index", str(task.map_index)), *([("token", token)] if token else [])]
        reply = await self._call(
            "GET", _log(task), params=params, ok=frozenset({200, 400, 404}) if token else _GONE
        )
        if reply.status == 400:
            return None
        return _read(reply, Log) if reply.status == 200 else Log(content=())

    async def whole_log(self, task: TaskInstance, take: Callable[[bytes], None]) -> None:
        """What a try wrote so far, from its beginning on, as newline-delimited JSON."""
        await self._call(
            "GET",
            _log(task),
            params=[("map_index", str(task.map_index))],
            headers={"Accept": "application/x-ndjson"},
            ok=_GONE,
            into=take,
            patience=LOGS_LAST,
        )

    async def entries(self, run: DagRun) -> Sequence[Entry]:
        """What its tasks returned, the latest first."""
        path = f"{_run(run.dag_id, run.dag_run_id)}/taskInstances/~/xcomEntries"
        asked = (("xcom_key", "return_value"), ("order_by", "-timestamp"), ("limit", str(PAGE)))
        found = await self._find(path, Entries, asked)
        return found.xcom_entries if found is not None else ()

    async def value(self, run: DagRun, entry: Entry) -> Any:
        task = f"{_run(run.dag_id, run.dag_run_id)}/taskInstances/{quoted(entry.task_id)}"
        asked = (("map_index", str(entry.map_index)),)
        found = await self._find(f"{task}/xcomEntries/{quoted(entry.key)}", Left, asked)
        return found.value if found is not None else None

    async def links(self, task: TaskInstance) -> Mapping[str, str]:
        """What the task's operator links to, by what it is called."""
        asked = (("map_index", str(task.map_index)),)
        found = await self._find(f"{_task(task)}/links", Links, asked)
        links = found.extra_links if found is not None else {}
        return {name: url for name, url in links.items() if url}

    async def questions(self, run: DagRun) -> Sequence[Question]:
        """What its tasks ask people or have asked them, in their order."""
        path = f"{_run(run.dag_id, run.dag_run_id)}/hitlDetails"

        async def page(offset: int) -> tuple[Sequence[Question], int | None]:
            found = await self._find(path, Questions, (("order_by", "created_at"), *_paged(offset)))
            return (found.hitl_details, found.total_entries) if found is not None else ((), 0)

        return [each async for each in _all(page)]

    async def respond(self, task: TaskInstance, response: Mapping[str, Any]) -> bool:
        """Answer a task; False when it has been answered or is no more."""
        path = f"{_task(task)}/{task.map_index}/hitlDetails"
        taken = frozenset({200, 404, 409})
        reply = await self._call("PATCH", path, json=response, ok=taken)
        return reply.status == 200

    async def annotate(self, task: TaskInstance, note: str) -> None:
        path = f"{_task(task)}/{task.map_index}"
        await self._call("PATCH", path, json={"note": note[:1_000]}, ok=_GONE, repeatable=True)

    async def vitals(self) -> Vitals:
        return await self._get("/monitor/health", Vitals)

    async def version(self) -> str:
        return (await self._get("/version", Version)).version

    async def _get(
        self, path: str, shape: type[Shape], params: Sequence[tuple[str, str]] = ()
    ) -> Shape:
        return _read(await self._call("GET", path, params=params), shape)

    async def _find(
        self, path: str, shape: type[Shape], params: Sequence[tuple[str, str]] = ()
    ) -> Shape | None:
        reply = await self._call("GET", path, params=params, ok=_GONE)
        return _read(reply, shape) if reply.status == 200 else None

    async def _insisted(self, method: str, path: str, **how: Any) -> Reply:
        """What may be sent again, and is when Airflow's database was busy: it says 500 then.

        Once it may have happened, an error says so, whatever came of the last try.
        """
        unsure: Ambiguous | None = None
        for pause in (*_PAUSES, None):
            try:
                return await self._call(method, path, **how)
            except (Ambiguous, Temporary) as error:
                unsure = error if isinstance(error, Ambiguous) else unsure
                if error.code != "http 500" or pause is None:
                    if unsure is None or unsure is error:
                        raise
                    raise unsure from error
            await asyncio.sleep(pause)
        raise AssertionError("the last try returns or raises")

    async def _call(self, method: str, path: str, **how: Any) -> Reply:
        return await self.rest.call(method, f"/api/v2{path}", **how)


async def _all(
    page: Callable[[int], Awaitable[tuple[Sequence[Row], int | None]]],
) -> AsyncIterator[Row]:
    """Rows of page after page, up to a bound."""
    offset = 0
    for _ in range(MOST_PAGES):
        rows, total = await page(offset)
        for each in rows:
            yield each
        offset += len(rows)
        if not rows or (total is not None and offset >= total):
            return


def _paged(offset: int) -> tuple[tuple[str, str], ...]:
    return ("limit", str(PAGE)), ("offset", str(offset))


def _read(reply: Reply, shape: type[Shape]) -> Shape:
    return reply.read(_adapter(shape))


@cache
def _adapter(shape: type[Shape]) -> TypeAdapter[Shape]:
    return TypeAdapter(shape)


def _run(dag_id: str, run_id: str) -> str:
    return f"/dags/{quoted(dag_id)}/dagRuns/{quoted(run_id)}"


def _task(task: TaskInstance) -> str:
    return f"{_run(task.dag_id, task.dag_run_id)}/taskInstances/{quoted(task.task_id)}"


def _log(task: TaskInstance) -> str:
    return f"{_task(task)}/logs/{task.try_number}"
