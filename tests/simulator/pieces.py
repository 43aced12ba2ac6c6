"""Small blocks and views to post and open."""

from simulator import Message, Workspace
from simulator.shapes import JsonObject
from tests.simulator.apps import WebClient


def plain(text: str) -> JsonObject:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> JsonObject:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "words", **more: object) -> JsonObject:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(action_id: str = "go", text: str = "Go", **more: object) -> JsonObject:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def actions(*elements: JsonObject, **more: object) -> JsonObject:
    return {"type": "actions", "elements": list(elements) or [button()], **more}


def options(*values: str) -> list[JsonObject]:
    return [{"text": plain(value.title()), "value": value} for value in values]


def field(element: JsonObject, block_id: str = "b", **more: object) -> JsonObject:
    filled = {"action_id": "a", **element}
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain("Label"),
        "element": filled,
        **more,
    }


def text_field(block_id: str = "b", **more: object) -> JsonObject:
    return field({"type": "plain_text_input"}, block_id, **more)


def modal(*blocks: JsonObject, **more: object) -> JsonObject:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Send"),
        "blocks": list(blocks) or [text_field()],
        **more,
    }


def home(*blocks: JsonObject, **more: object) -> JsonObject:
    return {"type": "home", "blocks": list(blocks) or [section()], **more}


async def card(ws: Workspace, client: WebClient, *blocks: JsonObject) -> Message:
    """Post blocks to #ops and look at them."""
    shown = list(blocks) or [actions(button("yes", "Approve", value="7"), button("no", "Reject"))]
    await client.chat_postMessage(channel="COPS", text="card", blocks=shown)
    return ws.messages("#ops")[-1]
