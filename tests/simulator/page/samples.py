"""Blocks, views and file bytes that the scripted app shows."""

import struct
import zlib
from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str, description: str = "") -> Json:
    described: Json = {"text": plain(text), "value": value}
    return described | ({"description": plain(description)} if description else {})


def section(text: str, **more: object) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def asked(block_id: str, label: str, element: Json, **more: object) -> Json:
    """An input block whose element answers to the action id "value"."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "value", **element},
        **more,
    }


def button(action_id: str, text: str, **more: object) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": "42", **more}


SURE = {
    "title": plain("Cancel this deploy?"),
    "text": mrkdwn("The process gets *TERM*."),
    "confirm": plain("Cancel it"),
    "deny": plain("Keep running"),
    "style": "danger",
}
COLOURS = [option("Red", "red"), option("Green", "green", "calm"), option("Blue", "blue")]

CARD: list[Json] = [
    section(":large_blue_circle: *Running* · deploy api → prod"),
    {"type": "section", "fields": [mrkdwn("*Version*\n7"), mrkdwn("*Environment*\nprod")]},
    {
        "type": "actions",
        "block_id": "acts",
        "elements": [
            button("approve", "Approve", style="primary"),
            button("cancel", "Cancel", style="danger", confirm=SURE),
            button("nobody", "Nobody"),
            {
                "type": "overflow",
                "action_id": "more",
                "options": [option("Copy id", "copy"), option("Tell me", "tell")],
            },
        ],
    },
    {"type": "context", "elements": [mrkdwn("local · `x7k2p9`")]},
]

CHOICES: list[Json] = [
    section(
        "Which colour?",
        block_id="one",
        accessory={
            "type": "static_select",
            "action_id": "colour",
            "placeholder": plain("Pick a colour"),
            "options": COLOURS,
        },
    ),
    section(
        "From when?",
        block_id="two",
        accessory={"type": "datepicker", "action_id": "since", "initial_date": "2026-11-20"},
    ),
    {
        "type": "actions",
        "block_id": "three",
        "elements": [
            {
                "type": "checkboxes",
                "action_id": "ticks",
                "options": COLOURS[:2],
                "confirm": SURE,
            },
            {
                "type": "multi_conversations_select",
                "action_id": "places",
                "placeholder": plain("Places"),
            },
            {"type": "users_select", "action_id": "owner", "placeholder": plain("Owner")},
        ],
    },
]

FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "notify_on_close": True,
    "title": plain("Deploy"),
    "submit": plain("Request approval"),
    "blocks": [
        {"type": "context", "elements": [mrkdwn("Step 2 of 3")]},
        asked("name", "Name", {"type": "plain_text_input", "max_length": 40}),
        asked("why", "Reason", {"type": "plain_text_input", "multiline": True}),
        asked("count", "Count", {"type": "number_input", "is_decimal_allowed": False,
                                 "min_value": "1", "max_value": "8"}),
        asked("mail", "Mail", {"type": "email_text_input"}, optional=True),
        asked("site", "Site", {"type": "url_text_input"}, optional=True),
        asked("colour", "Colour", {"type": "static_select", "option_groups": [
            {"label": plain("Warm"), "options": COLOURS[:1]},
            {"label": plain("Cold"), "options": COLOURS[1:]}]}),
        asked("version", "Version", {"type": "external_select", "min_query_length": 1}),
        asked("hosts", "Hosts", {"type": "multi_static_select", "options": COLOURS,
                                 "max_selected_items": 2}),
        asked("owner", "Owner", {"type": "users_select"}),
        asked("place", "Place", {"type": "channels_select"}, optional=True),
        asked("date", "Date", {"type": "datepicker"}),
        asked("time", "Time", {"type": "timepicker"}),
        asked("start", "Start", {"type": "datetimepicker"}),
        asked("flags", "Flags", {"type": "checkboxes", "options": COLOURS[:2]}, optional=True),
        asked("way", "Way", {"type": "radio_buttons", "options": COLOURS[:2]}),
        asked("paper", "Paper", {"type": "file_input", "max_files": 2}, optional=True),
    ],
}  # fmt: skip

STEPS: Json = {
    "type": "modal",
    "callback_id": "steps",
    "title": plain("First step"),
    "submit": plain("Next"),
    "blocks": [
        asked("note", "Note", {"type": "plain_text_input"}),
        {"type": "actions", "block_id": "turn", "elements": [button("refresh", "Refresh")]},
    ],
}
SECOND: Json = {
    "type": "modal",
    "callback_id": "second",
    "title": plain("Second step"),
    "submit": plain("Finish"),
    "blocks": [asked("last", "Last word", {"type": "plain_text_input"})],
}


def home(who: str) -> Json:
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Waiting for you")},
            section(f"Nothing waits for <@{who}>"),
            {"type": "actions", "elements": [button("approve", "Approve all")]},
        ],
    }


def picture(width: int = 24, height: int = 16) -> bytes:
    """A PNG of one colour."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + checksum

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x0c\x6b\x5c" * width for _ in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
