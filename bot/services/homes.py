"""Home: what waits for a person, what runs, and what they do most."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.access import may_speak
from bot.domain.actors import Actor
from bot.domain.answers import Allowed, Circumstances
from bot.domain.delegations import Voice
from bot.domain.errors import PortError
from bot.domain.executions import Execution, Status
from bot.domain.notices import HomeView
from bot.domain.overviews import Overview
from bot.domain.policies import Policy
from bot.ports import Clock, PolicySource, Store, Transaction
from bot.services.cards import Cards
from bot.services.delegations import Delegations
from bot.services.emergencies import Emergencies
from bot.services.executions import MOST_NOT_OVER, Executions
from bot.services.overviews import Overviews, health_line
from bot.services.replies import Replies
from bot.services.schedules import Schedules
from bot.services.voices import Voices

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
        schedules: Schedules,
        delegations: Delegations,
        voices: Voices,
        replies: Replies,
    ) -> None:
        self._replies = replies
        self._delegations = delegations
        self._voices = voices
        self._emergencies = emergencies
        self._schedules = schedules
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
        voices = await self._voices.of(actor)
        overview = await self._overview()
        async with self._store.reading() as tx:
            live = await self._executions.not_over(tx)
            waiting = [
                each
                for each in await _awaiting(tx, live)
                if any(_may_decide(policy, voice, each, now) for voice in voices)
            ]
            paused = await self._replies.waiting(tx, voices, live, MOST_SHOWN)
            recent = await tx.executions.listing(person=actor.id, limit=MOST_SHOWN)
            favourites = await tx.executions.favourites(actor.id)
            asked = {each.id for each in (*waiting, *(each for each, _ in paused))}
            underway = self._executions.seen_by(actor, live)
            running = [each for each in underway if each.id not in asked][:MOST_SHOWN]
            # What they have in common is read once for both.
            shown = waiting[:MOST_SHOWN]
            held = [each for each, _ in paused]
            cards = await self._cards.of_many(tx, [*shown, *running, *held], now)
            return HomeView(
                person=actor.id,
                waiting=tuple(cards[: len(shown)]),
                running=tuple(cards[len(shown) : len(shown) + len(running)]),
                pauses=tuple(
                    (card, wait)
                    for card, (_, wait) in zip(cards[len(cards) - len(held) :], paused, strict=True)
                ),
                recent=tuple(each for each in recent if each.status.is_final),
                favourites=self._named(actor, favourites),
                reviews=tuple(await self._emergencies.open_for(tx, actor)),
                delegations=tuple(await self._delegations.open_for(tx, actor)),
                may_delegate=self._delegations.may_delegate(actor),
                schedules=tuple(await self._schedules.of(tx, actor)),
                health=overview if isinstance(overview, str) else health_line(overview),
                platforms=() if isinstance(overview, str) else overview.platforms,
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

    async def overview(self) -> Overview:
        """How platforms and all else are, at most a moment ago. Raises PortError."""
        return await self._overviews.now()

    async def _overview(self) -> Overview | str:
        try:
            return await self._overviews.now()
        except PortError as error:
            # Home is still worth showing when this line cannot be known.
            return str(error)


async def _awaiting(tx: Transaction, live: Sequence[Execution]) -> Sequence[Execution]:
    """The newest that wait for approval: all are among what is not over, unless that is cut off."""
    if len(live) < MOST_NOT_OVER:
        return [each for each in live if each.status is Status.AWAITING_APPROVAL]
    return await tx.executions.listing(statuses=[Status.AWAITING_APPROVAL], limit=MOST_NOT_OVER)


def _may_decide(policy: Policy, voice: Voice, execution: Execution, now: datetime) -> bool:
    """For whatever values: what is asked on Home is looked at whole when it is decided on."""
    around = Circumstances(now=now)
    answer = may_speak(policy, voice, execution.approvers, around=around)
    return isinstance(answer, Allowed) and not voice.asked_for(execution)
