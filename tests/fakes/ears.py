"""Connections and an echo in a test's hand."""

from dataclasses import dataclass, field

from bot.domain.errors import PortError


@dataclass(kw_only=True, slots=True)
class FakeConnections:
    """Are well as soon as they are held, unless `broken`."""

    count: int = 2
    broken: bool = False
    rebuilt: int = 0
    holds: list[int] = field(default_factory=list[int])

    def held(self) -> int:
        return self.count

    def connected(self) -> int:
        return 0 if self.broken else self.count

    async def hold(self, count: int) -> None:
        self.holds.append(count)
        self.count = count

    async def rebuild(self) -> None:
        self.rebuilt += 1


@dataclass(kw_only=True, slots=True)
class FakeEcho:
    """Counts what was caused; raises `error` while there is one."""

    caused: int = 0
    error: PortError | None = None

    async def cause(self) -> None:
        if self.error is not None:
            raise self.error
        self.caused += 1
