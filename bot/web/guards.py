"""Around every request: a bound in time, headers, and the place where an error ends."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import structlog
from aiohttp import web

from bot.logs import new_error_id

log = structlog.get_logger(__name__)

LONGEST_ANSWER = 20.0
"""Seconds; longer than anything a sight waits for."""

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What goes wrong is logged under an id, and the id is all that is said of it."""
    with structlog.contextvars.bound_contextvars(request_id=f"web:{uuid4().hex[:12]}"):
        answer = await _answered(request, handler)
    answer.headers.update(_HEADERS)
    return answer


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        async with asyncio.timeout(LONGEST_ANSWER):
            return await handler(request)
    except web.HTTPException as error:
        return web.Response(status=error.status, text=f"{error.status} {error.reason}\n")
    except Exception:
        error_id = new_error_id()
        log.exception("web_request_failed", error_id=error_id, path=request.path[:200])
        return web.Response(status=500, text=f"Something went wrong ({error_id}).\n")
