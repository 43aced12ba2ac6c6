"""Several platforms at the same time: each by its own name, key, limit and rules."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from simulator import Workspace
from tests.fakes.airflow import PASSWORD
from tests.journeys.fleets import KEYS, NIGHTLY, Fleet, end, fleet, running

REPORT = "report/bot"


@pytest.fixture
async def several(workspace: Workspace, tmp_path: Path) -> AsyncGenerator[Fleet]:
    async with fleet(workspace, tmp_path) as found:
        yield found


async def test_what_two_offer_is_run_on_each_by_its_own_name_at_the_same_time(
    several: Fleet,
) -> None:
    names = {each: several.called(each, REPORT) for each in ("east", "west")}
    assert set(names.values()) in ({"report", "west-report"}, {"east-report", "report"})

    await several.ask("bo", f"run {names['east']}")
    await several.card("#1001", "Running", "report of east")
    await several.ask("bo", f"run {names['west']}")
    await several.card("#1002", "Running", "report of west")
    end(several.west, message="7 rows")
    await several.card("#1002", "Done", "7 rows")
    await several.card("#1001", "Running", "report of east")
    end(several.east, "FAILED", "the disk is full")

    failed = await several.card("#1001", "Failed", "the disk is full")
    assert "report of west" not in failed.seen


async def test_one_that_is_away_is_told_once_and_the_runs_of_the_others_go_on(
    several: Fleet,
) -> None:
    await several.ask("bo", f"run {several.called('east', REPORT)}")
    await several.card("#1001", "Running")
    await several.ask("bo", f"run {several.called('west', REPORT)}")
    await several.card("#1002", "Running")

    await several.east.stop()
    await several.house.message("#operators", "east does not answer", timeout=60)
    end(several.west)
    await several.card("#1002", "Done")
    for number, words in enumerate(("hello", "sync-tables", several.called("west", REPORT)), 1003):
        await several.ask("bo", f"run {words}")
        await several.card(f"#{number}", "Running" if number == 1005 else "Done")
    await several.ask("bo", "platforms")
    shown = await several.house.whisper("bo", "Away")
    end(several.east)
    await several.east.begin()
    await several.house.message("#operators", "east answers again", timeout=60)

    await several.card("#1001", "Done", timeout=60)
    assert shown.seen.count("Away") == 1
    assert several.told("does not answer") == several.told("answers again") == 1


async def test_whom_one_is_not_for_may_use_the_others(several: Fleet) -> None:
    await several.ask("ana", f"run {several.called('west', REPORT)}")
    refused = await several.house.whisper("ana", "You may not run")

    await several.ask("ana", f"run {several.called('east', REPORT)}")

    await several.card("#1001", "Running", "report of east")
    assert "on west, which is for some roles only" in refused.seen
    assert "sre" in refused.seen
    assert not several.west.world.runs


async def test_the_key_of_one_is_never_shown_to_another(several: Fleet) -> None:
    for number, words in enumerate(
        (several.called("east", REPORT), several.called("west", REPORT), "sync-tables"), 1001
    ):
        await several.ask("bo", f"run {words}")
        await several.card(f"#{number}")
    await several.card("#1003", "Done")

    assert {"", *several.east.shown} == {"", several.east.auth}
    assert {"", *several.west.shown} == {"", several.west.auth}
    assert {"", *several.air.shown} == {"", "Bearer token-1"}
    bodies = {
        "east": json.dumps(several.east.asked),
        "west": json.dumps(several.west.asked),
        "air": json.dumps([body for _, path, body in several.air.asked if "token" not in path]),
    }
    secrets = [PASSWORD, *(key.partition(":")[2] for key in KEYS.values())]
    assert not [name for name, said in bodies.items() if any(each in said for each in secrets)]


async def test_each_holds_its_own_number_of_runs(several: Fleet) -> None:
    east, west = several.called("east", REPORT), several.called("west", REPORT)
    for words in (east, west, east, west):
        await several.ask("bo", f"run {words}")

    for number in (1001, 1002, 1004):
        await several.card(f"#{number}", "Running")
    await several.card("#1003", "In line to start")
    await several.ask("bo", "platforms")
    shown = await several.house.whisper("bo", "Platforms")
    assert (running(several.east), running(several.west)) == (1, 2)
    end(several.east)

    await several.card("#1001", "Done")
    await several.card("#1003", "Running")
    assert (running(several.east), running(several.west)) == (1, 2)
    for said in ("local", "air", "east", "west", "1 runs there", "2 run there", "1 waits to start"):
        assert said in shown.seen


async def test_a_job_moves_from_the_default_to_another_by_one_line(
    several: Fleet, tmp_path: Path
) -> None:
    await several.ask("bo", "run nightly")
    await several.card("#1001", "Running", "report of east")

    moved = NIGHTLY.replace("    title: Nightly\n", "    title: Nightly\n    platform: west\n")
    (tmp_path / "catalog" / "jobs.yaml").write_text(moved)
    await several.house.message("#operators", "The catalogue changed", "nightly")
    await several.ask("bo", "run 夜间")
    await several.card("#1002", "Running", "report of west")
    end(several.east)
    end(several.west)

    await several.card("#1001", "Done")
    await several.card("#1002", "Done")
    await several.ask("bo", "history nightly")
    history = await several.house.whisper("bo", "#1002")
    assert "#1001" in history.seen
