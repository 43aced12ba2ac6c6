"""Voices: for whom somebody may say yes or no now, and who could be asked to."""

from collections.abc import Awaitable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

import structlog

from bot.domain.access import may_speak
from bot.domain.actors import Actor, PersonId
from bot.domain.answers import UNKNOWN, Allowed, Circumstances
from bot.domain.delegations import Delegation, Voice
from bot.domain.errors import PortError
from bot.domain.policies import Policy
from bot.domain.rules import Binding
from bot.ports import Clock, People, Store, Transaction
from bot.services.rounds import every

log = structlog.get_logger(__name__)

Found = TypeVar("Found")

MOST_ASKED = 25
"""Approvers told by DM for one execution; the card in the channel reaches the others."""

MOST_ABSENT = 10
"""People for whom one person can stand in at the same time."""


class Voices:
    """People as they are now, with those whom they stand in for."""

    def __init__(self, *, store: Store, people: People, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._clock = clock

    async def of(self, actor: Actor) -> Sequence[Voice]:
        """Their own, then those of whom they stand in for, the oldest delegation first.

        An absent one of whom Slack says nothing now is left out.
        """
        async with self._store.reading() as tx:
            now = self._clock.now()
            found = await tx.delegations.in_force(now, delegate=actor.id, limit=MOST_ABSENT)
        return [Voice(speaker=actor), *await self._standing_in(found, actor)]

    async def possible(
        self,
        policy: Policy,
        roles: Sequence[str],
        requester: Actor,
        around: Circumstances = UNKNOWN,
    ) -> Sequence[Voice]:
        """Those whom the policy names for any of these roles, without the requester.

        Who stands in for one of them is in their place. People bound only by an e-mail pattern
        cannot be listed and see the card in the channel; so do those of whom Slack says nothing
        now.
        """
        if not roles:
            return ()
        standing_in = await self._standing_in(await self._in_force())
        bindings = [each for each in policy.bindings if set(each.roles) & set(roles)]
        named = await self._named(bindings, requester.id.team)
        asked = [person for person in named if not person.is_same_person(requester.id)]
        actors = await every(_answer(self._people.actor(each), None) for each in asked[:MOST_ASKED])
        own = [Voice(speaker=actor) for actor in actors if actor is not None]
        able = [
            voice
            for voice in (*standing_in, *own)
            if not any(requester.is_person(who.id, who.email) for who in voice.people)
            and isinstance(may_speak(policy, voice, roles, around=around), Allowed)
        ]
        return _each_once(able)[:MOST_ASKED]

    async def _in_force(self) -> Sequence[Delegation]:
        async with self._store.reading() as tx:
            return await tx.delegations.in_force(self._clock.now())

    async def _standing_in(
        self, delegations: Sequence[Delegation], speaker: Actor | None = None
    ) -> list[Voice]:
        """Their voices, with both people as they are now."""
        return [
            voice
            for voice in await every(self._voice(each, speaker) for each in delegations)
            if voice is not None
        ]

    async def _voice(self, delegation: Delegation, speaker: Actor | None) -> Voice | None:
        delegate = speaker or await _answer(self._people.actor(delegation.delegate), None)
        absent = await _answer(self._people.actor(delegation.absent), None)
        if delegate is None or absent is None:
            return None
        return Voice(speaker=delegate, absent=absent, delegation=delegation)

    async def _named(self, bindings: Iterable[Binding], team: str) -> Sequence[PersonId]:
        found: dict[str, PersonId] = {}
        for binding in bindings:
            for user in binding.people:
                found.setdefault(user, PersonId(team=team, user=user))
            for group in binding.groups:
                for person in await _answer(self._people.members(group), ()):
                    found.setdefault(person.user, person)
            for email in binding.emails:
                asked = None if "*" in email else self._people.by_email(email)
                person = await _answer(asked, None) if asked is not None else None
                if person is not None:
                    found.setdefault(person.user, person)
        return list(found.values())


async def still_held(tx: Transaction, voices: Sequence[Voice], now: datetime) -> Sequence[Voice]:
    """Without those by delegations that ended since: what a transaction decides by."""
    if len(voices) < 2:
        return voices
    held = {each.id for each in await tx.delegations.in_force(now, delegate=voices[0].speaker.id)}
    return [each for each in voices if each.delegation is None or each.delegation.id in held]


def _each_once(voices: Iterable[Voice]) -> list[Voice]:
    """Each person speaks once, and who is stood in for is not asked themselves."""
    kept: list[Voice] = []
    seen: set[str] = set()
    for voice in voices:
        users = {who.id.user for who in voice.people}
        if seen.isdisjoint(users):
            kept.append(voice)
        seen |= users
    return kept


async def _answer(question: Awaitable[Found], otherwise: Found) -> Found:
    try:
        return await question
    except PortError as error:
        log.warning("approver_not_found_out", error=str(error))
        return otherwise
