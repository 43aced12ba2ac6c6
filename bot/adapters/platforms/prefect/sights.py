"""Runs as observations: all that was asked about looked at together, in few requests."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

import structlog

from bot.adapters.platforms.prefect.api import PAGE, Api
from bot.adapters.platforms.prefect.pauses import Pauses
from bot.adapters.platforms.prefect.results import KINDS, result_of
from bot.adapters.platforms.prefect.shapes import Artifact, Run
from bot.adapters.platforms.prefect.states import attempt_of, has_begun, is_over, standing
from bot.adapters.platforms.prefect.steps import Steps
from bot.adapters.platforms.prefect.tails import Tails
from bot.adapters.platforms.rest import OVERSIZED
from bot.adapters.recent import Recent
from bot.domain.errors import Temporary, Unauthorized
from bot.domain.results import Link, Result
from bot.ports import Observation, RunState

MOST_KEPT = 2_000
"""Ends that are remembered, so that an end is told the same however often it is asked for."""

MOST_PAGES = 5
"""Of the artifacts of runs that ended."""


log = structlog.get_logger()


class Sights:
    """`pages` is where people look at runs, `theirs` now by Prefect's clock."""

    def __init__(
        self, api: Api, pauses: Pauses, pages: str, theirs: Callable[[], datetime]
    ) -> None:
        self._api = api
        self._pauses = pauses
        self._pages = pages
        self._tails = Tails(api, theirs)
        self._steps = Steps(api)
        self._ends = Recent[str, Observation](MOST_KEPT)

    def at_start(self, request_key: str, run: Run) -> Observation:
        """A run that was created just now: there is nothing more to know of it."""
        return self._observation(request_key, run, None)

    async def of(self, runs: Sequence[Run]) -> Mapping[str, Observation]:
        """By their keys."""
        new = [run for run in runs if self._ends.get(_end(run)) is None]
        begun = [run for run in new if has_begun(run)]
        ended = [run for run in begun if is_over(run.state)]
        paused = [run for run in new if run.state is not None and run.state.type == "PAUSED"]
        *_, artifacts = await asyncio.gather(
            _if_it_can_be(self._tails.look(begun)),
            _if_it_can_be(self._steps.look(begun)),
            self._pauses.look(paused),
            self._artifacts([run.id for run in ended]),
        )
        seen: dict[str, Observation] = {}
        for run in runs:
            key = run.idempotency_key or ""
            seen[key] = self._ends.get(_end(run)) or self._seen(key, run, artifacts)
        return seen

    def _seen(self, key: str, run: Run, artifacts: Mapping[str, Sequence[Artifact]]) -> Observation:
        if not is_over(run.state):
            return self._observation(key, run, None)
        result = result_of(
            run,
            artifacts.get(run.id, ()),
            failing=self._steps.failing(run.id),
            tail=self._tails.of(run.id),
        )
        ended = self._observation(key, run, result)
        self._ends.put(_end(run), ended)
        self._tails.forget(run.id)
        self._steps.forget(run.id)
        return ended

    def _observation(self, key: str, run: Run, result: Result | None) -> Observation:
        stands, ours = standing(run), self._api.rest.theirs_to_ours
        pause = self._pauses.of(run) if stands.state is RunState.PAUSED else None
        ended = run.end_time or (run.state.timestamp if result and run.state else None)
        return Observation(
            request_key=key,
            handle=run.id,
            state=stands.state,
            started_at=ours(run.start_time) if run.start_time else None,
            ended_at=ours(ended) if ended and result else None,
            progress=self._steps.of(run.id),
            tail=self._tails.of(run.id),
            result=result,
            note=stands.note,
            attempt=attempt_of(run),
            pause=pause,
            page=Link(url=f"{self._pages}/runs/flow-run/{run.id}", text="Prefect"),
        )

    async def _artifacts(self, names: Sequence[str]) -> Mapping[str, Sequence[Artifact]]:
        found: dict[str, list[Artifact]] = {}
        for number in range(MOST_PAGES if names else 0):
            try:
                page = await self._api.artifacts(names, KINDS, number * PAGE)
            except Temporary as error:
                # What is that large is looked at on Prefect's page; the end is told without it.
                if error.code != OVERSIZED:
                    raise
                break
            for artifact in page:
                found.setdefault(artifact.flow_run_id or "", []).append(artifact)
            if len(page) < PAGE:
                break
        return found


async def _if_it_can_be(look: Awaitable[None]) -> None:
    """How runs stand is worth telling without their last lines."""
    try:
        await look
    except Unauthorized:
        raise
    except Temporary as error:
        log.warning("details_not_seen", why=str(error))


def _end(run: Run) -> str:
    """Names the end of a run; a run that is tried once more by hand ends another time."""
    return f"{run.id} {run.state.id}" if run.state is not None and is_over(run.state) else ""
