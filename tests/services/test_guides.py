"""Help that knows who asks: what they may and do, and nothing that is somebody else's."""

from dataclasses import replace

import pytest

from bot.domain.actors import Place
from bot.domain.errors import UnknownName
from bot.domain.guides import TIPS
from bot.domain.intents import RunJob
from bot.domain.parameters import Parameter
from bot.domain.rules import Binding, Command, Permission, Role
from bot.domain.shortcuts import ShortForm
from bot.language.completing import completing
from bot.ports import RunState
from bot.services.guides import Guides
from tests.fakes.values import OPS, job
from tests.services.staff import ANA, BO, DANA, asking, policy
from tests.services.worlds import PROD, World, approved_job

SHIP = ShortForm(name="ship", job="deploy", arguments=("app",), values={"env": "prod"})


def _guides(world: World) -> Guides:
    return Guides(
        store=world.store,
        catalog=world.catalog,
        policy=world.policy,
        clock=world.clock,
        executions=world.executions,
        completing=completing,
    )


async def _thread(world: World) -> Place:
    card = (await world.now()).card
    assert card is not None
    return replace(OPS, thread=card.ts)


def _only_dev(world: World) -> None:
    run = Permission(
        name="dev", commands=frozenset({Command.USE, Command.RUN}), values={"env": ("dev",)}
    )
    world.policy.policy = policy(roles={"developer": Role(name="developer", permissions=(run,))})


async def test_a_person_s_guide_is_of_what_they_ran(world: World) -> None:
    world.catalog.put(job("backup"))
    await world.ask(request_id="r1")
    await world.ask(request_id="r2", job="backup")
    await world.ask(request_id="r3", job="backup", given=PROD)

    guide = await _guides(world).of_person(ANA, OPS)

    assert guide.jobs == (("backup", "backup"), ("deploy", "deploy"))
    assert guide.again == (
        RunJob(job="backup", given=PROD),
        RunJob(job="deploy", given={"app": "api", "env": "dev"}),
    )
    assert guide.nearby == ()


async def test_what_others_run_in_the_channel_is_near_and_their_values_are_not(
    world: World,
) -> None:
    both = Binding(roles=("developer",), people=("UANA", "UBO"))
    world.policy.policy = policy(bindings=(both,))
    await world.ask()

    guide = await _guides(world).of_person(BO, OPS)

    assert guide.nearby == (("deploy", "deploy"),)
    assert (guide.jobs, guide.again) == ((), ())


async def test_who_may_nothing_is_shown_nothing(world: World) -> None:
    await world.ask()
    world.catalog.short = (SHIP,)

    guide = await _guides(world).of_person(DANA, OPS)

    assert (guide.commands, guide.jobs, guide.nearby, guide.shortcuts) == (frozenset(), (), (), ())


async def test_what_may_not_be_chosen_any_more_is_not_suggested(world: World) -> None:
    world.catalog.short = (SHIP,)
    await world.ask(given=PROD)
    _only_dev(world)

    guide = await _guides(world).of_person(ANA, OPS)

    assert guide.again == ()
    assert guide.shortcuts == ()


async def test_sensitive_values_are_not_suggested(world: World) -> None:
    world.catalog.put(job(parameters=(*job().parameters, Parameter(name="pin", sensitive=True))))
    await world.ask(given={"app": "api", "env": "dev", "pin": "4711"})

    guide = await _guides(world).of_person(ANA, OPS)

    assert "4711" not in str(guide)


async def test_each_tip_is_told_once_to_each_person(world: World) -> None:
    told = [(await _guides(world).of_person(ANA, OPS)).tip for _ in range(len(TIPS) + 1)]

    assert told == [*(name for name, _command in TIPS), ""]
    assert (await _guides(world).of_person(DANA, OPS)).tip == "can"


async def test_a_job_s_guide_tells_who_approves_and_what_one_ran(world: World) -> None:
    world.catalog.put(approved_job())
    world.catalog.short = (SHIP,)
    world.policy.policy = policy(approvals=(asking(count=2),))
    await world.ask()

    guide = await _guides(world).of_job(ANA, "deploy")

    assert [(each.need.count, dict(each.when)) for each in guide.asks] == [
        (2, {}),
        (1, {"env": ("prod",)}),
    ]
    assert [each.id for each in guide.recent] == [1001]
    assert guide.again == RunJob(job="deploy", given={"app": "api", "env": "dev"})
    assert guide.shortcuts == (SHIP,)
    assert (await _guides(world).of_job(ANA, "ship")).job.name == "deploy"


async def test_a_job_s_guide_offers_only_what_may_be_chosen(world: World) -> None:
    _only_dev(world)

    guide = await _guides(world).of_job(ANA, "deploy")

    env = guide.job.parameter("env")
    assert env is not None
    assert [choice.value for choice in env.choices] == ["dev"]


async def test_a_topic_that_is_nothing_has_near_ones_one_may_use(world: World) -> None:
    world.catalog.put(job("depot"))

    with pytest.raises(UnknownName) as unknown:
        await _guides(world).of_job(ANA, "dep")
    assert unknown.value.near == ("deploy", "depot")
    with pytest.raises(UnknownName) as unknown:
        await _guides(world).of_job(DANA, "deploy")
    assert unknown.value.near == ()


async def test_a_run_s_guide_follows_its_status_and_the_asker_s_rights(world: World) -> None:
    run = await world.running()
    await world.settle(rounds=1)
    place = await _thread(world)
    guide = await _guides(world).of_run(ANA, place)
    others = await _guides(world).of_run(BO, place)

    assert guide is not None
    assert others is not None
    assert guide.can == {Command.HISTORY, Command.LOGS, Command.CANCEL}
    assert others.can == {Command.HISTORY, Command.LOGS, Command.CANCEL}
    world.platform.end(run.request_key, RunState.SUCCEEDED)
    await world.settle()
    ended = await _guides(world).of_run(ANA, place)
    assert ended is not None
    assert ended.can == {Command.HISTORY, Command.LOGS, Command.RUN}
    assert await _guides(world).of_run(DANA, place) is None


async def test_what_waits_is_decided_by_those_who_may_and_never_by_its_requester(
    world: World,
) -> None:
    world.catalog.put(approved_job())
    await world.ask(given=PROD)
    await world.deliver()
    place = await _thread(world)

    mine, theirs = [await _guides(world).of_run(who, place) for who in (ANA, BO)]

    assert mine is not None
    assert theirs is not None
    assert (mine.decides, theirs.decides) == (False, True)


async def test_half_said_commands_go_on_with_what_one_may_and_does(world: World) -> None:
    world.catalog.put(job("depot"))
    await world.ask(job="depot")
    words = ("run", "rerun")

    jobs = await _guides(world).goes_on(ANA, "run dep", words)
    assert jobs is not None
    assert [each.label for each in jobs.continuations] == ["depot", "deploy"]
    assert await _guides(world).goes_on(DANA, "run dep", words) is None
    _only_dev(world)
    values = await _guides(world).goes_on(ANA, "run deploy env=", words)
    assert values is not None
    assert [each.label for each in values.continuations] == ["env=dev"]
