"""What people must be told reaches Slack: in order, once, and another way when it must."""

import asyncio
import gc
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.actors import Place
from bot.domain.errors import Ambiguous, Permanent, Temporary
from bot.domain.notices import LineKind
from bot.ports import RunState
from bot.services.sayings import tell, tell_operators
from tests.services.notices import said_line, shown_card, told_operators
from tests.services.staff import ANA, BO, CHEN
from tests.services.worlds import OPS, PROD, World, approved_job

LOST = Ambiguous("Slack did not answer", code="no_answer")
SLOW = Temporary("Slack asks to slow down", code="ratelimited", retry_after=30)
NOT_IN = Permanent("Slack refused: not_in_channel", code="not_in_channel")
GONE = Permanent("Slack refused: is_archived", code="is_archived")


async def test_the_first_card_is_posted_and_then_kept_true_in_its_place(world: World) -> None:
    await world.running()
    await world.deliver()
    await shown_card(world)
    await world.deliver()

    assert world.chat.calls == ["post", "update"]
    [card] = world.chat.posts
    assert (await world.now()).card == card.ref


async def test_a_thread_hangs_at_its_card_and_reads_in_order(world: World) -> None:
    await world.ask()
    for kind in (LineKind.SLOW, LineKind.CANCEL_ASKED, LineKind.ENDED):
        await said_line(world, kind)

    await world.deliver()

    [card, *lines] = world.chat.posts
    assert [line.text.split()[0] for line in lines] == ["slow", "cancel_asked", "ended"]
    assert {line.place.thread for line in lines} == {card.ref.ts}


async def test_a_run_asked_for_in_a_thread_is_told_in_that_thread(world: World) -> None:
    await world.ask(place=replace(OPS, thread="77.7"))
    await said_line(world, LineKind.SLOW)

    await world.deliver()

    assert {post.place.thread for post in world.chat.posts} == {"77.7"}


@pytest.mark.parametrize("stored", [True, False])
async def test_a_post_whose_answer_was_lost_is_looked_for_before_it_is_posted_again(
    world: World, stored: bool
) -> None:
    world.chat.fail_next("post", LOST, stored=stored)
    await world.ask()

    await world.settle(3)

    assert world.chat.messages("COPS") == ["card #1001 running"]
    assert "find_posted" in world.chat.calls


async def test_a_line_whose_answer_was_lost_is_said_once(world: World) -> None:
    await world.ask()
    await world.deliver()
    world.chat.fail_next("post", LOST, stored=True)
    await said_line(world, LineKind.SLOW)

    await world.settle(3)

    assert world.lines() == ["slow"]


async def test_a_copy_whose_answer_was_lost_is_asked_once(world: World) -> None:
    world.catalog.put(approved_job())
    await world.ask(given=PROD)
    world.chat.fail_next("dm", Temporary("busy"))
    world.chat.fail_next("post", LOST, stored=True)

    await world.settle(4)

    assert len(world.chat.dms("UBO")) == len(world.chat.dms("UCHEN")) == 1


async def test_a_card_found_again_shows_what_is_true_by_then(world: World) -> None:
    run = await world.running()
    world.chat.fail_next("post", LOST, stored=True)
    await world.deliver()
    world.platform.end(run.request_key)
    await world.polling.changed(world.platform.name, run.request_key)

    await world.settle(3)

    assert world.chat.messages("COPS", "") == ["card #1001 succeeded"]


async def test_a_copy_found_again_no_longer_asks_for_what_was_decided(world: World) -> None:
    world.catalog.put(approved_job())
    for _ in ("bo", "chen"):
        world.chat.fail_next("dm", Temporary("busy"))
    asked = (await world.ask(given=PROD)).execution
    await world.deliver()
    world.chat.fail_next("post", LOST, stored=True)
    world.clock.advance(2)
    await world.deliver()
    await world.decide(CHEN, asked)

    await world.settle(4)

    for user in ("UBO", "UCHEN"):
        assert "awaiting_approval" not in world.chat.dms(user)[0]


