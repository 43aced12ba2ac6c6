"""The server: one small application on one port."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from bot.web.guards import guarded
from bot.web.routes import routes
from bot.web.sights import SIGHTS, Sights

log = structlog.get_logger(__name__)

LARGEST_BODY = 1_024
"""Bytes; nothing here reads a body."""

IDLE = 30.0
LONGEST_GOODBYE = 2.0
"""Seconds: an idle connection, and requests under way when it stops."""


def web_app(sights: Sights) -> web.Application:
    app = web.Application(middlewares=[guarded], client_max_size=LARGEST_BODY)
    app[SIGHTS] = sights
    app.add_routes(routes)
    return app


@asynccontextmanager
async def serving(sights: Sights, *, host: str, port: int) -> AsyncGenerator[int]:
    """Serve until left; yields the port, chosen by the system for 0. Raises OSError."""
    runner = web.AppRunner(
        web_app(sights),
        access_log=None,
        keepalive_timeout=IDLE,
        shutdown_timeout=LONGEST_GOODBYE,
        handle_signals=False,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound: int = runner.addresses[0][1]
        log.info("web_port_open", host=host, port=bound)
        yield bound
    finally:
        await runner.cleanup()
