"""Nobody says yes to what they asked for, whichever way they take; strangers take none."""

import asyncio

import pytest

from blocks import ids
from bot.domain.executions import Status
from tests.adversaries.grounds import Ground, is_untouched


async def test_an_insider_finds_no_way_to_their_own_yes(ground: Ground) -> None:
    card, asked = await ground.asked("mal")
    slack, number = ground.slack, asked.id
    ways = {
        "card": lambda: slack.click("mal", card, "approve"),
        "second account": lambda: slack.click("mal2", card, "approve"),
        "command": lambda: slack.slash("mal", "/job", f"approve {number}", channel="#ops"),
        "chinese": lambda: slack.slash("mal", "/job", f"批准 {number}", channel="#ops"),
        "command of the other": lambda: slack.slash(
            "mal2", "/job", f"approve {number}", channel="#ops"
        ),
        "mention": lambda: slack.mention("mal", f"<@UJOBS> approve {number}", "#ops"),
        "glass": lambda: slack.send(
            "interactive",
            ground.forged(
                own.payload,
                action_id=ids.BREAK_GLASS,
                value=ids.ButtonValue(execution=number, digest=asked.digest).encoded(),
            ),
        ),
    }
    own = await slack.click("mal", card, "approve")

    for way, act in ways.items():
        await act()
        await slack.until(lambda: slack.connections, why=way)
    await ground.answered("mal", lambda: slack.slash("mal", "/job", "help", channel="#ops"))

    assert is_untouched(await ground.execution(number))
    assert ground.ran() == []


async def test_a_rerun_asks_for_a_yes_of_its_own(ground: Ground) -> None:
    card, asked = await ground.asked("ana")
    await ground.slack.click("bo", card, "approve")
    await ground.ended(asked.id)

    await ground.slack.slash("bo", "/job", f"rerun {asked.id}", channel="#ops")
    view = await ground.house.modal("bo", ids.REVIEW_VIEW)
    await ground.slack.submit("bo", view)
    again = await ground.house.shown(
        lambda: next(
            (m for m in ground.slack.messages("#ops") if m.ts != card.ts and "Wipe" in m.seen), None
        ),
        why="a card of its own",
    )
    await ground.answered("bo", lambda: ground.slack.click("bo", again, "approve"))

    assert len(ground.ran()) == 1
    assert [e.status for e in await ground.all_executions()].count(Status.AWAITING_APPROVAL) == 1


WORDS = ("run say what=x", "status", "list", "history", "logs 1001", "cancel 1001", "rerun 1001")


@pytest.mark.parametrize("who", ["far", "guest"])
async def test_who_is_not_of_the_house_may_nothing_and_is_told_why(
    ground: Ground, who: str
) -> None:
    card, asked = await ground.asked()
    for words in (*WORDS, "approve 1001", "帮助", "audit", "can @bo run wipe disk=sda"):
        told = await ground.answered(
            who, lambda w=words: ground.slack.slash(who, "/job", w, channel="#ops")
        )
        assert "another organisation" in told or "Guests" in told, (words, told)
    for name in ("approve", "reject", "details"):
        told = await ground.answered(who, lambda n=name: ground.slack.click(who, card, n))
        assert "another organisation" in told or "Guests" in told, (name, told)

    assert is_untouched(await ground.execution(asked.id))
    assert ground.ran() == []


async def test_a_gesture_that_comes_again_does_nothing_again(ground: Ground) -> None:
    card, asked = await ground.asked()
    yes = await ground.slack.click("bo", card, "approve")
    for _ in range(5):
        await ground.slack.resend(yes)
    await ground.ended(asked.id)
    for _ in range(5):
        await ground.slack.resend(yes)

    command = await ground.slack.slash("ana", "/job", "run say what=once", channel="#ops")
    for _ in range(5):
        await ground.slack.resend(command)
    await ground.house.message("#ops", "Say once", "Done")

    assert ground.ran() == [["wipe", "sda"], ["say", "once"]]


@pytest.mark.parametrize("stop", ["cancel", "reject", "approve"])
async def test_of_two_who_decide_at_once_one_is_right_and_it_runs_once_at_most(
    ground: Ground, stop: str
) -> None:
    for turn in range(6):
        card, asked = await ground.asked(disk=f"d{turn}")
        value = ids.ButtonValue(execution=asked.id, digest=asked.digest).encoded()
        own = await ground.slack.click("dana", card, "approve")
        cancel = ground.forged(own.payload, action_id=ids.CANCEL, value=value)
        cancel["user"] = {**cancel["user"], "id": "UANA"}
        against = (
            ground.slack.send("interactive", cancel)
            if stop == "cancel"
            else ground.slack.click("chen", card, stop)
        )
        await asyncio.gather(ground.slack.click("bo", card, "approve"), against)
        done = await ground.ended(asked.id)
        runs = [each for each in ground.ran() if each == ["wipe", f"d{turn}"]]
        assert len(runs) == (1 if done.status is Status.SUCCEEDED else len(runs))
        assert len(runs) <= 1
