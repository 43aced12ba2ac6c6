"""The platforms file: which instances of which kinds there are, read and held against the kinds."""

from bot.adapters.instances.kinds import KINDS, Kinds, entry_point_kinds
from bot.adapters.instances.readings import (
    Configured,
    PlatformsReading,
    read_platforms,
    version_at,
)
from bot.adapters.instances.schemas import json_schema

__all__ = [
    "KINDS",
    "Configured",
    "Kinds",
    "PlatformsReading",
    "entry_point_kinds",
    "json_schema",
    "read_platforms",
    "version_at",
]
