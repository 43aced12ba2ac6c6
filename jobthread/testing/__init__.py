"""The contract suite of platforms as a pytest plugin.

A test module that defines a fixture `platform_bench`, which is (or yields) a `Bench`, gets every
promise of the port as a test of its own:

    # test_contract.py, run by `pytest -p jobthread.testing`, with pytest-asyncio
    import pytest_asyncio
    from jobthread.testing import Bench, Doing, Fault

    @pytest_asyncio.fixture
    async def platform_bench():
        async with my_server() as server:
            platform = MyPlatform(server.url)
            yield Bench(
                platform=platform,
                order=lambda doing, key: my_order(doing, key),   # makes a run do that
                second=lambda: MyPlatform(server.url),            # another process of ours
                faults={Fault.UNREACHABLE: server.down, Fault.TOO_MANY: server.busy},
                requests=lambda: server.count,
            )
            await platform.close()

A promise is skipped only where the platform does not declare the capability that it is about, or
where the bench cannot make the trouble; a capability that is declared and not shown is a failure.
The fixture may have parameters: each is a platform.
"""

import importlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType

import pytest
import pytest_asyncio

pytest.register_assert_rewrite("jobthread.testing")

from jobthread.testing.benches import (  # noqa: E402
    WORD,
    Bench,
    Doing,
    Fault,
    Making,
    Sample,
    flood_line,
)
from jobthread.testing.runners import Runner  # noqa: E402

__all__ = ["WORD", "Bench", "Doing", "Fault", "Making", "Runner", "Sample", "flood_line"]

FIXTURE = "platform_bench"

_PROMISES = (
    "starts",
    "states",
    "many",
    "cancels",
    "logs",
    "pauses",
    "catalogues",
    "capabilities",
    "troubles",
    "clocks",
)


@pytest_asyncio.fixture
async def platform_runner(platform_bench: Bench) -> AsyncIterator[Runner]:
    """The platform under test with the waiting that promises need."""
    runner = Runner(bench=platform_bench)
    yield runner
    await runner.close()


class Promises(pytest.Module):
    """The promises on one topic, below the module that says which platform is meant."""

    topic: str

    @classmethod
    def of(cls, topic: str, parent: pytest.Collector) -> "Promises":
        found = cls.from_parent(
            parent,
            path=Path(__file__).parent / "promises" / f"{topic}.py",
            name=topic,
            nodeid=f"{parent.nodeid}::{topic}",
        )
        found.topic = topic
        return found

    def _getobj(self) -> ModuleType:
        return importlib.import_module(f"jobthread.testing.promises.{self.topic}")


class Contract(pytest.Collector):
    """All promises, for one bench."""

    def collect(self) -> Iterator[Promises]:
        for topic in _PROMISES:
            yield Promises.of(topic, self)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, name: str) -> pytest.Collector | None:
    """A module that defines the fixture is one that asks for the promises."""
    if name == FIXTURE and isinstance(collector, pytest.Module):
        return Contract.from_parent(collector, name="contract")
    return None
