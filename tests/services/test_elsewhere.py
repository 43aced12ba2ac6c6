"""Jobs of other platforms: looked at before they are asked for, for whom they are for, moved."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.access import may
from bot.domain.actors import MessageRef
from bot.domain.answers import Circumstances, Denied
from bot.domain.errors import InvalidValues, Refused, UnknownName
from bot.domain.executions import Status
from bot.domain.jobs import Job
from bot.domain.rules import Command
from bot.services.requests import NeedsForm
from tests.fakes.platforms import FakePlatform
from tests.fakes.values import OPS, job
from tests.services.staff import ANA, BO, policy
from tests.services.wired import WORKSPACE
from tests.services.worlds import PROD, World, approved_job, run_request

SCHEMA = '{"type":"object","properties":{"app":{},"env":{}}}'


def _remote(**changes: Any) -> Job:
    return job(**{"remote": "live/deploy", "schema": SCHEMA, "version": "v2", **changes})


async def test_what_the_platform_finds_wrong_is_shown_at_the_field(world: World) -> None:
    world.platform.problems = {"app": "App: there is no such app."}

    found = await world.requests.request(ANA, run_request())

    assert isinstance(found, NeedsForm)
    assert found.reading.problems == {"app": "App: there is no such app."}


async def test_what_was_reviewed_and_does_not_fit_is_refused(world: World) -> None:
    world.platform.problems = {"": "The two do not go together."}

    with pytest.raises(InvalidValues, match="do not go together"):
        await world.requests.request(ANA, run_request(reviewed=True))


async def test_values_that_do_not_fit_any_more_are_not_started(world: World) -> None:
    asked = (await world.ask()).execution
    world.platform.problems = {"app": "App: there is no such app."}

    await world.submission.submit_due()

    ended = await world.now(asked.id)
    assert (ended.status, world.platform.orders) == (Status.CANCELLED, [])
    assert ended.note.startswith("fake does not take its values: App: there is no such app.")


async def test_a_job_that_cannot_run_is_refused_with_its_reason(world: World) -> None:
    world.catalog.put(job(withdrawn="fake does not offer `live/deploy` any more."))

    with pytest.raises(Refused, match="does not offer `live/deploy` any more"):
        await world.requests.request(ANA, run_request())


async def test_a_job_that_is_gone_is_remembered(world: World) -> None:
    world.catalog.drop("deploy")
    world.catalog.withdrawn["deploy"] = "fake does not offer `live/deploy` any more."

    with pytest.raises(UnknownName, match="does not offer `live/deploy` any more"):
        await world.requests.request(ANA, run_request())


async def test_what_is_gone_at_the_start_is_not_started_and_says_so(world: World) -> None:
    asked = (await world.ask()).execution
    world.catalog.drop("deploy")
    world.catalog.withdrawn["deploy"] = "fake does not offer `live/deploy` any more."

    await world.submission.submit_due()

    assert (await world.now(asked.id)).note.startswith("fake does not offer `live/deploy`")


async def test_what_cannot_run_at_the_start_is_not_started(world: World) -> None:
    asked = (await world.ask()).execution
    world.catalog.put(job(withdrawn="fake does not offer `live/deploy` any more."))

    await world.submission.submit_due()

    assert await world.status(asked.id) is Status.CANCELLED


async def test_a_platform_is_for_whom_it_is_for(world: World) -> None:
    world.catalog.put(job(who=("approver",)))

    with pytest.raises(Refused, match="on fake, which is for some roles only") as refused:
        await world.requests.request(ANA, run_request())

    assert (refused.value.rule, refused.value.who_can) == ("platform fake: who", ("approver",))


async def test_who_has_a_role_of_the_platform_may_run_there(world: World) -> None:
    world.catalog.put(job(who=("developer",)))

    assert (await world.ask()).is_new


@pytest.mark.parametrize("command", [Command.RUN, Command.SCHEDULE])
def test_it_bars_starts_and_schedules(command: Command) -> None:
    answer = may(policy(), ANA, command, job(who=("approver",)), {}, Circumstances())

    assert isinstance(answer, Denied)


def test_it_bars_nobody_from_looking_or_approving() -> None:
    answers = [
        may(policy(), BO, command, job(who=("developer",)), {}, Circumstances())
        for command in (Command.APPROVE, Command.HISTORY)
    ]

    assert not any(isinstance(each, Denied) for each in answers)


async def test_who_lost_the_role_of_the_platform_does_not_start(world: World) -> None:
    asked = (await world.ask()).execution
    world.catalog.put(job(who=("approver",)))
    world.clock.advance(120)

    await world.submission.submit_due()

    assert await world.status(asked.id) is Status.CANCELLED


async def test_the_platform_is_told_what_to_run_for_whom_and_where_it_was_asked(
    world: World,
) -> None:
    world.catalog.put(_remote(approval=approved_job().approval))
    asked = (await world.ask(given=PROD)).execution
    await world.decide(BO, asked)
    async with world.store.transaction() as tx:
        fresh = await tx.executions.get(asked.id)
        assert fresh is not None
        card = MessageRef(team=OPS.team, channel="COPS", ts="17.0042")
        await tx.executions.save(replace(fresh, card=card))

    await world.submission.submit_due()

    order = world.platform.orders[0]
    assert (order.remote, order.arguments) == ("live/deploy", PROD)
    assert (order.requester_name, order.approvers) == ("Ana", ("Bo",))
    assert order.thread == f"{WORKSPACE}archives/COPS/p170042"


async def test_a_job_that_moved_is_asked_about_anew_and_runs_where_it_is_now(
    world: World,
) -> None:
    new = FakePlatform(name="new")
    moved = World(replace(world.outside, others={"new": new}), world.store)
    world.catalog.put(approved_job())
    asked = (await moved.ask(given=PROD)).execution
    moved.catalog.put(_remote(approval=approved_job().approval, platform="new"))

    renewal = await moved.renewals.due(asked)
    assert renewal is not None
    after = await moved.renewals.apply(asked, renewal)
    assert after is not None
    await moved.decide(BO, after)
    moved.clock.advance(10)
    await moved.submission.submit_due()

    assert after.platform == "new"
    assert [each.execution for each in new.orders] == [asked.id]
    assert world.platform.orders == []


async def test_what_runs_goes_on_where_it_was_started(world: World) -> None:
    running = await world.running()
    world.catalog.put(_remote(platform="new"))
    world.platform.say(running.request_key, "::progress 50 half")

    await world.polling.changed("fake", running.request_key)

    assert (await world.now()).status is Status.RUNNING


async def test_history_stays_when_a_job_moves(world: World) -> None:
    await world.running()
    world.catalog.put(_remote(platform="new"))

    found = await world.executions.history(ANA, "deploy")

    assert [each.id for each in found] == [1001]
