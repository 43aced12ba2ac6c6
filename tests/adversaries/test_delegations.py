"""Standing in for somebody is no way to a yes of one's own, nor to anything but a yes."""

import json
from collections.abc import Sequence

import pytest

from blocks import ids
from bot.domain.actors import PersonId
from bot.domain.delegations import Delegation
from bot.domain.executions import Status
from tests.adversaries.grounds import Act, Ground, is_untouched

FOR_A_WEEK = "for 7 days"


async def _away(ground: Ground, absent: str, delegate: str, words: str = FOR_A_WEEK) -> str:
    text = f"away {words} <@{delegate}>"
    return await ground.answered(
        absent, lambda: ground.slack.slash(absent, "/job", text, channel="#ops")
    )


async def _told(ground: Ground, who: str, act: Act, words: str) -> None:
    """Somebody does something and is told this, whatever else they hear meanwhile."""
    await act()
    await ground.slack.until(
        lambda: any(words in said for said in ground.heard(who)), why=f"{who} hears {words}"
    )


async def _in_force(ground: Ground) -> Sequence[Delegation]:
    assert ground.house.services is not None
    now = ground.house.services.desk.clock.now()
    async with ground.store.reading() as tx:
        return await tx.delegations.in_force(now)


async def test_a_second_account_stood_in_for_gets_no_yes_to_what_the_first_asked_for(
    ground: Ground,
) -> None:
    assert "stands in for you" in await _away(ground, "mal2", "UANA")
    card, asked = await ground.asked("mal")

    for name in ("approve", "reject"):
        act: Act = lambda n=name: ground.slack.click("ana", card, n)  # noqa: E731  one of two
        await _told(ground, "ana", act, "for whom you stand in, asked for")

    assert is_untouched(await ground.execution(asked.id))
    assert ground.ran() == []


async def test_who_stands_in_says_no_yes_to_what_they_asked_for(ground: Ground) -> None:
    assert "stands in for you" in await _away(ground, "bo", "UANA")
    card, asked = await ground.asked("ana")

    await _told(ground, "ana", lambda: ground.slack.click("ana", card, "approve"), "yourself")

    assert is_untouched(await ground.execution(asked.id))


async def test_what_one_asked_for_is_not_approved_by_whom_one_names(ground: Ground) -> None:
    card, asked = await ground.asked("mal")
    assert "stands in for you" in await _away(ground, "mal", "UANA")

    act: Act = lambda: ground.slack.click("ana", card, "approve")  # noqa: E731  one line
    await _told(ground, "ana", act, "for whom you stand in, asked for")

    assert is_untouched(await ground.execution(asked.id))


@pytest.mark.parametrize(
    "delegate", ["UMAL", "UMAL2", "UFAR", "UGUEST", "UDANA", "UNOBODY", "UJOBS"]
)
async def test_nobody_who_may_nothing_here_is_a_stand_in(ground: Ground, delegate: str) -> None:
    told = await _away(ground, "mal", delegate)

    assert "stands in for you until" not in told
    assert not await _in_force(ground)


@pytest.mark.parametrize("who", ["ana", "dana", "far", "guest"])
async def test_who_may_approve_nothing_names_nobody(ground: Ground, who: str) -> None:
    await _away(ground, who, "UBO")
    await _away(ground, who, "UBO", "until 2099-01-01")

    assert not await _in_force(ground)


async def test_it_is_neither_passed_on_nor_good_for_anything_else(ground: Ground) -> None:
    assert "stands in for you" in await _away(ground, "mal", "UANA")
    card, asked = await ground.asked("chen")

    act: Act = lambda: _away(ground, "ana", "UBO")  # noqa: E731  one line
    await _told(ground, "ana", act, "nothing that you could delegate")
    for words in ("audit log", f"cancel {asked.id}", "away end 99"):
        await ground.answered(
            "ana", lambda w=words: ground.slack.slash("ana", "/job", w, channel="#ops")
        )
    own = await ground.slack.click("dana", card, "approve")
    glass = ground.forged(
        own.payload,
        action_id=ids.BREAK_GLASS,
        value=ids.ButtonValue(execution=asked.id, digest=asked.digest).encoded(),
    )
    glass["user"] = {**glass["user"], "id": "UANA"}
    await ground.slack.send("interactive", glass)
    await ground.answered("ana", lambda: ground.slack.slash("ana", "/job", "help", channel="#ops"))

    assert is_untouched(await ground.execution(asked.id))
    assert ground.ran() == []


