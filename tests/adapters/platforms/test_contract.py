"""What every JobPlatform promises, asked of each of them.

Excluded: how a platform survives crashes, which each shows in a way of its own.
"""

import asyncio
from itertools import count

import pytest

from bot.domain.errors import Permanent
from bot.domain.results import Link, Metric
from bot.ports import Observation, RunState
from tests.adapters.platforms.benches import PATIENCE, Doing, Runner, order


async def test_a_job_that_ends_well_succeeded(runner: Runner) -> None:
    seen = await runner.run(order(Doing.HELLO))

    assert seen.state is RunState.SUCCEEDED
    assert seen.result is not None
    assert seen.result.exit_code == 0
    assert seen.result.cause == ""


async def test_a_failure_is_told_in_the_words_of_the_job(runner: Runner) -> None:
    seen = await runner.run(order(Doing.FAILING))

    assert seen.state is RunState.FAILED
    assert seen.result is not None
    assert (seen.result.exit_code, seen.result.cause) == (3, "3 tests failed")
    assert seen.result.failing_step == "testing"


async def test_a_run_has_a_beginning_and_an_end_in_time(runner: Runner) -> None:
    seen = await runner.run(order(Doing.HELLO))

    assert seen.started_at is not None
    assert seen.ended_at is not None
    assert seen.started_at.utcoffset() is not None
    assert seen.started_at <= seen.ended_at


async def test_what_a_job_says_of_itself_is_understood(runner: Runner) -> None:
    seen = await runner.run(order(Doing.TALKING))

    assert seen.progress is not None
    assert (seen.progress.fraction, seen.progress.step) == (0.4, "migrating database")
    assert seen.result is not None
    assert seen.result.metrics == (Metric(name="rows", value=1200, unit="rows"),)
    assert seen.result.links == (Link(url="https://example.test/run", text="the run"),)
    assert seen.result.summary == "1200 rows moved"
    assert seen.result.outputs == {"release.version": "4.2"}


async def test_the_tail_holds_ordinary_lines_only(runner: Runner) -> None:
    seen = await runner.run(order(Doing.TALKING))

    assert seen.tail == ("an ordinary line",)


async def test_the_same_key_never_starts_a_second_run(runner: Runner) -> None:
    first = await runner.run(order(Doing.HELLO))
    second = await runner.platform.start(order(Doing.HELLO))

    assert second == first
    assert await runner.log() == "hello\n"


async def test_many_starts_at_once_start_one_run(runner: Runner) -> None:
    answers = await asyncio.gather(
        *(runner.platform.start(order(Doing.ENDLESS)) for _ in range(5)), return_exceptions=True
    )
    handles = {answer.handle for answer in answers if isinstance(answer, Observation)}

    assert handles - {""} == {(await runner.seen()).handle}


async def test_a_key_that_cannot_name_a_run_is_refused(runner: Runner) -> None:
    with pytest.raises(Permanent):
        await runner.platform.start(order(Doing.HELLO, "../elsewhere"))


async def test_find_knows_what_was_started(runner: Runner) -> None:
    await runner.platform.start(order(Doing.ENDLESS))

    found = await runner.platform.find("run-1")

    assert found is not None
    assert found.state is RunState.RUNNING


async def test_find_says_that_there_surely_is_no_run(runner: Runner) -> None:
    assert await runner.platform.find("never-started") is None


async def test_observe_leaves_out_what_it_does_not_know(runner: Runner) -> None:
    await runner.platform.start(order(Doing.ENDLESS))

    assert set(await runner.platform.observe(["run-1", "run-2"])) == {"run-1"}


async def test_runs_do_not_mix(runner: Runner) -> None:
    await runner.platform.start(order(Doing.HELLO, "one"))
    await runner.platform.start(order(Doing.FAILING, "two"))

    assert (await runner.ended("one")).state is RunState.SUCCEEDED
    assert (await runner.ended("two")).state is RunState.FAILED


async def test_a_cancelled_run_ends_cancelled(runner: Runner) -> None:
    await runner.platform.start(order(Doing.ENDLESS))
    await runner.until(lambda seen: seen.tail == ("begun",))

    await runner.platform.cancel("run-1")
    await runner.platform.cancel("run-1")

    assert (await runner.ended()).state is RunState.CANCELLED


async def test_cancelling_what_has_ended_changes_nothing(runner: Runner) -> None:
    before = await runner.run(order(Doing.HELLO))

    await runner.platform.cancel("run-1")

    assert await runner.seen() == before


async def test_cancelling_what_never_was_harms_nothing(runner: Runner) -> None:
    await runner.platform.cancel("never-started")

    assert await runner.platform.find("never-started") is None


async def test_a_run_over_its_time_is_stopped(runner: Runner) -> None:
    seen = await runner.run(order(Doing.TOO_LONG))

    assert seen.state is RunState.TIMED_OUT


async def test_a_log_read_in_pieces_is_whole(runner: Runner) -> None:
    await runner.run(order(Doing.COUNTING))

    assert await runner.log(limit=100) == "".join(f"line {n}\n" for n in range(500))


async def test_pieces_of_a_log_end_with_a_line(runner: Runner) -> None:
    await runner.run(order(Doing.COUNTING))

    piece = await runner.platform.logs("run-1", limit=100)

    assert piece.text.endswith("\n")
    assert len(piece.text) <= 100
    assert not piece.complete


async def test_no_character_is_cut_in_two(runner: Runner) -> None:
    await runner.run(order(Doing.CHINESE))

    assert (await runner.log(limit=50)).replace("\n", "") == "部署完成" * 400


async def test_a_log_is_not_complete_while_its_run_goes_on(runner: Runner) -> None:
    await runner.platform.start(order(Doing.ENDLESS))
    await runner.until(lambda seen: seen.tail == ("begun",))

    piece = await runner.platform.logs("run-1")

    assert (piece.text, piece.complete) == ("begun\n", False)


async def test_a_change_is_told_while_somebody_listens(runner: Runner) -> None:
    first = asyncio.ensure_future(anext(runner.platform.changes()))
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE):
        for number in count():
            await runner.run(order(Doing.HELLO, f"run-{number}"))
            await asyncio.sleep(0)
            if first.done():
                break

    assert (await first).startswith("run-")


async def test_a_platform_that_works_is_well(runner: Runner) -> None:
    assert (await runner.platform.health()).unwell == ""


async def test_its_catalogue_can_be_asked_for(runner: Runner) -> None:
    assert list(await runner.platform.catalogue()) == []
