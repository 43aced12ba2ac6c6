"""Instances, opened: what cannot be opened stands aside, and what runs there is waited for."""

from pathlib import Path

import pytest

from bot.adapters.platforms.unusable import UnusablePlatform
from bot.domain.errors import Temporary
from bot.wiring import Fleet, fleet_at
from tests.adapters.instances.files import KINDS
from tests.fakes.platforms import FakePlatform


def _fleet(folder: Path, text: str) -> Fleet:
    (folder / "platforms.yaml").write_text(text, encoding="utf-8")
    return fleet_at(folder / "platforms.yaml", kinds=KINDS)


def test_without_a_file_there_is_this_machine_alone(tmp_path: Path) -> None:
    fleet = fleet_at(tmp_path / "platforms.yaml", kinds=KINDS)

    assert (list(fleet.instances.named), dict(fleet.platforms)) == (["local"], {})


def test_an_instance_offers_jobs_where_its_platform_does(tmp_path: Path) -> None:
    fleet = _fleet(tmp_path, "a: {type: toy, url: x}")

    assert fleet.instances.offering == {"a"}
    assert isinstance(fleet.platforms["a"], FakePlatform)


@pytest.mark.parametrize("entry", ["{type: toy, url: 'broken:'}", "{type: toy}", "{type: ghost}"])
def test_what_cannot_be_opened_is_told_and_stands_aside(tmp_path: Path, entry: str) -> None:
    fleet = _fleet(tmp_path, f"a: {entry}\nb: {{type: toy, url: y}}\n")

    assert isinstance(fleet.platforms["a"], UnusablePlatform)
    assert isinstance(fleet.platforms["b"], FakePlatform)
    assert len(fleet.troubles) == 1
    assert fleet.instances.named["a"].trouble == fleet.troubles[0]


def test_its_jobs_stay_in_the_catalogue(tmp_path: Path) -> None:
    assert "a" in _fleet(tmp_path, "a: {type: ghost}").instances.offering


async def test_what_runs_there_is_neither_lost_nor_found(tmp_path: Path) -> None:
    platform = _fleet(tmp_path, "a: {type: ghost}").platforms["a"]

    for call in (platform.observe(["k"]), platform.find("k"), platform.cancel("k")):
        with pytest.raises(Temporary, match="cannot be used until"):
            await call
    assert "cannot be used until" in (await platform.health()).unwell


async def test_letting_go_lets_go_of_all(tmp_path: Path) -> None:
    fleet = _fleet(tmp_path, "a: {type: toy, url: x}\nb: {type: ghost}\nc: {type: toy, url: y}\n")

    await fleet.close()

    closed = [each.is_closed for each in fleet.platforms.values() if isinstance(each, FakePlatform)]
    assert closed == [True, True]
