"""Cancelling: asked for as often as one likes, and never told before it is true."""

from datetime import timedelta

import pytest

from jobthread.platforms import Capability, RunState
from jobthread.testing import Doing, Fault, Runner

pytestmark = pytest.mark.asyncio


async def test_a_cancelled_run_ends_cancelled(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.CANCEL)
    await platform_runner.start(Doing.ENDLESS)
    await platform_runner.until(lambda seen: seen.state is RunState.RUNNING)

    await platform_runner.within(platform_runner.platform.cancel(platform_runner.key()))
    await platform_runner.within(platform_runner.platform.cancel(platform_runner.key()))

    assert (await platform_runner.ended()).state is RunState.CANCELLED


async def test_a_run_that_was_just_started_can_be_cancelled(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.CANCEL)
    await platform_runner.start(Doing.ENDLESS)

    await platform_runner.within(platform_runner.platform.cancel(platform_runner.key()))

    assert (await platform_runner.ended()).state is RunState.CANCELLED


async def test_another_process_can_cancel_a_run(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.CANCEL)
    second = platform_runner.second()
    await platform_runner.start(Doing.ENDLESS)
    await platform_runner.until(lambda seen: seen.state is RunState.RUNNING)

    await platform_runner.within(second.cancel(platform_runner.key()))

    assert (await platform_runner.ended()).state is RunState.CANCELLED


async def test_cancelling_what_has_ended_changes_nothing(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.CANCEL)
    before = await platform_runner.run(Doing.HELLO)

    await platform_runner.within(platform_runner.platform.cancel(platform_runner.key()))

    after = await platform_runner.seen()
    assert (after.state, after.ended_at) == (RunState.SUCCEEDED, before.ended_at)


async def test_cancelling_what_never_was_harms_nothing(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.CANCEL)
    await platform_runner.within(platform_runner.platform.cancel(platform_runner.key("never")))

    assert await platform_runner.platform.find(platform_runner.key("never")) is None


async def test_a_cancel_that_never_arrives_is_not_told_as_an_end(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.CANCEL)
    trouble = platform_runner.fault(Fault.CANCEL_LOST)
    await platform_runner.start(Doing.ENDLESS)
    await platform_runner.until(lambda seen: seen.state is RunState.RUNNING)

    async with trouble:
        await platform_runner.within(platform_runner.platform.cancel(platform_runner.key()))

        assert not (await platform_runner.seen()).state.is_final


async def test_how_long_a_stop_may_take_is_said(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.CANCEL)

    assert timedelta() < platform_runner.platform.stops_within <= timedelta(hours=1)
