"""A run that is asked for ahead of its time, for tests of what becomes of it."""

from datetime import datetime, timedelta
from typing import Any

from bot.domain.executions import Execution
from tests.fakes.values import NOW
from tests.services.staff import BO
from tests.services.worlds import PROD, World, approved_job

START = NOW + timedelta(hours=10)
UNTIL = START + timedelta(hours=1)
FIRST = timedelta(seconds=1)


async def asked_ahead(world: World, **changes: Any) -> Execution:
    """Ana asks for prod in ten hours; somebody must say yes."""
    world.catalog.put(approved_job())
    given: dict[str, Any] = {"given": PROD, "start_at": START, **changes}
    return (await world.ask(**given)).execution


async def approved_ahead(world: World) -> Execution:
    asked = await asked_ahead(world)
    return (await world.decide(BO, asked)).execution


async def reached(world: World, when: datetime) -> None:
    """The clock reaches a moment, and every tick goes by once."""
    world.clock.advance((when - world.clock.now()).total_seconds())
    await world.tick()
