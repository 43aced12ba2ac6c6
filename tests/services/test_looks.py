"""When runs are looked at whose platform tells nothing: in proportion to how long they go on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.executions import Execution, Status
from bot.ports import Capability, Observation, RunState, Work
from bot.services.looks import LOOKS_A_SECOND, SHARE, looked_at
from bot.services.sightings import LATEST, SOONEST, SPREAD, sighted
from tests.fakes.platforms import FakePlatform
from tests.fakes.values import NOW, OPS, actor, execution
from tests.services.worlds import World

ALONE = timedelta()
CROWD = timedelta(seconds=5_000 / LOOKS_A_SECOND)
HURRY = 1.0


@pytest.fixture
def silent(world: World) -> World:
    """A platform that tells nothing by itself."""
    world.platform.capabilities -= {Capability.PUSH}
    return world


def _quiet(age: timedelta, *, quiet: int = 9, **changes: object) -> Execution:
    """A run that began so long ago and said nothing lately."""
    began = NOW - age
    given = {"status": Status.RUNNING, "started_at": began, "changed_at": began, **changes}
    return execution(7, polls_unchanged=quiet, due_at=NOW + LATEST, **given)


def _wait(run: Execution, *, usual: timedelta | None = None, crowd: timedelta = ALONE) -> timedelta:
    due = looked_at(run, usual, crowd, NOW).due_at
    assert due is not None
    return due - NOW


@pytest.mark.parametrize("minutes", [0.5, 1, 2, 4])
def test_a_quiet_run_waits_for_a_share_of_its_length(minutes: float) -> None:
    age = timedelta(minutes=minutes)

    assert age * SHARE * (1 - SPREAD) <= _wait(_quiet(age)) <= age * SHARE


def test_nothing_waits_for_less_than_a_second_or_longer_than_half_a_minute() -> None:
    assert _wait(_quiet(timedelta(seconds=2))) == SOONEST
    assert LATEST * (1 - SPREAD) <= _wait(_quiet(timedelta(hours=9))) <= LATEST


def test_news_bring_the_next_look_near_and_silence_puts_it_off_again() -> None:
    waits = [_wait(_quiet(timedelta(hours=9), quiet=quiet)) for quiet in range(7)]

    assert waits[0] == SOONEST
    assert waits == sorted(waits)
    assert waits[-1] >= LATEST * (1 - SPREAD)


def test_a_platform_whose_clock_is_ahead_is_asked_every_second() -> None:
    assert _wait(_quiet(timedelta(hours=-1))) == SOONEST


def test_a_stop_is_looked_for_from_when_it_was_asked_for() -> None:
    asked = NOW - timedelta(seconds=5)
    stopping = _quiet(timedelta(hours=9), status=Status.CANCELLING, changed_at=asked)

    assert _wait(stopping) == SOONEST


def test_a_run_that_nobody_took_up_waits_for_a_share_of_that() -> None:
    waiting = _quiet(timedelta(minutes=1), started_at=None)

    assert _wait(waiting) <= timedelta(minutes=1) * SHARE


def test_a_run_is_looked_at_when_it_should_end_and_often_from_then_on() -> None:
    usual = timedelta(minutes=60)

    assert _wait(_quiet(usual - timedelta(seconds=9)), usual=usual) == timedelta(seconds=9)
    assert _wait(_quiet(usual + timedelta(seconds=9)), usual=usual) == timedelta(seconds=2)
    assert _wait(_quiet(usual * 2), usual=usual) > timedelta(seconds=2)


@pytest.mark.parametrize("quiet", [0, 1, 9])
def test_in_a_crowd_one_look_is_enough_for_what_goes_on_for_long(quiet: int) -> None:
    wait = _wait(_quiet(timedelta(hours=1), quiet=quiet), crowd=CROWD)

    assert wait >= LATEST * (1 - SPREAD)


def test_what_has_just_begun_is_not_lost_in_a_crowd() -> None:
    assert _wait(_quiet(timedelta(seconds=4)), crowd=CROWD) <= timedelta(seconds=4)


@pytest.mark.parametrize(
    "changes", [{"due_at": NOW}, {"due_at": None}, {"unheard_since": NOW - SOONEST}]
)
def test_what_is_due_or_unheard_of_keeps_its_time(changes: dict[str, datetime | None]) -> None:
    run = replace(_quiet(timedelta(minutes=1)), **changes)

    assert looked_at(run, None, ALONE, NOW) == run


async def test_the_end_of_a_quiet_run_is_seen_within_a_share_of_its_length(silent: World) -> None:
    run = await silent.running()
    began = silent.clock.now()
    await _passes(silent, timedelta(minutes=1))
    silent.platform.end(run.request_key)

    late = await _passes(silent, LATEST, until=lambda now: now.status.is_final)

    assert silent.clock.now() - began >= timedelta(minutes=1)
    assert late <= timedelta(minutes=1) * SHARE + SOONEST


async def test_after_a_restart_each_of_a_crowd_is_looked_at_once(silent: World) -> None:
    """Five looks each, a second and more after one another, would be five times as many."""
    count = LOOKS_A_SECOND * 2
    began = NOW - timedelta(hours=1)
    async with silent.store.transaction() as tx:
        for number in range(count):
            await tx.executions.add(
                execution(number, status=Status.RUNNING, handle="run", started_at=began)
            )
    anew = World(silent.outside, silent.store, platform=_Talkative(silent.platform))

    asked = 0
    for _ in range(4):
        while looks := await anew.polling.poll_due():
            asked += looks
        silent.clock.advance(0.3)

    assert asked == count


async def test_that_a_run_began_is_told_at_once_and_its_progress_together(silent: World) -> None:
    silent.platform.in_line = True
    run = await silent.running()
    await silent.deliver()

    silent.platform.resume(run.request_key)
    silent.clock.advance(1)
    await silent.polling.poll_due()

    async with silent.store.reading() as tx:
        assert await tx.outbox.next_due() == silent.clock.now()
    await silent.deliver()
    silent.platform.say(run.request_key, "news")
    silent.clock.advance(1)
    await silent.polling.poll_due()
    async with silent.store.reading() as tx:
        due = await tx.outbox.next_due()
    assert due is not None
    assert due > silent.clock.now()


async def test_a_loop_rests_until_the_next_look_is_due(silent: World) -> None:
    assert await silent.polling.rest(HURRY) == HURRY
    await silent.running()
    assert await silent.polling.rest(2 * HURRY) == SOONEST.total_seconds()

    silent.clock.advance(0.75)

    assert await silent.polling.rest(HURRY) == 0.25


async def test_looks_are_gathered_where_runs_come_due_all_the_time(silent: World) -> None:
    await silent.running()
    silent.clock.advance(1)
    assert await silent.polling.poll_due() == 1
    silent.clock.advance(0.9)

    assert await silent.polling.rest(HURRY) == 0.5


async def test_delivery_rests_until_the_next_notice_is_due(silent: World) -> None:
    run = await silent.running()
    await silent.deliver()
    assert await silent.delivery.rest(HURRY) == HURRY
    silent.platform.say(run.request_key, "news")
    silent.clock.advance(1)
    await silent.polling.poll_due()

    assert await silent.delivery.rest(HURRY) == pytest.approx(0.7)


async def test_a_stop_wakes_whoever_rests(silent: World) -> None:
    await silent.running()
    await silent.store.woken(Work.POLLING, 0)

    await silent.executions.cancel(actor("UANA"), None, OPS)

    assert await silent.polling.poll_due() == 1


def test_a_run_begins_once() -> None:
    waiting = execution(7, status=Status.RUNNING, started_at=None)
    seen = Observation(request_key="key-7", handle="run", state=RunState.RUNNING, started_at=NOW)

    first = sighted(waiting, seen, NOW)
    second = sighted(first.after, seen, NOW)

    assert (first.begins, second.begins) == (True, False)


class _Talkative(FakePlatform):
    """Every run has something new at every look."""

    def __init__(self, behind: FakePlatform) -> None:
        super().__init__(capabilities=behind.capabilities)
        self._said = 0

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        self._said += 1
        line = f"line {self._said}"
        return {
            key: Observation(request_key=key, handle="run", state=RunState.RUNNING, tail=(line,))
            for key in request_keys
        }


async def _passes(
    world: World, span: timedelta, until: Callable[[Execution], bool] = lambda _: False
) -> timedelta:
    """Looks as a loop makes them, until so much time has passed or that is so; how long it took."""
    began = world.clock.now()
    while world.clock.now() - began < span and not until(await world.now()):
        world.clock.advance(await world.polling.rest(HURRY))
        await world.polling.poll_due()
    return world.clock.now() - began
