"""Who an actor is, and who could say yes."""

from collections.abc import Awaitable, Iterable, Sequence
from typing import TypeVar

import structlog

from bot.domain.access import may_approve
from bot.domain.actors import Actor, PersonId
from bot.domain.answers import UNKNOWN, Circumstances
from bot.domain.errors import PortError
from bot.domain.policies import Policy
from bot.domain.rules import Binding
from bot.ports import People
from bot.services.rounds import every

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

MOST_ASKED = 25
"""Approvers told by DM for one execution; the card in the channel reaches the others."""


async def possible_approvers(
    people: People,
    policy: Policy,
    roles: Sequence[str],
    requester: PersonId,
    around: Circumstances = UNKNOWN,
) -> Sequence[Actor]:
    """Those whom the policy names for any of these roles, without the requester.

    People bound only by an e-mail pattern cannot be listed and see the card in the channel; so do
    those of whom Slack says nothing now.
    """
    bindings = [each for each in policy.bindings if set(each.roles) & set(roles)]
    found = await _named(people, bindings, requester.team)
    asked = [person for person in found if not person.is_same_person(requester)][:MOST_ASKED]
    actors = await every(_answer(people.actor(person), None) for person in asked)
    return [
        actor
        for actor in actors
        if actor is not None and may_approve(policy, actor, roles, around=around)
    ]


async def _answer(question: Awaitable[Answer], otherwise: Answer) -> Answer:
    try:
        return await question
    except PortError as error:
        log.warning("approver_not_found_out", error=str(error))
        return otherwise


async def _named(people: People, bindings: Iterable[Binding], team: str) -> Sequence[PersonId]:
    found: dict[str, PersonId] = {}
    for binding in bindings:
        for user in binding.people:
            found.setdefault(user, PersonId(team=team, user=user))
        for group in binding.groups:
            for person in await _answer(people.members(group), ()):
                found.setdefault(person.user, person)
        for email in binding.emails:
            person = None if "*" in email else await _answer(people.by_email(email), None)
            if person is not None:
                found.setdefault(person.user, person)
    return list(found.values())
