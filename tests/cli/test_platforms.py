"""platforms, and what check and catalog say of them: every instance is asked, each for itself."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.cli.desks import Desk
from tests.fakes.prefect import FakePrefect, prefect

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"env": {"type": "string", "enum": ["dev", "prod"]}},
}

OVER = """
name: deploy
platform: {etl: live/bot}
parameters: [{name: evn}]
"""


@pytest.fixture
async def fake() -> AsyncGenerator[FakePrefect]:
    async with prefect() as found:
        found.world.deploy("live", schema=SCHEMA)
        yield found


def _write(desk: Desk, fake: FakePrefect, more: str = "") -> None:
    text = f"etl: {{type: prefect, url: {fake.url}}}\n{more}"
    (desk.folder / "platforms.yaml").write_text(text, encoding="utf-8")


async def test_every_instance_says_how_it_is_and_what_it_offers(
    desk: Desk, fake: FakePrefect
) -> None:
    _write(desk, fake)

    said = await desk.types("platforms", "check", "platforms.yaml")

    assert (said.code, said.out.strip()) == (0, "Platform etl: 3.8.8 well, 1 jobs"), said.err


async def test_a_mistake_of_one_is_told_and_the_others_are_asked(
    desk: Desk, fake: FakePrefect
) -> None:
    _write(desk, fake, "other: {type: prefekt}\n")

    said = await desk.types("platforms", "check", "platforms.yaml")

    assert said.code == 1
    assert "platforms.yaml:2: other.type: there is no kind `prefekt`; did you mean" in said.err
    assert "Platform etl: 3.8.8 well" in said.out


async def test_one_that_does_not_answer_is_told(desk: Desk, fake: FakePrefect) -> None:
    _write(desk, fake, "away: {type: prefect, url: 'http://127.0.0.1:9'}\n")

    said = await desk.types("platforms", "check", "platforms.yaml")

    assert said.code == 1
    assert "Platform away: " in said.err


async def test_check_tells_the_same_beside_all_else(desk: Desk, fake: FakePrefect) -> None:
    _write(desk, fake, "other: {type: prefekt}\n")
    await desk.types("migrate")

    said = await desk.types("check")

    assert said.code == 1
    assert "there is no kind `prefekt`" in said.err
    assert "Platform etl: 3.8.8 well, 1 jobs" in said.out


async def test_what_of_the_catalogue_does_not_fit_is_a_warning(
    desk: Desk, fake: FakePrefect
) -> None:
    _write(desk, fake)
    (desk.folder / "catalog" / "over.yaml").write_text(OVER, encoding="utf-8")
    (desk.folder / "catalog" / "jobs.yaml").unlink()

    said = await desk.types("catalog", "check", "catalog")

    assert said.code == 0, said.err
    assert "over.yaml:4: parameters[0].name: `live/bot` takes no parameter `evn`" in said.out


async def test_a_platform_that_is_away_makes_no_mistake_of_the_catalogue(
    desk: Desk, fake: FakePrefect
) -> None:
    text = "etl: {type: prefect, url: 'http://127.0.0.1:9'}\n"
    (desk.folder / "platforms.yaml").write_text(text, encoding="utf-8")
    (desk.folder / "catalog" / "over.yaml").write_text(OVER, encoding="utf-8")
    (desk.folder / "catalog" / "jobs.yaml").unlink()

    said = await desk.types("catalog", "check", "catalog")

    assert said.code == 0, said.err
    assert "over.yaml" not in said.out
    assert "warning: Platform etl" in said.out


async def test_sentences_are_read_where_jobs_run_elsewhere(desk: Desk, fake: FakePrefect) -> None:
    _write(desk, fake)
    (desk.folder / "catalog" / "over.yaml").write_text(OVER, encoding="utf-8")
    (desk.folder / "catalog" / "jobs.yaml").unlink()

    said = await desk.types("parse", "--catalog", "catalog", "/dev/null")

    assert (said.code, said.err) == (0, "")


async def test_editors_get_the_keys_of_every_installed_kind(desk: Desk) -> None:
    said = await desk.types("platforms", "schema")
    kinds = json.loads(said.out)["additionalProperties"]["anyOf"]

    assert [each["properties"]["type"]["const"] for each in kinds] == ["airflow", "prefect"]
