"""AirflowPlatform: DAGs of one Airflow 3 as jobs, asked over REST v2 by whoever has its address."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.adapters.platforms.airflow.api import Api
from bot.adapters.platforms.airflow.catalogues import offered
from bot.adapters.platforms.airflow.health import health_of
from bot.adapters.platforms.airflow.logs import Logs
from bot.adapters.platforms.airflow.notes import cancelled, hidden_values, note_of
from bot.adapters.platforms.airflow.observing import Observing
from bot.adapters.platforms.airflow.pauses import Pauses
from bot.adapters.platforms.airflow.segments import Segments
from bot.adapters.platforms.airflow.wire import Dag, DagRun
from bot.adapters.platforms.rest import Rest
from bot.adapters.platforms.schemas import problems
from bot.domain.arguments import arguments_of
from bot.domain.errors import Ambiguous, Permanent, Temporary
from bot.domain.jobs import Job
from bot.domain.parameters import Value
from bot.domain.pauses import Answer
from bot.domain.wording import at_rest
from bot.ports import Capability, Health, LogChunk, Observation, StartOrder

CAPABILITIES = frozenset(
    {
        Capability.CATALOGUE,
        Capability.START_ONCE,
        Capability.START_LATER,
        Capability.MANY_STATUSES,
        Capability.LOG_PAGES,
        Capability.PROGRESS,
        Capability.CANCEL,
        Capability.PAUSE,
        Capability.ARTIFACTS,
    }
)
"""Airflow limits the time of a DAG's runs, but not of one run as somebody asks."""

_KEY = re.compile(r"[A-Za-z0-9](?:\.?[A-Za-z0-9_~:+-]+)*")
_LONGEST_KEY = 128
_RESERVED = ("scheduled__", "backfill__", "asset_triggered__", "asset_materialization__")

_CANNOT_NAME_RUN = at_rest("`{key}` cannot name a run.")
_NO_DAG = at_rest("{where} has no DAG `{dag}`.")
_PAUSED = at_rest("The DAG `{dag}` is paused in {where}: its runs would wait for ever.")
_BROKEN = at_rest("The DAG `{dag}` cannot be read by {where}: nothing of it can be started.")
_NOT_BY_HAND = at_rest("{where} does not let the DAG `{dag}` be started by hand.")
_NO_SECRETS = at_rest(
    "{where} keeps parameters where many can read them: put the secret into a connection there."
)
_NO_FILES = at_rest("{where} takes no files.")
_NO_RUN = at_rest("{where} knows no such run.")


