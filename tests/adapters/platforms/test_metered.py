"""A measured platform is the platform, and its calls are told by what came of them."""

import asyncio

import pytest

from bot.adapters.platforms.metered import MeteredPlatform
from bot.domain.errors import Ambiguous, Permanent, PortError, Temporary
from bot.ports import UNTRACED, Health
from tests.fakes.meters import FakeMeters
from tests.fakes.platforms import FakePlatform


@pytest.fixture
def inner() -> FakePlatform:
    return FakePlatform(host="here")


@pytest.fixture
def meters() -> FakeMeters:
    return FakeMeters()


@pytest.fixture
def platform(inner: FakePlatform, meters: FakeMeters) -> MeteredPlatform:
    return MeteredPlatform(inner, meters, UNTRACED)


def test_it_has_the_name_and_the_host_of_the_platform(platform: MeteredPlatform) -> None:
    assert (platform.name, platform.host) == ("fake", "here")


async def test_each_call_is_measured_by_its_name(
    platform: MeteredPlatform, meters: FakeMeters
) -> None:
    await platform.catalogue()
    await platform.find("key")
    await platform.observe(["key"])
    await platform.health()

    assert meters.told == {
        ("platform", "fake", call, "ok"): 1 for call in ("catalogue", "find", "observe", "health")
    }


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (Temporary("busy"), "temporary"),
        (Ambiguous("no answer"), "ambiguous"),
        (Permanent("refused"), "permanent"),
    ],
)
async def test_an_error_is_measured_and_goes_on(
    platform: MeteredPlatform,
    inner: FakePlatform,
    meters: FakeMeters,
    error: PortError,
    outcome: str,
) -> None:
    inner.out_of_order = error

    with pytest.raises(type(error)):
        await platform.observe(["key"])

    assert meters.told == {("platform", "fake", "observe", outcome): 1}


async def test_a_call_that_is_cut_off_may_have_happened(meters: FakeMeters) -> None:
    class Hanging(FakePlatform):
        async def health(self) -> Health:
            return await asyncio.Future()

    call = asyncio.create_task(MeteredPlatform(Hanging(), meters, UNTRACED).health())
    await asyncio.sleep(0)
    call.cancel()
    await asyncio.wait({call})

    assert meters.told == {("platform", "fake", "health", "ambiguous"): 1}
