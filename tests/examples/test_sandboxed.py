"""The example jobs inside the real sandbox, with the folders and the network they declare."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.catalog import read_catalog
from bot.adapters.platforms.local.platform import LocalPlatform, SandboxMode
from bot.domain.parameters import Raw
from bot.domain.readings import read_all
from bot.ports import Observation, RunState, StartOrder
from examples.seed import seed
from tests.examples.scripts import EXAMPLES, started_runner

pytestmark = pytest.mark.sandbox


class Bench:
    """The example catalogue over a seeded state folder, on the real local platform."""

    def __init__(self, state: Path, platform: LocalPlatform) -> None:
        self.state = state
        self._platform = platform
        jobs = read_catalog(EXAMPLES / "catalog", state=state).jobs
        self._jobs = {job.name: job for job in jobs}

    async def run(self, name: str, given: Mapping[str, Raw] | None = None) -> Observation:
        """Run a job to its end, as a person who gives these values would."""
        job = self._jobs[name]
        reading = read_all(job.parameters, given or {})
        assert reading.is_complete, reading
        order = StartOrder(
            request_key=f"run-{name}",
            execution=1,
            job=name,
            title=name,
            argv=job.command.argv(reading.values),
            environment=job.command.environment_for(reading.values),
            values=reading.values,
            timeout=timedelta(seconds=90),
            sandbox=job.sandbox.filled(reading.values),
        )
        seen = await self._platform.start(order)
        async with asyncio.timeout(100):
            while not seen.state.is_final:
                await asyncio.sleep(0.05)
                seen = (await self._platform.observe([order.request_key]))[order.request_key]
        return seen


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    state = tmp_path / "state"
    seed(state)
    platform = LocalPlatform(
        tmp_path / "platform", sandbox=SandboxMode.BUBBLEWRAP, catalogue=EXAMPLES / "catalog"
    )
    yield Bench(state, platform)
    await platform.close()


def summary(seen: Observation) -> str:
    assert seen.result is not None
    assert seen.state is RunState.SUCCEEDED, (seen.result.cause, seen.result.tail, seen.note)
    return seen.result.summary


async def test_disk_report_sees_the_folder_it_reports_on(bench: Bench) -> None:
    assert summary(await bench.run("disk-report", {"path": "/usr"})).startswith("/usr holds ")


async def test_backup_writes_to_the_folder_it_declares(bench: Bench) -> None:
    said = summary(await bench.run("backup", {"source": "documents"}))

    assert "restored once and compared" in said
    assert len(list((bench.state / "backups").glob("documents-*.tar.gz"))) == 1


async def test_db_backup_reads_the_shop(bench: Bench) -> None:
    assert "2000 rows" in summary(await bench.run("db-backup"))


async def test_rotate_logs_compresses_below_its_folder(bench: Bench) -> None:
    said = summary(await bench.run("rotate-logs", {"days": 20, "dry_run": "no"}))

    assert said.startswith("Compressed 20 files")


async def test_check_site_speaks_to_this_machine(bench: Bench) -> None:
    seen = await bench.run("check-site", {"urls": "http://127.0.0.1:9/"})

    assert seen.result is not None
    assert "Connection refused" in seen.result.cause


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[None]:
    with started_runner(tmp_path / "state" / "service") as process:
        yield
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.usefixtures("runner")
async def test_deploy_switches_and_checks_from_inside(bench: Bench) -> None:
    said = summary(await bench.run("deploy", {"app": "api", "env": "dev"}))

    assert said == "api-dev 1.5.1 is live and healthy (before: 1.4.0)"
    assert os.readlink(bench.state / "service" / "api-dev" / "current") == "releases/1.5.1"
