"""Somebody else says yes, once, to exactly what runs; everything else gets a true sentence."""

import asyncio

import pytest

from simulator import Message
from tests.journeys.houses import House


@pytest.fixture
async def asked(house: House) -> Message:
    await house.workspace.slash("ana", "/job", "run deploy app=api env=prod", channel="#ops")
    return await house.message("#ops", "deploy api → prod", "Ana")


async def test_one_cannot_approve_ones_own_request(house: House, asked: Message) -> None:
    await house.workspace.click("ana", asked, "approve")

    await house.whisper("ana", "You asked for #1001 yourself")


async def test_somebody_without_the_right_is_told_who_can(house: House, asked: Message) -> None:
    await house.workspace.click("dana", asked, "approve")

    refusal = await house.whisper("dana", "may not decide")
    assert "approver" in refusal.seen


async def test_two_people_clicking_at_once_start_one_run_and_both_know(
    house: House, asked: Message
) -> None:
    await asyncio.gather(
        house.workspace.click("bo", asked, "approve"),
        house.workspace.click("chen", asked, "approve"),
    )

    await house.message("#ops", "Done")
    told = [*house.workspace.ephemerals("bo"), *house.workspace.ephemerals("chen")]
    assert len([m for m in told if "approved" in m.seen]) == 1


async def test_a_rejection_carries_its_comment_to_the_thread(house: House, asked: Message) -> None:
    await house.workspace.click("bo", asked, "reject")
    view = await house.workspace.until(lambda: house.workspace.modal("bo"), why="the comment")
    assert view is not None
    await house.workspace.submit("bo", view, {"reject:comment": "not on a Friday"})

    await house.message("#ops", "Rejected")
    await house.line(asked, "not on a Friday")


async def test_every_copy_loses_its_buttons_after_a_decision(house: House, asked: Message) -> None:
    copy = await house.dm("chen", "deploy api → prod")
    assert "approve" in [name for name, *_ in copy.buttons]

    await house.workspace.click("bo", asked, "approve")

    decided = await house.dm("chen", "Approved by Bo")
    assert "approve" not in [name for name, *_ in decided.buttons]
    assert decided.ts == copy.ts


async def test_an_old_card_gets_a_true_sentence(house: House, asked: Message) -> None:
    clicked = await house.workspace.click("bo", asked, "approve")
    await house.message("#ops", "Done")
    chen = {"id": "UCHEN", "name": "chen", "team_id": "T0LOCAL"}
    payload = {**clicked.payload, "user": chen, "response_url": ""}

    await house.workspace.send("interactive", payload)

    await house.whisper("chen", "#1001 was approved by Bo already")


async def test_the_requester_can_withdraw(house: House, asked: Message) -> None:
    await house.workspace.click("ana", asked, "cancel")

    await house.message("#ops", "Cancelled")


async def test_an_approval_can_carry_a_comment(house: House, asked: Message) -> None:
    await house.workspace.click("bo", asked, "details")
    view = await house.workspace.until(lambda: house.workspace.modal("bo"), why="the details")
    assert view is not None

    await house.workspace.submit("bo", view, {"reject:comment": "watch the error rate"})

    await house.line(asked, "Bo", "approved", "watch the error rate")
    await house.message("#ops", "Done")
