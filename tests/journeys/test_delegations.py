"""Bo goes away: Dana says yes for him, on what he could, until he is back."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from blocks import ids
from simulator import Workspace
from tests.journeys.houses import (
    POLICY,
    House,
    house_on,
    settings_for,
    write_files,
)

LOOKER = """
  - users: [UDANA]
    roles: [looker]
"""
ROLE = """
  looker:
    - name: look
      may: [use]
people:
"""


@pytest.fixture
async def house(workspace: Workspace, tmp_path: Path) -> AsyncGenerator[House]:
    write_files(tmp_path)
    (tmp_path / "policy.yaml").write_text(POLICY.replace("\npeople:\n", ROLE) + LOOKER)
    async with house_on(workspace, settings_for(workspace, tmp_path)) as found:
        yield found


def _now(house: House) -> datetime:
    assert house.services is not None
    return house.services.desk.clock.now()


async def test_a_stand_in_says_yes_while_somebody_is_away(house: House) -> None:
    slack = house.workspace
    tomorrow = f"{_now(house) + timedelta(days=1):%Y-%m-%d}"

    text = f"away until {tomorrow} 18:00 <@UDANA> because vacation"
    await slack.slash("bo", "/job", text, channel="#ops")
    await house.whisper("bo", "Dana", "stands in for you until")
    await house.dm("dana", "Bo asks you to say yes or no in their place")

    await slack.slash("dana", "/job", "away", channel="#ops")
    await house.whisper("dana", "You stand in for", "vacation")

    await slack.slash("ana", "/job", "run deploy app=api env=prod", channel="#ops")
    asked = await house.dm("dana", "Needs your approval", "deploy api → prod")
    await slack.click("dana", asked, ids.APPROVE)
    card = await house.message("#ops", "Done", "Dana for Bo")
    await house.line(card, "Dana for Bo approved")

    await slack.slash("dana", "/job", "can <@UDANA> approve deploy app=api env=prod", "#ops")
    await house.whisper("dana", "Allowed", "As stand-in for Bo")
    await slack.slash("bo", "/job", "我回来了", channel="#ops")
    await house.whisper("bo", "Dana does not stand in for Bo any more")
    await house.dm("dana", "Bo ended it")


async def test_the_form_on_home_names_a_stand_in_and_home_ends_it(house: House) -> None:
    slack, now = house.workspace, _now(house)
    await slack.open_home("chen")
    await slack.until(lambda: "Away" in str(slack.home("chen")), why="the button")

    await slack.click("chen", "home", ids.AWAY)
    view = await house.modal("chen", ids.AWAY_VIEW)
    given = {ids.STAND_IN: "UDANA", ids.ENDS: int((now - timedelta(days=1)).timestamp())}
    sent = await slack.submit("chen", view, given)
    assert sent.errors == {ids.ENDS: "That is over already. Say a day that is still to come."}

    given[ids.ENDS] = int((now + timedelta(days=1)).timestamp())
    await slack.submit("chen", view, given)
    await slack.until(lambda: "stands in for you" in str(slack.home("chen")), why="it is shown")
    await slack.click("chen", "home", ids.numbered(ids.END_AWAY, 0))
    await slack.until(lambda: "stands in" not in str(slack.home("chen")), why="it is gone")
    await house.dm("dana", "Chen ended it")


async def test_what_was_not_said_is_asked_for_in_the_form(house: House) -> None:
    slack = house.workspace

    await slack.slash("bo", "/job", "休假 <@UDANA>", channel="#ops")

    view = await house.modal("bo", ids.AWAY_VIEW)
    assert "UDANA" in str(view.blocks)
    await slack.slash("dana", "/job", "away until friday <@UBO>", channel="#ops")
    await house.whisper("dana", "There is nothing that you could delegate")
