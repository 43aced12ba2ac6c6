"""A flow of Prefect waits for a person: asked in the thread, answered from Slack, gone on."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from simulator import Workspace
from tests.fakes.prefect import FakePrefect, Fault, prefect
from tests.journeys.flows import deploy, flow_house, run
from tests.journeys.houses import House


@pytest.fixture
async def engine() -> AsyncGenerator[FakePrefect]:
    async with prefect() as fake:
        deploy(fake)
        yield fake


@pytest.fixture
async def house(workspace: Workspace, engine: FakePrefect, tmp_path: Path) -> AsyncGenerator[House]:
    async with flow_house(workspace, engine, tmp_path) as found:
        yield found


async def test_a_run_that_another_approved_waits_for_a_form_and_goes_on_with_it(
    house: House, engine: FakePrefect
) -> None:
    card = await run(house, "fill env=prod")
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
    card = await run(house, "rollout env=prod")
    asked = await house.line(card, "Needs 1 approval from approver")

    await house.workspace.click("ana", asked, "answer:0")
    await house.whisper("ana", "You asked for #1001 yourself")
    copy = await house.dm("chen", "Waiting for an answer")
    await house.workspace.click("chen", copy, "answer:0")

    await house.line(card, "Chen answered: Approve")
    await house.dm("bo", "Chen answered: Approve")
    await house.message("#ops", "rollout", "Done", timeout=40)


async def test_a_no_stops_the_run(house: House) -> None:
    card = await run(house, "rollout env=prod")
    asked = await house.line(card, "Needs 1 approval")

    await house.workspace.click("bo", asked, "answer:1")

    await house.line(card, "Bo answered: Reject")
    await house.message("#ops", "rollout", "Cancelled", timeout=40)


async def test_of_two_who_click_at_once_one_is_told_who_was_faster(house: House) -> None:
    card = await run(house, "rollout env=prod")
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
    card = await run(house, "rollout env=dev")
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
    card = await run(house, "fill env=dev")
    asked = await house.line(card, "Rollout")
    await house.workspace.click("ana", asked, "answer_form")
    form = await house.modal("ana", "answer_view")
    [flow_run] = engine.world.runs
    engine.world.move(flow_run, "RUNNING")
    await house.line(card, "No answer is needed any more", timeout=60)

    gesture = await house.workspace.submit("ana", form, {"percent": "25"})

    assert gesture.view is not None
    assert "does not wait for this any more" in gesture.view.seen


@pytest.mark.parametrize(
    ("locale", "text", "words"),
    [
        (
            "en-US",
            "run rollout env=dev",
            ("Waiting for", "Answered", "prefect has not gone on with it yet", "Running", "Done"),
        ),
        (
            "zh-CN",
            "运行 rollout env=dev",
            ("等待答复", "已答复", "prefect 尚未据此继续", "执行中", "已完成"),
        ),
    ],
)
async def test_a_card_says_that_an_answer_is_given_until_its_engine_goes_on(
    house: House, engine: FakePrefect, locale: str, text: str, words: tuple[str, ...]
) -> None:
    waiting, answered, not_on_yet, running, done = words
    known = house.workspace.person("ana")
    house.workspace.change_person(replace(known, locale=locale))
    await house.workspace.slash("ana", "/job", text, channel="#ops")
    card = await house.message("#ops", waiting, timeout=40)
    asked = await house.line(card, "rollout", waiting)

    async with engine.during(Fault(path="/resume", status=503)):
        await house.workspace.click("ana", asked, "answer:0")
        shown = await house.message("#ops", answered, not_on_yet)
        assert running not in shown.seen
        await house.workspace.slash("ana", "/job", "status", channel="#ops")
        assert running not in (await house.whisper("ana", answered)).seen

    await house.message("#ops", "rollout", done, timeout=40)


async def test_somebody_without_the_right_is_told_so_and_nothing_goes_on(
    house: House, engine: FakePrefect
) -> None:
    card = await run(house, "rollout env=dev")
    asked = await house.line(card, "Whoever may run this")

    await house.workspace.click("dana", asked, "answer:0")

    await house.whisper("dana", "You may not run rollout")
    assert not engine.paths("/resume")


async def test_a_question_has_its_buttons_in_chinese(house: House) -> None:
    known = house.workspace.person("ana")
    house.workspace.change_person(replace(known, locale="zh-CN"))
    await house.workspace.slash("ana", "/job", "运行 rollout env=dev", channel="#ops")
    card = await house.message("#ops", "等待答复", timeout=40)
    asked = await house.line(card, "可执行此作业的人都能回答", "批准", "拒绝")

    await house.workspace.click("ana", asked, "answer:1")

    await house.line(card, "Ana 已回答：拒绝")
    await house.message("#ops", "rollout", "已取消", timeout=40)


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
