"""A cancel that meets a start comes to one end, whatever the platform answers."""

import pytest

from bot.domain.errors import Ambiguous, Permanent, PortError, Temporary
from bot.domain.executions import Status
from bot.ports import Observation, StartOrder
from tests.services.staff import ANA
from tests.services.worlds import OPS, World


async def test_a_cancel_during_the_start_stops_the_run_as_soon_as_it_is_known(
    world: World,
) -> None:
    world.platform.fail_next_start(Ambiguous("no answer"), begins=True)
    await world.ask()
    await world.submission.submit_due()
    world.platform.obeys_cancel = False
    await world.executions.cancel(ANA, 1001, OPS)
    world.platform.obeys_cancel = True

    await world.settle(10)

    assert await world.status() is Status.CANCELLED
    assert world.platform.cancelled


async def test_a_cancel_during_a_start_that_never_was_is_cancelled_and_not_lost(
    world: World,
) -> None:
    world.platform.fail_next_start(Ambiguous("no answer"))
    await world.ask()
    await world.submission.submit_due()
    await world.executions.cancel(ANA, 1001, OPS)

    await world.settle(150)

    assert await world.status() is Status.CANCELLED
    assert (await world.now()).ended_at is not None
    assert not world.platform.orders


class _Slow:
    """A platform during whose start somebody cancels; then it answers as it would have."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> object:
        return getattr(self._world.platform, name)

    async def start(self, order: StartOrder) -> Observation:
        await self._world.executions.cancel(ANA, order.execution, OPS)
        return await self._world.platform.start(order)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (None, Status.CANCELLED),
        (Permanent("no such image"), Status.FAILED),
        (Temporary("full"), Status.CANCELLED),
        (Ambiguous("no answer"), Status.CANCELLED),
    ],
)
async def test_a_cancel_in_the_middle_of_a_start_comes_to_an_end_whatever_is_answered(
    world: World, answer: PortError | None, status: Status
) -> None:
    if answer is not None:
        world.platform.fail_next_start(answer)
    slow = World(world.outside, world.store, platform=_Slow(world))  # pyright: ignore[reportArgumentType]  passes everything else on

    await world.ask()
    await slow.settle(150)

    assert await world.status() is status
    assert world.lines() == ["cancel_asked", "ended"]
