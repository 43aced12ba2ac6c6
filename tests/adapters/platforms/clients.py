"""A REST client that asks a server whose answers a test decides."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from bot.adapters.platforms.rest import Rest
from bot.domain.errors import PortError
from bot.ports import JobPlatform
from tests.fakes.servers import Answering, Heard, serving

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PATIENCE = 10.0


def said(status: int, **given: Any) -> Callable[[], web.Response]:
    """A JSON answer."""
    body = given.pop("body", {})
    return lambda: web.json_response(body, status=status, **given)


def plain(text: str = "", **given: Any) -> Callable[[], web.Response]:
    return lambda: web.Response(text=text, **given)


class Client:
    """A `Rest` that is closed, and asks one server."""

    def __init__(self, server: Heard | str, **options: Any) -> None:
        url = server if isinstance(server, str) else server.url
        given: dict[str, Any] = {"now": lambda: NOW, **options}
        self.rest = Rest("engine", url, **given)

    async def __aenter__(self) -> Rest:
        return self.rest

    async def __aexit__(self, *_: object) -> None:
        await self.rest.close()


async def failure(
    answer: Answering, *, options: dict[str, Any] | None = None, **call: Any
) -> PortError:
    """What a request comes to that is answered like this."""
    given: dict[str, Any] = {"method": "POST", "path": "/x", "json": {}, **call}
    async with serving(answer) as server, Client(server, **(options or {})) as rest:
        with pytest.raises(PortError) as raised:
            async with asyncio.timeout(PATIENCE):
                await rest.call(**given)
    return raised.value


async def whole_log(platform: JobPlatform, key: str, limit: int = 65_536) -> str:
    """Everything, read piece by piece until it is complete or nothing more is given."""
    text, cursor = "", ""
    async with asyncio.timeout(60):
        while True:
            piece = await platform.logs(key, cursor, limit)
            assert len(piece.text.encode()) <= limit
            text, cursor = text + piece.text, piece.cursor
            if piece.complete or not piece.text:
                return text
