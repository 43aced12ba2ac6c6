"""platforms, and what check and catalog say of them: every instance is asked, each for itself."""

import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest

from bot.adapters.database import SqlStore
from bot.adapters.instances import version_at
from bot.domain.processes import Process, Role
from bot.wiring.outside import SystemClock
from tests.cli.desks import Desk
from tests.fakes.databases import url_of
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

    assert (said.code, said.out.strip()) == (0, "Platform etl: 3.8.8 well, 1 job"), said.err


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
    assert "Platform etl: 3.8.8 well, 1 job" in said.out


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


async def _runs_with(desk: Desk, version: str | None) -> None:
    """A process that lives, with this version of the platforms file."""
    now = SystemClock().now()
    process = Process(
        id="p1",
        host="h1",
        name="worker-1",
        roles=frozenset({Role.WORKER}),
        version="0.2.0",
        started_at=now,
        seen_at=now,
        platforms=version,
    )
    store = SqlStore(url_of(desk.folder / "jobthread.db"))
    try:
        async with store.transaction() as tx:
            await tx.presences.beat(process)
    finally:
        await store.close()


@pytest.mark.parametrize("command", [("platforms", "check", "platforms.yaml"), ("check",)])
async def test_an_edit_that_a_running_process_does_not_go_by_is_told(
    desk: Desk, fake: FakePrefect, command: tuple[str, ...]
) -> None:
    _write(desk, fake)
    await desk.types("migrate")
    await _runs_with(desk, version_at(desk.folder / "platforms.yaml"))
    before = await desk.types(*command)

    _write(desk, fake, "# a remark changes nothing\n")
    remarked = await desk.types(*command)
    _write(desk, fake, "local: {concurrency: 3}\n")
    after = await desk.types(*command)

    assert "Restart them" not in before.out + remarked.out
    said = "platforms.yaml is not what 1 of 1 running processes use: they began with another one."
    assert f"{said} Restart them to take it over: worker-1 (h1)." in after.out
    assert after.code == before.code == 0, after.err


async def test_a_platform_that_is_not_in_the_file_any_more_is_told_while_it_offers_jobs(
    desk: Desk, fake: FakePrefect
) -> None:
    _write(desk, fake)
    await desk.types("migrate")
    now = SystemClock().now()
    store = SqlStore(url_of(desk.folder / "jobthread.db"))
    async with store.transaction() as tx:
        [asked] = await tx.offers.claim({"legacy"}, now, now)
        await tx.offers.heard(replace(asked, version="1", answered_at=now))
    await store.close()

    said = await desk.types("platforms", "check", "platforms.yaml")

    assert "Platform legacy: it is not in platforms.yaml any more." in said.out


async def test_another_file_than_the_bots_own_is_checked_by_itself(
    desk: Desk, fake: FakePrefect
) -> None:
    _write(desk, fake)
    await desk.types("migrate")
    await _runs_with(desk, "another")
    (desk.folder / "draft.yaml").write_text("{}\n")

    said = await desk.types("platforms", "check", "draft.yaml")

    assert (said.code, said.out) == (0, "")
