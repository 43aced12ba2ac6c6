"""The server: one small application on one port."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from bot.services.stepups import StepUps
from bot.web import passkeys
from bot.web.guards import guarded
from bot.web.routes import routes
from bot.web.sights import SIGHTS, Sights

log = structlog.get_logger(__name__)

IDLE = 30.0
LONGEST_GOODBYE = 2.0
"""Seconds: an idle connection, and requests under way when it stops."""


def web_app(sights: Sights, step_ups: StepUps | None = None) -> web.Application:
    app = web.Application(middlewares=[guarded], client_max_size=passkeys.LARGEST_ANSWER)
    app[SIGHTS] = sights
    app.add_routes(routes)
    if step_ups is not None:
        app[passkeys.STEP_UPS] = step_ups
        app.add_routes(passkeys.routes)
    return app


@asynccontextmanager
async def serving(
    sights: Sights, *, host: str, port: int, step_ups: StepUps | None = None
) -> AsyncGenerator[int]:
    """Serve until left; yields the port, chosen by the system for 0. Raises OSError.

    Without `step_ups` there is no page for passkeys.
    """
    runner = web.AppRunner(
        web_app(sights, step_ups),
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
