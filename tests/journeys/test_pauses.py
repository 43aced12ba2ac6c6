"""A flow of Prefect waits for a person: asked in the thread, answered from Slack, gone on."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator import Message, Workspace
from tests.fakes.prefect import FakePrefect, prefect
from tests.fakes.prefect_world import World
from tests.journeys.houses import House, bot_on, migrated, settings_for, write_files

JOBS = """
jobs:
  - name: rollout
    title: rollout
    platform: {prefect: rollout/bot}
    risk: safe
    approval: {by: [approver], when: {env: [prod]}}
    parameters:
      - {name: env, type: enum, choices: [dev, prod], required: true}
  - name: fill
    title: fill
    platform: {prefect: fill/bot}
    risk: safe
    approval: {by: [approver], when: {env: [prod]}}
    parameters:
      - {name: env, type: enum, choices: [dev, prod], required: true}
"""

SCHEMA: dict[str, Any] = {
    "title": "Parameters",
    "type": "object",
    "properties": {"env": {"type": "string", "enum": ["dev", "prod"], "title": "env"}},
    "required": ["env"],
}

FORM: dict[str, Any] = {
    "title": "Rollout",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "percent": {"title": "Percent", "type": "integer", "minimum": 1, "maximum": 100},
        "reason": {"title": "Reason", "type": "string", "default": "planned"},
    },
    "required": ["percent"],
}


def _asks(world: World, run: str) -> Iterator[None]:
    world.pause(run)
    yield
    world.move(run, "COMPLETED")


def _fills(world: World, run: str) -> Iterator[None]:
    world.pause(run, FORM, "How far shall it go?")
    yield
    world.move(run, "COMPLETED")


@pytest.fixture
async def engine() -> AsyncGenerator[FakePrefect]:
    async with prefect() as fake:
        fake.world.deploy("rollout", schema=SCHEMA, script=_asks)
        fake.world.deploy("fill", schema=SCHEMA, script=_fills)
        yield fake


@pytest.fixture
async def house(workspace: Workspace, engine: FakePrefect, tmp_path: Path) -> AsyncGenerator[House]:
    write_files(tmp_path)
    (tmp_path / "catalog" / "flows.yaml").write_text(JOBS)
    file = tmp_path / "platforms.yaml"
    file.write_text(f"prefect: {{type: prefect, url: '{engine.url}', tags: [chatops]}}\n")
    settings = settings_for(workspace, tmp_path)
    settings = settings.model_copy(update={"jobthread_platforms": file})
    await migrated(settings)
    async with bot_on(workspace, settings) as services:
        found = House(workspace=workspace, settings=settings, services=services)
        await found.message("#operators", "prefect offers 2 jobs")
        yield found


async def _run(house: House, words: str, *, who: str = "ana") -> Message:
    """The card of what somebody ran, as soon as it waits for an answer."""
    await house.workspace.slash(who, "/job", f"run {words}", channel="#ops")
    if "prod" in words:
        asked = await house.message("#ops", "Waiting for approval")
        await house.workspace.click("bo", asked, "approve")
    return await house.message("#ops", "Waiting for an answer", timeout=40)


async def test_a_run_that_another_approved_waits_for_a_form_and_goes_on_with_it(
    house: House, engine: FakePrefect
) -> None:
    card = await _run(house, "fill env=prod")
    asked = await house.line(card, "Rollout", "How far shall it go?")
    await house.workspace.click("ana", asked, "answer_form")
    form = await house.modal("ana", "answer_view")

    wrong = await house.workspace.submit("ana", form, {"percent": "101"})
    await house.workspace.submit("ana", form, {"percent": "25"})

    assert "at most 100" in wrong.errors["percent"]
    await house.message("#ops", "fill", "Done", timeout=40)
    said = await house.line(card, "Ana filled in the form", "25")
    assert said.ts == asked.ts
    assert not said.buttons
    [response] = [each for each in engine.asked if each[0].endswith("/resume")]
    assert response[1]["run_input"] == {"percent": 25, "reason": "planned"}


async def test_a_question_of_an_approved_run_is_answered_by_an_approver_from_a_dm(
    house: House,
) -> None:
    card = await _run(house, "rollout env=prod")
    asked = await house.line(card, "Needs 1 approval from approver")

    await house.workspace.click("ana", asked, "answer:0")
    await house.whisper("ana", "You asked for #1001 yourself")
    copy = await house.dm("chen", "Waiting for an answer")
    await house.workspace.click("chen", copy, "answer:0")

    await house.line(card, "Chen answered: Approve")
    await house.dm("bo", "Chen answered: Approve")
    await house.message("#ops", "rollout", "Done", timeout=40)


async def test_a_no_stops_the_run(house: House) -> None:
    card = await _run(house, "rollout env=prod")
    asked = await house.line(card, "Needs 1 approval")

    await house.workspace.click("bo", asked, "answer:1")

    await house.line(card, "Bo answered: Reject")
    await house.message("#ops", "rollout", "Cancelled", timeout=40)


async def test_of_two_who_click_at_once_one_is_told_who_was_faster(house: House) -> None:
    card = await _run(house, "rollout env=prod")
    asked = await house.line(card, "Needs 1 approval")

    await asyncio.gather(
        house.workspace.click("bo", asked, "answer:0"),
        house.workspace.click("chen", asked, "answer:1"),
    )

    await house.line(card, "answered:")
    told = await house.workspace.until(
        lambda: [*house.workspace.ephemerals("bo"), *house.workspace.ephemerals("chen")],
        why="whoever was late is told",
    )
    assert len([each for each in told if "answered #1001 already" in each.seen]) == 1


async def test_status_home_and_a_word_in_its_thread_lead_to_the_question(house: House) -> None:
    card = await _run(house, "rollout env=dev")
    await house.line(card, "Whoever may run this can answer", "Approve")

    await house.workspace.slash("ana", "/job", "status", channel="#ops")
    status = await house.whisper("ana", "Waiting for an answer")
    assert "answer_form" in [name for name, *_ in status.buttons]
    await house.workspace.open_home("ana")
    home = await house.workspace.until(
        lambda: (
            (view := house.workspace.home("ana")) and "Waiting for an answer" in view.seen and view
        ),
        why="it is on Home",
    )
    assert home
    await house.workspace.mention("ana", "continue", "#ops", thread_ts=card.ts)
    shown = await house.whisper("ana", "Whoever may run this can answer")
    await house.workspace.click("ana", shown, "answer:0")

    await house.message("#ops", "rollout", "Done", timeout=40)


async def test_a_form_that_comes_late_says_what_happened(house: House, engine: FakePrefect) -> None:
    card = await _run(house, "fill env=dev")
    asked = await house.line(card, "Rollout")
    await house.workspace.click("ana", asked, "answer_form")
    form = await house.modal("ana", "answer_view")
    [run] = engine.world.runs
    engine.world.move(run, "RUNNING")
    await house.line(card, "No answer is needed any more", timeout=60)

    gesture = await house.workspace.submit("ana", form, {"percent": "25"})

    assert gesture.view is not None
    assert "does not wait for this any more" in gesture.view.seen


async def test_somebody_without_the_right_is_told_so_and_nothing_goes_on(
    house: House, engine: FakePrefect
) -> None:
    card = await _run(house, "rollout env=dev")
    asked = await house.line(card, "Whoever may run this")

    await house.workspace.click("dana", asked, "answer:0")

    await house.whisper("dana", "You may not run rollout")
    assert not engine.paths("/resume")


async def test_it_is_asked_and_answered_in_chinese(house: House) -> None:
    for name in ("ana", "chen"):
        known = house.workspace.person(name)
        house.workspace.change_person(replace(known, locale="zh-CN"))
    await house.workspace.slash("ana", "/job", "运行 fill env=dev", channel="#ops")
    card = await house.message("#ops", "等待答复", timeout=40)
    asked = await house.line(card, "可执行此作业的人都能回答")

    await house.workspace.mention("ana", "继续", "#ops", thread_ts=card.ts)
    shown = await house.whisper("ana", "等待答复")
    await house.workspace.click("ana", shown, "answer_form")
    form = await house.modal("ana", "answer_view")
    assert form.submit_text == "回答"
    await house.workspace.submit("ana", form, {"percent": "25"})

    said = await house.line(card, "Ana 已填写表单")
    assert said.ts == asked.ts
    await house.message("#ops", "fill", "已完成", timeout=40)
