"""Follow-ups: which question is open with somebody, so that a short answer fills it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.domain.actors import PersonId, Place
from bot.domain.followups import OpenQuestion
from bot.domain.intents import RunJob
from bot.domain.secrets import without_typed_secrets
from bot.ports import Catalog, Clock, Store

OPEN_FOR = timedelta(minutes=15)
"""After that a short sentence is no answer any more."""


class FollowUps:
    """The last question to each person in each thread or DM; any process may get the answer."""

    def __init__(self, *, store: Store, catalog: Catalog, clock: Clock) -> None:
        self._store = store
        self._catalog = catalog
        self._clock = clock

    async def open_in(self, place: Place, person: PersonId) -> RunJob | None:
        """The run that an answer would go on with."""
        now = self._clock.now()
        found = await self._store.look(lambda tx: tx.open_questions.get(place, person, now))
        return found.run if found is not None else None

    async def ask(self, place: Place, person: PersonId, run: RunJob) -> None:
        """This is open from now on, in place of what was."""
        now = self._clock.now()
        given = without_typed_secrets(self._catalog.find(run.job or ""), run.given)
        kept = replace(run, given=_texts(given))
        question = OpenQuestion(place=place, person=person, run=kept, until=now + OPEN_FOR)
        async with self._store.transaction() as tx:
            await tx.open_questions.put(question, now)

    async def close(self, place: Place, person: PersonId) -> None:
        """It was answered, or something else was said."""
        async with self._store.transaction() as tx:
            await tx.open_questions.drop(place, person)


def _texts(given: Mapping[str, object]) -> dict[str, str]:
    return {name: value for name, value in given.items() if isinstance(value, str)}
