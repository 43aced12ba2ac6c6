"""The yardsticks: an AsyncApp that only acks a command, and one that acks and posts a message."""

import asyncio
import os
import sys
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def _only_ack(ack: AsyncAck) -> None:
    await ack()


async def _ack_and_post(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
    await ack()
    await client.chat_postMessage(channel=body["channel_id"], text="Nothing runs now.")


async def main(listener: str) -> None:
    client = AsyncWebClient(
        token=os.environ["SLACK_BOT_TOKEN"],  # noqa: TID251  a program of its own
        base_url=os.environ["SLACK_API_URL"],  # noqa: TID251
    )
    app = AsyncApp(client=client)
    app.command("/job")({"ack": _only_ack, "post": _ack_and_post}[listener])
    handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])  # noqa: TID251
    await handler.connect_async()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
