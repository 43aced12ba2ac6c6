"""Whose word it takes when the job of a run that waits is in no catalogue any more."""

import pytest

from bot.domain.errors import Refused
from bot.domain.pauses import Pause
from bot.domain.rules import Binding
from tests.fakes.values import actor, job
from tests.services.pauses import FORM, PLAIN, answer, handed_over, paused, paused_in_prod
from tests.services.staff import ANA, BO, policy
from tests.services.worlds import World

EVE = actor("UEVE")
GIVEN = {"count": "3", "token": "hunter2"}


def _vips(world: World) -> None:
    """Ana and Eve are developers, and the job's platform is for Ana's team alone."""
    bindings = (
        *policy().bindings,
        Binding(roles=("vip",), people=("UANA",)),
        Binding(roles=("developer",), people=("UEVE",)),
    )
    world.policy.policy = policy(bindings=bindings)
    world.catalog.put(job(who=("vip",)))


@pytest.mark.parametrize("is_gone", [False, True])
@pytest.mark.parametrize("pause", [PLAIN, FORM], ids=["plain", "form"])
async def test_nobody_else_may_answer_for_the_job_of_a_platform_that_is_not_for_them(
    world: World, pause: Pause, is_gone: bool
) -> None:
    _vips(world)
    wait = await paused(world, pause)
    if is_gone:
        world.catalog.drop("deploy")

    with pytest.raises(Refused):
        await answer(world, EVE, wait, given=GIVEN if pause is FORM else {})


async def test_whoever_asked_for_it_answers_although_its_job_is_gone(world: World) -> None:
    _vips(world)
    wait = await paused(world, FORM)
    world.catalog.drop("deploy")

    await answer(world, ANA, wait, given=GIVEN)
    await handed_over(world)

    assert len(world.platform.answers) == 1


async def test_a_form_is_for_those_who_approved_the_run_once_its_job_is_gone(world: World) -> None:
    wait = await paused_in_prod(world, FORM)
    world.catalog.drop("deploy")

    with pytest.raises(Refused):
        await answer(world, ANA, wait, given=GIVEN)
    await answer(world, BO, wait, given=GIVEN)
    await handed_over(world)

    assert len(world.platform.answers) == 1
