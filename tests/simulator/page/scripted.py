"""A small Bolt app whose every answer is known, over the real socket."""

import json
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.simulator.page import samples

Json = dict[str, Any]


def scripted_app(client: AsyncWebClient) -> AsyncApp:
    app = AsyncApp(client=client)
    app.command("/job")(_command)
    app.event("app_mention")(_mentioned)
    app.event("message")(_written)
    app.event("app_home_opened")(_home)
    app.action("approve")(_approve)
    app.action("cancel")(_cancelled)
    app.action("refresh")(_refresh)
    for action_id in ("more", "colour", "since", "ticks", "owner", "places"):
        app.action(action_id)(_chosen)
    app.options("value")(_versions)
    app.view("form")(_form)
    app.view("steps")(_first_step)
    app.view("second")(_second_step)
    app.view_closed("form")(_closed)
    return app


async def _command(ack: Any, command: Json, client: AsyncWebClient, respond: Any) -> None:
    channel = command["channel_id"]
    match command["text"].split():
        case ["silent"]:
            return
        case ["form" | "steps" as name]:
            await ack()
            view = samples.FORM if name == "form" else samples.STEPS
            await client.views_open(trigger_id=command["trigger_id"], view=view)
        case ["card" | "choices" as name]:
            await ack()
            blocks = samples.CARD if name == "card" else samples.CHOICES
            await client.chat_postMessage(channel=channel, text="Running deploy", blocks=blocks)
        case ["files"]:
            await ack()
            uploads = [
                {"filename": "usage.png", "content": samples.picture()},
                {"filename": "deploy.log", "content": "one\ntwo\n"},
            ]
            await client.files_upload_v2(
                channel=channel, file_uploads=uploads, initial_comment="The report"
            )
        case _:
            await ack()
            await respond(text=f"You said *{command['text']}*")


async def _mentioned(event: Json, say: Any) -> None:
    await say(text=f"Heard: {event['text']}", thread_ts=event.get("thread_ts") or event["ts"])


async def _written(event: Json, say: Any) -> None:
    if event.get("channel_type") == "im" and "subtype" not in event:
        await say(text=f"Noted: {event['text']}", thread_ts=event.get("thread_ts"))


async def _home(event: Json, client: AsyncWebClient) -> None:
    await client.views_publish(user_id=event["user"], view=samples.home(event["user"]))


async def _approve(ack: Any, body: Json, client: AsyncWebClient) -> None:
    await ack()
    if "message" not in body:
        return
    done = [samples.section(f":white_check_mark: *Approved* by <@{body['user']['id']}>")]
    place = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
    await client.chat_update(**place, text="Approved", blocks=done)


async def _cancelled(ack: Any, respond: Any) -> None:
    await ack()
    await respond(text="Cancelled by you", response_type="ephemeral", replace_original=False)


async def _chosen(ack: Any, body: Json, respond: Any) -> None:
    await ack()
    action = body["actions"][0]
    kept = {key: value for key, value in action.items() if key.startswith("selected")}
    await respond(
        text=f"`{action['action_id']}` {json.dumps(kept)}",
        response_type="ephemeral",
        replace_original=False,
    )


async def _refresh(ack: Any, body: Json, client: AsyncWebClient) -> None:
    await ack()
    note = {"type": "context", "elements": [samples.mrkdwn("Refreshed")]}
    view = samples.STEPS | {"blocks": [*samples.STEPS["blocks"], note]}
    await client.views_update(view_id=body["view"]["id"], view=view)


async def _versions(ack: Any, payload: Json) -> None:
    typed = payload["value"]
    if typed == "zzz":
        await ack(options=[])
        return
    await ack(options=[samples.option(f"{typed}.{n}", f"v-{typed}.{n}") for n in range(3)])


async def _form(ack: Any, body: Json, view: Json, client: AsyncWebClient) -> None:
    values = {block: one["value"] for block, one in view["state"]["values"].items()}
    if values["why"]["value"] == "because":
        await ack(response_action="errors", errors={"why": "Say why, in a sentence."})
        return
    await ack()
    kept = {name: _plain(value) for name, value in values.items()}
    text = f"```{json.dumps(kept, sort_keys=True)}```"
    await client.chat_postMessage(channel=body["user"]["id"], text=text)


def _plain(value: Json) -> object:
    content = next((value[key] for key in value if key != "type"), None)
    match content:
        case {"value": chosen}:
            return chosen
        case [*items]:
            return [item.get("value", item.get("name")) for item in items]
        case _:
            return content


async def _first_step(ack: Any) -> None:
    await ack(response_action="push", view=samples.SECOND)


async def _second_step(ack: Any) -> None:
    await ack(response_action="clear")


async def _closed(ack: Any, body: Json, client: AsyncWebClient) -> None:
    await ack()
    await client.chat_postMessage(channel=body["user"]["id"], text="You closed the form.")
