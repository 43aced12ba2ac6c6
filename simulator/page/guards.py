"""Who may talk to the page: only this machine, only the page itself, under a strict policy."""

import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
_FOREIGN_SITES = frozenset({"cross-site", "same-site"})


def guarded(handler: Handler) -> Handler:
    """Let a request through when it comes from this machine and from no other site's page."""

    async def guard(request: web.Request) -> web.StreamResponse:
        if (reason := refusal(request)) is not None:
            return web.json_response({"error": reason}, status=403)
        return await handler(request)

    return guard


def refusal(request: web.Request) -> str | None:
    """Why a request is turned away, in a sentence; None when it is welcome.

    A foreign Host header is how DNS rebinding shows itself: the browser believes to talk to
    another site that now resolves to this machine.
    """
    if not _is_loopback(request.remote):
        return "This page answers only to the machine it runs on."
    if _host_name(request.host) not in _LOCAL_NAMES:
        return f"This page is not served under the name {request.host!r}; use 127.0.0.1."
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        return "Another site's page may not act here."
    asset_or_act = request.path != "/"
    if asset_or_act and request.headers.get("Sec-Fetch-Site") in _FOREIGN_SITES:
        return "Another site's page may not read here."
    return None


def policy(host: str) -> dict[str, str]:
    """Headers of every page answer: no foreign code, pictures, frames or connections."""
    rules = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        f"connect-src 'self' ws://{host}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return SAFE_HEADERS | {"Content-Security-Policy": "; ".join(rules)}


SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def _is_loopback(remote: str | None) -> bool:
    try:
        return remote is not None and ipaddress.ip_address(remote).is_loopback
    except ValueError:
        return False


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"http://{host}").hostname
    except ValueError:
        return None
