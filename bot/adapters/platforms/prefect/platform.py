"""PrefectPlatform: runs of a Prefect 3, started once by their key and seen together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.adapters.platforms.prefect.api import Api
from bot.adapters.platforms.prefect.logs import Logs
from bot.adapters.platforms.prefect.offers import jobs_of
from bot.adapters.platforms.prefect.pauses import Pauses
from bot.adapters.platforms.prefect.settings import PrefectSettings
from bot.adapters.platforms.prefect.shapes import Run
from bot.adapters.platforms.prefect.sights import Sights
from bot.adapters.platforms.prefect.starts import (
    body_of,
    hidden_of,
    refuse_what_cannot_be,
    template_in,
    unsayable,
)
from bot.adapters.platforms.prefect.states import is_over
from bot.adapters.platforms.rest import Rest
from bot.adapters.platforms.schemas import problems
from bot.adapters.recent import Recent
from bot.domain.arguments import arguments_of
from bot.domain.errors import Ambiguous, Permanent, PortError, Temporary
from bot.domain.jobs import Job
from bot.domain.parameters import Value
from bot.domain.pauses import Answer
from bot.domain.wording import at_rest
from bot.ports import Capability, Health, LogChunk, Observation, StartOrder

MOST_KEPT = 50_000
"""Runs whose id at Prefect is remembered; the others are looked for by their key."""

_NO_DEPLOYMENT = at_rest("{where} has no deployment called `{remote}`.")
_NO_RUN = at_rest("{where} knows no such run.")
_STOPPING_WAITS = at_rest("{where} cannot stop it just now: {why}")

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


class PrefectPlatform:
    """One server, or one workspace of the cloud; everything that is kept here is a cache."""

    host = ""
    capabilities = CAPABILITIES

    def __init__(
        self, name: str, settings: PrefectSettings, rest: Rest, now: Callable[[], datetime]
    ) -> None:
        self.name = name
        self.stops_within: timedelta = settings.stops_within
        self._tags = settings.tags
        self._rest = rest
        self._now = now
        self._api = Api(rest)
        self._logs = Logs(self._api, self._theirs)
        self._pauses = Pauses(self._api, rest.theirs_to_ours, now)
        self._sights = Sights(self._api, self._pauses, settings.pages, self._theirs)
        self._ids = Recent[str, str](MOST_KEPT)
        self._deployments: dict[str, str] = {}

    async def account(self, name: str) -> str:
        """Prefect knows one account of ours, whoever asks."""
        return ""

    async def catalogue(self) -> Sequence[Job]:
        found, flows = await asyncio.gather(
            self._api.deployments(self._tags), self._api.flows(self._tags)
        )
        names = {flow.id: flow.name for flow in flows}
        self._deployments = {
            f"{names[each.flow_id]}/{each.name}": each.id for each in found if each.flow_id in names
        }
        return await asyncio.to_thread(jobs_of, self.name, found, flows, self._tags)

    async def check(self, job: Job, values: Mapping[str, Value]) -> Mapping[str, str]:
        arguments = arguments_of(job, values)
        if why := template_in(arguments):
            return {"": why}
        found = dict(unsayable(job, values))
        if job.schema:
            found |= await asyncio.to_thread(problems, job.schema, arguments, job.parameters)
        return found

    async def start(self, order: StartOrder) -> Observation:
        refuse_what_cannot_be(self.name, order)
        body, hidden = body_of(order, self._rest.ours_to_theirs), hidden_of(order)
        try:
            run, is_new = await self._created(order, body, hidden)
        except Permanent:
            # It may have been started before the deployment went or was changed.
            before = await self._started_before(order.request_key)
            if before is None:
                raise
            run, is_new = before, False
        self._remember([run])
        if is_new:
            return self._sights.at_start(order.request_key, run)
        try:
            seen = await self._sights.of([run])
        except Temporary as error:
            # It is there: whoever took this for surely not started would let it go on unseen.
            raise Ambiguous(str(error), code=error.code) from error
        return seen[run.idempotency_key or order.request_key]

    async def find(self, request_key: str) -> Observation | None:
        return (await self.observe([request_key])).get(request_key)

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        return await self._sights.of(await self._runs(request_keys))

    async def logs(self, request_key: str, cursor: str = "", limit: int = 65_536) -> LogChunk:
        return await self._logs.after(await self._known(request_key), cursor, limit)

    async def end_of_log(self, request_key: str, limit: int = 65_536) -> str:
        return await self._logs.end(await self._known(request_key), limit)

    async def cancel(self, request_key: str) -> None:
        """Prefect ends at once what nobody has taken up, and leaves alone what is over."""
        run = await self._run(request_key)
        if run is None or is_over(run.state):
            return
        # CANCELLED would be taken for a run that failed meanwhile, too, and rewrite its end.
        came = await self._api.set_state(run.id, {"type": "CANCELLING"})
        if came is not None and came.status == "WAIT":
            why = came.details.reason or came.status
            sentence = _STOPPING_WAITS.format(where=self.name, why=why[:200])
            raise Temporary(sentence, retry_after=came.details.delay_seconds)

    async def answer(self, request_key: str, answer: Answer) -> None:
        await self._pauses.answer(await self._known(request_key), answer)

    async def changes(self) -> AsyncIterator[str]:
        """Prefect is asked; it tells nothing by itself."""
        return
        yield

    async def health(self) -> Health:
        try:
            version, late = await asyncio.gather(
                self._api.version(), self._api.oldest_late(self._tags)
            )
        except PortError as error:
            return Health(unwell=str(error), skew=self._rest.skew)
        since = late.expected_start_time if late is not None else None
        lag = max(self._theirs() - since, timedelta()) if since is not None else timedelta()
        return Health(version=version, lag=lag, skew=self._rest.skew)

    async def close(self) -> None:
        await self._rest.close()

    async def _created(
        self, order: StartOrder, body: Mapping[str, Any], hidden: Sequence[str]
    ) -> tuple[Run, bool]:
        """The run, by a deployment that may have been made anew since we looked."""
        known = self._deployments.get(order.remote)
        created = await self._api.create(known, body, hidden) if known else None
        if created is None:
            found = await self._api.deployment(order.remote)
            if found is not None:
                self._deployments[order.remote] = found.id
                created = await self._api.create(found.id, body, hidden)
        if created is None:
            self._deployments.pop(order.remote, None)
            raise Permanent(_NO_DEPLOYMENT.format(where=self.name, remote=order.remote[:100]))
        return created

    async def _started_before(self, request_key: str) -> Run | None:
        """Raises `Ambiguous` while nobody can say."""
        try:
            return await self._run(request_key)
        except Temporary as error:
            raise Ambiguous(str(error), code=error.code) from error

    async def _known(self, request_key: str) -> Run:
        run = await self._run(request_key)
        if run is None:
            raise Permanent(_NO_RUN.format(where=self.name), code="unknown")
        return run

    async def _run(self, request_key: str) -> Run | None:
        return next(iter(await self._runs([request_key])), None)

    async def _runs(self, request_keys: Sequence[str]) -> Sequence[Run]:
        """One run for each key that has one; by its id where that is known, which is indexed."""
        keys = dict.fromkeys(request_keys)
        known = {key: self._ids.get(key) for key in keys}
        ids = [each for each in known.values() if each is not None]
        others = [key for key, each in known.items() if each is None]
        by_id, by_key = await asyncio.gather(
            self._api.runs("id", ids), self._api.runs("idempotency_key", others)
        )
        found: dict[str, Run] = {}
        for run in [*by_id, *by_key]:
            key = run.idempotency_key
            # A key is unique among the runs of one flow only: the first of them is ours.
            if key in keys and (key not in found or _age(run) < _age(found[key])):
                found[key] = run
        self._remember(found.values())
        return list(found.values())

    def _remember(self, runs: Iterable[Run]) -> None:
        for run in runs:
            if run.idempotency_key:
                self._ids.put(run.idempotency_key, run.id)

    def _theirs(self) -> datetime:
        """Now, by Prefect's clock."""
        return self._rest.ours_to_theirs(self._now())


def _age(run: Run) -> tuple[bool, datetime | None, str]:
    return run.created is None, run.created, run.id
