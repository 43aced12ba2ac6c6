"""Overviews: one reading of how everything stands, shared by all who ask at about that moment."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import TypeAlias

from bot.domain.durations import roughly
from bot.domain.errors import PortError
from bot.domain.offers import left_behind
from bot.domain.outages import place_called
from bot.domain.overviews import BEHIND_IS_FELT, Overview
from bot.domain.platforms import PlatformStanding
from bot.domain.processes import outdated
from bot.domain.wording import _, at_rest, restated
from bot.ports import Clock, Health, JobPlatform, Store, Transaction
from bot.services.presences import ALIVE_FOR
from bot.services.rounds import every, within

FRESH_FOR = timedelta(seconds=2)
"""However many ask, the database and the platforms are asked no more often."""

LONGEST_LOOK = timedelta(seconds=3)
LONGEST_READING = timedelta(seconds=5)
"""For one platform and for everything: Prometheus gives a scrape ten seconds."""

LATE_IS_FELT = 60.0
"""Seconds; a look at a run is put off for up to half of this when it says nothing new."""

HEARD_IS_LATE = 180.0
"""Seconds; a probe comes back about once a minute."""

_Counts: TypeAlias = Mapping[str, tuple[int, int]]
"""By platform how many executions it may run now, and how many are ready to start there."""

_LEFT = at_rest("It is not in the platforms file any more: nothing is started or looked at there.")


def health_line(overview: Overview) -> str:
    """What a person should know of it, in a line; empty when there is nothing to say."""
    said = [f"{each.name}: {restated(each.unwell)}" for each in overview.platforms if each.unwell]
    if overview.behind >= BEHIND_IS_FELT:
        late = roughly(overview.behind.total_seconds(), _)
        said.append(_("Slack is told {span} late.").format(span=late))
    if overview.poll_lag >= LATE_IS_FELT:
        said.append(_("Runs are looked at {span} late.").format(span=roughly(overview.poll_lag, _)))
    heard = overview.heard_age
    if heard is not None and (said or heard >= HEARD_IS_LATE):
        said.append(_("Slack was last heard {span} ago.").format(span=roughly(heard, _)))
    elif heard is not None:
        said.append(_("All is well; Slack was heard {span} ago.").format(span=roughly(heard, _)))
    return " ".join(said)


class Overviews:
    """`on_disk` is the version of the platforms file as it lies here now."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        platforms: Mapping[str, JobPlatform],
        on_disk: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        self._on_disk = on_disk
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._latest: Overview | None = None
        self._looking = asyncio.Lock()

    async def now(self) -> Overview:
        """How everything stands; at most `FRESH_FOR` old. Raises Temporary or Ambiguous."""
        return await within(LONGEST_READING, self._fresh())

    async def _fresh(self) -> Overview:
        async with self._looking:
            now = self._clock.now()
            if self._latest is None or not timedelta() <= now - self._latest.now < FRESH_FOR:
                self._latest = await self._read()
            return self._latest

    async def _read(self) -> Overview:
        now = self._clock.now()
        healths = await every(self._health(each) for each in self._platforms.values())
        version = await self._on_disk() if self._on_disk is not None else None
        async with self._store.reading() as tx:
            counts = await tx.countings.platforms()
            processes = tuple(await tx.presences.living(now - ALIVE_FOR))
            return Overview(
                now=now,
                inbox=await tx.countings.inbox(),
                outbox=await tx.countings.outbox(now),
                undeliverable=await tx.countings.undeliverable(),
                standings=await tx.countings.standings(),
                approvals=await tx.countings.approvals(),
                processes=processes,
                platforms=await _standing(tx, healths, counts),
                left=await self._left(tx, counts),
                outdated=outdated(processes, version) if version is not None else (),
            )

    async def _left(self, tx: Transaction, counts: _Counts) -> tuple[PlatformStanding, ...]:
        """What is not in our file and offers jobs still, or has runs that nobody saw end."""
        offering = await tx.offers.standing()
        return tuple(
            PlatformStanding(
                name=name,
                unwell=_LEFT,
                live=counts.get(name, (0, 0))[0],
                waiting=counts.get(name, (0, 0))[1],
                is_left=True,
            )
            for name in left_behind(self._platforms.keys(), offering, counts.keys())
        )

    @staticmethod
    async def _health(platform: JobPlatform) -> tuple[JobPlatform, Health]:
        try:
            return platform, await within(LONGEST_LOOK, platform.health())
        except PortError as error:
            return platform, Health(unwell=str(error))


async def _standing(
    tx: Transaction, healths: Sequence[tuple[JobPlatform, Health]], counts: _Counts
) -> tuple[PlatformStanding, ...]:
    away = {each.place: each.since for each in await tx.outages.all()}
    return tuple(
        PlatformStanding(
            name=platform.name,
            unwell=health.unwell,
            version=health.version,
            lag=health.lag,
            skew=health.skew,
            away_since=away.get(place_called(platform.name, platform.host)),
            live=counts.get(platform.name, (0, 0))[0],
            waiting=counts.get(platform.name, (0, 0))[1],
        )
        for platform, health in healths
    )
