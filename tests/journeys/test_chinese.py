"""Whoever has their Slack in Chinese is answered in Chinese; whoever has not is not."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from bot.adapters.slack_checks import SCOPES
from simulator import Workspace
from tests.journeys.houses import House, people


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    """Ana and Chen read Chinese; Bo, who approves too, reads English."""
    workspace = Workspace(bot_name="jobs", scopes=SCOPES)
    people(workspace)
    for name in ("ana", "chen"):
        workspace.change_person(replace(workspace.person(name), locale="zh-CN"))
    async with workspace.serving() as serving:
        yield serving
    serving.assert_clean()


async def test_a_form_a_wrong_value_and_a_review_are_in_chinese(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run hello", channel="#ops")
    page = await house.modal("ana", "form_page")
    wrong = await house.workspace.submit("ana", page, {"who": "--rm"})
    assert "不能以短横线开头" in wrong.errors["who"]

    review = (await house.workspace.submit("ana", page, {"who": "世界"})).view

    assert review is not None
    assert "无需审批" in review.seen
    assert review.submit_text == "立即执行"
    await house.workspace.submit("ana", review)
    await house.message("#ops", "Say hello", "已完成")


async def test_a_card_follows_its_requester_and_a_dm_its_reader(house: House) -> None:
    await house.workspace.slash("ana", "/job", "run deploy app=api env=prod", channel="#ops")
    card = await house.message("#ops", "等待审批", "申请人")
    english = await house.dm("bo", "Needs your approval", "Ana asked")
    await house.dm("chen", "需要您审批", "Ana 于")

    await house.workspace.click("bo", english, "approve")

    await house.line(card, "Bo 已批准")
    await house.message("#ops", "deploy api → prod", "已完成")
    await house.dm("chen", "Bo 已批准")
    await house.dm("bo", "Approved by Bo")


async def test_refusals_mistakes_and_help_are_in_chinese(house: House) -> None:
    await house.workspace.slash("chen", "/job", "run hello who=world", channel="#ops")
    await house.whisper("chen", "不允许", "您无权执行 hello")

    await house.workspace.slash("ana", "/job", "logs #4711", channel="#ops")
    await house.whisper("ana", "没有执行 #4711")

    await house.workspace.slash("ana", "/job", "help", channel="#ops")
    await house.whisper("ana", "可用命令", "停止一次执行")


async def test_home_is_in_chinese(house: House) -> None:
    await house.workspace.open_home("ana")

    home = await house.workspace.until(
        lambda: (view := house.workspace.home("ana")) and "正在执行" in view.seen and view,
        why="Ana's Home is in Chinese",
    )
    assert home


async def test_whoever_reads_english_sees_no_chinese(house: House) -> None:
    await house.workspace.slash("bo", "/job", "help", channel="#ops")

    said = await house.whisper("bo", "Commands you may use")
    assert not any("\u4e00" <= ch <= "\u9fff" for ch in said.seen)
