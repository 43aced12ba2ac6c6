"""Starting: exactly one run for a key, whatever happens, and never before its time."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jobthread.platforms import (
    Ambiguous,
    Capability,
    Observation,
    Permanent,
    PortError,
    RunState,
)
from jobthread.testing import Doing, Fault, Runner
from jobthread.testing.runners import lines_with

pytestmark = pytest.mark.asyncio


async def test_the_same_key_never_starts_a_second_run(platform_runner: Runner) -> None:
    first = await platform_runner.run(Doing.HELLO)
    second = await platform_runner.start(Doing.HELLO)

    assert second.handle == first.handle
    assert second.state is RunState.SUCCEEDED
    assert len(lines_with("hello", await platform_runner.log())) == 1


async def test_many_starts_at_once_start_one_run(platform_runner: Runner) -> None:
    answers = await asyncio.gather(
        *(platform_runner.start(Doing.ENDLESS) for _ in range(5)), return_exceptions=True
    )

    handles = {answer.handle for answer in answers if isinstance(answer, Observation)}
    others = [answer for answer in answers if not isinstance(answer, Observation)]
    assert all(isinstance(each, PortError) for each in others)
    assert handles - {""} == {(await platform_runner.seen()).handle}


async def test_two_processes_that_start_one_key_start_one_run(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.START_ONCE)
    second = platform_runner.second()
    order = platform_runner.order(Doing.HELLO)

    async with asyncio.timeout(platform_runner.bench.patience):
        answers = await asyncio.gather(
            platform_runner.platform.start(order), second.start(order), return_exceptions=True
        )
    handles = {each.handle for each in answers if isinstance(each, Observation)} - {""}
    await platform_runner.ended()

    assert len(handles) == 1
    assert len(lines_with("hello", await platform_runner.log())) == 1


async def test_a_start_whose_answer_was_lost_is_found_and_is_one_run(
    platform_runner: Runner,
) -> None:
    async with platform_runner.fault(Fault.ANSWER_LOST):
        # Not Temporary: what is surely not started may be withdrawn, and this one runs.
        with pytest.raises(Ambiguous):
            await platform_runner.start(Doing.HELLO)
    found = await platform_runner.within(platform_runner.platform.find(platform_runner.key()))

    again = await platform_runner.start(Doing.HELLO)
    await platform_runner.ended()

    assert found is not None
    assert again.handle == found.handle
    assert len(lines_with("hello", await platform_runner.log())) == 1


async def test_a_start_that_was_refused_is_said_so_in_words(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.CATALOGUE)
    order = replace(platform_runner.order(Doing.HELLO), remote="no-such-job/anywhere")

    with pytest.raises(Permanent) as refused:
        await platform_runner.within(platform_runner.platform.start(order))

    assert str(refused.value).strip()
    assert await platform_runner.platform.find(order.request_key) is None


async def test_a_run_for_later_waits_and_can_be_taken_back(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.START_LATER, Capability.CANCEL)
    later = datetime.now(UTC) + timedelta(hours=1)  # noqa: TID251  the platform has a real clock
    order = replace(platform_runner.order(Doing.HELLO), not_before=later)

    first = await platform_runner.within(platform_runner.platform.start(order))
    again = await platform_runner.within(platform_runner.platform.start(order))
    await platform_runner.within(platform_runner.platform.cancel(order.request_key))
    ended = await platform_runner.ended()

    assert (first.state, again.handle) == (RunState.PENDING, first.handle)
    assert ended.state is RunState.CANCELLED
    assert ended.started_at is None or ended.started_at < later


async def test_a_run_for_soon_starts_by_itself_and_not_before(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.START_LATER)
    soon = datetime.now(UTC) + timedelta(seconds=2)  # noqa: TID251  the platform has a real clock
    order = replace(platform_runner.order(Doing.HELLO), not_before=soon)

    await platform_runner.within(platform_runner.platform.start(order))
    ended = await platform_runner.ended()

    assert ended.state is RunState.SUCCEEDED
    assert ended.started_at is not None
    assert ended.started_at >= soon - timedelta(seconds=1)


async def test_find_knows_what_was_started(platform_runner: Runner) -> None:
    started = await platform_runner.start(Doing.ENDLESS)

    found = await platform_runner.within(platform_runner.platform.find(platform_runner.key()))

    assert found is not None
    assert (found.request_key, found.handle) == (platform_runner.key(), started.handle)
    assert not found.state.is_final


async def test_find_says_that_there_surely_is_no_run(platform_runner: Runner) -> None:
    assert await platform_runner.platform.find(platform_runner.key("never")) is None
