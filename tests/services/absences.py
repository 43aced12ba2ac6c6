"""People who are away, who stands in for them, and what waits for a word of theirs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.actors import Actor
from bot.domain.delegations import Delegation
from bot.domain.executions import Execution
from bot.domain.rules import Binding, Command
from bot.services.delegations import AwayWanted
from tests.fakes.values import actor
from tests.services.staff import ANA, BO, CHEN, DANA, asking, policy, role
from tests.services.worlds import PROD, World, approved_job

EVE = actor("UEVE")
WEEK = timedelta(days=7)


STAFF: dict[str, Any] = {
    "roles": {
        **policy().roles,
        "looker": role("looker", Command.USE),
        "admin": role("admin", Command.USE, Command.ADMIN),
    },
    "bindings": (
        *policy().bindings,
        Binding(roles=("looker",), people=("UDANA", "UEVE")),
        Binding(roles=("admin",), people=("UROOT",)),
    ),
}
"""Dana and Eve may look, Bo and Chen approve; who is admin may end anything."""


def staffed(world: World) -> World:
    """Everybody is known there, and what goes to production takes a yes."""
    world.policy.policy = policy(**STAFF)
    world.catalog.put(approved_job())
    for who in (ANA, BO, CHEN, DANA, EVE):
        world.people.meet(who)
    return world


async def away(
    world: World, absent: Actor = BO, delegate: Actor = DANA, **changes: Any
) -> Delegation:
    """Somebody is away for a week, and says who stands in."""
    now = world.clock.now()
    given: dict[str, Any] = {
        "user": delegate.id.user,
        "ends": now + WEEK,
        "reason": "vacation",
        "request_id": f"away-{absent.id.user}-{delegate.id.user}-{now}",
        **changes,
    }
    return await world.delegations.create(absent, AwayWanted(**given))


def changed(world: World, **changes: Any) -> None:
    """The policy says something else from now on."""
    world.policy.policy = replace(world.policy.policy, **changes)


async def waiting(world: World, who: Actor = ANA, count: int = 1) -> Execution:
    """A run in production that waits for so many to say yes."""
    if count > 1:
        changed(world, approvals=(asking(count),))
    return (await world.ask(who, given=PROD)).execution


async def waiting_of_dana(world: World) -> Execution:
    """Dana may run things too, and asked for this one."""
    developer = Binding(roles=("developer",), people=("UDANA",))
    changed(world, bindings=(*world.policy.policy.bindings, developer))
    return (await world.ask(DANA, given=PROD, request_id="r-dana")).execution
