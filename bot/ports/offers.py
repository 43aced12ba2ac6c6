"""What platforms offer, as the last answer of each had it: the same for every process."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.offers import Offer, Offering


class Offers(Protocol):
    """Offers are kept by platform and by what that calls them."""

    async def claim(
        self, platforms: Collection[str], now: datetime, until: datetime
    ) -> Sequence[Offering]:
        """Those of these platforms that are due to be asked, due for nobody else before `until`."""
        ...

    async def standing(self) -> Sequence[Offering]:
        """Of every platform that was ever asked, by their names."""
        ...

    async def of(self, platform: str) -> Sequence[Offer]:
        """Also what is gone, by when it came and by its name."""
        ...

    async def put(self, given: Sequence[Offer], /) -> None:
        """Write these anew, whether or not they were there."""
        ...

    async def heard(self, offering: Offering) -> None:
        """Write down how asking went."""
        ...

    async def withdraw(
        self, platform: str, unasked_since: datetime, version: str, now: datetime
    ) -> bool:
        """All that it offers is gone, as this version; False where that is so already.

        Also False where somebody asked it since then. It counts as one that never answered.
        """
        ...

    async def forget(self, gone_before: datetime) -> int:
        """Drop what is gone since before then, and who offers nothing; returns how many offers."""
        ...
