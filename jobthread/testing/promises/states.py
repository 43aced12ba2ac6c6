"""What becomes of a run, told truly and in time."""

import pytest

from jobthread.platforms import Capability, RunState
from jobthread.testing import WORD, Doing, Runner
from jobthread.testing.runners import lines_with

pytestmark = pytest.mark.asyncio


async def test_a_run_that_ends_well_succeeded(platform_runner: Runner) -> None:
    seen = await platform_runner.run(Doing.HELLO)

    assert seen.state is RunState.SUCCEEDED
    assert seen.result is not None
    assert seen.result.cause == ""
    assert seen.result.exit_code in (None, 0)
    assert len(lines_with("hello", await platform_runner.log())) == 1


async def test_a_run_is_told_what_its_order_says(platform_runner: Runner) -> None:
    await platform_runner.run(Doing.SAYING)

    assert len(lines_with(WORD, await platform_runner.log())) == 1


async def test_a_failure_is_told_in_the_words_of_the_job(platform_runner: Runner) -> None:
    seen = await platform_runner.run(Doing.FAILING)

    assert seen.state is RunState.FAILED
    assert seen.result is not None
    assert "3 tests failed" in seen.result.cause
    assert seen.result.exit_code != 0


async def test_a_run_has_a_beginning_and_an_end_in_time(platform_runner: Runner) -> None:
    seen = await platform_runner.run(Doing.HELLO)

    assert seen.started_at is not None
    assert seen.ended_at is not None
    assert seen.started_at.utcoffset() is not None
    assert seen.started_at <= seen.ended_at


async def test_a_run_that_ended_between_two_looks_is_told_whole(platform_runner: Runner) -> None:
    await platform_runner.start(Doing.FAILING)
    await platform_runner.written("3 tests failed")
    seen = await platform_runner.ended()

    assert seen.state is RunState.FAILED
    assert seen.result is not None
    assert seen.started_at is not None


async def test_how_a_run_ended_stays_as_it_was_told(platform_runner: Runner) -> None:
    first = await platform_runner.run(Doing.HELLO)
    found = await platform_runner.platform.find(platform_runner.key())

    assert found is not None
    assert (found.state, found.handle, found.ended_at) == (
        first.state,
        first.handle,
        first.ended_at,
    )


async def test_a_run_that_goes_on_is_running_without_an_end(platform_runner: Runner) -> None:
    await platform_runner.start(Doing.ENDLESS)
    seen = await platform_runner.until(lambda each: each.state is RunState.RUNNING)

    assert seen.started_at is not None
    assert seen.ended_at is None
    assert seen.result is None


async def test_runs_do_not_mix(platform_runner: Runner) -> None:
    await platform_runner.start(Doing.HELLO, "one")
    await platform_runner.start(Doing.FAILING, "two")

    assert (await platform_runner.ended("one")).state is RunState.SUCCEEDED
    assert (await platform_runner.ended("two")).state is RunState.FAILED
    assert "3 tests failed" not in await platform_runner.log("one")


async def test_a_run_over_its_time_is_stopped(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.TIME_LIMIT)

    assert (await platform_runner.run(Doing.TOO_LONG)).state is RunState.TIMED_OUT


async def test_how_far_a_run_is_can_be_seen(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.PROGRESS)
    await platform_runner.start(Doing.STEPPING)

    seen = await platform_runner.until(lambda each: each.progress is not None)

    assert seen.progress is not None
    assert seen.progress.step or seen.progress.fraction is not None
    assert seen.progress.fraction is None or 0 <= seen.progress.fraction <= 1
    assert (await platform_runner.ended()).state is RunState.SUCCEEDED


async def test_what_a_run_leaves_beside_its_log_is_told(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.ARTIFACTS)

    seen = await platform_runner.run(Doing.RESULTS)

    assert seen.result is not None
    assert "https://example.test/run" in [link.url for link in seen.result.links]


async def test_what_a_run_used_is_told(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.RESOURCES)

    seen = await platform_runner.run(Doing.HELLO)

    assert seen.result is not None
    used = seen.result.resources
    assert used is not None
    assert used.processor is not None or used.memory is not None


async def test_where_people_see_a_run_is_an_address_of_the_web(platform_runner: Runner) -> None:
    seen = await platform_runner.run(Doing.HELLO)

    assert seen.page is None or seen.page.url.startswith(("https://", "http://"))
