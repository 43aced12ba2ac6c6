"""How the bot hears of what happens in Slack, and makes something happen there to hear of."""

from typing import Protocol


class Connections(Protocol):
    """The connections of this process over which events come; each comes over any one of them."""

    def held(self) -> int:
        """Those that are there or are being opened."""
        ...

    def connected(self) -> int:
        """Those over which something could be heard now."""
        ...

    async def hold(self, count: int) -> None:
        """From now on hold so many; returns when those too many are closed."""
        ...

    async def rebuild(self) -> None:
        """Replace every connection by a new one; bounded, and never raises."""
        ...


class Echo(Protocol):
    async def cause(self) -> None:
        """Do something in Slack that comes back as an event; raises `PortError`."""
        ...
