"""Returns: what became of lost runs, once whoever ran them answers again. Nothing is started."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from bot.domain.actors import SYSTEM
from bot.domain.errors import PortError
from bot.domain.executions import Execution, Status
from bot.domain.notices import LineKind
from bot.domain.wording import at_rest
from bot.ports import Clock, JobPlatform, Observation, RunState, Store, Transaction
from bot.services.ends import ENDS, held, take_true_end
from bot.services.moves import move, show_card
from bot.services.pieces import about
from bot.services.rounds import every, few, within
from bot.services.sayings import say

log = structlog.get_logger(__name__)

LOOKED_FOR_AT_ONCE = 200
LOOK_AGAIN = timedelta(seconds=30)
"""How long a lost run is left alone whose platform does not answer, or which still runs."""

LONGEST_ANSWER = timedelta(seconds=20)
BESIDE_EACH_OTHER = 4


_NO_RECORD = at_rest("{where} answers again, and has no record of this run.")


class Returns:
    """Looks for lost runs that are due a look; with a platform's word on them they are known."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        platforms: Mapping[str, JobPlatform],
        host: str = "",
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._hosts = ("", host)

    async def look(self) -> int:
        """Ask about lost runs that this process can ask about; returns how many those were."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            lost = await tx.executions.claim(
                [Status.LOST], now, now + LOOK_AGAIN, LOOKED_FOR_AT_ONCE, hosts=self._hosts
            )
        by_platform = groupby(sorted(lost, key=_platform), key=_platform)
        await every([self._ask(name, list(group)) for name, group in by_platform])
        return len(lost)

    async def _ask(self, name: str, lost: Sequence[Execution]) -> None:
        platform = self._platforms.get(name)
        if platform is None:
            return
        try:
            seen = await within(
                LONGEST_ANSWER, platform.observe([each.request_key for each in lost])
            )
        except PortError as error:
            log.warning("platform_unreachable", platform=name, error=str(error))
            return
        await few(
            (about(each, self._learn(platform, each, seen)) for each in lost), BESIDE_EACH_OTHER
        )

    async def _learn(
        self, platform: JobPlatform, lost: Execution, seen: Mapping[str, Observation]
    ) -> None:
        told = seen.get(lost.request_key)
        if told is None and not lost.handle:
            try:
                # After this it surely never begins, whoever was about to start it.
                told = await within(LONGEST_ANSWER, platform.find(lost.request_key))
            except PortError as error:
                log.warning("platform_unreachable", platform=platform.name, error=str(error))
                return
        now = self._clock.now()
        async with self._store.transaction() as tx:
            fresh = await tx.executions.get(lost.id)
            if fresh is None or fresh.status is not Status.LOST:
                return
            await _take(tx, fresh, told and held(fresh, told), now)


async def _take(tx: Transaction, lost: Execution, told: Observation | None, now: datetime) -> None:
    if told is None:
        note = _NO_RECORD.format(where=_where(lost))
        await _keep_lost(tx, replace(lost, note=note), now)
    elif told.state is RunState.LOST:
        result = told.result or lost.result
        await _keep_lost(tx, replace(lost, result=result, tail=told.tail or lost.tail), now)
    elif told.state.is_final:
        await _say_found(tx, lost, now, ENDS[told.state])
        await take_true_end(tx, lost, told, now)
    elif not lost.was_to_stop:
        # One that was asked to stop is no run again: it is looked at until its end is known.
        await _runs_on(tx, lost, told, now)


async def _keep_lost(tx: Transaction, lost: Execution, now: datetime) -> None:
    """More will not be known of it."""
    if await tx.executions.save(replace(lost, due_at=None)) is not None:
        await show_card(tx, lost, now)


async def _runs_on(tx: Transaction, lost: Execution, seen: Observation, now: datetime) -> None:
    after = lost.found(
        Status.RUNNING,
        now,
        handle=seen.handle,
        started_at=lost.started_at or seen.started_at or now,
        progress=seen.progress,
        tail=seen.tail,
        sandbox=seen.sandbox,
    )
    # None: another run took its concurrency key meanwhile; then it counts as lost to its end.
    await move(tx, lost, after, SYSTEM, now, found_on=_where(lost))
    await _say_found(tx, lost, now, Status.RUNNING)


async def _say_found(tx: Transaction, lost: Execution, now: datetime, as_: Status) -> None:
    once = f"{as_}:{lost.changed_at.timestamp():.0f}"
    await say(tx, lost, LineKind.FOUND, now, once=once, where=_where(lost), found_as=as_)


def _where(lost: Execution) -> str:
    return lost.host or lost.platform


def _platform(execution: Execution) -> str:
    return execution.platform
