"""Prefect 3 as a platform, over its REST API: nothing of Prefect is imported."""

from bot.adapters.platforms.prefect.kind import KIND, PrefectKind
from bot.adapters.platforms.prefect.platform import PrefectPlatform
from bot.adapters.platforms.prefect.settings import PrefectSettings

__all__ = ["KIND", "PrefectKind", "PrefectPlatform", "PrefectSettings"]
