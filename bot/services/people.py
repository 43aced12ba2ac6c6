"""Who an actor is, and who could say yes."""

import asyncio
from collections.abc import Iterable, Sequence

from bot.domain.access import Binding, Policy, may_approve
from bot.domain.actors import Actor, PersonId
from bot.ports import People

MOST_ASKED = 25
"""Approvers told by DM for one execution; the card in the channel reaches the others."""


async def possible_approvers(
    people: People, policy: Policy, roles: Sequence[str], requester: PersonId
) -> Sequence[Actor]:
    """Those whom the policy names for any of these roles, without the requester.

    People bound only by an e-mail pattern cannot be listed and see the card in the channel.
    """
    bindings = [each for each in policy.bindings if set(each.roles) & set(roles)]
    found = await _named(people, bindings, requester.team)
    asked = [person for person in found if not person.is_same_person(requester)][:MOST_ASKED]
    actors = await asyncio.gather(*(people.actor(person) for person in asked))
    return [actor for actor in actors if may_approve(policy, actor, roles)]


async def _named(people: People, bindings: Iterable[Binding], team: str) -> Sequence[PersonId]:
    found: dict[str, PersonId] = {}
    for binding in bindings:
        for user in binding.people:
            found.setdefault(user, PersonId(team=team, user=user))
        for group in binding.groups:
            for person in await people.members(group):
                found.setdefault(person.user, person)
        for email in binding.emails:
            person = None if "*" in email else await people.by_email(email)
            if person is not None:
                found.setdefault(person.user, person)
    return list(found.values())
