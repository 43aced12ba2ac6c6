"""The web port: health for supervisors, metrics for Prometheus; nothing can be done through it."""

from bot.web.servers import serving
from bot.web.sights import Sights

__all__ = ["Sights", "serving"]
