"""What a store keeps of how people talk: their own short forms, and questions still open."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.actors import PersonId, Place
from bot.domain.aliases import Alias
from bot.domain.followups import OpenQuestion


class Aliases(Protocol):
    """Names are told apart by `alias_key`."""

    async def put(self, alias: Alias) -> None:
        """Keep it, in place of the owner's own one of that name."""
        ...

    async def get(self, person: PersonId, name: str) -> Alias | None: ...

    async def of(self, person: PersonId) -> Sequence[Alias]:
        """All that are theirs, by name."""
        ...

    async def drop(self, person: PersonId, name: str) -> bool:
        """False when they have none of that name."""
        ...


class OpenQuestions(Protocol):
    """At most one for each person in each thread or DM."""

    async def put(self, question: OpenQuestion, now: datetime) -> None:
        """Keep it in place of the one before; those that are over go."""
        ...

    async def get(self, place: Place, person: PersonId, now: datetime) -> OpenQuestion | None:
        """The one that is still open."""
        ...

    async def drop(self, place: Place, person: PersonId) -> None: ...
