"""Questions that are open: in the database, for whoever takes the answer."""

from datetime import timedelta

from bot.domain.intents import RunJob
from bot.domain.parameters import Kind, Parameter
from bot.services.followups import OPEN_FOR, FollowUps
from tests.fakes.values import OPS, job
from tests.services.staff import ANA, BO
from tests.services.worlds import World

RUN = RunJob(job="deploy", given={"app": "api"}, exact=False, inferred={"app": "the api"})


def _follow_ups(world: World) -> FollowUps:
    return FollowUps(store=world.store, catalog=world.catalog, clock=world.clock)


async def test_another_process_knows_what_is_open(world: World) -> None:
    await _follow_ups(world).ask(OPS, ANA.id, RUN)

    assert await _follow_ups(world).open_in(OPS, ANA.id) == RUN
    assert await _follow_ups(world).open_in(OPS, BO.id) is None


async def test_a_question_is_open_for_a_while_and_until_it_is_answered(world: World) -> None:
    follow_ups = _follow_ups(world)
    await follow_ups.ask(OPS, ANA.id, RUN)
    world.clock.advance((OPEN_FOR - timedelta(seconds=1)).total_seconds())
    assert await follow_ups.open_in(OPS, ANA.id) == RUN
    world.clock.advance(1)
    assert await follow_ups.open_in(OPS, ANA.id) is None

    await follow_ups.ask(OPS, ANA.id, RUN)
    await follow_ups.close(OPS, ANA.id)
    assert await follow_ups.open_in(OPS, ANA.id) is None


async def test_a_secret_that_was_typed_is_not_kept_with_the_question(world: World) -> None:
    token = Parameter(name="token", kind=Kind.SECRET)
    world.catalog.put(job(parameters=(*job().parameters, token)))
    typed = RunJob(job="deploy", given={"app": "api", "token": "hunter2"}, exact=False)
    await _follow_ups(world).ask(OPS, ANA.id, typed)

    kept = await _follow_ups(world).open_in(OPS, ANA.id)
    assert kept is not None
    assert "hunter2" not in str(kept)
