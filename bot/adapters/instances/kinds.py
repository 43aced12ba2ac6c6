"""Kinds of platforms, as installed packages name them under the entry points' group."""

from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeAlias

from pydantic import BaseModel

from bot.domain.errors import Mistake
from bot.ports import PlatformKind

KINDS = "jobthread.platforms"
"""The group of entry points; each names a `PlatformKind`."""

Kinds: TypeAlias = Mapping[str, Callable[[], PlatformKind]]
"""What loads each kind; it raises `Mistake` where that cannot be done."""


def entry_point_kinds() -> Kinds:
    """The kinds that are installed here. Nothing of them is imported yet."""
    return {each.name: _loader(each) for each in entry_points(group=KINDS)}


def _loader(point: EntryPoint) -> Callable[[], PlatformKind]:
    def load() -> PlatformKind:
        try:
            found: Any = point.load()
        except Exception as error:
            # Somebody else's package: whatever it raises, the other platforms work on.
            raise Mistake(f"the kind `{point.name}` cannot be loaded: {error!r}") from error
        model = getattr(found, "settings", None)
        is_model = isinstance(model, type) and issubclass(model, BaseModel)
        if not is_model or not callable(getattr(found, "open", None)):
            raise Mistake(f"the kind `{point.name}` ({point.value}) has no `settings` and `open`")
        return found

    return load
