"""Killed at any moment, the bot comes to the same end: run once, told once."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator import Message
from tests.journeys.houses import House
from tests.journeys.programs import Program

Moment = Callable[[House], object]


def _at_once(_house: House) -> bool:
    return True


def _shows(words: str) -> Moment:
    def moment(house: House) -> bool:
        return any(words in message.seen for message in house.workspace.messages("#ops"))

    return moment


def _uploads(house: House) -> bool:
    return any(entry.who == "files.getUploadURLExternal" for entry in house.workspace.log)


async def _asked(house: House) -> Message:
    await house.workspace.slash("ana", "/job", "run count", channel="#ops")
    return await house.message("#ops", "Count", "Waiting for approval")


async def _ends_well(house: House, tmp_path: Path) -> None:
    """One card, one run, every line once."""
    card = await house.message("#ops", "Count", "Done", timeout=60)
    await house.line(card, "counted")
    await house.workspace.until(
        lambda: any(m.files for m in house.workspace.thread("#ops", card.ts)), why="the log"
    )
    assert (tmp_path / "counted").read_text().split() == ["ran"]
    assert len(house.workspace.messages("#ops")) == 1
    told = Counter(m.seen for m in house.workspace.thread("#ops", card.ts) if not m.files)
    assert set(told.values()) == {1}, told


async def test_killed_while_it_waits_for_approval(
    house: House, bot: Program, tmp_path: Path
) -> None:
    asked = await _asked(house)
    await bot.kill()
    await bot.begin()

    await house.workspace.click("bo", asked, "approve")

    await _ends_well(house, tmp_path)


async def test_a_click_while_it_is_down_is_not_silent_and_works_afterwards(
    house: House, bot: Program, tmp_path: Path
) -> None:
    asked = await _asked(house)
    await bot.kill()
    lost = await house.workspace.click("bo", asked, "approve")
    assert lost.error
    await bot.begin()

    await house.workspace.click("bo", asked, "approve")

    await _ends_well(house, tmp_path)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(_at_once, id="as-soon-as-the-click-was-acked"),
        pytest.param(_shows("Running"), id="while-it-runs"),
        pytest.param(_shows("counting"), id="while-it-tells-progress"),
        pytest.param(_shows("Done"), id="just-as-it-is-told"),
        pytest.param(_uploads, id="in-the-upload"),
    ],
)
async def test_killed_after_the_approval(
    house: House, bot: Program, tmp_path: Path, moment: Moment
) -> None:
    asked = await _asked(house)
    await house.workspace.click("bo", asked, "approve")
    await house.workspace.until(lambda: moment(house), timeout=30, why="the moment to kill it")

    await bot.kill()
    await bot.begin()

    await _ends_well(house, tmp_path)


async def test_killed_as_soon_as_the_command_was_acked(
    house: House, bot: Program, tmp_path: Path
) -> None:
    await house.workspace.slash("ana", "/job", "run count", channel="#ops")
    await bot.kill()
    await bot.begin()

    asked = await house.message("#ops", "Count", "Waiting for approval")
    await house.workspace.click("bo", asked, "approve")

    await _ends_well(house, tmp_path)


async def test_killed_while_a_run_is_being_cancelled(house: House, bot: Program) -> None:
    await house.workspace.slash("ana", "/job", "run sleepy", channel="#ops")
    card = await house.message("#ops", "Sleepy", "Running")
    await house.workspace.click("ana", card, "cancel")

    await bot.kill()
    await bot.begin()

    await house.message("#ops", "Sleepy", "Cancelled")


async def test_a_form_survives_the_bot(house: House, bot: Program) -> None:
    await house.workspace.slash("ana", "/job", "run hello", channel="#ops")
    page = await house.modal("ana", "form_page")
    await bot.kill()
    await bot.begin()

    review = (await house.workspace.submit("ana", page, {"who": "after"})).view
    assert review is not None
    await house.workspace.submit("ana", review)

    await house.message("#ops", "Say hello", "Done")


async def test_a_stop_is_clean_and_a_run_goes_on(
    house: House, bot: Program, tmp_path: Path
) -> None:
    asked = await _asked(house)
    await house.workspace.click("bo", asked, "approve")
    await house.message("#ops", "Running")

    assert await bot.stop() == 0
    await bot.begin()

    await _ends_well(house, tmp_path)
