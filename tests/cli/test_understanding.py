"""parse and catalog phrases: what would be understood, without running anything."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main

CATALOG = """
jobs:
  - name: water-plants
    aliases: [water, 浇水]
    description: Water the plants of a room
    run: ["true"]
    parameters:
      - {name: room, required: true, choices: [{value: hall, aliases: [大厅]}, attic]}
      - {name: litres, type: integer, required: true, min: 1, max: 20, aliases: [升]}
"""
WORLD = """
reference_time: "2026-05-13T15:30:00"
timezone: Europe/Berlin
users: {U0MARTA01: {name: marta}}
targets: {greenhouse: {aliases: [glasshouse]}}
shortcuts: {valves: {args: [room]}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "jobs.yaml").write_text(CATALOG, "utf-8")
    (tmp_path / "world.yaml").write_text(WORLD, "utf-8")
    return tmp_path


def parsed(folder: Path, *lines: str) -> list[dict[str, Any]]:
    options = ["--catalog", str(folder / "catalog"), "--world", str(folder / "world.yaml")]
    said = CliRunner().invoke(main, ["parse", *options], input="\n".join(lines))
    assert said.exit_code == 0, said.output
    return [json.loads(line) for line in said.output.splitlines()]


def test_each_line_becomes_one_object(folder: Path) -> None:
    plain, exact, nothing = parsed(
        folder, "大厅浇水五升", "run water-plants room=hall litres=5", "what a day"
    )

    values = {"room": "hall", "litres": 5}
    assert (plain["intent"], plain["params"], plain["starts"]) == ("run", values, False)
    assert (exact["params"], exact["starts"], exact["rung"]) == (values, True, "exact")
    assert (nothing["intent"], nothing["starts"]) == ("unknown", False)


def test_spans_point_into_the_text_as_it_was_given(folder: Path) -> None:
    (found,) = parsed(folder, "water the  hall, 5 litres")

    span = found["spans"]["room"]
    assert found["text"][span["start"] : span["end"]] == "hall"


def test_a_question_names_what_it_needs(folder: Path) -> None:
    missing, invalid = parsed(folder, "water the hall", "water the attic with 900 litres")

    assert (missing["clarify"], missing["missing"]) == (True, ["litres"])
    assert (invalid["clarify"], invalid["invalid"]) == (True, ["litres"])


def test_an_object_may_say_when_and_in_which_thread(folder: Path) -> None:
    thread = {"execution": 7, "job": "water-plants", "params": {"room": "hall", "litres": 3}}
    again, later = parsed(
        folder,
        json.dumps({"id": "a", "text": "same for the attic", "thread": thread}),
        json.dumps({"text": "water hall 2 litres at noon", "time": "2026-01-02T08:00:00"}),
    )

    assert (again["id"], again["params"]) == ("a", {"room": "attic", "litres": 3})
    assert later["schedule"] == "2026-01-02T12:00:00"


def test_a_world_that_is_wrong_names_its_line(folder: Path) -> None:
    (folder / "world.yaml").write_text("timezone: Mars/Base\n", "utf-8")
    options = ["--catalog", str(folder / "catalog"), "--world", str(folder / "world.yaml")]

    said = CliRunner().invoke(main, ["parse", *options], input="hello")

    assert said.exit_code == 1
    assert "world.yaml:1" in said.stderr


def phrases(folder: Path, *rows: object) -> Result:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / "catalog" / "phrases.jsonl").write_text("\n".join(lines), "utf-8")
    return CliRunner().invoke(main, ["catalog", "phrases", str(folder / "catalog")])


def test_phrases_that_are_read_as_expected_pass(folder: Path) -> None:
    expected = {"job": "water-plants", "params": {"room": "hall", "litres": 5}, "clarify": False}

    said = phrases(folder, {"text": "water the hall, 5 litres", "expected": expected})

    assert said.exit_code == 0, said.output


def test_a_phrase_that_is_read_otherwise_names_its_line_and_value(folder: Path) -> None:
    expected = {"params": {"room": "attic", "litres": 5}}

    said = phrases(folder, {"text": "water the hall, 5 litres", "expected": expected}, "{")

    assert said.exit_code == 1
    assert 'room is "hall", not "attic"' in said.stderr
    assert "phrases.jsonl:2" in said.stderr


def test_shortcuts_of_the_catalogue_are_read_as_the_bot_reads_them(folder: Path) -> None:
    hall = "{name: hall, job: water-plants, arguments: [litres], values: {room: hall}}"
    short = f"shortcuts: [{hall}]"
    (folder / "catalog" / "short.yaml").write_text(short, "utf-8")

    alone, within = parsed(folder, "hall 5", "show me hall with 5")

    assert (alone["intent"], alone["params"]) == ("run", {"room": "hall", "litres": 5})
    assert alone["starts"]
    assert not within["starts"]
