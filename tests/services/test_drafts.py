"""A run being put together in a modal: nothing typed is lost, and submitting twice is one run."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.answers import NeedsApproval
from bot.domain.drafts import Draft
from bot.domain.errors import InvalidValues, Refused, Stale, UnknownName
from bot.domain.parameters import ChoiceSource, Kind, Parameter
from bot.domain.rules import Command, Permission, Role
from bot.services.drafts import KEPT_FOR
from tests.fakes.values import OPS, actor, job
from tests.services.staff import ANA, BO, policy
from tests.services.worlds import PROD, World, approved_job


async def _begun(world: World, **given: str) -> Draft:
    return await world.drafts.begin(ANA, OPS, request_id="r1", job="deploy", given=given)


async def test_what_was_typed_on_earlier_steps_is_kept(world: World) -> None:
    draft = await _begun(world, app="api")

    await world.drafts.keep(ANA, draft.id, values={"env": "dev"})
    await world.drafts.keep(ANA, draft.id, reason="hotfix")

    seen = (await world.drafts.preview(ANA, draft.id)).draft
    assert seen.given == {"app": "api", "env": "dev"}
    assert seen.reason == "hotfix"


async def test_what_was_typed_is_there_after_a_restart(world: World) -> None:
    draft = await _begun(world, app="api")

    reborn = World(world.outside, world.store)

    assert (await reborn.drafts.preview(ANA, draft.id)).draft == draft


async def test_another_job_begins_with_nothing(world: World) -> None:
    world.catalog.put(job("rollback"))
    draft = await _begun(world, app="api")

    changed = await world.drafts.keep(ANA, draft.id, job="rollback")
    same = await world.drafts.keep(ANA, draft.id, job="rollback", values={"app": "web"})

    assert changed.given == {}
    assert same.given == {"app": "web"}


async def test_a_value_typed_by_hand_is_inferred_no_more(world: World) -> None:
    draft = await world.drafts.begin(
        ANA, OPS, request_id="r1", job="deploy", given={"app": "api"}, inferred={"app": "the api"}
    )

    kept = await world.drafts.keep(ANA, draft.id, values={"app": "web"})

    assert kept.inferred == {}


@pytest.mark.parametrize("who", ["UBO", "UDANA"])
async def test_a_form_belongs_to_its_owner(world: World, who: str) -> None:
    draft = await _begun(world, app="api", env="dev")
    other = actor(who)

    with pytest.raises(Refused):
        await world.drafts.keep(other, draft.id, values={"app": "web"})
    with pytest.raises(Refused):
        await world.drafts.preview(other, draft.id)
    with pytest.raises(Refused):
        await world.drafts.choices(other, draft.id, "app", "")
    with pytest.raises(Refused):
        await world.drafts.submit(other, draft.id)


async def test_a_form_too_old_or_never_begun_says_how_to_begin_again(world: World) -> None:
    draft = await _begun(world)
    world.clock.advance((KEPT_FOR + timedelta(seconds=1)).total_seconds())

    for each in (draft.id, "never"):
        with pytest.raises(UnknownName, match="/job"):
            await world.drafts.preview(ANA, each)


async def test_a_preview_says_what_is_missing_and_then_who_must_approve(world: World) -> None:
    world.catalog.put(approved_job())
    draft = await _begun(world, app="api")

    first = await world.drafts.preview(ANA, draft.id)
    await world.drafts.keep(ANA, draft.id, values={"env": "prod"})
    second = await world.drafts.preview(ANA, draft.id)

    assert (first.reading.missing, first.answer) == (("env",), None)
    assert isinstance(second.answer, NeedsApproval)


async def test_a_preview_before_a_job_was_chosen_is_empty(world: World) -> None:
    draft = await world.drafts.begin(ANA, OPS, request_id="r1")

    seen = await world.drafts.preview(ANA, draft.id)

    assert (seen.job, seen.answer) == (None, None)


async def test_choices_are_asked_for_with_what_was_typed_before(world: World) -> None:
    tag = Parameter(name="tag", kind=Kind.ENUM, source=ChoiceSource(argv=("tags", "{app}")))
    world.catalog.put(job(parameters=(*job().parameters, tag)))
    world.catalog.offers["tag"] = ("v1", "v2", "w1")
    draft = await _begun(world, app="api")

    offered = await world.drafts.choices(ANA, draft.id, "tag", "v")

    assert [choice.value for choice in offered] == ["v1", "v2"]
    assert await world.drafts.choices(ANA, draft.id, "nothing", "") == []


async def test_a_submitted_form_is_an_execution(world: World) -> None:
    draft = await _begun(world, app="api", env="dev")

    done = await world.drafts.submit(ANA, draft.id, reason="because")

    assert done.is_new
    assert (done.execution.values, done.execution.reason) == (
        {"app": "api", "env": "dev"},
        "because",
    )


async def test_a_form_submitted_twice_is_one_execution(world: World) -> None:
    draft = await _begun(world, app="api", env="dev")

    done = await asyncio.gather(*(world.drafts.submit(ANA, draft.id) for _ in range(3)))

    assert {each.execution.id for each in done} == {1001}
    assert [each.is_new for each in done].count(True) == 1


async def test_a_form_submitted_after_its_run_began_is_that_run(world: World) -> None:
    draft = await _begun(world, app="api", env="dev")
    await world.drafts.submit(ANA, draft.id)
    await world.submission.submit_due()

    again = await world.drafts.submit(ANA, draft.id)

    assert (again.is_new, again.execution.id) == (False, 1001)


async def test_a_form_that_is_not_complete_is_not_submitted(world: World) -> None:
    draft = await _begun(world, app="api", env="moon")

    with pytest.raises(InvalidValues):
        await world.drafts.submit(ANA, draft.id)


async def test_a_form_is_asked_again_by_the_policy_of_now(world: World) -> None:
    draft = await _begun(world, app="api", env="dev")
    world.policy.policy = policy("p2", bindings=())

    with pytest.raises(Refused):
        await world.drafts.submit(ANA, draft.id)


async def test_a_job_that_left_the_catalogue_while_it_was_filled_in_is_said(world: World) -> None:
    draft = await _begun(world, app="api", env="dev")
    world.catalog.drop("deploy")

    with pytest.raises((Stale, UnknownName)):
        await world.drafts.submit(ANA, draft.id)


async def test_a_rerun_shows_the_old_values_and_says_whose_again_it_is(world: World) -> None:
    old = (await world.ask(given=PROD)).execution

    draft = await world.drafts.begin_rerun(ANA, old, "r2")
    done = await world.drafts.submit(ANA, draft.id)

    assert draft.given == PROD
    assert (done.execution.id, done.execution.rerun_of) == (1002, 1001)


async def test_a_rerun_follows_a_default_that_changed_meanwhile(world: World) -> None:
    count = Parameter(name="count", kind=Kind.INTEGER, default=1)
    world.catalog.put(job(parameters=(*job().parameters, count)))
    old = (await world.ask()).execution

    draft = await world.drafts.begin_rerun(ANA, old, "r2")

    assert "count" not in draft.given


async def test_a_rerun_of_somebody_elses_shows_nothing_they_masked(world: World) -> None:
    token = Parameter(name="token", sensitive=True)
    world.catalog.put(job(parameters=(*job().parameters, token)))
    old = (await world.ask(given={**PROD, "token": "hush"})).execution

    assert "token" in (await world.drafts.begin_rerun(ANA, old, "r2")).given
    assert "token" not in (await world.drafts.begin_rerun(BO, old, "r3")).given


async def test_a_form_offers_only_choices_with_which_one_may_run_it(world: World) -> None:
    only_dev = Permission(name="dev", commands=frozenset({Command.RUN}), values={"env": ("dev",)})
    world.policy.policy = policy(
        roles={"developer": Role(name="developer", permissions=(only_dev,))}
    )
    draft = await world.drafts.begin(ANA, OPS, request_id="d1", job="deploy")

    preview = await world.drafts.preview(ANA, draft.id)

    assert preview.job is not None
    environment = preview.job.parameter("env")
    assert environment is not None
    assert [choice.value for choice in environment.choices] == ["dev"]
