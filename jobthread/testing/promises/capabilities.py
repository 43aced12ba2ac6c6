"""Capabilities are declared truly: what is not declared is not pretended either."""

import pytest

from jobthread.platforms import Answer, Capability, Permanent
from jobthread.testing import Doing, Runner

pytestmark = pytest.mark.asyncio


def _lacks(runner: Runner, capability: Capability) -> None:
    if capability in runner.platform.capabilities:
        pytest.skip(f"{runner.platform.name} declares: {capability}")


async def test_what_a_platform_can_do_is_said_once_and_for_all(platform_runner: Runner) -> None:
    platform = platform_runner.platform

    assert platform.name
    assert platform.capabilities == platform.capabilities
    assert platform.capabilities <= frozenset(Capability)


async def test_a_start_with_one_key_is_one_run_for_every_platform(platform_runner: Runner) -> None:
    assert Capability.START_ONCE in platform_runner.platform.capabilities, (
        "without it an answer that was lost could begin a second run"
    )


async def test_a_bench_shows_what_its_platform_declares(platform_runner: Runner) -> None:
    bench, declared = platform_runner.bench, platform_runner.platform.capabilities

    assert Capability.CATALOGUE not in declared or bench.sample is not None
    assert Capability.PAUSE not in declared or bench.yes is not None


async def test_without_a_catalogue_nothing_is_offered(platform_runner: Runner) -> None:
    _lacks(platform_runner, Capability.CATALOGUE)

    assert list(await platform_runner.platform.catalogue()) == []


async def test_without_pauses_an_answer_is_refused(platform_runner: Runner) -> None:
    _lacks(platform_runner, Capability.PAUSE)
    await platform_runner.run(Doing.HELLO)

    with pytest.raises(Permanent):
        await platform_runner.platform.answer(platform_runner.key(), Answer(pause="it"))


async def test_without_figures_of_resources_none_are_told(platform_runner: Runner) -> None:
    _lacks(platform_runner, Capability.RESOURCES)

    seen = await platform_runner.run(Doing.HELLO)

    assert seen.result is None or seen.result.resources is None


async def test_without_cancelling_a_cancel_is_refused_in_words(platform_runner: Runner) -> None:
    _lacks(platform_runner, Capability.CANCEL)
    await platform_runner.start(Doing.ENDLESS)

    with pytest.raises(Permanent):
        await platform_runner.platform.cancel(platform_runner.key())
