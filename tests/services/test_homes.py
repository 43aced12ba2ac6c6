"""Home, the inbox and the operators' channel."""

from datetime import timedelta

from bot.domain.executions import Status
from bot.ports import RunState
from bot.services.inbox import KEPT_FOR, TOLD_KEPT_FOR
from tests.fakes.values import OPS
from tests.services.staff import ANA, BO, DANA
from tests.services.worlds import PROD, World, approved_job


async def test_home_shows_what_waits_for_me_and_what_runs(world: World) -> None:
    world.catalog.put(approved_job())
    await world.ask(request_id="r1", given=PROD)
    await world.ask(request_id="r2")

    home = await world.homes.of(BO)

    assert [card.execution.id for card in home.waiting] == [1001]
    assert [card.execution.id for card in home.running] == [1002]


async def test_my_own_waits_for_others_and_not_for_me(world: World) -> None:
    world.catalog.put(approved_job())
    await world.ask(given=PROD)

    home = await world.homes.of(ANA)

    assert home.waiting == ()
    assert [card.execution.id for card in home.running] == [1001]


async def test_home_of_nobody_is_empty(world: World) -> None:
    await world.ask()

    home = await world.homes.of(DANA)

    assert (home.waiting, home.running, home.recent, home.favourites) == ((), (), (), ())


async def test_home_shows_what_i_ran_and_run_most(world: World) -> None:
    run = await world.running()
    world.platform.end(run.request_key, RunState.FAILED)
    await world.settle()

    home = await world.homes.of(ANA)

    assert [each.status for each in home.recent] == [Status.FAILED]
    assert home.favourites == (("deploy", "deploy"),)
    assert await world.homes.favourites(ANA) == home.favourites


async def test_a_favourite_that_left_the_catalogue_is_none_any_more(world: World) -> None:
    await world.ask()
    world.catalog.drop("deploy")

    assert await world.homes.favourites(ANA) == ()


async def test_home_says_when_a_platform_is_unwell(world: World) -> None:
    assert (await world.homes.of(ANA)).health == ""

    world.platform.unwell = "The disk is full."
    world.clock.advance(10)

    assert (await world.homes.of(ANA)).health == "fake: The disk is full."


async def test_an_envelope_is_new_once_and_its_duplicates_get_its_answer(world: World) -> None:
    first = await world.inbox.receive("k", "view", {"a": 1})
    await world.inbox.answered("k", {"response_action": "clear"})
    again = await world.inbox.receive("k", "view", {"a": 1})

    assert (first.is_new, first.answer) == (True, None)
    assert (again.is_new, again.answer) == (False, {"response_action": "clear"})


async def test_what_was_received_and_not_handled_is_left_over(world: World) -> None:
    for key in ("done", "open"):
        await world.inbox.receive(key, "command", {"text": key})
    await world.inbox.handled("done")
    world.clock.advance(1)

    assert [each.key for each in await world.inbox.left_over()] == ["open"]


async def test_handled_envelopes_are_forgotten_after_a_week_and_open_ones_never(
    world: World,
) -> None:
    for key in ("done", "open"):
        await world.inbox.receive(key, "command", {})
    await world.inbox.handled("done")
    world.clock.advance((KEPT_FOR + timedelta(seconds=1)).total_seconds())

    assert await world.inbox.forget_old() == 1
    assert [each.key for each in await world.inbox.left_over()] == ["open"]


async def test_what_was_typed_into_forms_is_not_kept_for_ever(world: World) -> None:
    draft = await world.drafts.begin(ANA, OPS, request_id="r1", given={"token": "hush"})
    world.clock.advance((KEPT_FOR + timedelta(seconds=1)).total_seconds())

    assert await world.inbox.forget_old() == 1
    async with world.store.reading() as tx:
        assert await tx.drafts.get(draft.id) is None


async def test_what_was_told_long_ago_is_forgotten_and_what_waits_never(world: World) -> None:
    await world.operators.policy_changed([], "p1", mended=False)
    await world.deliver()
    await world.operators.policy_changed([], "p2", mended=False)
    world.clock.advance((TOLD_KEPT_FOR + timedelta(seconds=1)).total_seconds())

    assert await world.inbox.forget_old() == 1
    async with world.store.reading() as tx:
        assert sum((await tx.outbox.waiting()).values()) == 1


async def test_operators_learn_of_every_edit_of_the_files(world: World) -> None:
    mistakes = [f"jobs.yaml:{n}: wrong" for n in range(7)]
    await world.operators.catalog_changed(mistakes, [], mended=False)
    world.clock.advance(1)
    await world.operators.catalog_changed([], ["deploy"], mended=True)
    await world.operators.policy_changed([], "abcdef0123", mended=False)

    await world.settle(1)

    refused, mended, changed = world.chat.messages("COPERATORS")
    assert "the last good one holds" in refused
    assert "and 2 more" in refused
    assert mended == "The catalogue is well again: deploy."
    assert "abcdef01" in changed


async def test_every_edit_of_the_files_is_written_down(world: World) -> None:
    await world.operators.policy_changed(["policy.yaml:3: no such role"], "", mended=False)

    [entry] = await world.audited("policy")

    assert entry.tag == "policy:file:refused"
    assert entry.detail["mistakes"] == ["policy.yaml:3: no such role"]
