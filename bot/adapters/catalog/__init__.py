"""The job catalogue: YAML files in a folder, read whole, watched, and asked for choices."""

from bot.adapters.catalog.choices import Fetch
from bot.adapters.catalog.folders import CatalogFolder, ReloadReport
from bot.adapters.catalog.merging import Merged, merged
from bot.adapters.catalog.readings import CatalogReading, read_catalog
from bot.adapters.catalog.schemas import json_schema
from bot.adapters.yaml_documents import FileMistake

__all__ = [
    "CatalogFolder",
    "CatalogReading",
    "Fetch",
    "FileMistake",
    "Merged",
    "ReloadReport",
    "json_schema",
    "merged",
    "read_catalog",
]
