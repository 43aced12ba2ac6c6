"""Who is who in the workspace of a test."""

from collections.abc import Sequence

from bot.domain.actors import Actor, PersonId
from bot.domain.errors import PortError
from tests.fakes.values import actor


class FakePeople:
    """Everybody exists; `known` are those of whom more is to be said than a name."""

    def __init__(self, *known: Actor, groups: dict[str, tuple[str, ...]] | None = None) -> None:
        self.known = {each.id.user: each for each in known}
        self.groups = groups or {}
        self.out_of_order: PortError | None = None

    def meet(self, known: Actor) -> None:
        self.known[known.id.user] = known

    async def actor(self, person: PersonId) -> Actor:
        self._be_reachable()
        return self.known.get(person.user) or actor(person.user)

    async def members(self, group: str) -> Sequence[PersonId]:
        self._be_reachable()
        users = self.groups.get(group.removeprefix("@"), ())
        return [actor(user).id for user in users]

    async def by_email(self, email: str) -> PersonId | None:
        self._be_reachable()
        return next((each.id for each in self.known.values() if each.email == email), None)

    def forget(self, user: str = "") -> None:
        """Nothing is kept here."""

    def _be_reachable(self) -> None:
        if self.out_of_order is not None:
            raise self.out_of_order