class AirflowPlatform:
    """`page` is where people see it, `entrance` where tokens are fetched; `now` is our clock."""

    host = ""
    capabilities = CAPABILITIES

    def __init__(
        self,
        name: str,
        api: Api,
        *,
        page: str,
        tags: Sequence[str] = (),
        now: Callable[[], datetime],
        stops_within: timedelta = timedelta(minutes=2),
        entrance: Rest | None = None,
    ) -> None:
        self.name = name
        self.stops_within = stops_within
        self._api = api
        self._entrance = entrance
        self._where = api.rest.where
        self._tags = tuple(tags)
        self._now = now
        self._offered: frozenset[str] = frozenset()
        self._is_closed = asyncio.Event()
        segments = Segments(api)
        self._logs = Logs(api, segments, now)
        self._pauses = Pauses(api, now)
        self._observing = Observing(api, self._logs, segments, self._pauses, page)

    async def account(self, name: str) -> str:
        """Runs are started by our own account there; who asked stands in their notes."""
        return ""

    async def catalogue(self) -> Sequence[Job]:
        jobs = await offered(self._api, self.name, self._tags)
        self._offered = frozenset(job.remote for job in jobs)
        return jobs

    async def check(self, job: Job, values: Mapping[str, Value]) -> Mapping[str, str]:
        """By the schema as it was offered: Airflow itself has no other way than to start."""
        arguments = arguments_of(job, values)
        return await asyncio.to_thread(problems, job.schema, arguments, job.parameters)

    async def start(self, order: StartOrder) -> Observation:
        key = order.request_key
        if not _is_key(key):
            raise Permanent(_CANNOT_NAME_RUN.format(key=key[:40]))
        if order.secrets:
            raise Permanent(_NO_SECRETS.format(where=self._where))
        if order.files:
            raise Permanent(_NO_FILES.format(where=self._where))
        try:
            begun = await self._begun(order)
        except Permanent:
            # It may have been started before its DAG was paused, or what it takes was changed.
            before = await self._started_before(order)
            if before is None:
                raise
            return before
        if begun is not None:
            return self._observing.begun(begun)
        # Where the id is taken, it is by ourselves.
        before = await self._started_before(order)
        if before is None:
            raise Permanent(_NO_RUN.format(where=self._where))
        return before

    async def find(self, request_key: str) -> Observation | None:
        return (await self.observe([request_key])).get(request_key)

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        keys = [each for each in dict.fromkeys(request_keys) if _is_key(each)]
        runs = await self._api.runs(keys)
        return await self._observing.of([runs[key] for key in keys if key in runs])

    async def logs(self, request_key: str, cursor: str = "", limit: int = 65_536) -> LogChunk:
        return await self._logs.read(await self._run(request_key), cursor, limit)

    async def end_of_log(self, request_key: str, limit: int = 65_536) -> str:
        return await self._logs.end(await self._run(request_key), max(limit, 1))

    async def cancel(self, request_key: str) -> None:
        """The note says that it was us before the state changes, in the same request.

        A run that is over is left alone: Airflow would turn a success into a failure.
        """
        run = await self._run_or_none(request_key)
        if run is not None and not run.is_over:
            await self._api.fail(run, cancelled(run.note))

    async def answer(self, request_key: str, answer: Answer) -> None:
        await self._pauses.answer(await self._run(request_key), answer)

    async def changes(self) -> AsyncIterator[str]:
        """Airflow tells nobody by itself: this waits until the platform is closed."""
        await self._is_closed.wait()
        for each in ():
            yield each

    async def health(self) -> Health:
        return await health_of(self._api, self._offered, self._now())

    async def close(self) -> None:
        self._is_closed.set()
        self._logs.close()
        await self._api.rest.close()
        if self._entrance is not None:
            await self._entrance.close()

    async def _begun(self, order: StartOrder) -> DagRun | None:
        """A new run; None where its id is taken."""
        unstartable = self._unstartable(await self._api.dag(order.remote), order.remote)
        if unstartable:
            raise Permanent(unstartable)
        body = self._body(order)
        hidden = hidden_values(body["note"], order.arguments)
        return await self._api.trigger(order.remote, body, hidden)

    async def _started_before(self, order: StartOrder) -> Observation | None:
        """Raises `Ambiguous` while nobody can say: it may well have been started."""
        try:
            run = await self._api.run(order.remote, order.request_key)
            return None if run is None else (await self._observing.of([run]))[order.request_key]
        except Temporary as error:
            raise Ambiguous(str(error), code=error.code) from error

    async def _run(self, request_key: str) -> DagRun:
        run = await self._run_or_none(request_key)
        if run is None:
            raise Permanent(_NO_RUN.format(where=self._where))
        return run

    async def _run_or_none(self, request_key: str) -> DagRun | None:
        if not _is_key(request_key):
            return None
        return (await self._api.runs([request_key])).get(request_key)

    def _unstartable(self, dag: Dag | None, dag_id: str) -> str:
        """Why Airflow would refuse a run, or take it and never begin it."""
        if dag is None:
            return _NO_DAG.format(where=self._where, dag=dag_id[:100])
        why = ""
        if dag.is_paused:
            why = _PAUSED
        elif dag.is_stale or dag.has_import_errors:
            why = _BROKEN
        elif not dag.takes_orders:
            why = _NOT_BY_HAND
        return why.format(where=self._where, dag=dag_id)

    def _body(self, order: StartOrder) -> Mapping[str, Any]:
        body: dict[str, Any] = {
            "dag_run_id": order.request_key,
            "logical_date": None,
            "conf": dict(order.arguments),
            "note": note_of(order),
        }
        if order.not_before is not None:
            begins = self._api.rest.ours_to_theirs(order.not_before)
            body["run_after"] = begins.astimezone(UTC).isoformat()
        return body


def _is_key(text: str) -> bool:
    """What Airflow takes as the id of a run; some beginnings are kept for its own."""
    is_free = not text.startswith(_RESERVED) and len(text) <= _LONGEST_KEY
    return is_free and _KEY.fullmatch(text) is not None
