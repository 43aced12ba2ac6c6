"""The walk with a real Prefect: typed, approved, run by a worker, answered, finished, run again."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import copy
from typing import Any

import aiohttp
import pytest

from simulator import Message, Workspace
from tests.engines.prefect_servers import PrefectServer, running_prefect
from tests.fakes.prefect import prefect
from tests.journeys.fleets import end, reports
from tests.journeys.houses import (
    House,
    house_on,
    settings_for,
    write_files,
)

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(300)]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "prefect"
A_WORKER_TAKES = 90.0
"""Seconds in which a worker on a busy machine has begun a run, or ended it."""


@pytest.fixture(scope="module")
def engine() -> Iterator[PrefectServer]:
    """A Prefect of its own, with the flows of the demo."""
    with running_prefect(credentials="bot:secret", flows=EXAMPLES / "flows.py") as server:
        yield server


PLATFORMS = """
prefect:
  type: prefect
  url: {url}
  tags: [chatops]
  auth: {{basic: 'file:{folder}/key'}}
  jobs: {{risk: safe}}
"""

SITE = """
site:
  type: prefect
  url: {url}
  auth: {{basic: 'file:{folder}/site.key'}}
  jobs: {{risk: safe}}
"""


@asynccontextmanager
async def _open(
    workspace: Workspace, engine: PrefectServer, folder: Path, more: str = ""
) -> AsyncGenerator[House]:
    write_files(folder)
    copy(EXAMPLES / "roll-out.yaml", folder / "catalog")
    (folder / "key").write_text(engine.credentials)
    platforms = PLATFORMS.format(url=engine.url, folder=folder)
    (folder / "platforms.yaml").write_text(f"{platforms}{more}")
    async with house_on(workspace, settings_for(workspace, folder)) as found:
        await found.message("#operators", "prefect offers 2 jobs")
        yield found


@pytest.fixture
async def house(
    workspace: Workspace, engine: PrefectServer, tmp_path: Path
) -> AsyncGenerator[House]:
    async with _open(workspace, engine, tmp_path) as found:
        yield found


async def _ask(house: House, words: str) -> None:
    await house.workspace.slash("ana", "/job", words, channel="#ops")


async def _answered(house: House, card: Message, share: str) -> None:
    asked = await house.line(card, "takes 10 % of the traffic", timeout=A_WORKER_TAKES)
    await house.workspace.click("ana", asked, "answer_form")
    form = await house.modal("ana", "answer_view")
    await house.workspace.submit("ana", form, {"share": share})


async def test_a_roll_out_is_asked_approved_run_answered_finished_and_run_again(
    house: House, engine: PrefectServer
) -> None:
    await _ask(house, "run roll-out version=4.2 service=checkout env=prod")
    asked = await house.message("#ops", "Waiting for approval", "Roll out")
    await house.workspace.click("bo", asked, "approve")

    card = await house.message("#ops", "image 4.2: layer", timeout=A_WORKER_TAKES)
    await _answered(house, card, "60")
    done = await house.message(
        "#ops", "Done", "checkout 4.2 on 12 instances", timeout=A_WORKER_TAKES
    )
    assert "its health" in done.seen
    assert "Bo" in done.seen

    await house.workspace.click("ana", done, "rerun")
    review = await house.modal("ana", "form_review")
    await house.workspace.submit("ana", review)
    asked = await house.message("#ops", "#1002", "Waiting for approval")
    await house.workspace.click("bo", asked, "approve")
    await house.message("#ops", "#1002", "image 4.2: layer", timeout=A_WORKER_TAKES)

    first, second = _ours(engine)
    assert first["state_type"] == "COMPLETED"
    assert {"requester:Ana", "approver:Bo", "execution:1001"} <= set(first["tags"])
    assert second["parameters"] == first["parameters"]


def _ours(engine: PrefectServer) -> list[dict[str, Any]]:
    runs = engine.ask("/flow_runs/filter", {"sort": "START_TIME_ASC"})
    return [run for run in runs if run["name"].startswith("Roll out")]


async def test_tries_of_prefect_are_one_execution(house: House) -> None:
    await _ask(house, "run traffic-report days=3")

    done = await house.message("#ops", "Done", "3 days counted", timeout=A_WORKER_TAKES)

    assert "Traffic report" in done.seen


async def test_a_run_goes_on_while_another_instance_is_away(
    workspace: Workspace, engine: PrefectServer, tmp_path: Path
) -> None:
    key = "bot:key-of-the-site"
    (tmp_path / "site.key").write_text(key)
    async with prefect(auth=aiohttp.encode_basic_auth(*key.split(":"))) as site:
        site.world.deploy("traffic-report", "demo", script=reports("the site"))
        more = SITE.format(url=site.url, folder=tmp_path)
        async with _open(workspace, engine, tmp_path, more) as house:
            await house.message("#operators", "site offers one job")
            for name in ("traffic-report", await _twin(house)):
                await _ask(house, f"run {name}")
            await house.message("#ops", "Running", "report of the site")

            await site.stop()
            await house.message("#operators", "site does not answer", timeout=60)

            await house.message("#ops", "Done", "7 days counted", timeout=A_WORKER_TAKES)
            end(site, message="all of the site")
            await site.begin()
            await house.message("#ops", "Done", "all of the site", timeout=60)
            assert {"", *site.shown} == {"", site.auth}


async def _twin(house: House) -> str:
    """What the later one of the two is called, once both are known."""
    assert house.services is not None
    jobs = house.services.desk.jobs
    names = {"site-traffic-report", "prefect-traffic-report"}
    return await house.workspace.until(
        lambda: next((each.name for each in jobs() if each.name in names), ""), why="both"
    )
