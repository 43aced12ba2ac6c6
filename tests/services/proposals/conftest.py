"""A model on this machine, and what asks it."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from bot.adapters.budgets import MemoryAllowances
from bot.adapters.claude import Claude
from bot.adapters.timetables import CronTimetables
from bot.language import says_no
from bot.services.proposals import Proposals
from tests.fakes.messages import KEY, MODEL, Messages, messages
from tests.fakes.meters import FakeMeters
from tests.services.proposals.words import BUDGET, Make
from tests.services.worlds import World


@pytest.fixture
async def endpoint() -> AsyncGenerator[Messages]:
    async with messages() as made:
        yield made


@pytest.fixture
async def claude(endpoint: Messages) -> AsyncGenerator[Claude]:
    made = Claude(KEY, model=MODEL, url=endpoint.url, timeout=5)
    yield made
    await made.close()


@pytest.fixture
def meters() -> FakeMeters:
    return FakeMeters()


@pytest.fixture
def make(claude: Claude, meters: FakeMeters) -> Make:
    def made(world: World, **changes: Any) -> Proposals:
        given: dict[str, Any] = {
            "store": world.store,
            "catalog": world.catalog,
            "policy": world.policy,
            "clock": world.clock,
            "model": claude,
            "budget": BUDGET,
            "forbids": says_no,
            "allowances": MemoryAllowances(),
            "timetables": CronTimetables(),
            "meters": meters,
            **changes,
        }
        return Proposals(**given)

    return made
