"""Home: what waits for a person, what runs, and what they do most."""

from collections.abc import Sequence

from bot.domain.access import may_approve
from bot.domain.actors import Actor
from bot.domain.answers import Circumstances
from bot.domain.approvals import is_own
from bot.domain.errors import PortError
from bot.domain.executions import Status
from bot.domain.notices import HomeView
from bot.ports import Clock, PolicySource, Store
from bot.services.cards import Cards
from bot.services.emergencies import Emergencies
from bot.services.executions import Executions
from bot.services.overviews import Overviews, health_line

MOST_SHOWN = 8
"""Cards of one kind on Home; more is a list, not a view."""


class Homes:
    def __init__(
        self,
        *,
        store: Store,
        policy: PolicySource,
        clock: Clock,
        cards: Cards,
        executions: Executions,
        overviews: Overviews,
        emergencies: Emergencies,
    ) -> None:
        self._emergencies = emergencies
        self._store = store
        self._policy = policy
        self._clock = clock
        self._cards = cards
        self._executions = executions
        self._overviews = overviews

    async def of(self, actor: Actor) -> HomeView:
        """Home as this person may see it."""
        now = self._clock.now()
        policy = self._policy.current()
        underway = await self._executions.running(actor)
        health = await self._health()
        async with self._store.reading() as tx:
            waiting = [
                each
                for each in await tx.executions.listing(
                    statuses=[Status.AWAITING_APPROVAL], limit=50
                )
                if not is_own(actor, each)
                and may_approve(policy, actor, each.approvers, around=Circumstances(now=now))
            ]
            recent = await tx.executions.listing(person=actor.id, limit=MOST_SHOWN)
            favourites = await tx.executions.favourites(actor.id)
            running = [each for each in underway if each not in waiting]
            return HomeView(
                person=actor.id,
                waiting=tuple(await self._cards.of_many(tx, waiting[:MOST_SHOWN], now)),
                running=tuple(await self._cards.of_many(tx, running[:MOST_SHOWN], now)),
                recent=tuple(each for each in recent if each.status.is_final),
                favourites=self._named(actor, favourites),
                reviews=tuple(await self._emergencies.open_for(tx, actor)),
                health=health,
                now=now,
            )

    async def favourites(self, actor: Actor) -> tuple[tuple[str, str], ...]:
        """Name and label of the jobs that a person runs most and still may run."""
        async with self._store.reading() as tx:
            names = await tx.executions.favourites(actor.id)
        return self._named(actor, names)

    def _named(self, actor: Actor, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
        visible = {job.name: job.label for job in self._executions.visible_jobs(actor)}
        return tuple((name, visible[name]) for name in names if name in visible)

    async def _health(self) -> str:
        try:
            return health_line(await self._overviews.now())
        except PortError as error:
            # Home is still worth showing when this line cannot be known.
            return str(error)
