"""The only room that knows everybody: builds the bot from settings and owns its tasks."""

from bot.wiring.endings import Ending
from bot.wiring.outside import local_platform, web_client
from bot.wiring.parts import Services
from bot.wiring.platforms import Fleet, fleet_at, fleet_of
from bot.wiring.runs import EVERY_ROLE, running

__all__ = [
    "EVERY_ROLE",
    "Ending",
    "Fleet",
    "Services",
    "fleet_at",
    "fleet_of",
    "local_platform",
    "running",
    "web_client",
]
