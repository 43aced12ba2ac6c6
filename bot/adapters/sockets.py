"""The Socket Mode connection: opened once the preflight passed, closed within a bound."""

import asyncio
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

log = structlog.get_logger(__name__)

CLOSE_WITHIN = 5.0
"""Seconds; close_async() of slack_sdk may never return (its issues tell of hung shutdowns)."""


class Socket:
    """One connection; made inside a running loop, because slack_sdk makes its session at once."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self._handler = AsyncSocketModeHandler(app, app_token, ping_interval=10)

    async def connect(self) -> None:
        await self._handler.connect_async()

    async def is_connected(self) -> bool:
        client: Any = self._handler.client
        return bool(await client.is_connected())

    async def close(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._handler.close_async()
        except TimeoutError:
            log.warning("socket_close_took_too_long", seconds=CLOSE_WITHIN)
