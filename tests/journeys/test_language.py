"""Plain sentences in the workspace: reviewed, asked about, gone on with, and never run by guess."""

import pytest

from simulator import Message
from tests.journeys.houses import House


def button_of(message: Message, label: str) -> str:
    return next(name for name, text, *_ in message.buttons if label in text)


async def test_a_plain_sentence_is_reviewed_with_the_words_it_was_read_from(house: House) -> None:
    await house.workspace.slash("ana", "/job", "please deploy the api to dev", channel="#ops")

    review = await house.modal("ana", "form_review")
    assert "read from “api”" in review.seen
    assert house.workspace.messages("#ops") == []
    await house.workspace.submit("ana", review)
    await house.message("#ops", "deploy api → dev", "Done")


async def test_a_chinese_sentence_is_reviewed_too(house: House) -> None:
    await house.workspace.slash("ana", "/job", "帮我把 web 部署到开发", channel="#ops")

    review = await house.modal("ana", "form_review")
    assert "read from “开发”" in review.seen


async def test_an_exact_command_alone_starts_at_once(house: House) -> None:
    await house.workspace.slash("ana", "/job", "deploy app=api env=dev", channel="#ops")

    await house.message("#ops", "deploy api → dev", "Done")


async def test_two_jobs_at_once_are_asked_about_with_buttons(house: House) -> None:
    await house.workspace.dm("ana", "deploy api to dev and then careful")

    question = await house.dm("ana", "app=api env=dev")
    await house.workspace.click("ana", question, button_of(question, "deploy"))

    review = await house.modal("ana", "form_review")
    assert "api" in review.seen


async def test_of_two_values_either_is_a_button(house: House) -> None:
    await house.workspace.slash("ana", "/job", "deploy api to dev or prod", channel="#ops")

    question = await house.whisper("ana", "more than one value")
    await house.workspace.click("ana", question, button_of(question, "env=prod"))

    review = await house.modal("ana", "form_review")
    assert "prod" in review.seen
    assert house.workspace.messages("#ops") == []


async def test_a_short_answer_fills_the_open_question(house: House) -> None:
    await house.workspace.dm("ana", "deploy the api")
    await house.dm("ana", "needs a few more values")

    await house.workspace.dm("ana", "to 开发 please")

    offer = await house.dm("ana", "ready")
    await house.workspace.click("ana", offer, button_of(offer, "Review"))
    review = await house.modal("ana", "form_review")
    assert "read from “开发”" in review.seen


async def test_a_short_answer_may_take_back_the_one_before(house: House) -> None:
    await house.workspace.dm("ana", "deploy the api")
    await house.dm("ana", "needs a few more values")
    await house.workspace.dm("ana", "no, web")
    await house.workspace.until(
        lambda: sum("needs a few more" in m.seen for m in house.workspace.dms("ana")) == 2,
        why="the question anew",
    )
    await house.workspace.dm("ana", "to dev")

    offer = await house.dm("ana", "ready")
    await house.workspace.click("ana", offer, button_of(offer, "Review"))
    review = await house.modal("ana", "form_review")
    assert "web" in review.seen
    assert "api" not in review.seen


async def test_in_a_thread_the_same_may_be_asked_for_elsewhere(house: House) -> None:
    await house.workspace.slash("ana", "/job", "deploy app=api env=dev", channel="#ops")
    card = await house.message("#ops", "Done")

    await house.workspace.mention("ana", "same for prod", channel="#ops", thread_ts=card.ts)

    offer = await house.line(card, "ready")
    await house.workspace.click("ana", offer, button_of(offer, "Review"))
    review = await house.modal("ana", "form_review")
    assert "api" in review.seen
    assert "as in #1001" in review.seen


async def test_an_earlier_run_is_asked_for_elsewhere_by_its_number(house: House) -> None:
    await house.workspace.slash("ana", "/job", "deploy app=api env=dev", channel="#ops")
    await house.message("#ops", "Done")

    await house.workspace.slash("ana", "/job", "rerun #1001 on prod", channel="#ops")

    review = await house.modal("ana", "form_review")
    assert "prod" in review.seen
    assert "as in #1001" in review.seen


async def test_words_that_change_nothing_of_an_earlier_run_start_nothing(house: House) -> None:
    await house.workspace.slash("ana", "/job", "deploy app=api env=dev", channel="#ops")
    await house.message("#ops", "Done")

    await house.workspace.slash("ana", "/job", "rerun 1001 on mars", channel="#ops")

    await house.whisper("ana", "on mars", "rerun #1001")
    assert house.workspace.modal("ana") is None


async def test_a_number_that_nobody_ran_is_said_so(house: House) -> None:
    await house.workspace.slash("ana", "/job", "rerun 4711 on prod", channel="#ops")

    await house.whisper("ana", "no execution #4711")


async def test_in_its_thread_a_run_is_asked_about_in_a_word(house: House) -> None:
    await house.workspace.slash("ana", "/job", "deploy app=api env=dev", channel="#ops")
    card = await house.message("#ops", "Done")

    await house.workspace.mention("ana", "好了吗", channel="#ops", thread_ts=card.ts)

    await house.line(card, "#1001")


@pytest.mark.parametrize("text", ["ack 5", "mute disk-full for 2 hours", "静音 disk-full 2小时"])
async def test_who_would_quieten_an_alert_is_told_what_can_be_done(house: House, text: str) -> None:
    await house.workspace.slash("ana", "/job", text, channel="#ops")

    await house.whisper("ana", "Alerts are not connected", "where the alert comes from")


async def test_a_request_that_forbids_runs_nothing(house: House) -> None:
    await house.workspace.slash("ana", "/job", "别部署 api 到开发", channel="#ops")

    await house.whisper("ana", "别部署")
    assert house.workspace.modal("ana") is None
    assert house.workspace.messages("#ops") == []
