"""What the web port shows, as callables that wiring hands in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.domain.vitals import Vitals


@dataclass(frozen=True, kw_only=True, slots=True)
class Sights:
    """`metrics` gives Prometheus's text format 0.0.4, and as much of it as there is."""

    vitals: Callable[[], Awaitable[Vitals]]
    metrics: Callable[[], Awaitable[bytes]]


SIGHTS = web.AppKey("sights", Sights)
