"""What cannot wait runs unapproved, aloud, and somebody else looks at it afterwards."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from simulator import Workspace
from tests.journeys.houses import (
    POLICY,
    House,
    house_on,
    settings_for,
    write_files,
)

GLASS = """
break_glass:
  - name: emergencies
    roles: developer
    jobs: [deploy]
    review: approver
"""


@pytest.fixture
async def house(workspace: Workspace, tmp_path: Path) -> AsyncGenerator[House]:
    write_files(tmp_path)
    (tmp_path / "policy.yaml").write_text(POLICY + GLASS)
    async with house_on(workspace, settings_for(workspace, tmp_path)) as found:
        yield found


async def test_the_glass_is_broken_with_a_reason_and_the_review_closed_by_another(
    house: House,
) -> None:
    slack = house.workspace
    await slack.slash("ana", "/job", "run deploy app=api env=prod", channel="#ops")
    card = await house.message("#ops", "Waiting for approval", "deploy api → prod")

    await slack.click("ana", card, "break_glass")
    view = await house.modal("ana", "glass_view")
    await slack.submit("ana", view, {"reason": "checkout is down", "confirm": "prod"})

    await house.message("#ops", "Done", "Ran without approval: checkout is down")
    await house.message("#operators", "without approval", "checkout is down")
    await slack.open_home("bo")
    await slack.until(lambda: "checkout is down" in str(slack.home("bo")), why="the review")
    await slack.click("bo", "home", "reviewed")
    await slack.submit("bo", await house.modal("bo", "reviewed_view"), {"reason": "was right"})
    await house.message("#operators", "Bo closed the review", "was right")
    await slack.until(lambda: "checkout is down" not in str(slack.home("bo")), why="it is gone")


async def test_a_wrong_word_runs_nothing_and_says_which_is_meant(house: House) -> None:
    slack = house.workspace
    await slack.slash("ana", "/job", "run deploy app=api env=prod", channel="#ops")
    card = await house.message("#ops", "Waiting for approval")

    await slack.click("ana", card, "break_glass")
    view = await house.modal("ana", "glass_view")
    sent = await slack.submit("ana", view, {"reason": "checkout is down", "confirm": "dev"})

    assert sent.errors == {"form:confirm": "Type prod to confirm."}
    await house.message("#ops", "Waiting for approval")
