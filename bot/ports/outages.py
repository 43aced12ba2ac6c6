"""Outages as rows: however many processes notice one, it is told once."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.outages import Outage


class Outages(Protocol):
    async def begin(self, outage: Outage) -> bool:
        """Keep it; False when one of this place is kept already."""
        ...

    async def end(self, place: str) -> Outage | None:
        """It is over; None when nobody noticed any, or somebody else told its end."""
        ...

    async def all(self) -> Sequence[Outage]:
        """Those of now, by place."""
        ...
