"""Schedules in a world: how tests make one and let its times come."""

from datetime import datetime, timedelta
from typing import Any

from bot.domain.actors import Actor
from bot.domain.executions import Execution
from bot.domain.policies import Policy
from bot.domain.rules import Binding, Command, Permission, Role
from bot.domain.schedules import Schedule, ScheduleRules
from tests.fakes.values import OPS
from tests.services.staff import ANA, policy
from tests.services.worlds import World

HOURLY = "0 * * * *"
DEV = {"app": "api", "env": "dev"}
SCHEDULING = frozenset({Command.USE, Command.RUN, Command.SCHEDULE, Command.LOGS, Command.HISTORY})
ADMINISTERING = frozenset({Command.USE, Command.HISTORY, Command.ADMIN})


def scheduling(version: str = "p1", **changes: Any) -> Policy:
    """As in every world, and Ana and Chen may schedule; Dana is an admin who runs nothing."""
    usual = policy(version)
    roles = {
        **usual.roles,
        "scheduler": _role("scheduler", SCHEDULING),
        "admin": _role("admin", ADMINISTERING),
    }
    bindings = (
        *usual.bindings,
        Binding(roles=("scheduler",), people=("UANA", "UCHEN")),
        Binding(roles=("admin",), people=("UDANA",)),
    )
    return policy(version, **{"roles": roles, "bindings": bindings, **changes})


def _role(name: str, commands: frozenset[Command]) -> Role:
    return Role(name=name, permissions=(Permission(name=name, commands=commands),))


async def made(
    world: World,
    cron: str = HOURLY,
    *,
    who: Actor = ANA,
    request_id: str = "s1",
    chosen: ScheduleRules | None = None,
    **changes: Any,
) -> Schedule:
    """A schedule of `deploy api → dev`, by the way a person makes one."""
    given: dict[str, Any] = {"job": "deploy", "given": DEV, **changes}
    draft = await world.drafts.begin(who, OPS, request_id=request_id, cron=cron, **given)
    return await world.schedules.make(who, draft.id, chosen or ScheduleRules())


async def wait_until(world: World, moment: datetime, **beyond: float) -> None:
    """The clock goes on to a moment, and so long after it."""
    left = moment + timedelta(**beyond) - world.clock.now()
    world.clock.advance(left.total_seconds())


async def fired(world: World, schedule: Schedule, **beyond: float) -> Schedule:
    """Its next time comes and is dealt with."""
    await wait_until(world, schedule.next_at, **beyond)
    await world.firing.fire_due()
    return await kept(world, schedule)


async def kept(world: World, schedule: Schedule) -> Schedule:
    async with world.store.reading() as tx:
        found = await tx.schedules.get(schedule.id)
    assert found is not None
    return found


async def runs(world: World) -> list[Execution]:
    """Everything that was asked for, oldest first."""
    async with world.store.reading() as tx:
        found = await tx.executions.listing(limit=100)
    return sorted(found, key=lambda each: each.id)


async def told(world: World) -> list[str]:
    """What was told of schedules, as `kind` or `kind@person`."""
    await world.deliver()
    posts = [post for post in world.chat.posts if post.key.startswith("schedule:")]
    return [":".join(post.key.split(":")[3:]).rstrip(":").replace(":", "@") for post in posts]
