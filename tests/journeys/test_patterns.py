"""A pattern that is not plainly Python's is the engine's to check; its refusal is told."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator import Workspace
from tests.fakes.prefect import FakePrefect, prefect
from tests.journeys.houses import House, house_on, settings_for, write_files

KNOWN_ELSEWHERE = "[_[:alpha:]]{3}"
"""Letters to Rust, in which flows check values; to Python, and so to Prefect's server, others."""


def _schema(pattern: str) -> dict[str, Any]:
    return {
        "title": "Parameters",
        "type": "object",
        "properties": {"word": {"type": "string", "title": "word", "pattern": pattern}},
        "required": ["word"],
    }


@pytest.fixture
async def engine() -> AsyncGenerator[FakePrefect]:
    async with prefect() as fake:
        fake.world.deploy("letters", schema=_schema(KNOWN_ELSEWHERE))
        fake.world.deploy("runes", schema=_schema(r"^\p{L}+$"))
        fake.world.deploy("ahead", schema=_schema(r"^(?=.*\d).+$"))
        yield fake


@pytest.fixture
async def house(workspace: Workspace, engine: FakePrefect, tmp_path: Path) -> AsyncGenerator[House]:
    write_files(tmp_path)
    (tmp_path / "platforms.yaml").write_text(
        f"prefect: {{type: prefect, url: '{engine.url}', jobs: {{risk: safe}}}}\n"
    )
    async with house_on(workspace, settings_for(workspace, tmp_path)) as found:
        await found.message("#operators", "prefect offers 3 jobs")
        yield found


@pytest.mark.parametrize(
    ("locale", "text", "failed"),
    [("en-US", "run letters word=xyz", "Failed"), ("zh-CN", "运行 letters word=xyz", "失败")],
)
async def test_what_the_engine_refuses_is_told_in_its_words(
    house: House, engine: FakePrefect, locale: str, text: str, failed: str
) -> None:
    known = house.workspace.person("ana")
    house.workspace.change_person(replace(known, locale=locale))
    await house.workspace.slash("ana", "/job", text, channel="#ops")

    card = await house.message("#ops", "Letters", failed)
    assert "'xyz' does not match" in card.seen
    assert not engine.world.runs


async def test_what_python_knows_is_told_before_anything_is_asked_for(
    house: House, engine: FakePrefect
) -> None:
    await house.workspace.slash("ana", "/job", "run ahead word=abc", channel="#ops")

    form = await house.modal("ana", "form_page")
    assert "must match" in form.seen
    assert not engine.paths("/create_flow_run")


async def test_a_start_that_the_engine_breaks_on_says_so_while_it_is_tried_again(
    house: House, engine: FakePrefect
) -> None:
    await house.workspace.slash("ana", "/job", "run runes word=xyz", channel="#ops")

    card = await house.message("#ops", "Runes", "Queued", "500")
    assert "Cancel" in [label for _, label, _ in card.buttons]
    assert not engine.world.runs
