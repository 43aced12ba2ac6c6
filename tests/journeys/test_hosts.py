"""Two hosts on one database: what ran on the one that died is lost, and found when it is back."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from pydantic import SecretStr

from simulator import Workspace
from tests.fakes.databases import Kind, database
from tests.journeys.houses import CATALOG, House, settings_for, write_files
from tests.journeys.programs import Program

LEASE = "10"

LONG = """
import time
print("asleep", flush=True)
time.sleep(170)
"""


@pytest.fixture
async def shared(workspace: Workspace, tmp_path: Path) -> AsyncGenerator[House]:
    """A house on PostgreSQL."""
    write_files(tmp_path)
    catalog = tmp_path / "catalog"
    (catalog / "sleepy.py").write_text(LONG)
    (catalog / "jobs.yaml").write_text(CATALOG.replace("timeout: 1m", "timeout: 10m"))
    async with database(Kind.POSTGRES, tmp_path) as url:
        settings = settings_for(workspace, tmp_path)
        changed = {"jobthread_database_url": SecretStr(url)}
        yield House(workspace=workspace, settings=settings.model_copy(update=changed))


def _on_host(house: House, folder: Path, host: str) -> Program:
    """A process on a host of its own: what it runs lies where no other looks."""
    return Program(
        house.workspace,
        folder,
        alone=False,
        JOBTHREAD_DATABASE_URL=house.settings.jobthread_database_url.get_secret_value(),
        JOBTHREAD_STATE=str(folder / host),
        JOBTHREAD_HOST=host,
        JOBTHREAD_HOST_LEASE=LEASE,
    )


@pytest.mark.timeout(240)
async def test_a_run_of_a_dead_host_is_lost_and_goes_on_being_told_when_the_host_is_back(
    shared: House, tmp_path: Path
) -> None:
    one, other = (_on_host(shared, tmp_path, host) for host in ("one", "other"))
    try:
        await one.begin()
        await shared.workspace.slash("ana", "/job", "run sleepy", channel="#ops")
        card = await shared.message("#ops", "Sleepy", "Running", timeout=60)
        await one.kill()
        await other.begin()

        said = await shared.line(card, "Lost", timeout=90)
        assert "Its host one" in said.seen
        await one.begin()

        await shared.line(card, "one answers again: this still runs there", timeout=90)
        card = await shared.message("#ops", "Sleepy", "Running", timeout=60)
        await shared.workspace.click("ana", card, "cancel")
        await shared.line(card, "Cancelled", timeout=60)
    finally:
        await one.kill()
        await other.kill()
