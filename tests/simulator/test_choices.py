"""What people choose, type and are offered, on a message and in a modal: what is sent, and when."""

import pytest
from slack_bolt.async_app import AsyncAck

from simulator import Workspace
from simulator.shapes import JsonObject
from tests.simulator.apps import BareApp, BoltApp, WebClient
from tests.simulator.pieces import (
    actions,
    button,
    card,
    field,
    modal,
    options,
    plain,
    section,
    text_field,
)

CHOICES: list[tuple[JsonObject, object, str, object]] = [
    (
        {"type": "static_select", "options": options("a", "b")},
        "b",
        "selected_option",
        options("b")[0],
    ),
    (
        {"type": "multi_static_select", "options": options("a", "b")},
        ["b", "A"],
        "selected_options",
        options("b", "a"),
    ),
    (
        {"type": "checkboxes", "options": options("a", "b")},
        ["a"],
        "selected_options",
        options("a"),
    ),
    ({"type": "radio_buttons", "options": options("a")}, "a", "selected_option", options("a")[0]),
    ({"type": "overflow", "options": options("a")}, "a", "selected_option", options("a")[0]),
    ({"type": "datepicker"}, "2026-02-28", "selected_date", "2026-02-28"),
    ({"type": "timepicker"}, "09:30", "selected_time", "09:30"),
    ({"type": "datetimepicker"}, 1_700_000_000, "selected_date_time", 1_700_000_000),
    ({"type": "users_select"}, "bo", "selected_user", "UBO"),
    ({"type": "multi_users_select"}, ["bo", "UANA"], "selected_users", ["UBO", "UANA"]),
    ({"type": "channels_select"}, "#ops", "selected_channel", "COPS"),
    ({"type": "conversations_select"}, "ops", "selected_conversation", "COPS"),
    ({"type": "datepicker", "initial_date": "2026-01-01"}, None, "selected_date", None),
]


@pytest.mark.parametrize(("element", "value", "key", "sent"), CHOICES, ids=str)
async def test_a_choice_on_a_message_is_sent_at_once(
    ws: Workspace,
    client: WebClient,
    bare: BareApp,
    element: JsonObject,
    value: object,
    key: str,
    sent: object,
) -> None:
    message = await card(ws, client, actions(element | {"action_id": "pick"}))
    await ws.choose("ana", message, "pick", value)

    assert bare.envelopes[0]["payload"]["actions"][0][key] == sent


async def test_what_was_chosen_on_a_message_is_kept_by_person(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    pick = {"type": "static_select", "action_id": "pick", "options": options("a", "b")}
    message = await card(ws, client, actions(pick, button(), block_id="x"))
    await ws.choose("ana", message, "pick", "b")
    await ws.click("ana", message, "go")
    await ws.click("bo", message, "go")

    states = [one["payload"]["state"]["values"]["x"]["pick"] for one in bare.envelopes]
    chosen = [state["selected_option"] for state in states]
    assert chosen == [options("b")[0], options("b")[0], None]


async def test_an_input_on_a_message_waits_unless_it_dispatches(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    message = await card(ws, client, text_field("silent"), text_field("loud", dispatch_action=True))
    await ws.type("ana", message, ("silent", "a"), "one")
    await ws.type("ana", message, ("loud", "a"), "two")

    [envelope] = bare.envelopes
    assert envelope["payload"]["actions"][0]["value"] == "two"
    assert envelope["payload"]["state"]["values"]["silent"]["a"]["value"] == "one"


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "static_select", "options": options("a")}, "z"),
        ({"type": "users_select"}, "nobody"),
        ({"type": "channels_select"}, "#nowhere"),
        (button(), "pressed"),
    ],
)
async def test_what_cannot_be_chosen_is_not(
    ws: Workspace, client: WebClient, element: JsonObject, value: str
) -> None:
    message = await card(ws, client, actions({**element, "action_id": "pick"}))

    with pytest.raises(LookupError):
        await ws.choose("ana", message, "pick", value)


