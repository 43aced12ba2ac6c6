"""Help that knows who asks, shortcuts, aliases and half-said commands, in the workspace."""

from pathlib import Path

import pytest

from simulator import Message, Workspace
from tests.journeys.houses import House, bot_on, empty_house

SHORTCUTS = """
shortcuts:
  - name: ship
    aliases: [发版]
    job: deploy
    arguments: [app]
    values: {env: dev}
    title: Puts an app on dev
"""


@pytest.fixture
async def shortcuts(house: House) -> None:
    (Path(house.settings.jobthread_catalog) / "shortcuts.yaml").write_text(SHORTCUTS)
    assert house.services is not None
    await house.workspace.until(
        lambda: house.services and house.services.desk.shortcuts(), why="the shortcuts are read"
    )


def button_of(message: Message, label: str) -> str:
    return next(name for name, text, *_ in message.buttons if label in text)


async def _said(house: House, who: str, text: str) -> None:
    await house.workspace.slash(who, "/job", text, channel="#ops")


async def test_help_begins_with_what_one_does_and_a_tip_is_told_once(house: House) -> None:
    await _said(house, "ana", "deploy app=api env=dev")
    await house.message("#ops", "deploy api → dev", "Done")

    await _said(house, "ana", "help")
    first = await house.whisper("ana", "Commands you may use", "run deploy app=api env=dev")
    await _said(house, "ana", "帮助")
    second = await house.workspace.until(
        lambda: [m for m in house.workspace.ephemerals("ana") if "Commands you may use" in m.seen][
            1:
        ],
        why="help a second time",
    )
    assert "You run these most" in first.seen
    assert "Tip" in first.seen
    assert first.seen.split("Tip")[1] != second[0].seen.split("Tip")[1]
    await house.workspace.click("ana", first, button_of(first, "deploy api dev"))
    await house.modal("ana", "form_review")


async def test_no_click_in_the_help_runs_anything(house: House) -> None:
    await _said(house, "ana", "help")
    told = await house.whisper("ana", "`run broken`", "`run careful`")

    await house.workspace.click("ana", told, button_of(told, "broken"))

    await house.modal("ana", "form_review")
    assert house.workspace.messages("#ops") == []


@pytest.mark.parametrize(
    ("text", "usage"),
    [
        ("can", "can [@person] run JOB"),
        ("alias pp", "alias NAME = COMMAND"),
        ("platforms x", "where jobs run"),
        ("帮助 日志", "logs [#number]"),
        ("help 别名", "alias NAME = COMMAND"),
    ],
)
async def test_a_command_that_is_half_said_is_answered_with_its_usage(
    house: House, text: str, usage: str
) -> None:
    await _said(house, "ana", text)

    told = await house.whisper("ana", usage)
    assert "did not understand" not in told.seen


@pytest.mark.parametrize(
    ("text", "words"), [("定时计划", "There is no schedule yet"), ("批准", "buttons of a card")]
)
async def test_words_that_the_bot_itself_uses_in_chinese_are_commands(
    house: House, text: str, words: str
) -> None:
    await _said(house, "ana", text)

    await house.whisper("ana", words)


async def test_help_shows_nobody_what_they_may_not_do(house: House) -> None:
    await _said(house, "dana", "help")
    dana = await house.whisper("dana", "Commands you may use")
    await _said(house, "dana", "help deploy")

    assert "`run JOB" not in dana.seen
    await house.whisper("dana", "There is no job or command called")


async def test_help_of_a_job_tells_who_approves_and_what_ran(house: House) -> None:
    await _said(house, "ana", "deploy app=api env=dev")
    await house.message("#ops", "deploy api → dev", "Done")
    await _said(house, "ana", "help 部署")

    told = await house.whisper("ana", "Who approves", "approver", "env=prod")
    assert "#1001" in told.seen
    assert "运行 部署 app=api env=dev" in told.seen
    await house.workspace.click("ana", told, button_of(told, "With your last values"))
    review = await house.modal("ana", "form_review")
    assert "api" in review.seen


async def test_help_for_what_is_not_there_offers_what_is_near(house: House) -> None:
    await _said(house, "ana", "help deplo")

    told = await house.whisper("ana", "There is no job or command called")
    await house.workspace.click("ana", told, button_of(told, "deploy"))
    await house.whisper("ana", "Puts a version live.", "It takes")


async def test_help_in_a_thread_is_about_its_run(house: House) -> None:
    await _said(house, "ana", "sleepy")
    card = await house.message("#ops", "Running")
    await house.workspace.mention("ana", "help", channel="#ops", thread_ts=card.ts)

    told = await house.whisper("ana", "What you can do with")
    await house.workspace.mention("bo", "帮助", channel="#ops", thread_ts=card.ts)
    await house.whisper("bo", "What you can do with")
    await house.workspace.click("ana", told, button_of(told, "Cancel"))
    await house.message("#ops", "Cancelled")


async def test_a_shortcut_runs_its_job(house: House, shortcuts: None) -> None:
    await _said(house, "ana", "ship api")
    await house.message("#ops", "deploy api → dev", "Done")
    await _said(house, "ana", "发版 web")
    await house.message("#ops", "deploy web → dev", "Done")
    await _said(house, "ana", "help ship")
    await house.whisper("ana", "Shortcuts for it", "ship [app]")


async def test_a_shortcut_is_no_way_around_rights(house: House, shortcuts: None) -> None:
    await _said(house, "dana", "ship api")

    await house.whisper("dana", "Not allowed")
    assert house.workspace.messages("#ops") == []


