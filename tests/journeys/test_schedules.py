"""Schedules from chat: always looked at first, fired once, kept, handed over, in both languages."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.database import SqlStore
from bot.domain.schedules import Schedule
from bot.settings import Settings
from bot.wiring.outside import SystemClock
from simulator import Message, Workspace
from tests.journeys.houses import (
    CATALOG,
    POLICY,
    House,
    bot_on,
    found,
    house_on,
    settings_for,
    write_files,
)

SCHEDULING = POLICY.replace("[use, run, logs", "[use, run, schedule, logs").replace(
    "[use, approve,", "[use, run, schedule, approve,"
)
TIDY = """
  - name: tidy
    title: Tidy up
    aliases: [清理]
    run: [python3, "{catalog}/hello.py", tidy]
    schedule: {missed: skip}
"""


def _settled(workspace: Workspace, tmp_path: Path) -> Settings:
    write_files(tmp_path)
    (tmp_path / "policy.yaml").write_text(SCHEDULING.replace("[UANA]", "[UANA, UMEI]"))
    (tmp_path / "catalog" / "jobs.yaml").write_text(CATALOG + TIDY)
    workspace.add_person("mei", real_name="Mei", tz="Asia/Shanghai", locale="zh-CN")
    workspace.add_channel("zh", members=["mei", "bo"])
    return settings_for(workspace, tmp_path)


@pytest.fixture
async def house(workspace: Workspace, tmp_path: Path) -> AsyncGenerator[House]:
    async with house_on(workspace, _settled(workspace, tmp_path)) as found:
        yield found


async def _row(house: House, number: int = 1) -> Schedule:
    store = SqlStore(house.settings.jobthread_database_url.get_secret_value())
    async with store.reading() as tx:
        kept = await tx.schedules.get(number)
    await store.close()
    assert kept is not None
    return kept


async def _comes(house: House, number: int = 1) -> Schedule:
    """The time of a schedule's next run comes."""
    store = SqlStore(house.settings.jobthread_database_url.get_secret_value())
    async with store.transaction() as tx:
        before = await tx.schedules.get(number)
        assert before is not None
        now = SystemClock().now() - timedelta(seconds=1)
        due = replace(before, next_at=now, wake_at=now)
        assert await tx.schedules.save(before, due)
    await store.close()
    return due


async def _kept(house: House, who: str, words: str, channel: str = "#ops") -> Message:
    """Said, looked at, and kept: what its maker is shown, with buttons."""
    slack = house.workspace
    await slack.slash(who, "/job", words, channel=channel)
    await slack.submit(who, await house.modal(who, "schedule_view"))
    return await house.shown(
        lambda: found([m for m in slack.ephemerals(who) if m.buttons], ("1",)),
        why="the schedule with its buttons",
    )


async def test_a_schedule_is_looked_at_kept_and_fires(house: House) -> None:
    slack = house.workspace
    await slack.slash(
        "ana", "/job", 'schedule deploy app=api env=dev "0 7 * * 1-5"', channel="#ops"
    )

    review = await house.modal("ana", "schedule_view")
    assert "0 7 * * 1-5" in review.seen
    assert review.seen.count("07:00 in UTC") == 3
    assert "nobody needs to approve" in review.seen
    await slack.submit("ana", review)
    await house.message("#ops", "Ana made schedule", "deploy api → dev")
    await _comes(house)

    await house.message("#ops", "deploy api → dev", "Done", "By schedule", "Ana")
    await slack.slash("ana", "/job", "schedules", channel="#ops")
    await house.whisper("ana", "deploy api → dev", "Last:", "done")


async def test_what_needs_a_yes_is_asked_for_ahead_and_its_owner_cannot_give_it(
    house: House,
) -> None:
    slack = house.workspace
    await _kept(house, "bo", "schedule deploy app=api env=prod every day at 3 in the night")

    due = await _comes(house)
    assert due.id == 1
    card = await house.message("#ops", "Waiting for approval", "deploy api → prod")

    await slack.click("bo", card, "approve")
    await house.whisper("bo", "somebody else must decide")
    await slack.click("chen", card, "approve")
    await house.message("#ops", "Done", "deploy api → prod")


async def test_a_plain_sentence_is_a_schedule_in_chinese(house: House) -> None:
    slack = house.workspace
    await slack.slash("mei", "/job", "每个工作日早上七点清理", channel="#zh")

    review = await house.modal("mei", "schedule_view")
    assert "0 7 * * 1-5" in review.seen
    assert review.seen.count("07:00") >= 3
    assert "Asia/Shanghai" in review.seen
    await slack.submit("mei", review)
    await house.message("#zh", "Tidy up", "Mei")
    await _comes(house)

    await house.message("#zh", "Tidy up", "计划")


async def test_its_buttons_act_for_its_owner_and_for_nobody_else(house: House) -> None:
    slack = house.workspace
    await _kept(house, "ana", "schedule tidy every day at 7")
    await slack.mention("ana", "schedules", channel="#ops")
    shown = await house.shown(
        lambda: next((m for m in _all(slack) if "schedule_pause" in str(m.buttons)), None),
        why="the list with buttons",
    )

    await slack.click("bo", shown, "schedule_pause")
    await house.whisper("bo", "only they or an admin")
    await slack.click("ana", shown, "schedule_pause")
    await house.whisper("ana", "Paused", "Tidy up")
    await slack.click("ana", shown, "schedule_skip")
    await house.whisper("ana", "changed since")