async def test_while_it_cannot_be_looked_for_nothing_is_posted_twice(world: World) -> None:
    world.chat.fail_next("post", LOST, stored=True)
    for _ in range(3):
        world.chat.fail_next("find_posted", LOST)
    await world.ask()

    await world.settle(12)

    assert len(world.chat.messages("COPS")) == 1


async def test_a_lost_answer_is_not_forgotten_over_a_later_refusal(world: World) -> None:
    world.chat.fail_next("post", LOST, stored=True)
    world.chat.fail_next("find_posted", SLOW)
    await world.ask()

    await world.settle(40)

    assert len(world.chat.messages("COPS")) == 1


class _Away:
    """A store that goes away for one transaction, as soon as a message was posted."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._is_spent = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._world.store, name)

    def transaction(self) -> object:
        if self._world.chat.posts and not self._is_spent:
            self._is_spent = True
            raise Temporary("the database did not answer: database is locked", code="database")
        return self._world.store.transaction()


class _Gone(_Away):
    """A store that stays away once something was posted."""

    def transaction(self) -> object:
        self._is_spent = False
        return super().transaction()


@pytest.fixture
async def unhandled() -> list[str]:
    """What tasks ended with and nobody looked at."""
    said: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: said.append(str(context["message"])))
    return said


async def test_a_post_that_could_not_be_written_down_is_not_posted_again(world: World) -> None:
    await world.ask()
    other = World(world.outside, _Away(world))  # pyright: ignore[reportArgumentType]  passes everything else on

    await other.settle(4)

    assert len(world.chat.messages("COPS")) == 1
    assert (await world.now()).card is not None


async def test_a_database_that_is_away_for_many_sends_fails_one_round_and_nothing_else(
    world: World, unhandled: list[str]
) -> None:
    for number in range(3):
        await world.ask(request_id=f"r{number}")
    other = World(world.outside, _Gone(world))  # pyright: ignore[reportArgumentType]  passes everything else on

    with pytest.raises(Temporary):
        await other.deliver()
    gc.collect()

    assert unhandled == []


async def test_slack_is_left_alone_for_as_long_as_it_asks(world: World) -> None:
    world.chat.fail_next("post", SLOW)
    await world.ask()
    await world.deliver()

    world.clock.advance(29)
    await world.deliver()
    assert world.chat.calls == ["post"]
    world.clock.advance(1)
    await world.deliver()

    assert world.chat.messages("COPS") == ["card #1001 ready 0:00:30 late"]


@pytest.mark.parametrize("asked", [10.0**12, 7_200.0])
async def test_no_answer_makes_us_wait_longer_than_an_hour(world: World, asked: float) -> None:
    world.chat.fail_next("post", Temporary("busy", retry_after=asked))
    await world.ask()
    await world.deliver()
    world.clock.advance(minutes=60)

    await world.deliver()

    assert world.chat.messages("COPS") == ["card #1001 ready 1:00:00 late"]


async def test_without_word_from_slack_the_waits_grow(world: World) -> None:
    waits: list[float] = []
    await world.ask()
    for _ in range(9):
        world.chat.fail_next("post", Temporary("busy"))
        await world.deliver()
        async with world.store.reading() as tx:
            due = await tx.outbox.next_due()
        assert due is not None
        waits.append((due - world.clock.now()).total_seconds())
        world.clock.advance(waits[-1])

    assert waits == [1, 2, 4, 8, 16, 30, 30, 30, 30]


async def test_a_thread_waits_for_what_comes_first_while_others_go_on(world: World) -> None:
    world.chat.fail_next("post", SLOW)
    await world.ask(request_id="r1")
    await said_line(world, LineKind.SLOW)
    await world.deliver()
    await world.ask(request_id="r2", place=Place(team=OPS.team, channel="COTHER"))
    await world.deliver()

    assert world.chat.messages("COPS") == []
    assert world.chat.messages("COTHER") == ["card #1002 ready"]


async def test_what_slack_could_not_take_for_three_days_is_given_up_and_reported(
    world: World,
) -> None:
    await world.ask()
    world.clock.advance(minutes=3 * 24 * 60 + 1)
    world.chat.fail_next("post", Temporary("busy"))

    await world.deliver()

    assert (await world.history())[-1] == "job:notice:undeliverable"
    assert len(await told_operators(world)) == 1


async def _finished(world: World, *lines: str) -> None:
    run = await world.running()
    world.platform.say(run.request_key, *lines)
    world.platform.end(run.request_key, RunState.FAILED)
    await world.settle()


async def test_the_whole_log_is_put_into_the_thread_once(world: World) -> None:
    await _finished(world, "one", "two")

    [upload] = world.chat.uploads
    assert (upload.filename, upload.content) == ("deploy-1001-1.log", b"one\ntwo\n")
    assert upload.place.thread == world.chat.posts[0].ref.ts


@pytest.mark.parametrize("stored", [True, False])
async def test_an_upload_whose_answer_was_lost_is_there_once(world: World, stored: bool) -> None:
    world.chat.fail_next("upload", LOST, stored=stored)

    await _finished(world, "one")

    assert len(world.chat.uploads) == 1


async def test_a_run_that_said_nothing_leaves_no_file(world: World) -> None:
    await _finished(world)

    assert not world.chat.uploads


async def test_a_log_out_of_reach_for_a_while_comes_later(world: World) -> None:
    run = await world.running()
    world.platform.say(run.request_key, "one")
    world.platform.end(run.request_key)
    await world.polling.changed("fake", run.request_key)
    world.platform.out_of_order = Temporary("connection refused")
    await world.settle(1)
    assert not world.chat.uploads

    world.platform.out_of_order = None
    await world.settle(8)

    assert len(world.chat.uploads) == 1


async def test_people_and_operators_are_told_single_sentences(world: World) -> None:
    async with world.store.transaction() as tx:
        await tell(tx, ANA.id, "k", world.clock.now(), "Something about you.")
        await tell_operators(tx, "k", world.clock.now(), "Something about all.")

    await world.deliver()

    assert world.chat.dms("UANA") == ["Something about you."]
    assert world.chat.messages("COPERATORS") == ["Something about all."]


async def test_a_process_that_begins_again_takes_up_what_was_on_its_way(world: World) -> None:
    await world.ask()
    async with world.store.transaction() as tx:
        await tx.outbox.claim(world.clock.now(), timedelta(seconds=60), 16)

    await world.deliver()
    assert not world.chat.posts
    assert await world.delivery.restarted() == 1
    await world.deliver()

    assert world.chat.messages("COPS") == ["card #1001 ready"]


async def test_one_that_breaks_us_does_not_keep_the_others_from_being_told(world: World) -> None:
    await world.ask()
    await said_line(world, LineKind.SLOW)
    async with world.store.transaction() as tx:
        await tell(tx, ANA.id, "k", world.clock.now(), "", execution="not a number")
        await tell(tx, BO.id, "k2", world.clock.now(), "Hello.")

    with pytest.raises(ValueError, match="not a number"):
        await world.deliver()
    await world.deliver()

    assert world.chat.dms("UBO") == ["Hello."]
    assert world.lines() == ["slow"]


async def test_a_slow_slack_is_seen_on_the_cards_of_the_lane_that_is_late(world: World) -> None:
    world.catalog.put(approved_job())
    await world.ask()
    await world.deliver()
    await shown_card(world)
    world.clock.advance(16)
    await world.ask(request_id="r2", given=PROD)

    late = await world.executions.card(ANA, 1001, OPS)
    asking = await world.executions.card(ANA, 1002, OPS)

    assert (late.behind, asking.behind) == (timedelta(seconds=16), None)


async def test_a_card_that_reaches_slack_late_says_so_until_it_is_final(world: World) -> None:
    run = await world.running()
    world.clock.advance(16)
    await world.deliver()
    world.platform.end(run.request_key)
    await world.polling.changed("fake", run.request_key)
    world.clock.advance(16)
    await world.deliver()

    [card] = [post for post in world.chat.posts if post.text.startswith("card")]
    assert card.shown == ["card #1001 running 0:00:16 late", "card #1001 succeeded"]
