"""Socket Mode: several connections for one AsyncApp, each guarded against falling silent."""

from bot.adapters.sockets.links import Times
from bot.adapters.sockets.pauses import Backoff
from bot.adapters.sockets.pools import Fatal, Sockets

__all__ = ["Backoff", "Fatal", "Sockets", "Times"]
