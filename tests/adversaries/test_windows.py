"""Nobody moves the time of a run past those who agreed to it, and nobody agrees for themselves."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from blocks import ids
from bot.domain.executions import Execution, Status
from bot.wiring.outside import SystemClock
from simulator import Message
from tests.adversaries.grounds import Ground, is_untouched

CLOCK = SystemClock()
SOON = timedelta(hours=5)


def _stamp(ahead: timedelta) -> str:
    return (CLOCK.now() + ahead).isoformat(timespec="seconds")


async def _asked(ground: Ground, who: str, ahead: timedelta = SOON) -> tuple[Message, Execution]:
    words = f"run wipe disk=sda start={_stamp(ahead)}"
    await ground.slack.slash(who, "/job", words, channel="#ops")
    card = await ground.house.message("#ops", "Wipe sda", "To start")
    return card, await ground.execution(1001)


async def test_a_later_run_is_no_way_to_ones_own_yes(ground: Ground) -> None:
    card, asked = await _asked(ground, "mal")

    for who in ("mal", "mal2"):
        told = await ground.answered(who, lambda w=who: ground.slack.click(w, card, "approve"))
        assert "yourself" in told

    assert is_untouched(await ground.execution(asked.id))
    assert ground.ran() == []


async def test_a_yes_to_the_same_run_at_another_time_does_not_count(ground: Ground) -> None:
    """The digest of a run tonight opens no run now, and the other way round."""
    now_card, now = await ground.asked("ana")
    await ground.slack.slash(
        "ana", "/job", f"run wipe disk=sda start={_stamp(SOON)}", channel="#ops"
    )
    await ground.house.message("#ops", "To start")
    tonight = await ground.execution(now.id + 1)
    own = await ground.slack.click("dana", now_card, "approve")

    for number, digest in ((now.id, tonight.digest), (tonight.id, now.digest)):
        value = ids.ButtonValue(execution=number, digest=digest).encoded()
        await ground.approved_by_another(own, value)

    assert is_untouched(await ground.execution(now.id))
    assert is_untouched(await ground.execution(tonight.id))


async def test_more_words_in_a_button_move_no_window(ground: Ground) -> None:
    card, asked = await _asked(ground, "ana")
    own = await ground.slack.click("dana", card, "approve")
    value = ids.ButtonValue(execution=asked.id, digest=asked.digest).encoded()
    edited = value.replace("{", f'{{"start_at":"{_stamp(timedelta())}","a":"{_stamp(SOON)}",', 1)
    payload = ground.forged(own.payload, action_id=ids.APPROVE, value=edited)
    payload["user"] = {**payload["user"], "id": "UBO", "username": "bo", "name": "bo"}
    await ground.slack.send("interactive", payload)
    await ground.house.message("#ops", "Scheduled")

    found = await ground.execution(asked.id)
    assert (found.start_at, found.start_until) == (asked.start_at, asked.start_until)
    assert (found.status, ground.ran()) == (Status.SCHEDULED, [])


EDITED: tuple[Any, ...] = (
    -1,
    0,
    1,
    2**31,
    9_999_999_999,
    10**30,
    "soon",
    "١٢٣٤٥٦٧٨٩٠",
    {"a": 1},
    [1],
    True,
    1.5,
)


@pytest.mark.parametrize("picked", EDITED)
async def test_an_edited_time_in_a_form_starts_nothing_it_should_not(
    ground: Ground, picked: object
) -> None:
    words = "please wipe the disk sda tomorrow at 3am"
    await ground.slack.slash("ana", "/job", words, channel="#ops")
    first = await ground.slack.submit("ana", await ground.house.modal("ana", ids.REVIEW_VIEW), {})
    await ground.house.message("#ops", "Wipe sda", "To start")
    await ground.slack.slash("ana", "/job", words, channel="#ops")
    second = await ground.house.modal("ana", ids.REVIEW_VIEW)

    forged = copy.deepcopy(first.payload)
    forged["view"] |= {"id": second.id, "hash": "1.edited"}
    forged["view"]["private_metadata"] = second.private_metadata
    forged["view"]["state"]["values"]["form:when"]["when"]["selected_date_time"] = picked
    forged["trigger_id"] = "1.2.forged"
    await ground.slack.send("interactive", forged)
    await ground.answered("ana", lambda: ground.slack.slash("ana", "/job", "help", channel="#ops"))

    for each in await ground.all_executions():
        assert is_untouched(each)
        assert each.start_at is None or each.start_at > CLOCK.now()
    assert ground.ran() == []
