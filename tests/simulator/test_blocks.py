"""Block Kit limits: what is accepted on which surface, and the words of each refusal."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models import blocks as models

from simulator.blocks import check_attachments, check_blocks, check_options, check_view, too_large
from simulator.shapes import JsonObject, objects
from tests.simulator.apps import WebClient
from tests.simulator.pieces import (
    actions,
    button,
    field,
    home,
    modal,
    mrkdwn,
    options,
    plain,
    section,
    text_field,
)
from tests.simulator.refusals import refused

CONFIRM = {
    "title": plain("Sure?"),
    "text": mrkdwn("Really"),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}
IMAGE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}
RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [{"type": "text", "text": "hi", "style": {"bold": True}}],
        }
    ],
}
CARD = {"type": "card", "title": mrkdwn("Card"), "actions": [button()]}
TASK = {"type": "task_card", "task_id": "1", "title": "Build", "status": "complete"}
CELL = {"type": "raw_text", "text": "cell"}
FEEDBACK = {
    "type": "feedback_buttons",
    "positive_button": {"text": plain("Good"), "value": "1"},
    "negative_button": {"text": plain("Bad"), "value": "0"},
}


def select(kind: str = "static_select", **more: object) -> JsonObject:
    return {"type": kind, "action_id": "s", "options": options("a", "b"), **more}


def group(label: str = "G", count: int = 1) -> JsonObject:
    return {"label": plain(label), "options": options(*(f"{label}{i}" for i in range(count)))}


GOOD_IN_MESSAGES: list[JsonObject] = [
    section("x" * 3000),
    {"type": "section", "fields": [mrkdwn("x" * 2000)] * 3},
    section(accessory=button(value="v" * 2000, url="https://example.com", confirm=CONFIRM)),
    section(accessory=select(initial_option=options("a")[0])),
    section(accessory={"type": "overflow", "action_id": "o", "options": options(*"abcde")}),
    section(accessory=IMAGE),
    {"type": "header", "text": plain("x" * 150)},
    {"type": "context", "elements": [mrkdwn("a")] * 9 + [IMAGE]},
    {"type": "context_actions", "elements": [FEEDBACK]},
    actions(*(button(f"b{i}") for i in range(25))),
    actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-02-28"}),
    actions({"type": "datetimepicker", "action_id": "d", "initial_date_time": 1_700_000_000}),
    actions(button(visible_to_user_ids=["UANA"])),
    {"type": "divider"},
    IMAGE | {"title": plain("t")},
    RICH,
    {"type": "markdown", "text": "**x**" * 100},
    {"type": "table", "rows": [[CELL] * 20] * 20, "column_settings": [{"align": "right"}]},
    {"type": "data_table", "caption": "c", "rows": [[CELL], [RICH]], "page_size": 100},
    {"type": "data_visualization", "title": "t", "chart": {"type": "pie"}},
    TASK,
    {"type": "plan", "title": "Plan", "tasks": [TASK]},
    CARD,
    {"type": "carousel", "elements": [CARD, copy.deepcopy(CARD)]},
    {"type": "container", "title": plain("t"), "child_blocks": [section(), actions()]},
    text_field(optional=True, hint=plain("h"), dispatch_action=True),
    field(select("multi_static_select", max_selected_items=2)),
    field(select("checkboxes", initial_options=options("b"))),
    field({"type": "external_select", "min_query_length": 0}),
]


@pytest.mark.parametrize("block", GOOD_IN_MESSAGES, ids=lambda block: str(block["type"]))
def test_messages_take_every_block_within_its_limits(block: JsonObject) -> None:
    assert check_blocks([block]) == []


TOO_MUCH: list[tuple[JsonObject, str]] = [
    (section("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ({"type": "section"}, "missing required field: one of text, fields [json-pointer:/blocks/0]"),
    (
        {"type": "section", "fields": [mrkdwn("a")] * 11},
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        {"type": "section", "fields": [mrkdwn("a" * 2001)]},
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    (section(color="red"), "invalid additional property: color [json-pointer:/blocks/0]"),
    (section(block_id="x" * 256), "must be less than 256 characters"),
    ({"type": "section", "text": "bare"}, "must be an object [json-pointer:/blocks/0/text]"),
    ({"type": "header", "text": mrkdwn("x")}, "unsupported type: mrkdwn"),
    ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters"),
    ({"type": "context", "elements": [mrkdwn("a")] * 11}, "no more than 10 items allowed"),
    ({"type": "context", "elements": []}, "no fewer than 1 items allowed"),
    ({"type": "context", "elements": [button()]}, "unsupported type: button"),
    ({"type": "context_actions", "elements": [FEEDBACK] * 6}, "no more than 5 items allowed"),
    (actions(*(button(f"b{i}") for i in range(26))), "no more than 25 items allowed"),
    (actions({"type": "plain_text_input"}), "unsupported type: plain_text_input"),
    (actions(button(text="x" * 76)), "must be less than 76 characters"),
    (actions(button(value="x" * 2001)), "must be less than 2001 characters"),
    (actions(button(url="x" * 3001)), "must be less than 3001 characters"),
    (actions(button(style="green")), "must be one of: primary, danger"),
    (actions(button("x" * 256)), "must be less than 256 characters"),
    (actions(button(), button()), "`action_id` already exists in this block: go"),
    (actions(button(confirm=CONFIRM | {"title": plain("x" * 101)})), "less than 101 characters"),
    (actions(button(confirm=CONFIRM | {"text": plain("x" * 301)})), "less than 301 characters"),
    (actions(button(confirm=CONFIRM | {"deny": plain("x" * 31)})), "less than 31 characters"),
    (actions(button(confirm={"title": plain("x")})), "missing required field: text"),
    (actions(select(options=options(*map(str, range(101))))), "no more than 100 items allowed"),
    (actions(select(options=[])), "no fewer than 1 items allowed"),
    (actions(select(options=options("a", "a"))), "duplicate option value: a"),
    (actions(select(initial_option=options("z")[0])), "initial option must be exactly one of"),
    (actions(select(option_groups=[group()])), "must provide exactly one of: options"),
    (
        actions({"type": "static_select", "option_groups": [group("x" * 76)]}),
        "must be less than 76 characters",
    ),
    (
        actions({"type": "static_select", "option_groups": [group("g", 101)]}),
        "no more than 100 items allowed",
    ),
    (
        actions({"type": "static_select", "options": [{"text": plain("x"), "value": "v" * 151}]}),
        "must be less than 151 characters",
    ),
    (
        actions({"type": "static_select", "options": [{"text": plain("x" * 76), "value": "v"}]}),
        "must be less than 76 characters",
    ),
    (actions(select(placeholder=plain("x" * 151))), "must be less than 151 characters"),
    (actions(select("checkboxes", options=options(*"abcdefghijk"))), "no more than 10 items"),
    (actions(select("overflow", options=options(*"abcdef"))), "no more than 5 items allowed"),
    (actions({"type": "datepicker", "initial_date": "28.2.2026"}), "must be a date as YYYY-MM-DD"),
    (actions({"type": "timepicker", "initial_time": "25:00"}), "must be a time as HH:mm"),
    (
        actions({"type": "datetimepicker", "initial_date_time": 10_000_000_000}),
        "must be between 0 and 9999999999",
    ),
    (section(accessory=FEEDBACK), "unsupported type: feedback_buttons"),
    (IMAGE | {"alt_text": "x" * 2001}, "must be less than 2001 characters"),
    ({"type": "image", "alt_text": "a"}, "must provide exactly one of: image_url, slack_file"),
    (IMAGE | {"image_url": "x" * 3001}, "must be less than 3001 characters"),
    ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001 characters"),
    ({"type": "table", "rows": [[CELL]] * 101}, "no more than 100 items allowed"),
    ({"type": "table", "rows": [[CELL] * 21]}, "no more than 20 items allowed"),
    (
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 2001}] * 5]},
        "must be less than 10001 characters [json-pointer:/blocks/0/rows]",
    ),
    ({"type": "data_table", "rows": [[CELL], [CELL]]}, "missing required field: caption"),
    (
        {"type": "data_table", "caption": "c", "rows": [[RICH], [CELL]]},
        "rich_text is not allowed in the header row",
    ),
    ({"type": "data_visualization", "title": "x" * 51}, "must be less than 51 characters"),
    (TASK | {"status": "done"}, "must be one of: pending, in_progress, complete, error"),
    ({"type": "card", "subtitle": plain("x")}, "missing required field: one of hero_image"),
    (CARD | {"body": mrkdwn("x" * 201)}, "must be less than 201 characters"),
    ({"type": "carousel", "elements": [CARD] * 11}, "no more than 10 items allowed"),
    (
        {"type": "container", "title": plain("t"), "child_blocks": [section()] * 11},
        "no more than 10 items allowed",
    ),
    ({"type": "container", "child_blocks": [section()]}, "one of title, rich_text_title"),
    (
        {"type": "alert", "text": plain("x")},
        "unsupported type: alert [json-pointer:/blocks/0/type]",
    ),
    ({"type": "marquee"}, "unsupported type: marquee"),
    ({"text": "x"}, "unsupported type: None"),
    (text_field(label=plain("x" * 2001)), "must be less than 2001 characters"),
    (field(button()), "unsupported type: button"),
    (field({"type": "number_input", "is_decimal_allowed": True}), "unsupported type: number_input"),
    (field({"type": "plain_text_input", "max_length": 3001}), "must be between 1 and 3000"),
    (
        field({"type": "channels_select", "response_url_enabled": True}),
        "response_url_enabled is for modals",
    ),
    (
        {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "dotted"}]},
        "must be one of: bullet, ordered",
    ),
]


@pytest.mark.parametrize(("block", "problem"), TOO_MUCH, ids=lambda value: str(value)[:60])
def test_a_block_beyond_its_limits_is_refused_in_slacks_words(
    block: JsonObject, problem: str
) -> None:
    problems = check_blocks([block])

    assert any(problem in found for found in problems), problems


def test_a_message_has_50_blocks_at_most() -> None:
    assert check_blocks([{"type": "divider"}] * 50) == []
    assert check_blocks([{"type": "divider"}] * 51) == [
        "no more than 50 items allowed [json-pointer:/blocks]"
    ]


def test_a_block_id_stands_once_in_a_message() -> None:
    problems = check_blocks([section(block_id="x"), section(block_id="x")])

    assert problems == ["`block_id` already exists: x [json-pointer:/blocks]"]


def test_the_same_action_id_may_stand_in_two_blocks() -> None:
    assert check_blocks([actions(button()), actions(button())]) == []


def test_markdown_counts_for_the_whole_message() -> None:
    problems = check_blocks([{"type": "markdown", "text": "x" * 6001}] * 2)

    assert "markdown must be less than 12001 characters" in problems[0]


def test_a_message_has_two_charts_at_most() -> None:
    problems = check_blocks([{"type": "data_visualization", "title": "t"}] * 3)

    assert "no more than 2 data_visualization blocks" in problems[0]


def test_blocks_in_attachments_are_checked_too() -> None:
    [problem] = check_attachments([{"blocks": [section("")]}])

    assert "/attachments/0/blocks/0/text/text" in problem


INPUTS: list[JsonObject] = [
    {"type": "plain_text_input", "multiline": True, "min_length": 1, "max_length": 3000},
    {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "-2.5"},
    {"type": "email_text_input", "initial_value": "a@b.example"},
    {"type": "url_text_input", "placeholder": plain("https://")},
    {"type": "file_input", "filetypes": ["csv"], "max_files": 10},
    {"type": "rich_text_input"},
    {"type": "users_select", "initial_user": "UANA"},
    {"type": "multi_users_select", "initial_users": ["UANA", "UBO"]},
    {"type": "conversations_select", "response_url_enabled": True, "filter": {"include": ["im"]}},
    {"type": "multi_conversations_select", "default_to_current_conversation": True},
    {"type": "channels_select", "initial_channel": "COPS"},
    {"type": "multi_channels_select", "max_selected_items": 3},
    {"type": "external_select", "initial_option": options("a")[0]},
    {"type": "multi_external_select", "initial_options": options("a", "b")},
    {"type": "timepicker", "initial_time": "09:30", "timezone": "Europe/Lisbon"},
    select("radio_buttons", initial_option=options("a")[0]),
]


@pytest.mark.parametrize("element", INPUTS, ids=lambda element: str(element["type"]))
def test_modals_take_every_input(element: JsonObject) -> None:
    assert check_view(modal(field(element))) == []


BAD_VIEWS: list[tuple[JsonObject, str]] = [
    (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title"),
    (modal(submit=plain("x" * 25)), "/view/submit"),
    (modal(close=plain("x" * 25)), "/view/close"),
    (modal(title=mrkdwn("x")), "unsupported type: mrkdwn"),
    (modal(private_metadata="x" * 3001), "must be less than 3001 characters"),
    (modal(callback_id="x" * 256), "must be less than 256 characters"),
    (modal(external_id="x" * 256), "must be less than 256 characters"),
    (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed"),
    (modal(notify_on_close="yes"), "must be a boolean"),
    (modal(colour="red"), "invalid additional property: colour"),
    (modal(text_field("x"), text_field("x")), "`block_id` already exists: x"),
    (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown"),
    (modal({"type": "table", "rows": [[CELL]]}), "unsupported type: table"),
    (modal({"type": "carousel", "elements": [CARD]}), "unsupported type: carousel"),
    (
        modal(
            field({"type": "users_select", "focus_on_load": True}, "a"),
            field({"type": "users_select", "focus_on_load": True}, "b"),
        ),
        "only one element may have focus_on_load",
    ),
    ({"type": "modal", "blocks": []}, "missing required field: title"),
    ({"type": "modal", "title": plain("x")}, "missing required field: blocks"),
    ({"type": "modal", "title": plain("x"), "blocks": {}}, "must be an array"),
    (
        {"type": "modal", "title": plain("x"), "blocks": [text_field()]},
        "missing required field: submit",
    ),
    ({"type": "popup", "blocks": []}, "unsupported type: popup"),
    (home(title=plain("x")), "invalid additional property: title"),
    (home(field({"type": "file_input"})), "unsupported type: file_input"),
    (home({"type": "container", "child_blocks": []}), "unsupported type: container"),
]


@pytest.mark.parametrize(("view", "problem"), BAD_VIEWS, ids=lambda value: str(value)[:60])
def test_a_view_beyond_its_limits_is_refused(view: JsonObject, problem: str) -> None:
    problems = check_view(view)

    assert any(problem in found for found in problems), problems


def test_views_have_100_blocks_and_modals_take_alerts() -> None:
    alert = {"type": "alert", "text": plain("x"), "level": "warning"}

    assert check_view(modal(alert, *[{"type": "divider"}] * 99)) == []
    assert check_view(home(*[{"type": "divider"}] * 100)) == []


def test_a_view_is_too_large_beyond_250_kb() -> None:
    assert too_large(modal(*[section("x" * 3000)] * 90))
    assert not too_large(modal(*[section("x" * 3000)] * 80))


def test_suggested_options_are_checked() -> None:
    assert check_options({"options": options("a")}) == []
    assert check_options({"options": []}) == []
    assert check_options({"options": options(*map(str, range(101)))}) != []
    assert check_options({"option_groups": [group()]}) == []
    assert check_options({}) != []


@given(st.text(min_size=1, max_size=3000))
def test_what_the_sdks_models_build_is_accepted(text: str) -> None:
    built: list[Any] = [
        models.SectionBlock(text=models.MarkdownTextObject(text=text)),
        models.HeaderBlock(text=text[:150]),
        models.ContextBlock(elements=[models.MarkdownTextObject(text=text[:2000])]),
        models.ActionsBlock(
            elements=[models.ButtonElement(text=text[:75], action_id=text[:255], value=text[:2000])]
        ),
        models.DividerBlock(),
    ]

    assert check_blocks([block.to_dict() for block in built]) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "elements", "element", "blocks", "options", "accessory", "rows"]
            ),
            inner | st.sampled_from(["section", "actions", "input", "table", "plain_text"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(st.just("type"), st.sampled_from(["section", "table"])) | JSON))
def test_no_json_whatever_breaks_the_checks(blocks: list[Any]) -> None:
    assert isinstance(check_blocks(objects(blocks)), list)
    assert isinstance(check_view({"type": "modal", "blocks": blocks}), list)


async def test_the_web_api_says_what_is_wrong_where(client: WebClient) -> None:
    call = client.chat_postMessage(channel="COPS", text="x", blocks=[section("x" * 3001)])
    answered = await refused("invalid_blocks", call)

    problem = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert answered["errors"] == [problem]
    assert answered["response_metadata"]["messages"] == [f"[ERROR] {problem}"]
