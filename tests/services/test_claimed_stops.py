"""A stop that is known only by what others may write counts where we asked for one ourselves."""

from bot.domain.executions import Status
from bot.domain.results import Result
from bot.ports import RunState
from tests.fakes.values import OPS
from tests.services.worlds import ANA, World

FAILED = Result(cause="no space left", failing_step="copy")


async def _ends_as_if_stopped(world: World) -> None:
    """The platform calls it cancelled by a mark, and says what it is without."""
    key = (await world.now()).request_key
    world.platform.end(key, RunState.CANCELLED)
    world.platform.claim(key, RunState.FAILED, FAILED)


async def test_a_failure_that_claims_to_be_our_stop_is_a_failure(world: World) -> None:
    await world.running()
    await _ends_as_if_stopped(world)

    await world.settle()

    failed = await world.now()
    assert failed.status is Status.FAILED
    assert failed.result is not None
    assert failed.result.cause == "no space left"


async def test_a_stop_that_was_asked_for_is_a_stop(world: World) -> None:
    await world.running()
    world.platform.obeys_cancel = False
    await world.executions.cancel(ANA, None, OPS)
    await _ends_as_if_stopped(world)

    await world.settle()

    assert await world.status() is Status.CANCELLED
