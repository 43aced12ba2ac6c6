"""The yardstick: an AsyncApp that acks a command and does nothing else."""

import asyncio
import os

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def main() -> None:
    client = AsyncWebClient(
        token=os.environ["SLACK_BOT_TOKEN"],  # noqa: TID251  a program of its own
        base_url=os.environ["SLACK_API_URL"],  # noqa: TID251
    )
    app = AsyncApp(client=client)

    async def only_ack(ack: AsyncAck) -> None:
        await ack()

    app.command("/job")(only_ack)
    handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])  # noqa: TID251
    await handler.connect_async()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
