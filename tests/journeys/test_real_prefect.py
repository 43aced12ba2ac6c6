"""The walk with a real Prefect: typed, approved, run by a worker, answered, finished, run again."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from simulator import Message, Workspace
from tests.engines.prefect_servers import PrefectServer, running_prefect
from tests.journeys.houses import House, bot_on, migrated, settings_for, write_files

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(300)]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "prefect"
A_WORKER_TAKES = 90.0
"""Seconds in which a worker on a busy machine has begun a run, or ended it."""


@pytest.fixture(scope="module")
def engine() -> Iterator[PrefectServer]:
    """A Prefect of its own, with the flows of the demo."""
    with running_prefect(credentials="bot:secret", flows=EXAMPLES / "flows.py") as server:
        yield server


@pytest.fixture
async def house(
    workspace: Workspace, engine: PrefectServer, tmp_path: Path
) -> AsyncGenerator[House]:
    write_files(tmp_path)
    copy(EXAMPLES / "roll-out.yaml", tmp_path / "catalog")
    (tmp_path / "key").write_text(engine.credentials)
    file = tmp_path / "platforms.yaml"
    file.write_text(
        "prefect:\n  type: prefect\n"
        f"  url: {engine.url}\n  tags: [chatops]\n"
        f"  auth: {{basic: 'file:{tmp_path / 'key'}'}}\n"
        "  jobs: {risk: safe}\n"
    )
    settings = settings_for(workspace, tmp_path)
    settings = settings.model_copy(update={"jobthread_platforms": file})
    await migrated(settings)
    async with bot_on(workspace, settings) as services:
        found = House(workspace=workspace, settings=settings, services=services)
        await found.message("#operators", "prefect offers 2 jobs")
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
