"""Clicks, Home tab, shortcuts: the payloads and what is refused."""

import pytest

from simulator import Workspace
from simulator.shapes import JsonObject
from tests.simulator.apps import BareApp, BoltApp, WebClient
from tests.simulator.pieces import (
    actions,
    button,
    card,
    home,
    modal,
)


async def test_a_click_is_sent_as_block_actions(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    message = await card(ws, client)
    await ws.click("bo", message, "Approve")

    [envelope] = bare.envelopes
    payload = envelope["payload"]
    assert payload["type"] == "block_actions"
    assert payload["user"] == {
        "id": "UBO",
        "username": "bo",
        "name": "bo",
        "team_id": "T0LOCAL",
    }
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == message.ts
    assert payload["channel"] == {"id": "COPS", "name": "ops"}
    [action] = payload["actions"]
    assert (action["action_id"], action["value"], action["type"]) == ("yes", "7", "button")


@pytest.mark.usefixtures("bare")
async def test_a_button_is_found_by_id_by_words_or_by_block(
    ws: Workspace, client: WebClient
) -> None:
    message = await card(
        ws,
        client,
        actions(button("pick", "One", value="1"), block_id="first"),
        actions(button("pick", "Two", value="2"), block_id="second"),
    )
    clicks = [
        await ws.click("bo", message, "pick"),
        await ws.click("bo", message, "Two"),
        await ws.click("bo", message, ("second", "pick")),
        await ws.click("bo", message.ts, "pick", value="2"),
    ]

    assert [one.payload["actions"][0]["value"] for one in clicks] == ["1", "2", "2", "2"]


async def test_a_button_that_is_not_there_now_cannot_be_pressed(
    ws: Workspace, client: WebClient
) -> None:
    message = await card(ws, client)
    with pytest.raises(LookupError, match=r"no 'Cancel' here; there is yes \(button 'Approve'\)"):
        await ws.click("bo", message, "Cancel")
    await client.chat_update(channel="COPS", ts=message.ts, text="done")

    with pytest.raises(LookupError, match="nothing to act on"):
        await ws.click("bo", message, "Approve")
    await client.chat_delete(channel="COPS", ts=message.ts)
    with pytest.raises(LookupError, match="is gone"):
        await ws.click("bo", message, "Approve")


async def test_a_button_for_some_is_hidden_from_others(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    message = await card(ws, client, actions(button(visible_to_user_ids=["UBO"])))
    await ws.click("bo", message, "go")

    with pytest.raises(LookupError):
        await ws.click("ana", message, "go")
    assert len(bare.envelopes) == 1


async def test_a_private_card_cannot_be_pressed_from_outside(
    ws: Workspace, client: WebClient
) -> None:
    await client.chat_postMessage(channel="CSECRET", text="x", blocks=[actions()])

    with pytest.raises(LookupError, match="bo cannot see CSECRET"):
        await ws.click("bo", ws.messages("#secret")[0], "go")


async def test_a_stranger_comes_with_another_team(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    await ws.click("gast", await card(ws, client), "Approve")

    payload = bare.envelopes[0]["payload"]
    assert payload["team"]["id"] == payload["user"]["team_id"] == "T0OTHER"


async def test_an_ephemeral_is_pressed_by_its_viewer_without_being_repeated(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    await client.chat_postEphemeral(channel="COPS", user="UANA", text="x", blocks=[actions()])
    [message] = ws.ephemerals("ana")
    await ws.click("ana", message, "go")

    payload = bare.envelopes[0]["payload"]
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload
    with pytest.raises(LookupError):
        await ws.click("bo", message, "go")


async def test_opening_the_home_tab_tells_the_app(
    ws: Workspace, client: WebClient, bolt: BoltApp
) -> None:
    @bolt.app.event("app_home_opened")
    async def opened(event: JsonObject, client: WebClient) -> None:
        await client.views_publish(user_id=event["user"], view=home(actions(button("rerun"))))

    await bolt.connect()
    gesture = await ws.open_home("ana")
    view = await ws.until(lambda: ws.home("ana"))

    assert gesture.acked
    assert gesture.payload["event"]["tab"] == "home"
    assert view is not None
    assert view.buttons == [("rerun", "Go", "")]


async def test_a_click_on_the_home_tab_carries_the_view(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    with pytest.raises(LookupError, match="no Home tab"):
        await ws.click("ana", "home", "go")
    await client.views_publish(user_id="UANA", view=home(actions()))
    await ws.click("ana", "home", "go")

    payload = bare.envelopes[0]["payload"]
    assert payload["container"]["type"] == "view"
    assert payload["view"]["type"] == "home"
    assert "response_url" not in payload


async def test_shortcuts_global_and_of_a_message(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    message = await card(ws, client)
    await ws.shortcut("ana", "run_job")
    await ws.shortcut("ana", "rerun", message)

    anywhere, on_message = (one["payload"] for one in bare.envelopes)
    assert (anywhere["type"], anywhere["callback_id"]) == ("shortcut", "run_job")
    assert on_message["type"] == "message_action"
    assert on_message["message"]["ts"] == message.ts


async def test_ephemerals_have_no_shortcuts(ws: Workspace, client: WebClient) -> None:
    await client.chat_postEphemeral(channel="COPS", user="UANA", text="x")

    with pytest.raises(LookupError):
        await ws.shortcut("ana", "rerun", ws.ephemerals("ana")[0])


async def test_a_gesture_can_be_replayed(ws: Workspace, client: WebClient, bare: BareApp) -> None:
    first = await ws.click("bo", await card(ws, client), "Approve")
    again = await ws.resend(first)
    command = await ws.slash("ana", "/job", channel="#ops")
    await ws.resend(command)
    mention = await ws.mention("ana", "x", channel="#ops")
    await ws.resend(mention)

    assert again.payload == first.payload
    assert again.envelope_id != first.envelope_id
    assert [one["payload"] for one in bare.envelopes[1::2]] == [
        first.payload,
        command.payload,
        mention.payload,
    ]


async def test_who_left_cannot_act(ws: Workspace) -> None:
    for who in ("old", "bot"):
        with pytest.raises(LookupError, match="cannot act"):
            await ws.slash(who, "/job")


async def test_unheard_gestures_still_happen(ws: Workspace, client: WebClient) -> None:
    ws.subscriptions.clear()
    gestures = [await ws.open_home("ana"), await ws.mention("ana", "x", channel="#ops")]

    assert not any(gesture.acked for gesture in gestures)
    assert gestures[0].acked == False  # noqa: E712 - what is compared is not a plain bool
    assert repr(gestures[0].acked) == "False"


async def test_surfaces_can_be_named_by_id(ws: Workspace, client: WebClient, bare: BareApp) -> None:
    command = await ws.slash("ana", "/job", channel="#ops")
    opened = await client.views_open(trigger_id=command.payload["trigger_id"], view=modal())
    await client.chat_postEphemeral(channel="COPS", user="UANA", text="x", blocks=[actions()])
    await client.views_publish(user_id="UANA", view=home(actions(button("home"))))
    own = ws.home("ana")
    assert own is not None
    await ws.click("ana", ws.ephemerals("ana")[0].ts, "go")
    await ws.click("ana", own, "home")
    await ws.submit("ana", opened["view"]["id"], {"b": "x"})

    kinds = [one["payload"].get("type") for one in bare.envelopes]
    assert kinds == [None, "block_actions", "block_actions", "view_submission"]
    with pytest.raises(LookupError, match="not a modal"):
        await ws.submit("ana", own.id)
