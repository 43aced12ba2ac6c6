"""Filling in, submitting and closing modals, with a real Bolt app answering."""

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest

from simulator import View, Workspace
from simulator.shapes import JsonObject
from tests.simulator.apps import BareApp, WebClient
from tests.simulator.pieces import actions, button, field, modal, options, plain, text_field

Opener = Callable[..., Awaitable[View]]


@pytest.fixture
def show(ws: Workspace, client: WebClient, bare: BareApp) -> Opener:
    """Open a modal for Ana."""

    async def opened(view: JsonObject) -> View:
        command = await ws.slash("ana", "/job", channel="#ops")
        await client.views_open(trigger_id=command.payload["trigger_id"], view=view)
        bare.frames.clear()
        shown = ws.modal("ana")
        assert shown is not None
        return shown

    return opened


NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
FILLED: list[tuple[JsonObject, object, str, object]] = [
    ({"type": "plain_text_input"}, "words", "value", "words"),
    ({"type": "number_input", "is_decimal_allowed": False}, 7, "value", "7"),
    ({"type": "email_text_input"}, "a@b.example", "value", "a@b.example"),
    ({"type": "url_text_input"}, "https://b.example", "value", "https://b.example"),
    (
        {"type": "static_select", "options": options("a", "b")},
        "b",
        "selected_option",
        options("b")[0],
    ),
    (
        {
            "type": "static_select",
            "option_groups": [{"label": plain("G"), "options": options("c")}],
        },
        "C",
        "selected_option",
        options("c")[0],
    ),
    (
        {"type": "multi_static_select", "options": options("a", "b")},
        ["a", "b"],
        "selected_options",
        options("a", "b"),
    ),
    ({"type": "checkboxes", "options": options("a")}, "a", "selected_options", options("a")),
    ({"type": "radio_buttons", "options": options("a")}, "a", "selected_option", options("a")[0]),
    ({"type": "external_select"}, options("x")[0], "selected_option", options("x")[0]),
    ({"type": "multi_external_select"}, options("x"), "selected_options", options("x")),
    ({"type": "users_select"}, "bo", "selected_user", "UBO"),
    ({"type": "multi_users_select"}, ["ana"], "selected_users", ["UANA"]),
    ({"type": "conversations_select"}, "#ops", "selected_conversation", "COPS"),
    ({"type": "multi_conversations_select"}, ["ops"], "selected_conversations", ["COPS"]),
    ({"type": "channels_select"}, "COPS", "selected_channel", "COPS"),
    ({"type": "multi_channels_select"}, ["ops"], "selected_channels", ["COPS"]),
    ({"type": "datepicker"}, NOON, "selected_date", "2026-03-01"),
    ({"type": "timepicker"}, NOON.time(), "selected_time", "12:00"),
    ({"type": "datetimepicker"}, NOON, "selected_date_time", int(NOON.timestamp())),
    ({"type": "datetimepicker"}, NOON.isoformat(), "selected_date_time", int(NOON.timestamp())),
]


@pytest.mark.parametrize(("element", "value", "key", "sent"), FILLED, ids=str)
async def test_every_input_carries_its_value(
    ws: Workspace,
    bare: BareApp,
    show: Opener,
    element: JsonObject,
    value: object,
    key: str,
    sent: object,
) -> None:
    view = await show(modal(field(element)))
    gesture = await ws.submit("ana", view, {"b": value})

    [envelope] = bare.envelopes
    state = envelope["payload"]["view"]["state"]["values"]["b"]["a"]
    assert state == {"type": element["type"], key: sent}
    assert gesture.acked
    assert ws.modal("ana") is None


async def test_a_file_input_carries_files(ws: Workspace, bare: BareApp, show: Opener) -> None:
    kept = ws.upload("ana", "kept.csv", b"1")
    view = await show(modal(field({"type": "file_input", "max_files": 3})))
    await ws.submit("ana", view, {"b": [("new.csv", b"2"), kept, kept.id]})

    files = bare.envelopes[0]["payload"]["view"]["state"]["values"]["b"]["a"]["files"]
    assert [one["name"] for one in files] == ["new.csv", "kept.csv", "kept.csv"]
    assert ws.file_bytes(files[0]["id"]) == b"2"


async def test_rich_text_is_wrapped(ws: Workspace, bare: BareApp, show: Opener) -> None:
    view = await show(modal(field({"type": "rich_text_input"})))
    await ws.submit("ana", view, {"a": "words"})

    state = bare.envelopes[0]["payload"]["view"]["state"]["values"]["b"]["a"]
    assert state["rich_text_value"]["type"] == "rich_text"


