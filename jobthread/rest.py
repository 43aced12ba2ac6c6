"""A client for platforms that speak REST: pooled and bounded, with errors that are the port's."""

from bot.adapters.platforms.credentials import Basic, Bearer, Credentials, Nobody
from bot.adapters.platforms.rest import Bounds, Reply, Rest, Road

__all__ = ["Basic", "Bearer", "Bounds", "Credentials", "Nobody", "Reply", "Rest", "Road"]
