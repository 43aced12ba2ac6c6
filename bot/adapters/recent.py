"""What was found out lately and need not be asked for again."""

from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Generic, TypeVar

Key = TypeVar("Key")
Kept = TypeVar("Kept")


class Recent(Generic[Key, Kept]):
    """At most so many; what was not looked at for longest goes first, to `let_go`."""

    def __init__(self, most: int, let_go: Callable[[Kept], None] | None = None) -> None:
        self._most = most
        self._let_go = let_go or _forget
        self._kept: OrderedDict[Key, Kept] = OrderedDict()

    def get(self, key: Key) -> Kept | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def get_or_put(self, key: Key, make: Callable[[], Kept]) -> Kept:
        kept = self.get(key)
        if kept is None:
            kept = make()
            self.put(key, kept)
        return kept

    def put(self, key: Key, kept: Kept) -> None:
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self.drop_oldest()

    def all(self) -> Collection[Kept]:
        return self._kept.values()

    def drop_oldest(self) -> None:
        self._let_go(self._kept.popitem(last=False)[1])

    def drop(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._let_go(kept)

    def clear(self) -> None:
        while self._kept:
            self.drop_oldest()


def _forget(_kept: object) -> None:
    """Nothing has to be given back."""