async def test_a_select_is_not_pressed(ws: Workspace, client: WebClient) -> None:
    pick = {"type": "datepicker", "action_id": "pick"}
    message = await card(ws, client, actions(pick))

    with pytest.raises(LookupError, match=r"use choose\(\)"):
        await ws.click("ana", message, "pick")


EXTERNAL = {"type": "external_select", "action_id": "pick", "min_query_length": 2}


async def test_suggestions_come_from_the_app(
    ws: Workspace, client: WebClient, bolt: BoltApp
) -> None:
    @bolt.app.options("pick")
    async def offer(ack: AsyncAck, payload: JsonObject) -> None:
        await ack(options=options(*(v for v in ("deploy", "depot") if payload["value"] in v)))

    await bolt.connect()
    message = await card(ws, client, actions(EXTERNAL))

    assert await ws.suggest("ana", message, "pick", "deploy") == options("deploy")
    assert await ws.suggest("ana", message, "pick", "de") == options("deploy", "depot")
    assert await ws.suggest("ana", message, "pick", "d") == []


async def test_choosing_from_an_external_select_types_it_first(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    bare.answer = {
        "option_groups": [{"label": plain("Jobs"), "options": options("deploy", "depot")}]
    }
    message = await card(ws, client, actions(EXTERNAL, block_id="x"))
    groups = await ws.suggest("ana", message, ("x", "pick"), "dep")
    bare.frames.clear()
    with ws.expect_violation("unexpected_payload"):
        await ws.choose("ana", message, "pick", "Depot")

    asked, chosen = bare.envelopes
    assert [group["label"]["text"] for group in groups] == ["Jobs"]
    assert (asked["payload"]["type"], asked["payload"]["value"]) == ("block_suggestion", "Depot")
    assert "trigger_id" not in asked["payload"]
    assert chosen["payload"]["actions"][0]["selected_option"]["value"] == "depot"


async def test_wrong_suggestions_are_a_violation(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    bare.answer = {"options": options(*map(str, range(101)))}
    message = await card(ws, client, actions(EXTERNAL))

    with ws.expect_violation("invalid_options"):
        assert await ws.suggest("ana", message, "pick", "dep") == []
    with pytest.raises(LookupError, match="not an external select"):
        await ws.suggest("ana", await card(ws, client), "Approve", "dep")


async def test_a_late_answer_suggests_nothing(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    ws.ack_deadline = 0.05
    bare.acks = False
    message = await card(ws, client, actions(EXTERNAL))

    assert await ws.suggest("ana", message, "pick", "dep") == []


async def test_choices_in_a_modal_are_sent_from_sections_only(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    pick = {"type": "static_select", "action_id": "env", "options": options("qa", "prod")}
    view = modal(
        section(accessory=pick, block_id="where"),
        field({"type": "users_select", "action_id": "who"}, "people"),
    )
    command = await ws.slash("ana", "/job", channel="#ops")
    await client.views_open(trigger_id=command.payload["trigger_id"], view=view)
    shown = ws.modal("ana")
    assert shown is not None
    await ws.choose("ana", shown, "who", "bo")
    await ws.choose("ana", shown, "env", "prod")

    payload = bare.envelopes[-1]["payload"]
    values = payload["view"]["state"]["values"]
    assert len(bare.envelopes) == 2
    assert payload["actions"][0]["selected_option"]["value"] == "prod"
    assert values["people"]["who"]["selected_user"] == "UBO"


async def test_suggestions_in_a_modal_carry_the_view(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    command = await ws.slash("ana", "/job", channel="#ops")
    view = modal(field({"type": "external_select"}))
    opened = await client.views_open(trigger_id=command.payload["trigger_id"], view=view)
    bare.answer = {"options": options("deploy")}
    found = await ws.suggest("ana", opened["view"]["id"], "a", "dep")

    assert found == options("deploy")
    assert bare.envelopes[-1]["payload"]["view"]["id"] == opened["view"]["id"]
