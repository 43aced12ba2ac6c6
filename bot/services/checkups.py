"""Checkups: the vital signs of this process, taken anew each time somebody asks."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.domain.errors import PortError
from bot.domain.vitals import Ears, Round, Vitals
from bot.ports import Clock
from bot.services.presences import Presences
from bot.services.rounds import within

LONGEST_LOOK = timedelta(seconds=3)

NO_DATABASE = "The database does not answer."


class Checkups:
    """What a probe of this process is told: whether it lives, and whether it can work."""

    def __init__(
        self,
        *,
        clock: Clock,
        presences: Presences,
        rounds: Callable[[], Sequence[Round]],
        ears: Callable[[], Ears],
    ) -> None:
        self._clock = clock
        self._presences = presences
        self._rounds = rounds
        self._ears = ears

    async def now(self) -> Vitals:
        """Never raises: what does not answer is one of the signs."""
        return Vitals(
            now=self._clock.now(),
            process=self._presences.own,
            rounds=tuple(self._rounds()),
            database=await self._database(),
            ears=self._ears(),
        )

    async def _database(self) -> str:
        try:
            await within(LONGEST_LOOK, self._presences.living())
        except PortError:
            return NO_DATABASE
        return ""
