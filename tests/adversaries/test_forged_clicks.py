"""Buttons whose values, owners or names were changed on the way decide nothing."""

import json

import pytest

from blocks import ids
from tests.adversaries.grounds import Ground, is_untouched

ACTIONS = (
    ids.APPROVE,
    ids.REJECT,
    ids.CANCEL,
    ids.BREAK_GLASS,
    ids.REVIEWED,
    ids.RERUN,
    ids.LOGS,
)


def _values(number: int, digest: str) -> list[str]:
    """Edited button values; the true one is not among them."""
    pairs: list[object] = [
        {"e": number, "d": ""},
        {"e": number, "d": "0" * 64},
        {"e": number, "d": digest[:-1]},
        {"e": number, "d": digest.upper() + "z"},
        {"e": number, "d": digest + "'; DROP TABLE executions; --"},
        {"e": number, "d": None},
        {"e": str(number), "d": digest},
        {"e": number + 0.5, "d": digest},
        {"e": True, "d": digest},
        {"e": -number, "d": digest},
        {"e": number + 1, "d": digest},
        {"e": 2**70, "d": digest},
        {"e": [number], "d": digest},
        [number, digest],
        number,
        None,
    ]
    texts = ["", "{", "\x00", "<!channel>", "[" * 1_900, json.dumps({"e": number}) * 80]
    return [*map(json.dumps, pairs), *texts]


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_edited_value_decides_nothing_for_who_may_nothing(
    ground: Ground, action: str
) -> None:
    card, asked = await ground.asked()
    own = await ground.slack.click("dana", card, "approve")

    for value in _values(asked.id, asked.digest):
        payload = ground.forged(own.payload, action_id=action, value=value)
        told = await ground.answered("dana", lambda p=payload: ground.slack.send("interactive", p))
        assert told

    assert is_untouched(await ground.execution(asked.id))
    assert ground.ran() == []


async def test_an_approver_says_yes_to_nothing_but_the_digest_on_the_card(ground: Ground) -> None:
    card, asked = await ground.asked()
    own = await ground.slack.click("dana", card, "approve")

    for value in _values(asked.id, asked.digest):
        await ground.approved_by_another(own, value)

    assert is_untouched(await ground.execution(asked.id))


@pytest.mark.parametrize(
    "user",
    [
        {"id": "UANA", "team_id": "T0LOCAL"},
        {"id": "UBO", "team_id": "T9"},
        {"id": "UFAR", "team_id": "T9"},
        {"id": "UGUEST", "team_id": "T0LOCAL"},
        {"id": "UNOBODY", "team_id": "T0LOCAL"},
        {"id": "", "team_id": "T0LOCAL"},
        {"id": "USLACKBOT", "team_id": "T0LOCAL"},
        {"id": "W'; --", "team_id": "T0LOCAL"},
    ],
    ids=lambda user: f"{user['id']}@{user['team_id']}",
)
async def test_a_true_value_in_the_wrong_hands_decides_nothing(
    ground: Ground, user: dict[str, str]
) -> None:
    card, asked = await ground.asked()
    own = await ground.slack.click("dana", card, "approve")
    value = ids.ButtonValue(execution=asked.id, digest=asked.digest).encoded()

    for action in (ids.APPROVE, ids.REJECT, ids.BREAK_GLASS):
        payload = ground.forged(own.payload, action_id=action, value=value)
        payload["user"] = {**payload["user"], **user}
        gesture = await ground.slack.send("interactive", payload)
        assert gesture.acked

    await ground.answered("dana", lambda: ground.slack.click("dana", card, "approve"))
    assert is_untouched(await ground.execution(asked.id))
    assert ground.ran() == []


async def test_another_workspace_is_not_this_one(ground: Ground) -> None:
    card, asked = await ground.asked()
    own = await ground.slack.click("dana", card, "approve")
    value = ids.ButtonValue(execution=asked.id, digest=asked.digest).encoded()
    payload = ground.forged(own.payload, action_id=ids.APPROVE, value=value)
    payload["team"] = {"id": "T9", "domain": "elsewhere"}
    payload["user"] = {**payload["user"], "id": "UBO", "team_id": "T9"}

    await ground.slack.send("interactive", payload)
    await ground.answered("dana", lambda: ground.slack.click("dana", card, "approve"))

    assert is_untouched(await ground.execution(asked.id))


@pytest.mark.parametrize("callback", ["reject_view", "details_view", "glass_view", "reviewed_view"])
async def test_a_view_that_was_never_shown_submits_nothing(ground: Ground, callback: str) -> None:
    card, asked = await ground.asked()
    own = await ground.slack.click("dana", card, "approve")
    words = {"value": "because", "type": "plain_text_input"}
    state = {
        "reject:comment": {"comment": words},
        "form:reason": {"reason": words},
        "form:confirm": {"confirm": {"value": "wipe", "type": "plain_text_input"}},
    }

    for value in [
        *_values(asked.id, asked.digest),
        ids.ButtonValue(execution=asked.id, digest=asked.digest).encoded(),
    ]:
        base = ground.forged(own.payload)
        view = {
            "id": f"V{base['trigger_id']}",
            "hash": "1.x",
            "callback_id": callback,
            "private_metadata": value,
            "state": {"values": state},
            "type": "modal",
        }
        kept = ("team", "user", "api_app_id", "token", "trigger_id")
        payload = {name: base[name] for name in kept if name in base}
        payload |= {"type": "view_submission", "view": view}
        await ground.answered("dana", lambda p=payload: ground.slack.send("interactive", p))

    assert is_untouched(await ground.execution(asked.id))
    assert ground.ran() == []
