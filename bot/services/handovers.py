"""Handovers: a schedule changes its owner when the new one says so, and may have it."""

from dataclasses import replace

from bot.domain.actors import Actor
from bot.domain.errors import Mistake
from bot.domain.notices import ScheduleKind
from bot.domain.schedules import Schedule, State
from bot.domain.wording import _, at_rest, language_of
from bot.ports import Clock, People, Store
from bot.services.keepers import Keepers
from bot.services.timings import change, say, withdraw

_TAKEN_BY = at_rest("{who} took schedule {number} over.")


class Handovers:
    """Offering a schedule to somebody, and taking it over."""

    def __init__(self, *, store: Store, people: People, clock: Clock, keepers: Keepers) -> None:
        self._store = store
        self._people = people
        self._clock = clock
        self._keepers = keepers

    async def of(self, actor: Actor, number: int, revision: int) -> Schedule:
        """One that the actor may hand over. Raises Refused, Stale or UnknownName."""
        return await self._keepers.looked_up(actor, number, revision)

    async def offer(self, actor: Actor, number: int, revision: int, user: str) -> Schedule:
        """Ask somebody to take it over; until they do, it stays whose it is.

        Raises Refused, Mistake, Stale or UnknownName.
        """
        await self._keepers.looked_up(actor, number, revision)
        other = await self._people.actor(replace(actor.id, user=user))
        if other.blocked:
            sentence = _("{who} cannot take it over: {why}")
            raise Mistake(sentence.format(who=other.name, why=other.blocked))
        async with self._store.transaction() as tx:
            found = await self._keepers.mine(tx, actor, number, revision)
            if found.owner.is_same_person(other.id):
                raise Mistake(_("It is theirs already."))
            after = found.changed(self._clock.now(), offered_to=other.id, offered_name=other.name)
            await change(tx, found, after, actor, "offered", to=other.id.user)
            await say(tx, after, ScheduleKind.OFFERED, to=other.id, by=actor.name)
        return after

    async def accept(self, actor: Actor, number: int, revision: int) -> Schedule:
        """From now on it runs as whoever was asked.

        Raises Refused, Mistake, Stale or UnknownName.
        """
        now = self._clock.now()
        found = await self._keepers.offered(actor, number, revision)
        await self._keepers.refuse_unless_may_have(actor, found)
        mine = found.changed(
            now,
            owner=actor.id,
            owner_name=actor.name,
            language=language_of(actor.locale),
            offered_to=None,
            offered_name="",
            ahead=None,
        )
        after = self._keepers.carried_on(mine, now) if found.state is State.ACTIVE else mine
        async with self._store.transaction() as tx:
            await self._keepers.refuse_too_many(tx, actor)
            # It was asked for in the name of whoever had the schedule before.
            why = _TAKEN_BY.format(who=actor.name, number=number)
            await withdraw(tx, found.ahead, actor, why, now)
            await change(tx, found, after, actor, "taken", was=found.owner.user)
            await say(tx, after, ScheduleKind.TAKEN, by=actor.name)
            await say(tx, after, ScheduleKind.TAKEN, to=found.owner, by=actor.name)
        return after

    async def decline(self, actor: Actor, number: int, revision: int) -> Schedule:
        """Everything stays as it is. Raises Refused, Stale or UnknownName."""
        found = await self._keepers.offered(actor, number, revision)
        async with self._store.transaction() as tx:
            after = found.changed(self._clock.now(), offered_to=None, offered_name="")
            await change(tx, found, after, actor, "declined")
            await say(tx, after, ScheduleKind.DECLINED, to=after.owner, by=actor.name)
        return after
