"""Two apps to test the workspace with: a real Bolt one, and a bare socket under full control."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Self

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Workspace
from simulator.shapes import JsonObject

#: an AsyncWebClient; what it answers is typed as Optional[Unknown] whatever one subscripts
WebClient = Any


def web_client(ws: Workspace, *retries: AsyncRetryHandler, token: str = "xoxb-local") -> WebClient:
    """A client of the workspace that tries again only as told."""
    return AsyncWebClient(token=token, base_url=ws.api_url, retry_handlers=list(retries))


class BoltApp:
    """AsyncApp over AsyncSocketModeHandler, as a bot runs it."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._handlers: list[AsyncSocketModeHandler] = []
        client = AsyncWebClient(token="xoxb-local", base_url=ws.api_url)
        self.app = AsyncApp(client=client)

    async def connect(self, ping_interval: float = 10) -> AsyncSocketModeHandler:
        handler = AsyncSocketModeHandler(self.app, "xapp-local", ping_interval=ping_interval)
        self._handlers.append(handler)
        await handler.connect_async()
        return handler

    async def close(self) -> None:
        for handler in self._handlers:
            await handler.close_async()


class BareApp:
    """One WebSocket; remembers each frame, acks with `answer` while `acks` is true."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._session: aiohttp.ClientSession | None = None
        self.acks: bool | Callable[[JsonObject], bool] = True
        self.answer: JsonObject | None = None
        self.frames: list[JsonObject] = []
        self._arrived = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        token = {"Authorization": "Bearer xapp-local"}
        url = f"{self._ws.api_url}apps.connections.open"
        async with self._session.post(url, headers=token) as answered:
            self.opened: JsonObject = await answered.json()
        self.socket = await self._session.ws_connect(self.opened["url"], autoping=False)
        self._reader = asyncio.create_task(self._read())
        await self.frame(lambda frame: frame["type"] in {"hello", "disconnect"})
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self.socket.close()
        if self._session is not None:
            await self._session.close()

    @property
    def envelopes(self) -> list[JsonObject]:
        return [frame for frame in self.frames if "envelope_id" in frame]

    @property
    def hello(self) -> JsonObject:
        return next(frame for frame in self.frames if frame["type"] == "hello")

    async def frame(self, wanted: Callable[[JsonObject], bool]) -> JsonObject:
        """The first frame of that kind, waiting for it."""
        async with asyncio.timeout(5):
            while not (found := [frame for frame in self.frames if wanted(frame)]):
                self._arrived.clear()
                await self._arrived.wait()
        return found[0]

    async def ack(self, envelope: JsonObject, payload: Any = None) -> None:
        ack: JsonObject = {"envelope_id": envelope["envelope_id"]}
        await self.socket.send_json(ack if payload is None else ack | {"payload": payload})

    async def _read(self) -> None:
        async for message in self.socket:
            if message.type is aiohttp.WSMsgType.PONG:
                self.frames.append({"type": "pong", "data": bytes(message.data)})
            elif message.type is aiohttp.WSMsgType.TEXT:
                frame = json.loads(message.data)
                self.frames.append(frame)
                acks = self.acks(frame) if callable(self.acks) else self.acks
                if acks and "envelope_id" in frame:
                    await self.ack(frame, self.answer)
            self._arrived.set()
        self.frames.append({"type": "closed"})
        self._arrived.set()
