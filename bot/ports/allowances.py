"""Allowances: how often something may be done, counted together by all who do it."""

from typing import Protocol


class Allowances(Protocol):
    """Counted by the generic cell rate algorithm, so that a key is one number.

    A key that nobody spent from for a while may be forgotten: it is full then.
    """

    async def take(self, key: str, *, rate: float, size: float, reserve: float = 0.0) -> float:
        """Take one if that leaves `reserve`: 0.0, or the seconds until it would.

        `rate` is how many a second grow back, up to `size`. Nothing is taken while the key is held.
        """
        ...

    async def hold(self, key: str, seconds: float) -> None:
        """Nobody takes anything from this key for so long."""
        ...