async def test_a_shortcut_in_a_sentence_is_looked_at_first(house: House, shortcuts: None) -> None:
    await _said(house, "ana", "show ship for api")

    review = await house.modal("ana", "form_review")
    assert "read from “api”" in review.seen
    assert house.workspace.messages("#ops") == []


async def test_an_alias_is_made_said_listed_and_removed(house: House) -> None:
    await _said(house, "ana", "alias pp = run deploy app=api env=dev")
    await house.whisper("ana", "pp", "now stands for", "run deploy app=api env=dev")
    await _said(house, "ana", "pp")
    await house.message("#ops", "deploy api → dev", "Done")

    await _said(house, "bo", "pp")
    await house.whisper("bo", "did not understand")
    await _said(house, "ana", "别名")
    listed = await house.whisper("ana", "Your aliases", "pp")
    await _said(house, "bo", "alias remove pp")
    await house.whisper("bo", "You have no alias called")
    await house.workspace.click("ana", listed, button_of(listed, "Remove"))
    await house.whisper("ana", "is removed")


async def test_an_alias_gives_nobody_what_they_could_not_say(house: House) -> None:
    await _said(house, "bo", "alias pp = run deploy app=api env=dev")
    await house.whisper("bo", "now stands for")
    await _said(house, "bo", "pp")

    await house.whisper("bo", "Not allowed")


@pytest.mark.parametrize("name", ["<@UBO>", "<!channel>", "*x*", "run", "deploy"])
async def test_an_alias_is_called_by_nothing_that_means_or_does_something(
    house: House, name: str
) -> None:
    await _said(house, "ana", f"alias {name} = status")

    told = await house.whisper("ana", "Not quite")
    assert "<!channel>" not in str(told)


async def test_a_half_said_command_goes_on_by_button_and_runs_nothing(house: House) -> None:
    await _said(house, "ana", "run dep")
    jobs = await house.whisper("ana", "could go on like this", "run deploy")
    await house.workspace.click("ana", jobs, button_of(jobs, "deploy"))
    await house.modal("ana", "form_page")

    await _said(house, "ana", "运行 部署 app=api env=")
    values = await house.whisper("ana", "run deploy app=api env=prod")
    await house.workspace.click("ana", values, button_of(values, "env=dev"))
    await house.modal("ana", "form_review")
    assert house.workspace.messages("#ops") == []


async def test_half_said_commands_show_nobody_what_they_may_not_run(house: House) -> None:
    await _said(house, "dana", "run dep")

    told = await house.whisper("dana", "did not understand")
    assert "could go on" not in told.seen


async def test_forms_tell_what_was_given_last_and_pickers_know_shortcuts(
    house: House, shortcuts: None
) -> None:
    await _said(house, "ana", "run hello who=Moon")
    await house.message("#ops", "Done")
    await _said(house, "ana", "run hello")
    page = await house.modal("ana", "form_page")
    assert "Last time: Moon." in page.seen
    await house.workspace.close("ana", page)

    await _said(house, "ana", "run")
    pick = await house.modal("ana", "form_pick")
    options = await house.workspace.suggest("ana", pick, "pick_job", "")
    assert options[0]["value"] == "hello"
    assert "/ship" in [option["value"] for option in options]
    page = (await house.workspace.submit("ana", pick, {"form:pick": "/ship"})).view
    assert page is not None
    review = (await house.workspace.submit("ana", page, {"app": "web"})).view
    assert review is not None
    await house.workspace.submit("ana", review)
    await house.message("#ops", "deploy web → dev", "Done")


async def test_a_secret_in_an_alias_is_refused(house: House) -> None:
    await _said(house, "ana", "alias pp = run deploy app=api password=hunter2hunter2")

    await house.whisper("ana", "There is a secret in that")
    await _said(house, "ana", "aliases")
    await house.whisper("ana", "You have no aliases yet")


async def test_approvals_are_listed_for_whoever_may_give_them(house: House) -> None:
    await _said(house, "ana", "deploy app=api env=prod")
    await house.message("#ops", "deploy api → prod")
    await _said(house, "ana", "approvals")
    await house.whisper("ana", "Nothing waits for you")

    await _said(house, "bo", "approvals")
    listed = await house.whisper("bo", "Waiting for me", "deploy api → prod")
    await house.workspace.click("bo", listed, button_of(listed, "Details"))
    await house.modal("bo", "details_view")


async def test_an_answer_is_taken_by_whichever_process_runs_then(
    workspace: Workspace, tmp_path: Path
) -> None:
    house = await empty_house(workspace, tmp_path)
    async with bot_on(workspace, house.settings):
        await workspace.dm("ana", "deploy the api")
        await house.dm("ana", "needs a few more values")
    async with bot_on(workspace, house.settings):
        await workspace.dm("ana", "to 开发 please")
        offer = await house.dm("ana", "ready")
        await workspace.click("ana", offer, button_of(offer, "Review"))
        review = await house.modal("ana", "form_review")

    assert "read from “开发”" in review.seen


async def test_a_typed_yes_decides_nothing_and_leads_to_what_would_run(house: House) -> None:
    await _said(house, "ana", "deploy app=api env=prod")
    await house.message("#ops", "deploy api → prod")
    await _said(house, "bo", "approve 1001 because it looks fine")

    shown = await house.whisper("bo", "Waiting for me", "deploy api → prod")
    await house.workspace.click("bo", shown, button_of(shown, "Details"))
    details = await house.modal("bo", "details_view")
    await _said(house, "ana", "批准 1001")
    await house.whisper("ana", "Waiting for approval")
    await house.workspace.submit("bo", details)
    await house.message("#ops", "deploy api → prod", "Done")
