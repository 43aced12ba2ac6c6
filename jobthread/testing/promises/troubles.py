"""Troubles: the port's errors and no others, in good time, and all is well again afterwards."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from jobthread.platforms import (
    Ambiguous,
    Capability,
    Permanent,
    PortError,
    RunState,
    Temporary,
    Unauthorized,
)
from jobthread.testing import Doing, Fault, Runner

pytestmark = pytest.mark.asyncio

READING: Mapping[str, Callable[[Runner], Awaitable[Any]]] = {
    "find": lambda runner: runner.platform.find(runner.key()),
    "observe": lambda runner: runner.platform.observe([runner.key()]),
    "logs": lambda runner: runner.platform.logs(runner.key()),
    "end_of_log": lambda runner: runner.platform.end_of_log(runner.key()),
}
"""Calls that change nothing."""

_AWAY = (
    Fault.UNREACHABLE,
    Fault.SILENT,
    Fault.CUT,
    Fault.TOO_MANY,
    Fault.BROKEN,
    Fault.UNAUTHORIZED,
)
"""In which nothing that is asked is answered."""

_AGAIN = 7.0
"""Seconds that `Fault.TOO_MANY` asks us to wait."""


async def _raised(call: Awaitable[Any], patience: float) -> PortError | None:
    """The port's error, if there is one; any other error, or no end, fails the test."""
    try:
        async with asyncio.timeout(patience):
            await call
    except PortError as error:
        return error
    return None


@pytest.mark.parametrize("name", READING)
@pytest.mark.parametrize("fault", _AWAY)
async def test_what_changes_nothing_may_be_asked_again(
    platform_runner: Runner, fault: Fault, name: str
) -> None:
    trouble = platform_runner.fault(fault)
    await platform_runner.run(Doing.HELLO)

    async with trouble:
        error = await _raised(READING[name](platform_runner), platform_runner.bench.patience)

    assert isinstance(error, Temporary)
    assert str(error).strip()


@pytest.mark.parametrize("fault", _AWAY)
async def test_what_is_offered_is_not_told_as_nothing_in_trouble(
    platform_runner: Runner, fault: Fault
) -> None:
    platform_runner.needs(Capability.CATALOGUE)
    async with platform_runner.fault(fault):
        asked = platform_runner.platform.catalogue()
        error = await _raised(asked, platform_runner.bench.patience)

    assert isinstance(error, Temporary)


@pytest.mark.parametrize("fault", _AWAY)
async def test_a_cancel_that_was_not_heard_is_said_and_may_be_asked_again(
    platform_runner: Runner, fault: Fault
) -> None:
    platform_runner.needs(Capability.CANCEL)
    trouble = platform_runner.fault(fault)
    await platform_runner.start(Doing.ENDLESS)
    cancel = platform_runner.platform.cancel

    async with trouble:
        error = await _raised(cancel(platform_runner.key()), platform_runner.bench.patience)
    await platform_runner.within(cancel(platform_runner.key()))

    assert isinstance(error, Temporary | Ambiguous)
    assert (await platform_runner.ended()).state is RunState.CANCELLED


@pytest.mark.parametrize("name", READING)
async def test_nonsense_is_an_error_of_the_port(platform_runner: Runner, name: str) -> None:
    trouble = platform_runner.fault(Fault.NONSENSE)
    await platform_runner.run(Doing.HELLO)

    async with trouble:
        error = await _raised(READING[name](platform_runner), platform_runner.bench.patience)

    assert error is not None
    assert str(error).strip()


async def test_credentials_that_are_not_taken_are_told_apart(platform_runner: Runner) -> None:
    trouble = platform_runner.fault(Fault.UNAUTHORIZED)
    await platform_runner.start(Doing.ENDLESS)

    async with trouble:
        with pytest.raises(Unauthorized):
            await platform_runner.seen()
        with pytest.raises(Unauthorized):
            await platform_runner.start(Doing.HELLO, "other")

    assert not (await platform_runner.seen()).state.is_final


async def test_how_long_to_wait_is_handed_on(platform_runner: Runner) -> None:
    async with platform_runner.fault(Fault.TOO_MANY):
        with pytest.raises(Temporary) as told:
            await platform_runner.within(platform_runner.platform.observe([platform_runner.key()]))

    assert told.value.retry_after is not None
    assert abs(told.value.retry_after - _AGAIN) < 2


async def test_a_start_that_was_never_sent_is_surely_not_started(
    platform_runner: Runner,
) -> None:
    async with platform_runner.fault(Fault.UNREACHABLE):
        with pytest.raises(Temporary):
            await platform_runner.start(Doing.HELLO)

    assert await platform_runner.platform.find(platform_runner.key()) is None
    assert (await platform_runner.run(Doing.HELLO)).state is RunState.SUCCEEDED


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.CUT, Fault.BROKEN, Fault.NONSENSE])
async def test_a_start_of_which_nobody_knows_is_not_refused(
    platform_runner: Runner, fault: Fault
) -> None:
    async with platform_runner.fault(fault):
        error = await _raised(
            platform_runner.platform.start(platform_runner.order(Doing.HELLO)),
            platform_runner.bench.patience,
        )

    assert error is not None
    assert not isinstance(error, Permanent)
    # Whether it was started or not: once all is well, the same order is one run.
    assert (await platform_runner.run(Doing.HELLO)).state is RunState.SUCCEEDED


async def test_a_start_is_put_off_when_there_are_too_many(platform_runner: Runner) -> None:
    async with platform_runner.fault(Fault.TOO_MANY):
        with pytest.raises(Temporary):
            await platform_runner.start(Doing.HELLO)

    assert (await platform_runner.run(Doing.HELLO)).state is RunState.SUCCEEDED


@pytest.mark.parametrize("fault", Fault)
async def test_health_is_told_whatever_happens(platform_runner: Runner, fault: Fault) -> None:
    async with platform_runner.fault(fault):
        health = await platform_runner.within(platform_runner.platform.health())

    is_away = fault in {Fault.UNREACHABLE, Fault.SILENT, Fault.BROKEN, Fault.UNAUTHORIZED}
    assert not is_away or health.unwell.strip()


async def test_what_happened_while_it_was_away_is_seen_afterwards(
    platform_runner: Runner,
) -> None:
    trouble = platform_runner.fault(Fault.UNREACHABLE)
    await platform_runner.start(Doing.HELLO)
    async with trouble:
        with pytest.raises(Temporary):
            await platform_runner.seen()

    assert (await platform_runner.ended()).state is RunState.SUCCEEDED


async def test_a_platform_that_works_is_well(platform_runner: Runner) -> None:
    health = await platform_runner.within(platform_runner.platform.health())

    assert health.unwell == ""


async def test_letting_go_twice_is_no_error_and_runs_go_on(platform_runner: Runner) -> None:
    second = platform_runner.second()
    await platform_runner.within(second.start(platform_runner.order(Doing.ENDLESS)))

    await platform_runner.within(second.close())
    await platform_runner.within(second.close())

    assert not (await platform_runner.seen()).state.is_final
