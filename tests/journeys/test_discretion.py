"""Nobody hears by guess or typing error of what is not for them; hidden values are not repeated."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from simulator import Workspace
from tests.journeys.houses import (
    CATALOG,
    POLICY,
    House,
    bot_on,
    migrated,
    settings_for,
    write_files,
)

QUIET = """
  - name: payroll
    title: Pay the salaries
    aliases: [wages, 薪资]
    run: [python3, "{catalog}/hello.py", pay]
  - name: vault
    title: Vault
    run: [python3, "{catalog}/hello.py", "{what}"]
    parameters:
      - {name: what, type: enum, choices: [logs, docs], required: true}
      - {name: note, type: string, sensitive: true, aliases: [备注]}
shortcuts:
  - {name: paynow, title: Pay now, job: payroll}
"""
NARROW = POLICY.replace(
    "may: [use, run, logs, history]",
    "may: [use, run, schedule, logs, history]\n      jobs: [hello, deploy, vault, sleepy]",
).replace("may: [use, approve,", "may: [use, run, approve,")


@pytest.fixture
async def house(workspace: Workspace, tmp_path: Path) -> AsyncGenerator[House]:
    """Ana may not so much as look at `payroll`; Bo may."""
    write_files(tmp_path)
    (tmp_path / "policy.yaml").write_text(NARROW.replace("[UANA]", "[UANA, UMEI]"))
    (tmp_path / "catalog" / "jobs.yaml").write_text(CATALOG + QUIET)
    workspace.add_person("mei", real_name="Mei", tz="Asia/Shanghai", locale="zh-CN")
    workspace.invite("mei", "#ops")
    settings = settings_for(workspace, tmp_path)
    await migrated(settings)
    async with bot_on(workspace, settings) as services:
        yield House(workspace=workspace, settings=settings, services=services)


@pytest.mark.parametrize(
    "text",
    [
        *("payrol", "run payrol", "pyaroll now", "can I run payrol", "history payrol", "help pay"),
        *("帮助 payrol", "how do I use payrol", "show the history of payrol"),
    ],
)
async def test_a_typing_error_tells_nobody_of_a_job_that_is_not_for_them(
    house: House, text: str
) -> None:
    slack = house.workspace
    await slack.slash("ana", "/job", text, channel="#ops")
    to_her = await house.whisper("ana", "")
    await slack.slash("bo", "/job", text, channel="#ops")
    to_him = await house.workspace.until(
        lambda: slack.ephemerals("bo") or slack.modal("bo"), why="what Bo, who may, is told"
    )

    assert to_him
    assert "payroll" not in to_her.seen.replace(text, "")
    assert "salaries" not in to_her.seen
    assert "payroll" not in str(to_her.buttons)


async def test_whoever_may_do_nothing_is_offered_no_job(house: House) -> None:
    await house.workspace.slash("dana", "/job", "deplo", channel="#ops")

    answer = await house.whisper("dana", "did not understand")
    assert "deploy" not in str(answer.buttons)


@pytest.mark.parametrize("text", ["run payroll", "please pay the salaries", "wages", "paynow"])
async def test_whoever_names_a_job_is_told_who_may(house: House, text: str) -> None:
    await house.workspace.slash("ana", "/job", text, channel="#ops")

    await house.whisper("ana", "You may not run payroll", "Who can: approver", "e-")


async def test_a_refusal_in_a_form_says_who_may_and_whom_to_ask(house: House) -> None:
    await house.workspace.slash("ana", "/job", "schedule payroll every day at 7", channel="#ops")
    await house.whisper("ana", "You may not schedule payroll")
    await house.workspace.mention("mei", "deploy api to dev or prod", channel="#ops")
    said = await house.message("#ops", "dev or prod")
    asked = await house.line(said, "多个值")
    await house.workspace.click("dana", asked, "start:0")

    refusal = await house.modal("dana", "note_view")
    for words in ("You may not run deploy", "Who can: ", "#platform-help", "e-"):
        assert words in refusal.seen


async def test_of_two_jobs_only_the_one_that_is_for_them_is_a_button(house: House) -> None:
    await house.workspace.slash("ana", "/job", "deploy api to dev and payrol", channel="#ops")

    asked = await house.whisper("ana", "deploy")
    assert [label for _name, label, *_ in asked.buttons if "payroll" in label] == []


async def test_a_history_that_is_not_for_them_is_not_said_to_be_empty(house: House) -> None:
    await house.workspace.slash("bo", "/job", "run payroll", channel="#ops")
    await house.message("#ops", "Pay the salaries", "Done")

    await house.workspace.slash("ana", "/job", "history payroll", channel="#ops")
    await house.whisper("ana", "that you may see")
    await house.workspace.slash("ana", "/job", "logs #1001", channel="#ops")
    await house.whisper("ana", "You may not read the log of payroll")
    await house.workspace.slash("ana", "/job", "status #1001", channel="#ops")
    await house.whisper("ana", "You may not see runs of payroll")


@pytest.mark.parametrize(
    ("text", "callback"),
    [
        ("schedule vault what=logs note=Geheim7 every day at 7", "schedule_view"),
        ("vualt what=logs note=Geheim7", "form_review"),
        ("please vault what=logs 备注=Geheim7 tomorrow at 3am", "form_review"),
    ],
)
async def test_a_review_repeats_no_hidden_value(house: House, text: str, callback: str) -> None:
    await house.workspace.slash("ana", "/job", text, channel="#ops")

    review = await house.modal("ana", callback)
    assert "••••" in review.seen
    assert "Geheim7" not in str(review.blocks)


async def test_a_question_in_a_thread_repeats_no_hidden_value(house: House) -> None:
    await house.workspace.mention("ana", "vault frobnicate what=logs note=Geheim7", channel="#ops")

    said = await house.message("#ops", "frobnicate")
    asked = await house.line(said, "could not place")
    labels = [label for _name, label, *_ in asked.buttons]
    assert "vault what=logs note=••••" in labels
    await house.workspace.click("ana", asked, asked.buttons[0][0])
    review = await house.modal("ana", "form_review")
    assert "Geheim7" not in str(review.blocks)


async def test_a_hidden_value_of_several_words_is_asked_about_without_repeating_it(
    house: House,
) -> None:
    await house.workspace.mention("ana", "vault what=logs note=Geheim7 frobnicate", channel="#ops")

    said = await house.message("#ops", "frobnicate")
    asked = await house.line(said, "one value", 'note="…"')
    assert "Geheim7" not in asked.seen
    assert "frobnicate" not in asked.seen
    labels = [label for _name, label, *_ in asked.buttons]
    assert labels.count("vault what=logs note=••••") == 1


async def test_no_english_is_left_in_what_a_chinese_reader_is_refused(house: House) -> None:
    slack = house.workspace
    for text, *words in (
        ("运行 薪资", "您无权执行 payroll", "没有任何规则允许"),
        ("为什么", "没有任何规则允许"),
        ('schedule hello who=x "61 * * * *"', "分钟"),
        ("schedule hello who=x cron=“0 7 31 2 *”", "`0 7 * * 1-5`"),
        ("历史 payroll", "您可查看"),
    ):
        await slack.slash("mei", "/job", text, channel="#ops")
        answer = await house.whisper("mei", *words)
        assert "nothing allows" not in answer.seen
        assert "Bad " not in answer.seen


async def test_what_a_chinese_reader_said_before_is_called_so_in_chinese(house: House) -> None:
    slack = house.workspace
    await slack.dm("mei", "部署 api")
    await house.dm("mei", "还缺少一些值")
    await slack.dm("mei", "dev")
    offer = await house.dm("mei", "已就绪")
    await slack.click("mei", offer, offer.buttons[0][0])
    review = await house.modal("mei", "form_review")
    assert "之前" in review.seen
    assert "before" not in review.seen
    await slack.submit("mei", review)
    card = await house.dm("mei", "已完成")

    await slack.dm("mei", "换成 web 再来一次", thread_ts=card.ts)
    again = await house.line(card, "已就绪")
    await slack.click("mei", again, again.buttons[0][0])
    await slack.until(
        lambda: (top := slack.modal("mei")) and "同 #1001" in top.seen, why="the second review"
    )


async def test_a_later_start_is_no_schedule_in_chinese(house: House) -> None:
    await house.workspace.slash("mei", "/job", "今晚十一点半 deploy api 到 dev", channel="#ops")

    review = await house.modal("mei", "form_review")
    assert review.submit_text == "到时执行"