NUMBERS = ("", "0", "-1", "1", "1.0", "1e3", "٣", " 1", "1; --", "9" * 9, "9" * 40, "[1]", "\x00")


async def test_only_those_of_a_delegation_end_it_whatever_a_button_says(ground: Ground) -> None:
    assert "stands in for you" in await _away(ground, "bo", "UANA")
    card, _ = await ground.asked("chen")
    own = await ground.slack.click("dana", card, "approve")

    for number in NUMBERS:
        payload = ground.forged(own.payload, action_id=f"{ids.END_AWAY}:0", value=number)
        await ground.answered("dana", lambda p=payload: ground.slack.send("interactive", p))

    [kept] = await _in_force(ground)
    assert kept.ended_at is None


VALUES: tuple[object, ...] = (
    {"u": "UBO", "e": "9" * 30},
    {"u": ["UBO"], "e": {}},
    {"u": "U" * 500, "r": "<!channel>"},
    [],
    None,
    "[" * 1_900,
)


async def test_a_button_of_the_form_that_was_edited_is_answered(ground: Ground) -> None:
    card, _ = await ground.asked("ana")
    own = await ground.slack.click("dana", card, "approve")

    await ground.slack.until(lambda: ground.heard("dana"), why="that was answered")
    for value in VALUES:
        payload = ground.forged(own.payload, action_id=ids.AWAY, value=json.dumps(value))
        told = await ground.answered("dana", lambda p=payload: ground.slack.send("interactive", p))
        assert "nothing that you could delegate" in told, value

    assert not await _in_force(ground)


def _state(user: object, ends: object) -> dict[str, object]:
    return {
        ids.STAND_IN: {ids.STAND_IN: {"type": "users_select", "selected_user": user}},
        ids.ENDS: {ids.ENDS: {"type": "datetimepicker", "selected_date_time": ends}},
    }


FORGED = (
    ("UDANA", "UBO", 4_000_000_000),
    ("UDANA", "UBO", 10**30),
    ("UBO", "UBO", 1_900_000_000),
    ("UBO", "COPS", 1_900_000_000),
    ("UBO", "", 1_900_000_000),
    ("UBO", ["UANA"], 1_900_000_000),
    ("UBO", "UANA", -1),
    ("UBO", "UANA", 10**30),
    ("UBO", "UANA", "tomorrow"),
    ("UBO", "UANA", None),
    ("UFAR", "UANA", 1_900_000_000),
)


async def test_a_form_that_was_never_shown_delegates_nothing(ground: Ground) -> None:
    card, asked = await ground.asked("ana")
    own = await ground.slack.click("dana", card, "approve")

    for who, user, ends in FORGED:
        base = ground.forged(own.payload)
        view = {
            "id": f"V{base['trigger_id']}",
            "hash": "1.x",
            "callback_id": ids.AWAY_VIEW,
            "private_metadata": "",
            "state": {"values": _state(user, ends)},
            "type": "modal",
        }
        kept = ("team", "user", "api_app_id", "token", "trigger_id")
        payload = {name: base[name] for name in kept if name in base}
        payload |= {"type": "view_submission", "view": view}
        payload["user"] = {**payload["user"], "id": who}
        gesture = await ground.slack.send("interactive", payload)
        assert gesture.acked
    await ground.answered("dana", lambda: ground.slack.click("dana", card, "approve"))

    assert not await _in_force(ground)
    assert is_untouched(await ground.execution(asked.id))


async def test_a_command_that_comes_again_makes_one_delegation_and_a_yes_that_comes_again_one_run(
    ground: Ground,
) -> None:
    said = await ground.slack.slash("bo", "/job", f"away {FOR_A_WEEK} <@UANA>", channel="#ops")
    await ground.handled(said)
    for _ in range(4):
        await ground.slack.resend(said)
    card, asked = await ground.asked("chen")
    yes = await ground.slack.click("ana", card, "approve")
    done = await ground.ended(asked.id)
    for _ in range(4):
        await ground.slack.resend(yes)
    await ground.answered("ana", lambda: ground.slack.slash("ana", "/job", "away", channel="#ops"))

    assert done.status is Status.SUCCEEDED
    assert ground.ran() == [["wipe", "sda"]]
    [made] = await _in_force(ground)
    assert made.absent == PersonId(team=made.absent.team, user="UBO")
