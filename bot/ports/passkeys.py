"""Passkeys: where they and the errands they are for are kept, and who judges what they sign."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.domain.actors import PersonId
from bot.domain.passkeys import Errand, Made, Passkey


class Passkeys(Protocol):
    async def add(self, passkey: Passkey) -> bool:
        """False when there is one of that id."""
        ...

    async def get(self, passkey: str) -> Passkey | None: ...

    async def of(self, person: PersonId | None = None) -> Sequence[Passkey]:
        """Somebody's, or everybody's, oldest first, revoked ones too."""
        ...

    async def used(self, passkey: Passkey, sign_count: int, now: datetime) -> bool:
        """Guarded: False when it counted on meanwhile, or was revoked."""
        ...

    async def revoke(self, passkey: str, now: datetime) -> bool:
        """False when it does not count any more."""
        ...

    async def send(self, errand: Errand) -> None:
        """Keep what a new link is for."""
        ...

    async def errand(self, token: str) -> Errand | None: ...

    async def take(self, token: str, now: datetime) -> bool:
        """Guarded: True once per link, for one caller."""
        ...

    async def forget(self, before: datetime) -> int:
        """Drop links that were over before then; returns how many."""
        ...


class Ceremonies(Protocol):
    """What browsers are asked, and whether what they answer holds.

    `origin` is where the page stands, as browsers write it: `https://jobs.example.com`.
    """

    @property
    def origin(self) -> str: ...

    def making(
        self, challenge: bytes, person: PersonId, name: str, known: Sequence[Passkey]
    ) -> Mapping[str, Any]:
        """The options for making a passkey, as JSON; none where there is one of `known`."""
        ...

    def proving(self, challenge: bytes, known: Sequence[Passkey]) -> Mapping[str, Any]:
        """The options for using one of `known`, as JSON."""
        ...

    def made(self, answer: Mapping[str, Any], challenge: bytes) -> Made:
        """The passkey that was made. Raises Permanent: this answer does not hold."""
        ...

    def proved(self, answer: Mapping[str, Any], challenge: bytes, passkey: Passkey) -> int:
        """The passkey's count of signatures now. Raises Permanent: this answer does not hold.

        Whether that count may be is not looked at.
        """
        ...
