"""A run waits for a person: how it is asked, what an answer says, and what the platform is told."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.errors import InvalidValues, Mistake, Stale, UnknownName
from bot.domain.executions import Status
from bot.domain.pauses import Pause
from bot.domain.waits import Standing
from bot.ports import RunState
from bot.services.replies import Said
from tests.fakes.values import OPS
from tests.services.pauses import (
    CHOICES,
    FORM,
    PLAIN,
    answer,
    asked_in_thread,
    begun,
    handed_over,
    paused,
    paused_in_prod,
    seen,
    wait_of,
)
from tests.services.staff import ANA, BO, CHEN
from tests.services.worlds import World


async def test_a_pause_is_asked_about_once_in_the_thread_and_written_down_once(
    world: World,
) -> None:
    await paused(world, PLAIN)
    await seen(world)
    await handed_over(world)

    assert asked_in_thread(world) == ["pause p1 of #1001 open"]
    assert (await world.history()).count("job:pause:begun") == 1
    assert await world.status() is Status.RUNNING


async def test_whoever_may_run_it_says_that_it_goes_on(world: World) -> None:
    wait = await paused(world, PLAIN)

    await answer(world, ANA, wait)
    done = await handed_over(world)

    assert done.standing is Standing.TAKEN
    [(_, sent)] = world.platform.answers
    assert (sent.pause, sent.by, sent.chosen) == ("p1", "Ana", ())
    assert asked_in_thread(world) == ["pause p1 of #1001 taken Ana:"]
    assert (await seen(world)).waits_for is None


async def test_what_was_answered_is_in_the_audit_with_its_digest(world: World) -> None:
    wait = await paused(world, FORM)

    await answer(world, ANA, wait, given={"count": "3", "token": "hunter2"})
    await handed_over(world)

    [said, taken] = (await world.audited("execution:1001"))[-2:]
    assert (said.tag, said.actor_name) == ("job:pause:answered", "Ana")
    assert said.detail["values"] == {"count": 3, "token": "••••"}
    assert (taken.tag, taken.detail["digest"]) == ("job:pause:taken", said.detail["digest"])


async def test_a_form_reaches_the_platform_as_json_and_its_secrets_do_not_stay(
    world: World,
) -> None:
    wait = await paused(world, FORM)

    await answer(world, ANA, wait, given={"count": "3", "token": "hunter2"})
    kept = await handed_over(world)

    [(_, sent)] = world.platform.answers
    assert sent.arguments == {"count": 3, "token": "hunter2"}
    assert kept.reply is not None
    assert kept.reply.values == {"count": 3}


@pytest.mark.parametrize(
    "given", [{}, {"count": "10"}, {"count": "x"}, {"count": "1", "who": "me"}]
)
async def test_a_form_that_does_not_hold_is_not_taken(world: World, given: dict[str, str]) -> None:
    wait = await paused(world, FORM)

    with pytest.raises(InvalidValues):
        await answer(world, ANA, wait, given=given)

    assert (await wait_of(world)).standing is Standing.OPEN


@pytest.mark.parametrize("chosen", [(), ("Maybe",), ("Approve", "Reject")])
async def test_only_what_is_on_offer_is_chosen(world: World, chosen: tuple[str, ...]) -> None:
    wait = await paused(world, CHOICES)

    with pytest.raises(InvalidValues, match="Choose"):
        await answer(world, ANA, wait, chosen=chosen)


async def test_several_are_chosen_where_that_is_offered(world: World) -> None:
    wait = await paused(world, replace(CHOICES, choices=("eu", "us", "asia"), several=True))

    await answer(world, ANA, wait, chosen=("eu", "asia"))
    await handed_over(world)

    assert world.platform.answers[0][1].chosen == ("eu", "asia")


async def test_of_two_answers_at_once_one_counts_and_the_other_is_told_who_was_faster(
    world: World,
) -> None:
    wait = await paused_in_prod(world, CHOICES)

    both = await asyncio.gather(
        answer(world, BO, wait, chosen=("Approve",)),
        answer(world, CHEN, wait, chosen=("Reject",)),
        return_exceptions=True,
    )

    [stale] = [each for each in both if isinstance(each, Stale)]
    assert "answered #1001 already" in str(stale)
    await handed_over(world)
    assert len(world.platform.answers) == 1


async def test_a_second_answer_is_told_who_answered_what(world: World) -> None:
    wait = await paused_in_prod(world, CHOICES)
    await answer(world, BO, wait, chosen=("Approve",))
    await handed_over(world)

    with pytest.raises(Stale, match="Bo answered #1001 already: Approve"):
        await answer(world, CHEN, wait, chosen=("Reject",))


@pytest.mark.parametrize("mark", ["", "0" * 64])
async def test_a_forged_button_is_told_that_this_is_not_asked(world: World, mark: str) -> None:
    await paused(world, PLAIN)

    with pytest.raises(Stale):
        await world.replies.reply(ANA, Said(execution=1001, mark=mark))
    with pytest.raises(UnknownName):
        await world.replies.reply(ANA, Said(execution=7, mark=mark))


async def test_a_form_of_the_pause_before_is_stale(world: World) -> None:
    first = await paused(world, PLAIN)
    await answer(world, ANA, first)
    await handed_over(world)
    await begun(world, FORM)

    with pytest.raises(Stale, match="already"):
        await answer(world, ANA, first)

    assert asked_in_thread(world) == ["pause p1 of #1001 taken Ana:", "pause p3 of #1001 open"]


async def test_words_that_change_are_asked_anew_in_the_same_message(world: World) -> None:
    old = await paused(world, CHOICES)
    await begun(world, replace(CHOICES, text="with migrations"))

    with pytest.raises(Stale, match="newest message"):
        await answer(world, ANA, old, chosen=("Approve",))
    await answer(world, ANA, await wait_of(world), chosen=("Approve",))

    assert len(asked_in_thread(world)) == 1


@pytest.mark.parametrize(
    ("state", "said"),
    [(RunState.SUCCEEDED, "ended before"), (RunState.TIMED_OUT, "ended before")],
)
async def test_a_pause_of_a_run_that_ended_says_so(
    world: World, state: RunState, said: str
) -> None:
    wait = await paused(world, PLAIN)
    world.platform.end((await world.now()).request_key, state)
    await seen(world)
    await handed_over(world)

    assert said in asked_in_thread(world)[0]
    with pytest.raises(Stale, match="ended before"):
        await answer(world, ANA, wait)


async def test_a_pause_that_was_answered_elsewhere_says_so(world: World) -> None:
    await paused(world, PLAIN)
    world.platform.resume((await world.now()).request_key)
    await seen(world)
    await handed_over(world)

    assert "without an answer from here" in asked_in_thread(world)[0]
    assert (await world.history())[-1] == "job:pause:over"


async def test_a_pause_that_nobody_answered_in_time_says_so(world: World) -> None:
    until = world.clock.now()
    await paused(world, Pause(key="p1", until=until))
    world.clock.advance(1)
    world.platform.resume((await world.now()).request_key)
    await seen(world)
    await handed_over(world)

    assert "Nobody answered in time" in asked_in_thread(world)[0]


async def test_a_run_that_is_cancelled_while_it_waits_says_so(world: World) -> None:
    wait = await paused(world, PLAIN)
    world.platform.obeys_cancel = False
    await world.executions.cancel(ANA, 1001, OPS)
    await handed_over(world)

    assert "being cancelled" in asked_in_thread(world)[0]
    with pytest.raises(Stale):
        await answer(world, ANA, wait)


async def test_a_run_that_waits_for_a_person_is_not_called_slow(world: World) -> None:
    await world.ran_before(5, seconds=5)
    asked = (await world.ask()).execution
    await world.submission.submit_due()
    key = (await world.now(asked.id)).request_key
    world.platform.pause(key, PLAIN)
    for _ in range(3):
        world.clock.advance(600)
        await world.tick()

    assert "slow" not in world.lines()
    world.platform.resume(key)
    for _ in range(3):
        world.clock.advance(60)
        await world.tick()
    assert "slow" in world.lines()


async def test_a_question_that_cannot_be_read_just_now_stays_as_it_was_asked(
    world: World,
) -> None:
    asked = await paused(world, FORM)
    key = (await world.now()).request_key
    for unread in (None, Pause(key=FORM.key, elsewhere=True)):
        world.platform.mumble(key, unread)
        await seen(world)
        await handed_over(world)

    assert await wait_of(world) == asked
    assert asked_in_thread(world) == ["pause p3 of #1001 open"]


async def test_a_question_that_nobody_can_read_here_is_told_once_and_answered_elsewhere(
    world: World,
) -> None:
    unread = Pause(key="p4", elsewhere=True)
    wait = await paused(world, unread)
    for _ in range(3):
        await seen(world)
        await handed_over(world)

    assert asked_in_thread(world) == ["pause p4 of #1001 open"]
    with pytest.raises(Mistake, match="on the page of fake"):
        await answer(world, ANA, wait)
    world.platform.resume((await world.now()).request_key)
    await seen(world)
    assert (await handed_over(world)).standing is Standing.OVER


async def test_a_question_that_could_be_read_in_the_end_is_asked_in_the_same_message(
    world: World,
) -> None:
    await paused(world, Pause(key=FORM.key, elsewhere=True))
    await begun(world, FORM)

    wait = await wait_of(world)
    assert wait.pause == FORM
    assert asked_in_thread(world) == ["pause p3 of #1001 open"]
    await answer(world, ANA, wait, given={"count": "3"})
