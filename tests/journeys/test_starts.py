"""Approve now, run later, in the workspace: said, picked, approved, seen, stopped, and started."""

from datetime import timedelta

from bot.wiring.outside import SystemClock
from simulator import Message, View
from tests.journeys.houses import House

CLOCK = SystemClock()


def in_seconds(seconds: float) -> str:
    """A moment as `start=` takes it to the second."""
    return (CLOCK.now() + timedelta(seconds=seconds)).isoformat(timespec="seconds")


async def review_of(house: House, words: str) -> View:
    await house.workspace.slash("ana", "/job", words, channel="#ops")
    return await house.modal("ana", "form_review")


async def starts_shown(house: House, who: str) -> View:
    """The review, once it says when it starts."""
    view = await house.workspace.until(
        lambda: (top := house.workspace.modal(who)) and "Starts" in top.seen and top,
        why="a start on the review",
    )
    assert isinstance(view, View)
    return view


async def approved_for(house: House, seconds: float) -> Message:
    words = f"deploy app=api env=prod start={in_seconds(seconds)}"
    await house.workspace.slash("ana", "/job", words, channel="#ops")
    card = await house.message("#ops", "Waiting for approval", "To start")
    await house.workspace.click("bo", card, "approve")
    return card


async def test_said_in_plain_words_it_is_reviewed_approved_and_waits_for_its_time(
    house: House,
) -> None:
    review = await review_of(house, "deploy api to prod tomorrow at 2am")
    assert "Starts" in review.seen
    assert "(UTC)" in review.seen
    await house.workspace.submit("ana", review)

    card = await house.message("#ops", "Waiting for approval", "To start")
    assert "To start" in (await house.dm("bo", "Needs your approval")).seen
    await house.workspace.click("bo", card, "approve")

    await house.message("#ops", "Scheduled", "Starts", "Approved by")


async def test_chinese_words_do_the_same(house: House) -> None:
    review = await review_of(house, "明天凌晨两点部署 api 到开发")
    assert "Starts" in review.seen
    await house.workspace.submit("ana", review)

    await house.message("#ops", "deploy api → dev", "Scheduled", "Starts")


async def test_what_was_approved_for_a_moment_starts_by_itself_then(house: House) -> None:
    await approved_for(house, 4)

    # On a busy machine the yes may come when the window has begun.
    await house.message("#ops", "deploy api → prod", "Done", timeout=60)


async def test_in_chinese_it_starts_by_itself_too(house: House) -> None:
    words = f"部署 app=web env=dev 开始={in_seconds(2)} 截止=2h"
    await house.workspace.slash("ana", "/job", words, channel="#ops")

    await house.message("#ops", "deploy web → dev", "Done", timeout=60)


async def test_what_is_scheduled_is_listed_and_can_be_cancelled(house: House) -> None:
    card = await approved_for(house, 3_600)
    await house.message("#ops", "Scheduled")

    await house.workspace.slash("ana", "/job", "status", channel="#ops")
    await house.whisper("ana", "Scheduled", "deploy api → prod")
    await house.workspace.click("ana", card, "cancel")

    await house.message("#ops", "Cancelled")


async def test_a_phone_picks_the_time_on_the_review(house: House) -> None:
    review = await review_of(house, "run careful")
    assert "It starts at once" in review.seen
    tomorrow = int((CLOCK.now() + timedelta(days=1)).timestamp())

    await house.workspace.choose("ana", review, "when", tomorrow)

    review = await starts_shown(house, "ana")
    assert review.submit_text == "Schedule the start"
    await house.workspace.submit("ana", review)
    await house.message("#ops", "Careful", "Scheduled", "Starts")


async def test_a_picked_time_that_is_over_is_told_at_its_field(house: House) -> None:
    review = await review_of(house, "run careful")
    yesterday = int((CLOCK.now() - timedelta(days=1)).timestamp())

    gesture = await house.workspace.submit("ana", review, {"form:when": yesterday})

    assert "over already" in str(gesture.errors)
    assert house.workspace.messages("#ops") == []


async def test_a_time_that_cannot_be_gets_a_sentence_and_starts_nothing(house: House) -> None:
    words = 'deploy app=api env=dev start="2026-01-01 10:00"'
    await house.workspace.slash("ana", "/job", words, channel="#ops")
    await house.whisper("ana", "over already")

    await house.workspace.slash("ana", "/job", "deploy app=api env=dev start=soon", channel="#ops")
    await house.whisper("ana", "not sure when it shall start")
    assert house.workspace.messages("#ops") == []


async def test_a_rerun_of_it_starts_at_once(house: House) -> None:
    card = await approved_for(house, 3_600)
    await house.message("#ops", "Scheduled")
    await house.workspace.click("ana", card, "cancel")
    ended = await house.message("#ops", "Cancelled")

    await house.workspace.click("ana", ended, "rerun")

    review = await house.modal("ana", "form_review")
    assert "Starts" not in review.seen
