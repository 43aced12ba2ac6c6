"""Outages: a platform that does not answer is left alone, told of once, and told of when back."""

from collections import defaultdict
from collections.abc import Container, Mapping
from datetime import datetime, timedelta

import structlog

from bot.domain.actors import SYSTEM
from bot.domain.audit import AuditEntry
from bot.domain.durations import roughly
from bot.domain.errors import PortError
from bot.domain.executions import LIVE, Status
from bot.domain.notices import Lane
from bot.domain.outages import Outage, place_called
from bot.domain.wording import at_rest, restated
from bot.ports import Clock, Health, JobPlatform, Store, Transaction
from bot.services.breakers import Breaker
from bot.services.moves import show_cards
from bot.services.rounds import every, within
from bot.services.sayings import tell_operators

log = structlog.get_logger(__name__)

LEFT_ALONE_FOR = timedelta(seconds=15)
"""How long nothing is asked of a platform that is away before one question tries again."""

LONGEST_LOOK = timedelta(seconds=10)

MOST_CARDS = 200
"""Cards of live executions that say so when their platform is away: Slack takes 50 a minute."""

_ASKED_ABOUT = frozenset({Status.RUNNING, Status.CANCELLING})

_AWAY = at_rest(
    "{platform} does not answer: {why} What runs there goes on without being seen, and what is to "
    "start there waits."
)
_BACK = at_rest("{platform} answers again, after {span}. What happened meanwhile is being told.")


class Outages:
    """Breakers for each platform of this process; what is told of it is in the database.

    One hears how questions about runs end, the other what the platform says of itself.
    """

    def __init__(self, *, store: Store, clock: Clock, platforms: Mapping[str, JobPlatform]) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._breakers: defaultdict[str, Breaker] = defaultdict(lambda: Breaker(LEFT_ALONE_FOR))
        self._looks: defaultdict[str, Breaker] = defaultdict(lambda: Breaker(LEFT_ALONE_FOR))

    def lets(self, name: str) -> bool:
        """Whether to ask a platform; while it is away, one question after each rest."""
        return self._breakers[name].lets(self._clock.now())

    async def look(self) -> int:
        """Ask every platform how it is, busy or not; returns how many are unwell."""
        async with self._store.reading() as tx:
            away = {each.place for each in await tx.outages.all()}
        looks = (self._look_at(each, away) for each in self._platforms.values())
        return sum(await every(looks))

    async def failed(self, name: str, error: PortError | str) -> None:
        """A question about runs was not answered."""
        await self._trouble(name, self._breakers[name], error)

    async def answered(self, name: str) -> None:
        """A question about runs was answered; what says that it is unwell is not back by that."""
        breaker = self._breakers[name]
        was_open = breaker.is_open
        breaker.ended(self._clock.now(), well=True)
        if was_open and not self._looks[name].is_open:
            await self._is_back(name)

    async def _trouble(self, name: str, breaker: Breaker, error: PortError | str) -> None:
        now = self._clock.now()
        breaker.ended(now, well=False)
        if not breaker.is_open:
            return
        outage = Outage(place=self._place(name), since=now, why=str(error))
        async with self._store.transaction() as tx:
            if await tx.outages.begin(outage):
                await self._tell(tx, name, "began", _away(name, error), now, why=str(error))

    async def _is_back(self, name: str) -> None:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            outage = await tx.outages.end(self._place(name))
            if outage is not None:
                span = roughly((now - outage.since).total_seconds())
                said = _BACK.format(platform=name, span=span)
                await self._tell(tx, name, "ended", said, now, since=outage.since.isoformat())

    async def _look_at(self, platform: JobPlatform, away: Container[str]) -> bool:
        name = platform.name
        try:
            health = await within(LONGEST_LOOK, platform.health())
        except PortError as error:
            health = Health(unwell=str(error))
        if health.unwell:
            await self._trouble(name, self._looks[name], health.unwell)
            return True
        self._looks[name].ended(self._clock.now(), well=True)
        if self._breakers[name].is_open and await self._runs_at(platform):
            # It may be well and tell nothing of its runs: then the next question about them says.
            return True
        await self.answered(name)
        if self._place(name) in away:
            # Another process told of it, or one that is gone.
            await self._is_back(name)
        return False

    async def _runs_at(self, platform: JobPlatform) -> bool:
        """Whether this process asks about runs there."""
        async with self._store.reading() as tx:
            live = await tx.executions.listing(
                platform=platform.name, statuses=sorted(_ASKED_ABOUT), limit=MOST_CARDS
            )
        return any(each.host == platform.host for each in live)

    def _place(self, name: str) -> str:
        platform = self._platforms.get(name)
        host = platform.host if platform is not None else ""
        return place_called(name, host)

    async def _tell(
        self, tx: Transaction, name: str, what: str, sentence: str, now: datetime, **facts: str
    ) -> None:
        log.warning("platform_outage", platform=name, what=what, **facts)
        place = self._place(name)
        await tx.audit.write(
            AuditEntry(
                at=now,
                tag=f"platform:outage:{what}",
                actor=f"{SYSTEM.kind}:{SYSTEM.id.user}",
                actor_name=SYSTEM.name,
                subject=f"platform:{place}",
                detail=facts,
            )
        )
        key = f"outage:{place}:{what}:{now.timestamp():.0f}"
        await tell_operators(tx, key, now, sentence)
        live = await tx.executions.listing(platform=name, statuses=sorted(LIVE), limit=MOST_CARDS)
        await show_cards(tx, [(each, None) for each in live], now, lane=Lane.PROGRESS)


def _away(name: str, error: PortError | str) -> str:
    why = restated(str(error)).rstrip(".")
    return _AWAY.format(platform=name, why=f"{why}.")