async def test_first_values_are_submitted_untouched(
    ws: Workspace, bare: BareApp, show: Opener
) -> None:
    view = await show(
        modal(
            field({"type": "plain_text_input", "initial_value": "web"}, "app"),
            field({"type": "multi_users_select"}, "people", optional=True),
        )
    )
    await ws.submit("ana", view)

    values = bare.envelopes[0]["payload"]["view"]["state"]["values"]
    assert values["app"]["a"]["value"] == "web"
    assert values["people"]["a"]["selected_users"] == []


COMPLAINTS: list[tuple[JsonObject, object, str]] = [
    ({"type": "plain_text_input"}, None, "required"),
    ({"type": "plain_text_input"}, "", "required"),
    ({"type": "plain_text_input", "min_length": 3}, "ab", "at least 3"),
    ({"type": "plain_text_input", "max_length": 3}, "abcd", "at most 3"),
    ({"type": "plain_text_input"}, "x" * 3001, "at most 3000"),
    ({"type": "number_input", "is_decimal_allowed": True}, "seven", "a number"),
    ({"type": "number_input", "is_decimal_allowed": True}, "NaN", "a number"),
    ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "whole number"),
    ({"type": "number_input", "is_decimal_allowed": False, "min_value": "2"}, 1, "at least 2"),
    ({"type": "number_input", "is_decimal_allowed": False, "max_value": "2"}, 3, "at most 2"),
    ({"type": "email_text_input"}, "ana", "email"),
    ({"type": "url_text_input"}, "example", "URL"),
    ({"type": "checkboxes", "options": options("a")}, [], "required"),
    (
        {"type": "multi_static_select", "options": options("a", "b"), "max_selected_items": 1},
        ["a", "b"],
        "at most 1",
    ),
]


@pytest.mark.parametrize(("element", "value", "complaint"), COMPLAINTS, ids=str)
async def test_slacks_client_keeps_a_wrong_form_back(
    ws: Workspace,
    bare: BareApp,
    show: Opener,
    element: JsonObject,
    value: object,
    complaint: str,
) -> None:
    view = await show(modal(field(element)))
    gesture = await ws.submit("ana", view, {"b": value})

    assert complaint in gesture.errors["b"]
    assert bare.envelopes == []
    assert gesture.view is not None
    assert gesture.view.id == view.id


async def test_errors_of_the_app_keep_the_modal_open(
    ws: Workspace, bare: BareApp, show: Opener
) -> None:
    view = await show(modal())
    bare.answer = {"response_action": "errors", "errors": {"b": "taken"}}
    gesture = await ws.submit("ana", view, {"b": "x"})

    assert gesture.errors == {"b": "taken"}
    assert gesture.view is not None
    assert gesture.view.state["b"]["a"]["value"] == "x"


async def test_an_answer_may_update_push_or_clear(
    ws: Workspace, bare: BareApp, show: Opener
) -> None:
    view = await show(modal())
    bare.answer = {"response_action": "update", "view": modal(title=plain("Step 2"))}
    updated = await ws.submit("ana", view, {"b": "x"})
    bare.answer = {"response_action": "push", "view": modal(title=plain("On top"))}
    pushed = await ws.submit("ana", updated.view or "", {"b": "x"})
    titles = [one.title for one in ws.modals("ana")]
    bare.answer = {"response_action": "clear"}
    await ws.submit("ana", pushed.view or "", {"b": "x"})

    assert titles == ["Step 2", "On top"]
    assert ws.modals("ana") == []


async def test_submitting_the_top_shows_the_one_below(
    ws: Workspace, bare: BareApp, show: Opener
) -> None:
    below = await show(modal())
    bare.answer = {"response_action": "push", "view": modal()}
    pushed = await ws.submit("ana", below, {"b": "x"})
    bare.answer = None
    gesture = await ws.submit("ana", pushed.view or "", {"b": "x"})

    assert gesture.view is not None
    assert gesture.view.id == below.id


WRONG_ANSWERS: list[tuple[JsonObject, str]] = [
    ({"response_action": "errors", "errors": {"nowhere": "x"}}, "invalid_errors"),
    ({"response_action": "errors"}, "invalid_errors"),
    ({"response_action": "update"}, "invalid_arguments"),
    ({"response_action": "update", "view": modal(title=plain("x" * 25))}, "invalid_arguments"),
    ({"response_action": "vanish"}, "invalid_response_action"),
    ({"text": "hi"}, "invalid_response_action"),
]


