"""Polling: what became of live executions, asked in batches or told by a platform's push."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from bot.domain.actors import SYSTEM
from bot.domain.errors import Permanent, PortError
from bot.domain.executions import Execution, Status
from bot.domain.notices import Lane
from bot.ports import (
    UNTRACED,
    Capability,
    Catalog,
    Clock,
    JobPlatform,
    Observation,
    Store,
    Traces,
    Transaction,
)
from bot.services.ends import end_of, give_up, give_up_unasked
from bot.services.looks import Crowds, looked_at
from bot.services.moves import Step, move_all, show_cards
from bot.services.outages import LEFT_ALONE_FOR, Outages
from bot.services.overruns import over_time, stopped_for_time, unconfirmed_stop
from bot.services.pieces import about
from bot.services.rounds import every, few, rest_until, within
from bot.services.sightings import (
    LOOK_AGAIN,
    Sighting,
    is_given_up,
    news_of,
    sighted,
    unheard_of,
)
from bot.services.slowness import Slowness
from bot.services.waits import follow

log = structlog.get_logger(__name__)

POLLED_AT_ONCE = 250
"""Executions asked about in one tick; while there are more, the next begins at once.

A push waits for the transaction of a tick: with 1,000 of them p99 was above a second.
"""

ENDS_AT_ONCE = 200
"""Ends that one tick writes down, in one transaction; so many at most share one."""

BESIDE_EACH_OTHER = 8
"""Stops asked for, and what could not be written together, at the same time."""

BETWEEN_LOOKS = 0.5
SHORTEST_REST = 0.05
"""Seconds after a tick that asked about runs, and after one that found none due."""

LONGEST_ANSWER = timedelta(seconds=30)

CLAIMED_FOR = timedelta(seconds=35)
"""How long nobody else asks about what a tick asks about: longer than any answer takes."""

_POLLED = (Status.RUNNING, Status.CANCELLING)


class Polling:
    """Both the tick and a push say what they saw in the same way, and a status changes in one."""

    def __init__(
        self,
        *,
        store: Store,
        catalog: Catalog,
        clock: Clock,
        platforms: Mapping[str, JobPlatform],
        outages: Outages,
        host: str = "",
        traces: Traces = UNTRACED,
    ) -> None:
        self._outages = outages
        self._traces = traces
        self._hosts = ("", host)
        self._store = store
        self._catalog = catalog
        self._clock = clock
        self._platforms = platforms
        self._slowness = Slowness()
        self._crowds = Crowds()
        self._has_asked = False

    async def poll_due(self) -> int:
        """Ask each platform once about all that is due; returns how many were asked about."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            due = await tx.executions.claim(
                _POLLED, now, now + CLAIMED_FOR, POLLED_AT_ONCE, hosts=self._hosts
            )
        self._has_asked = bool(due)
        by_platform = groupby(sorted(due, key=_platform), key=_platform)
        await every([self._poll(name, list(group)) for name, group in by_platform])
        return len(due)

    async def rest(self, most: float) -> float:
        """Seconds until the next run is due, at most so many; a while after some were asked about,
        so that a look is about all that come due meanwhile.
        """
        now = self._clock.now()
        due = await self._store.look(
            lambda tx: tx.countings.next_due(_POLLED, now, hosts=self._hosts)
        )
        least = BETWEEN_LOOKS if self._has_asked else SHORTEST_REST
        return rest_until(due, now, least=least, most=most)

    async def changed(self, platform: str, *request_keys: str) -> None:
        """A platform says that these runs changed just now."""
        try:
            asked = self._platforms[platform].observe(request_keys)
            seen = await within(LONGEST_ANSWER, asked)
        except PortError:
            if len(request_keys) == 1:
                raise
            # It may be one alone that cannot be asked about.
            alone = (self.changed(platform, key) for key in request_keys)
            await few(alone, BESIDE_EACH_OTHER)
            return
        await self._take(list(seen.values()))

    async def observed(self, seen: Observation) -> None:
        """Take what a platform says of a run into its row, and have it told."""
        await self._write([seen])

    async def _take(self, seen: Sequence[Observation]) -> None:
        """Take all of it in one transaction; each in its own where that one fails."""
        if not seen:
            return
        try:
            await self._write(seen)
        except Exception as error:
            # Whatever it is, one of them must not keep the others: those whose fault it is
            # raise it once more.
            if len(seen) == 1:
                raise
            log.warning("batch_not_written", runs=len(seen), error=repr(error))
            await few((self._write([each]) for each in seen), BESIDE_EACH_OTHER)

    async def _write(self, seen: Sequence[Observation]) -> None:
        """Statements, questions and commits are as many for many as for one."""
        now, by_key = self._clock.now(), {each.request_key: each for each in seen}
        async with self._store.transaction() as tx:
            fresh = await tx.executions.by_request_keys(list(by_key))
            live = [(each, by_key[each.request_key]) for each in fresh if each.status.is_live]
            going = [(each, seen) for each, seen in live if not seen.state.is_final]
            await self._goes_on(tx, going, now)
            with ExitStack() as spans:
                ends: list[Step] = []
                for each, seen_end in live:
                    if seen_end.state.is_final:
                        spans.enter_context(self._span(each, seen_end))
                        ends.append(end_of(self._catalog, each, seen_end, now))
                await move_all(tx, ends, SYSTEM, now)

    def _span(self, execution: Execution, seen: Observation) -> AbstractContextManager[None]:
        return self._traces.span(
            "end",
            request_id=execution.request_id,
            execution=execution.id,
            attempt=execution.attempt,
            state=seen.state,
        )

    async def _poll(self, name: str, due: Sequence[Execution]) -> None:
        platform = self._platforms.get(name)
        if platform is None:
            log.error("platform_missing", platform=name, executions=len(due))
            await self._without_platform(due)
            return
        if not self._outages.lets(name):
            await self._look_again(due, LEFT_ALONE_FOR)
            return
        try:
            keys = [each.request_key for each in due]
            seen = await within(LONGEST_ANSWER, platform.observe(keys))
        except PortError as error:
            log.warning("platform_unreachable", platform=name, error=str(error))
            await self._look_again(due, LOOK_AGAIN)
            if not isinstance(error, Permanent):
                await self._outages.failed(name, error)
            return
        await self._outages.answered(name)
        over = [each for each in due if _is_over(each, seen)]
        going = [each for each in due if not _is_over(each, seen)]
        after = await self._go_on(platform, going, seen)
        now = self._clock.now()
        await self._end(over, [each for each in after if is_given_up(each, now)], seen)
        stopping = [e for e in after if e.status is Status.CANCELLING and e.request_key in seen]
        await few((self._stop(platform, each) for each in stopping), BESIDE_EACH_OTHER)

    async def _without_platform(self, due: Sequence[Execution]) -> None:
        """It was taken out of the file; another process may know it still, so not at once."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            fresh = await tx.executions.by_request_keys([each.request_key for each in due])
            after = [unheard_of(each, now).after for each in fresh if each.status in _POLLED]
            await tx.executions.save_all(after)
            for each in after:
                if is_given_up(each, now):
                    await about(each, give_up_unasked(tx, each, now))

    async def _go_on(
        self,
        platform: JobPlatform,
        polled: Sequence[Execution],
        seen: Mapping[str, Observation],
    ) -> Sequence[Execution]:
        """Write down all that goes on, in a few statements; returns it as it is then."""
        if not polled:
            return []
        now = self._clock.now()
        before = {each.request_key: each for each in polled}
        async with self._store.transaction() as tx:
            fresh = await tx.executions.by_request_keys(list(before))
            sightings = [
                _looked_at(each, before[each.request_key], seen, now)
                for each in fresh
                if each.status in _POLLED
            ]
            after = [each.after for each in sightings]
            if Capability.PUSH not in platform.capabilities:
                usual = await self._slowness.usual(tx, after, now)
                crowd = await self._crowds.pause(tx, platform.name, now)
                after = [looked_at(each, usual.get(each.id), crowd, now) for each in after]
            await tx.executions.save_all(after)
            await follow(tx, fresh, after, now)
            await show_cards(tx, news_of(sightings, now), now, lane=Lane.PROGRESS)
            at_work = [e for e in after if e.request_key in seen and e.pause is None]
            await self._slowness.say(tx, at_work, now)
            return await _overrun(tx, platform, after, seen, now)

    async def _end(
        self,
        over: Sequence[Execution],
        given_up: Sequence[Execution],
        seen: Mapping[str, Observation],
    ) -> None:
        lost = [self._give_up(each) for each in given_up[:ENDS_AT_ONCE]]
        ends = self._take([seen[each.request_key] for each in over[:ENDS_AT_ONCE]])
        await few([ends, *lost], BESIDE_EACH_OTHER)
        if over[ENDS_AT_ONCE:]:
            await self._look_again(over[ENDS_AT_ONCE:], timedelta())

    async def _give_up(self, execution: Execution) -> None:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            fresh = await tx.executions.by_request_key(execution.request_key)
            if fresh is not None and fresh.status.is_live and is_given_up(fresh, now):
                await about(fresh, give_up(tx, fresh, now))

    @staticmethod
    async def _stop(platform: JobPlatform, execution: Execution) -> None:
        try:
            await within(LONGEST_ANSWER, platform.cancel(execution.request_key))
        except PortError as error:
            # Asked again at the next poll.
            log.warning("stop_not_taken", execution_id=execution.id, error=str(error))

    @staticmethod
    async def _goes_on(
        tx: Transaction, going: Sequence[tuple[Execution, Observation]], now: datetime
    ) -> None:
        both = [(before, sighted(before, seen, now)) for before, seen in going]
        begun = [
            Step(before=before, after=sighting.after.moved_to(Status.RUNNING, now))
            for before, sighting in both
            if before.status is Status.SUBMITTING
        ]
        await move_all(tx, begun, SYSTEM, now)
        known = [s for before, s in both if before.status is not Status.SUBMITTING]
        await tx.executions.save_all([sighting.after for sighting in known])
        goes_on = [*(step.after for step in begun), *(sighting.after for sighting in known)]
        await follow(tx, [each for each, _ in going], goes_on, now)
        await show_cards(tx, news_of(known, now), now, lane=Lane.PROGRESS)

    async def _look_again(self, due: Sequence[Execution], after: timedelta) -> None:
        async with self._store.transaction() as tx:
            await tx.executions.put_off([each.id for each in due], self._clock.now() + after)


def _looked_at(
    fresh: Execution, polled: Execution, seen: Mapping[str, Observation], now: datetime
) -> Sighting:
    observation = seen.get(fresh.request_key)
    if observation is None:
        return unheard_of(fresh, now)
    sighting = sighted(fresh, observation, now)
    if fresh.status is polled.status:
        return sighting
    # Somebody asked to stop it while we looked: that is not put off.
    return replace(sighting, after=replace(sighting.after, due_at=fresh.due_at))


async def _overrun(
    tx: Transaction,
    platform: JobPlatform,
    going: Sequence[Execution],
    seen: Mapping[str, Observation],
    now: datetime,
) -> Sequence[Execution]:
    """Stop what is over its time, and tell of stops that had no effect; all as it is then."""
    heard = [each for each in going if each.request_key in seen]
    lines = [unconfirmed_stop(each, platform.stops_within, now) for each in heard]
    await tx.outbox.put_all([(line, None) for line in lines if line is not None], now)
    if Capability.TIME_LIMIT in platform.capabilities:
        return going
    late = [stopped_for_time(each, now) for each in await over_time(tx, heard, now)]
    await move_all(tx, late, SYSTEM, now)
    moved = {step.after.id: step.after for step in late}
    return [moved.get(each.id, each) for each in going]


def _is_over(execution: Execution, seen: Mapping[str, Observation]) -> bool:
    observation = seen.get(execution.request_key)
    return observation is not None and observation.state.is_final


def _platform(execution: Execution) -> str:
    return execution.platform
