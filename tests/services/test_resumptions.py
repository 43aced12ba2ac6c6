"""What was answered reaches its platform once, whatever that says and whoever dies meanwhile."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.domain.errors import Ambiguous, Permanent, Stale, Temporary
from bot.domain.waits import Standing
from bot.ports import RunState
from bot.services.resumptions import LEASE
from tests.services.pauses import (
    CHOICES,
    FORM,
    PLAIN,
    answer,
    asked_in_thread,
    begun,
    handed_over,
    paused,
    seen,
    wait_of,
)
from tests.services.staff import ANA
from tests.services.worlds import World


async def _answered(world: World) -> None:
    wait = await paused(world, CHOICES)
    await answer(world, ANA, wait, chosen=("Approve",))


async def test_an_answer_is_kept_before_it_is_sent(world: World) -> None:
    await _answered(world)

    kept = await wait_of(world)

    assert kept.standing is Standing.ANSWERED
    assert not world.platform.answers
    assert (await world.now()).waits_for is None


async def test_a_platform_that_is_away_is_tried_again_and_people_are_told(world: World) -> None:
    await _answered(world)
    world.platform.out_of_order = Temporary("it is away")
    await handed_over(world)

    assert "it is away" in asked_in_thread(world)[0]
    world.platform.out_of_order = None
    world.clock.advance(5)
    assert (await handed_over(world)).standing is Standing.TAKEN


async def test_a_platform_that_names_a_time_is_left_alone_until_then(world: World) -> None:
    await _answered(world)
    world.platform.out_of_order = Temporary("too many requests", retry_after=60)
    await handed_over(world)
    world.platform.out_of_order = None

    world.clock.advance(50)
    assert (await handed_over(world)).standing is Standing.ANSWERED
    world.clock.advance(11)
    assert (await handed_over(world)).standing is Standing.TAKEN


@pytest.mark.parametrize("arrives", [True, False])
async def test_without_an_answer_the_run_tells_whether_it_was_taken(
    world: World, *, arrives: bool
) -> None:
    await _answered(world)
    world.platform.fail_next_answer(Ambiguous("no answer"), arrives=arrives)

    assert (await handed_over(world)).standing is Standing.ANSWERED
    world.clock.advance(10)
    assert (await handed_over(world)).standing is Standing.TAKEN
    assert len(world.platform.answers) == 1


async def test_an_answer_is_not_called_taken_because_its_question_cannot_be_seen_just_now(
    world: World,
) -> None:
    await _answered(world)
    key = (await world.now()).request_key
    world.platform.fail_next_answer(Ambiguous("no answer"), arrives=False)
    world.platform.resume(key)
    assert (await handed_over(world)).standing is Standing.ANSWERED

    world.platform.pause(key, CHOICES)
    world.clock.advance(10)

    assert (await handed_over(world)).standing is Standing.TAKEN
    assert len(world.platform.answers) == 1


async def test_an_answer_that_is_not_taken_is_asked_for_again_and_its_author_told(
    world: World,
) -> None:
    wait = await paused(world, FORM)
    await answer(world, ANA, wait, given={"count": "3"})
    world.platform.fail_next_answer(Permanent("count must be odd"), arrives=False)

    again = await handed_over(world)

    assert again.standing is Standing.OPEN
    assert "count must be odd" in asked_in_thread(world)[0]
    assert any("count must be odd" in each for each in world.chat.dms("UANA"))
    assert "job:pause:not_taken" in await world.history()
    await answer(world, ANA, again, given={"count": "5"})
    assert (await handed_over(world)).standing is Standing.TAKEN
    assert world.platform.answers[0][1].arguments == {"count": 5}


async def test_an_answer_that_came_too_late_says_so(world: World) -> None:
    await _answered(world)
    key = (await world.now()).request_key
    world.platform.resume(key)

    late = await handed_over(world)

    assert late.standing is Standing.OVER
    assert "too late" in asked_in_thread(world)[0]
    assert any("not taken" in each for each in world.chat.dms("UANA"))


async def test_an_answer_to_a_run_that_ended_meanwhile_says_so(world: World) -> None:
    await _answered(world)
    world.platform.end((await world.now()).request_key, RunState.TIMED_OUT)
    await seen(world)

    assert (await handed_over(world)).standing is Standing.OVER


async def test_a_worker_that_died_after_sending_sends_nothing_new(world: World) -> None:
    await _answered(world)
    key = (await world.now()).request_key
    async with world.store.transaction() as tx:
        wait = (await tx.waits.of(1001))[0]
        await tx.waits.save(replace(wait, tries=1, unsure=True))
    # The platform forgot what was answered, and goes on because of it.
    world.platform.resume(key)

    assert (await handed_over(world)).standing is Standing.TAKEN


async def test_what_a_dead_worker_had_in_hand_is_taken_up_after_its_lease(world: World) -> None:
    await _answered(world)
    now = world.clock.now()
    async with world.store.transaction() as tx:
        assert await tx.waits.claim(now, now + LEASE, 9, hosts=("",))

    assert (await handed_over(world)).standing is Standing.ANSWERED
    assert await world.resumptions.resume_due(restarted=True) == 1
    assert (await wait_of(world)).standing is Standing.TAKEN


async def test_a_look_that_began_before_the_answer_asks_nobody_again(world: World) -> None:
    await _answered(world)
    execution = await world.now()
    observed = await world.platform.observe([execution.request_key])
    await handed_over(world)

    await world.polling.observed(observed[execution.request_key])

    assert (await world.now()).waits_for is None
    assert len(asked_in_thread(world)) == 1


async def test_the_next_pause_of_the_same_run_is_asked_about_by_itself(world: World) -> None:
    await _answered(world)
    await handed_over(world)
    await begun(world, PLAIN)

    assert asked_in_thread(world) == [
        "pause p2 of #1001 taken Ana:Approve",
        "pause p1 of #1001 open",
    ]


async def test_slack_that_is_slow_shows_what_is_true_when_it_answers(world: World) -> None:
    await world.running()
    execution = await world.now()
    world.platform.pause(execution.request_key, CHOICES)
    await seen(world)
    await world.resumptions.resume_due()
    await answer(world, ANA, await wait_of(world), chosen=("Reject",))
    await handed_over(world)

    assert asked_in_thread(world) == ["pause p2 of #1001 taken Ana:Reject"]


async def test_a_message_that_somebody_deleted_is_asked_anew(world: World) -> None:
    await paused(world, CHOICES)
    [post] = [each for each in world.chat.posts if each.text.startswith("pause")]
    world.chat.delete(post)
    await begun(world, replace(CHOICES, text="changed"))

    assert asked_in_thread(world) == ["pause p2 of #1001 open"]


async def test_people_who_cannot_be_found_out_about_are_asked_later(world: World) -> None:
    await world.running()
    world.platform.pause((await world.now()).request_key, PLAIN)
    await seen(world)
    world.people.out_of_order = Temporary("Slack does not say")
    await handed_over(world)
    assert not asked_in_thread(world)

    world.people.out_of_order = None
    world.clock.advance(6)
    await handed_over(world)

    assert asked_in_thread(world) == ["pause p1 of #1001 open"]


async def test_where_the_channel_is_out_of_reach_the_requester_is_asked_by_dm(
    world: World,
) -> None:
    world.chat.closed["COPS"] = Permanent("Slack refused", code="not_in_channel")
    await paused(world, PLAIN)
    await handed_over(world)

    [asked] = [each for each in world.chat.posts if each.text.startswith("pause")]
    assert asked.ref.channel == "DUANA"


async def test_a_pause_that_is_over_before_anybody_was_asked_is_not_told(world: World) -> None:
    await world.running()
    key = (await world.now()).request_key
    world.platform.pause(key, PLAIN)
    await seen(world)
    world.platform.resume(key)
    await seen(world)
    await handed_over(world)

    assert not asked_in_thread(world)
    assert (await wait_of(world)).standing is Standing.OVER


async def test_a_click_while_it_is_handed_over_is_told_who_answered(world: World) -> None:
    await _answered(world)

    with pytest.raises(Stale, match="Ana answered #1001 already: Approve"):
        await answer(world, ANA, await wait_of(world), chosen=("Reject",))


async def _still_stands(world: World) -> None:
    """The platform shows the question as if nobody had answered it, and is looked at for long."""
    key = (await world.now()).request_key
    for _ in range(40):
        world.platform.pause(key, CHOICES)
        await seen(world)
        await handed_over(world)
        world.clock.advance(10)


async def _accepted(world: World) -> None:
    await handed_over(world)


async def _refused_as_over(world: World) -> None:
    key = (await world.now()).request_key
    world.platform.resume(key)
    await handed_over(world)


@pytest.mark.parametrize("handing_over", [_accepted, _refused_as_over])
async def test_a_question_that_still_stands_long_after_its_answer_is_asked_once_more(
    world: World, handing_over: Callable[[World], Awaitable[None]]
) -> None:
    await _answered(world)
    await handing_over(world)
    before = len(world.platform.answers)

    await _still_stands(world)

    again = await wait_of(world)
    assert again.standing is Standing.OPEN
    assert "fake still waits for it" in asked_in_thread(world)[0]
    assert (await world.history()).count("job:pause:asked_again") == 1
    assert len(world.platform.answers) == before
    assert len(asked_in_thread(world)) == 1
    assert [each for each in world.chat.dms("UANA") if "still waits" in each] != []
    await answer(world, ANA, again, chosen=("Reject",))
    assert (await handed_over(world)).standing is Standing.TAKEN
    assert [each.chosen for _, each in world.platform.answers][before:] == [("Reject",)]


async def test_a_question_that_is_seen_for_a_moment_after_its_answer_is_not_asked_again(
    world: World,
) -> None:
    await _answered(world)
    await handed_over(world)
    key = (await world.now()).request_key
    for _ in range(11):
        world.platform.pause(key, CHOICES)
        await seen(world)
        world.clock.advance(10)
    world.platform.resume(key)
    world.clock.advance(300)
    await seen(world)
    await handed_over(world)

    assert (await wait_of(world)).standing is Standing.TAKEN
    assert "job:pause:asked_again" not in await world.history()
