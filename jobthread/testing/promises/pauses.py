"""Pauses: a run that waits for a person goes on once, by an answer that fits."""

from dataclasses import replace

import pytest

from jobthread.platforms import Answer, Capability, Pause, Permanent, RunState
from jobthread.testing import Doing, Runner
from jobthread.testing.runners import lines_with

pytestmark = pytest.mark.asyncio


async def _paused(runner: Runner) -> Pause:
    """A run that waits for a person."""
    runner.needs(Capability.PAUSE)
    await runner.start(Doing.PAUSING)
    seen = await runner.until(lambda each: each.pause is not None)
    assert seen.pause is not None
    assert seen.state is RunState.PAUSED
    return seen.pause


def _yes(runner: Runner, pause: Pause) -> Answer:
    assert runner.bench.yes is not None, "it declares pauses: its bench needs `yes`"
    return runner.bench.yes(pause)


async def test_a_run_that_waits_for_a_person_says_for_what(platform_runner: Runner) -> None:
    pause = await _paused(platform_runner)

    assert pause.key
    assert pause.until is None or pause.until.utcoffset() is not None
    assert all(each.name and each.label for each in pause.parameters)
    assert (await platform_runner.seen()).pause == pause


async def test_an_answer_lets_the_run_go_on(platform_runner: Runner) -> None:
    pause = await _paused(platform_runner)

    await platform_runner.within(
        platform_runner.platform.answer(platform_runner.key(), _yes(platform_runner, pause))
    )
    ended = await platform_runner.ended()

    assert (ended.state, ended.pause) == (RunState.SUCCEEDED, None)
    assert len(lines_with("went on", await platform_runner.log())) == 1


async def test_the_same_answer_once_more_is_no_error(platform_runner: Runner) -> None:
    pause = await _paused(platform_runner)
    answer = _yes(platform_runner, pause)

    for _ in range(2):
        await platform_runner.within(platform_runner.platform.answer(platform_runner.key(), answer))

    assert (await platform_runner.ended()).state is RunState.SUCCEEDED


async def test_an_answer_that_does_not_fit_is_refused_and_the_run_waits_on(
    platform_runner: Runner,
) -> None:
    platform_runner.needs(Capability.PAUSE)
    if platform_runner.bench.no is None:
        pytest.skip("the bench knows no answer that is refused")
    pause = await _paused(platform_runner)

    with pytest.raises(Permanent) as refused:
        await platform_runner.within(
            platform_runner.platform.answer(platform_runner.key(), platform_runner.bench.no(pause))
        )

    assert str(refused.value).strip()
    assert (await platform_runner.seen()).state is RunState.PAUSED


async def test_an_answer_to_another_pause_is_refused(platform_runner: Runner) -> None:
    pause = await _paused(platform_runner)
    stray = replace(_yes(platform_runner, pause), pause="no-such-pause")

    with pytest.raises(Permanent):
        await platform_runner.within(platform_runner.platform.answer(platform_runner.key(), stray))

    assert (await platform_runner.seen()).state is RunState.PAUSED


async def test_an_answer_to_a_run_that_is_over_is_refused(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.PAUSE)
    await platform_runner.run(Doing.HELLO)

    with pytest.raises(Permanent):
        await platform_runner.within(
            platform_runner.platform.answer(platform_runner.key(), Answer(pause="gone"))
        )


async def test_a_run_that_waits_can_be_cancelled(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.CANCEL)
    await _paused(platform_runner)

    await platform_runner.within(platform_runner.platform.cancel(platform_runner.key()))
    ended = await platform_runner.ended()

    assert (ended.state, ended.pause) == (RunState.CANCELLED, None)
