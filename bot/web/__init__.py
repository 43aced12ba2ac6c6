"""The web port: health for supervisors, metrics for Prometheus, and the page for passkeys."""

from bot.web.servers import serving
from bot.web.sights import Sights

__all__ = ["Sights", "serving"]
