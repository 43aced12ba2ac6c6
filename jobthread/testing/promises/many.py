"""Many runs seen in one call, with few requests."""

import asyncio

import pytest

from jobthread.platforms import Capability, RunState
from jobthread.testing import Doing, Runner

pytestmark = pytest.mark.asyncio

LOOKED_AT = 1_000
"""Keys in one call; what a bench does not start is unknown."""

_AT_ONCE = 10
_KEYS_A_REQUEST = 20
"""Far fewer requests than runs: at most one for so many."""


async def test_a_thousand_runs_are_seen_in_one_call(platform_runner: Runner) -> None:
    names = [f"many-{number}" for number in range(platform_runner.bench.many)]
    for at in range(0, len(names), _AT_ONCE):
        await asyncio.gather(
            *(platform_runner.start(Doing.HELLO, name) for name in names[at : at + _AT_ONCE])
        )
    await asyncio.gather(*(platform_runner.ended(name) for name in (names[0], names[-1])))
    unknown = [f"unknown-{number}" for number in range(LOOKED_AT - len(names))]
    keys = [platform_runner.key(name) for name in (*names, *unknown)]
    count = platform_runner.bench.requests
    before = count() if count is not None else 0

    async with asyncio.timeout(platform_runner.bench.patience):
        seen = await platform_runner.platform.observe(keys)
        asked = count() - before if count is not None else 0
        while not all(each.state.is_final for each in seen.values()):
            await asyncio.sleep(platform_runner.bench.interval)
            seen = await platform_runner.platform.observe(keys)

    assert set(seen) == {platform_runner.key(name) for name in names}
    assert {each.state for each in seen.values()} == {RunState.SUCCEEDED}
    assert all(key == each.request_key for key, each in seen.items())
    if Capability.MANY_STATUSES in platform_runner.platform.capabilities:
        assert asked <= LOOKED_AT / _KEYS_A_REQUEST


async def test_observe_leaves_out_what_it_does_not_know(platform_runner: Runner) -> None:
    await platform_runner.start(Doing.ENDLESS)

    keys = [platform_runner.key(), platform_runner.key("never")]

    assert set(await platform_runner.within(platform_runner.platform.observe(keys))) == {
        platform_runner.key()
    }


async def test_a_key_that_is_asked_for_twice_is_one_run(platform_runner: Runner) -> None:
    await platform_runner.start(Doing.ENDLESS)

    seen = await platform_runner.platform.observe([platform_runner.key()] * 3)

    assert len(seen) == 1


async def test_nothing_is_asked_for_no_runs(platform_runner: Runner) -> None:
    count = platform_runner.bench.requests
    before = count() if count is not None else 0

    assert await platform_runner.platform.observe([]) == {}
    assert count is None or count() == before


async def test_an_end_is_told_while_somebody_listens(platform_runner: Runner) -> None:
    platform_runner.needs(Capability.PUSH)
    changes = platform_runner.platform.changes()
    heard = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    async with asyncio.timeout(platform_runner.bench.patience):
        number = 0
        while not heard.done():
            # A change may be missed, and one may come before anybody listens.
            await platform_runner.run(Doing.HELLO, f"run-{number}")
            await asyncio.sleep(platform_runner.bench.interval)
            number += 1

    assert (await heard).startswith(platform_runner.prefix)
