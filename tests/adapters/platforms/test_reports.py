"""What runs say of themselves by the job protocol (docs/job-protocol.md), and plain logs.

Promises of every platform are in test_contract.py.
"""

import pytest

from bot.domain.errors import Permanent
from bot.domain.results import Link, Metric
from bot.ports import RunState
from tests.adapters.platforms.benches import Doing, Runner, order


async def test_a_failure_is_told_in_the_words_of_the_job(runner: Runner) -> None:
    seen = await runner.run(order(Doing.FAILING))

    assert seen.state is RunState.FAILED
    assert seen.result is not None
    assert (seen.result.exit_code, seen.result.cause) == (3, "3 tests failed")
    assert seen.result.failing_step == "testing"


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


async def test_a_key_that_cannot_name_a_run_is_refused(runner: Runner) -> None:
    with pytest.raises(Permanent):
        await runner.platform.start(order(Doing.HELLO, "../elsewhere"))


async def test_a_log_read_in_pieces_is_whole(runner: Runner) -> None:
    await runner.run(order(Doing.COUNTING))

    assert await runner.log(limit=100) == "".join(f"line {n}\n" for n in range(500))


async def test_a_log_is_not_complete_while_its_run_goes_on(runner: Runner) -> None:
    await runner.platform.start(order(Doing.ENDLESS))
    await runner.until(lambda seen: seen.tail == ("begun",))

    piece = await runner.platform.logs("run-1")

    assert (piece.text, piece.complete) == ("begun\n", False)