async def test_its_owner_and_nobody_else_changes_it_by_its_number(house: House) -> None:
    slack = house.workspace
    await _kept(house, "ana", "schedule tidy every day at 7")

    await slack.mention("bo", "pause schedule 1", channel="#ops")
    await house.whisper("bo", "only they or an admin")
    await slack.mention("ana", "pause schedule 1", channel="#ops")
    await house.whisper("ana", "Paused", "Tidy up")
    await house.message("#ops", "Ana paused schedule")
    await slack.slash("ana", "/job", "skip the next run of schedule 1", channel="#ops")
    await house.whisper("ana", "is paused already")
    await slack.slash("ana", "/job", "resume schedule 1", channel="#ops")
    await house.message("#ops", "Ana resumed schedule")
    await slack.mention("ana", "please skip the next run of schedule 1", channel="#ops")
    await house.message("#ops", "Ana skipped the run of schedule")
    await slack.mention("ana", "cancel schedule 2", channel="#ops")
    await house.whisper("ana", "There is no schedule 2")
    await slack.mention("ana", "cancel schedule 1", channel="#ops")
    await house.message("#ops", "Ana cancelled schedule")


async def test_it_is_changed_by_its_number_in_chinese(house: House) -> None:
    slack = house.workspace
    await _kept(house, "mei", "每个工作日早上七点清理", "#zh")

    await slack.mention("mei", "暂停计划 1", channel="#zh")
    await house.message("#zh", "Mei 暂停了")
    await slack.mention("mei", "恢复计划 1", channel="#zh")
    await house.message("#zh", "Mei 恢复了")
    await slack.mention("mei", "跳过计划 1 的下一次", channel="#zh")
    await house.message("#zh", "Mei 跳过了")
    await slack.mention("mei", "取消计划 1", channel="#zh")
    await house.whisper("mei", "定时计划 1 已取消")


async def test_what_was_skipped_is_not_shown_again_after_a_pause(house: House) -> None:
    slack = house.workspace
    await _kept(house, "mei", "每个工作日早上七点清理", "#zh")
    await slack.mention("mei", "跳过计划 1 的下一次", channel="#zh")
    await house.message("#zh", "Mei 跳过了")
    skipped = await _row(house)

    await slack.mention("mei", "暂停计划 1", channel="#zh")
    await house.message("#zh", "Mei 暂停了")
    await slack.mention("mei", "恢复计划 1", channel="#zh")
    said = await house.message("#zh", "Mei 恢复了")

    assert (await _row(house)).next_at == skipped.next_at
    assert str(int(skipped.next_at.timestamp())) in str(said.blocks)


async def test_who_lost_the_right_is_named_to_others_and_spoken_to_alone(
    workspace: Workspace, tmp_path: Path
) -> None:
    settings = _settled(workspace, tmp_path)
    async with house_on(workspace, settings) as house:
        await _kept(house, "mei", "每个工作日早上七点清理", "#zh")

    policy = tmp_path / "policy.yaml"
    policy.write_text(policy.read_text().replace("schedule, ", ""))
    async with bot_on(workspace, settings):
        await _comes(house)
        told = await house.message("#zh", "已暂停", "所有者 Mei 无权")
        assert "您无权" not in told.seen
        await house.dm("mei", "已暂停", "您无权")
        await workspace.slash("bo", "/job", "schedules", channel="#zh")
        await house.whisper("bo", "Paused", "Its owner, Mei, may not schedule tidy.")


async def test_it_is_handed_over_when_the_other_takes_it(house: House) -> None:
    slack = house.workspace
    shown = await _kept(house, "ana", "schedule tidy every day at 7")

    await slack.click("ana", shown, "schedule_hand_over")
    await slack.submit("ana", await house.modal("ana", "handover_view"), {"person": "bo"})
    offer = await house.dm("bo", "asks you to take over")
    await slack.click("bo", offer, "schedule_accept")

    await house.message("#ops", "Bo took over schedule")
    await _comes(house)
    await house.message("#ops", "Tidy up", "Done", "By schedule", "Bo")


async def test_a_line_that_is_too_frequent_opens_no_form(house: House) -> None:
    slack = house.workspace

    await slack.slash("ana", "/job", "schedule tidy every minute", channel="#ops")

    await house.whisper("ana", "too often")
    assert slack.modal("ana") is None


async def test_a_mention_has_no_form_and_offers_a_button_that_opens_it(house: House) -> None:
    slack = house.workspace
    await slack.mention("ana", "run tidy every night at 2", channel="#ops")

    offer = await house.shown(
        lambda: next((m for m in _all(slack) if "Tidy up" in m.seen and m.buttons), None),
        why="the offer",
    )
    await slack.click("ana", offer, offer.buttons[0][0])
    review = await house.modal("ana", "schedule_view")
    assert "0 2 * * *" in review.seen
    await slack.submit("ana", review)
    await house.message("#ops", "Ana made schedule", "Tidy up")


async def test_what_is_missing_is_asked_for_before_the_review(house: House) -> None:
    slack = house.workspace
    await slack.slash("ana", "/job", "schedule deploy app=api every day at 7", channel="#ops")

    page = await house.modal("ana", "form_page")
    await slack.submit("ana", page, {"env": "dev"})
    review = await house.modal("ana", "schedule_view")
    assert "dev" in review.seen
    await slack.submit("ana", review, {"schedule:overlap": "queue", "schedule:missed": "skip"})
    await house.message("#ops", "Ana made schedule", "deploy api → dev")


def _all(slack: Workspace) -> list[Message]:
    tops = slack.messages("#ops")
    return [*tops, *(reply for top in tops for reply in slack.thread(top.channel, top.ts))]