@pytest.mark.parametrize(("answer", "error"), WRONG_ANSWERS, ids=str)
async def test_a_wrong_answer_leaves_the_modal_and_is_a_violation(
    ws: Workspace, bare: BareApp, show: Opener, answer: JsonObject, error: str
) -> None:
    view = await show(modal())
    bare.answer = answer
    with ws.expect_violation(error):
        gesture = await ws.submit("ana", view, {"b": "x"})

    assert gesture.error == "dispatch_failed"
    assert ws.modal("ana") is not None


async def test_a_fourth_modal_cannot_be_pushed_by_an_answer(
    ws: Workspace, bare: BareApp, show: Opener
) -> None:
    await show(modal())
    bare.answer = {"response_action": "push", "view": modal()}
    for _ in range(2):
        await ws.submit("ana", ws.modal("ana") or "", {"b": "x"})

    with ws.expect_violation("push_limit_reached"):
        await ws.submit("ana", ws.modal("ana") or "", {"b": "x"})
    assert len(ws.modals("ana")) == 3


async def test_no_answer_leaves_the_modal_with_what_was_typed(
    ws: Workspace, bare: BareApp, show: Opener
) -> None:
    view = await show(modal())
    ws.ack_deadline = 0.05
    bare.acks = False
    gesture = await ws.submit("ana", view, {"b": "x"})

    assert gesture.error == "operation_timeout"
    assert (ws.modal("ana") or view).state["b"]["a"]["value"] == "x"


async def test_only_the_modal_on_top_can_be_submitted(
    ws: Workspace, bare: BareApp, show: Opener
) -> None:
    below = await show(modal())
    bare.answer = {"response_action": "push", "view": modal()}
    await ws.submit("ana", below, {"b": "x"})

    with pytest.raises(LookupError, match="not on top"):
        await ws.submit("ana", below, {"b": "x"})
    with pytest.raises(LookupError):
        await ws.submit("bo", below, {"b": "x"})


async def test_what_is_not_in_the_modal_cannot_be_filled_in(ws: Workspace, show: Opener) -> None:
    view = await show(modal())

    with pytest.raises(LookupError, match="there is a"):
        await ws.submit("ana", view, {"nowhere": "x"})
    bare_view = await show(modal(actions(), submit=None))
    with pytest.raises(LookupError, match="no submit button"):
        await ws.submit("ana", bare_view)


@pytest.mark.parametrize(("notify", "heard"), [(True, 1), (False, 0)])
async def test_closing_is_told_to_who_asked_for_it(
    ws: Workspace, bare: BareApp, show: Opener, notify: bool, heard: int
) -> None:
    view = await show(modal(notify_on_close=notify))
    await ws.close("ana", view)

    assert ws.modal("ana") is None
    closed = [one["payload"] for one in bare.envelopes]
    assert [one["type"] for one in closed] == ["view_closed"] * heard
    assert not any(one["is_cleared"] for one in closed)


async def test_the_x_closes_the_whole_stack(ws: Workspace, bare: BareApp, show: Opener) -> None:
    view = await show(modal(notify_on_close=True))
    bare.answer = {"response_action": "push", "view": modal(notify_on_close=True)}
    pushed = await ws.submit("ana", view, {"b": "x"})
    bare.answer, bare.frames[:] = None, []
    await ws.close("ana", pushed.view or "", clear=True)

    assert ws.modals("ana") == []
    assert [one["payload"]["is_cleared"] for one in bare.envelopes] == [True, True]


async def test_a_conversation_input_gives_a_response_url(
    ws: Workspace, bare: BareApp, show: Opener
) -> None:
    element = {"type": "conversations_select", "response_url_enabled": True}
    view = await show(modal(field(element)))
    await ws.submit("ana", view, {"b": "#ops"})

    [url] = bare.envelopes[0]["payload"]["response_urls"]
    assert url["channel_id"] == "COPS"
    assert url["response_url"].startswith(ws.base_url)


async def test_a_click_in_a_modal_carries_its_state(
    ws: Workspace, bare: BareApp, show: Opener
) -> None:
    view = await show(modal(text_field(), actions(button("more"))))
    await ws.type("ana", view, "a", "typed")
    await ws.click("ana", view, "more")

    [envelope] = bare.envelopes
    assert envelope["payload"]["view"]["state"]["values"]["b"]["a"]["value"] == "typed"
