"""The page's own files, read once: HTML, styles, modules, the icon."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

_TYPES = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """One file as it is served."""

    content: bytes
    content_type: str


@cache
def read_assets() -> Mapping[str, Asset]:
    """Every file of the static folder by its name; nothing else can be asked for."""
    folder = resources.files("simulator.page") / "static"
    found: dict[str, Asset] = {}
    for entry in folder.iterdir():
        kind = entry.name.rpartition(".")[2]
        if kind in _TYPES:
            found[entry.name] = Asset(content=entry.read_bytes(), content_type=_TYPES[kind])
    return found
