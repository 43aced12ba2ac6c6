"""A platform whose configuration has to be mended first: everything about it waits."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta

from bot.domain.errors import Temporary
from bot.domain.jobs import Job
from bot.domain.parameters import Value
from bot.domain.pauses import Answer
from bot.domain.wording import at_rest
from bot.ports import Capability, Health, LogChunk, Observation, StartOrder

_UNUSABLE = at_rest("{platform} cannot be used until its entry in the platforms file is mended.")


class UnusablePlatform:
    """Stands for an instance that cannot be opened, so that nothing of it is given up for lost."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.host = ""
        self.capabilities: frozenset[Capability] = frozenset()
        self.stops_within = timedelta()
        self._why = _UNUSABLE.format(platform=name)

    async def account(self, name: str) -> str:
        raise Temporary(self._why)

    async def catalogue(self) -> Sequence[Job]:
        raise Temporary(self._why)

    async def check(self, job: Job, values: Mapping[str, Value]) -> Mapping[str, str]:
        raise Temporary(self._why)

    async def start(self, order: StartOrder) -> Observation:
        raise Temporary(self._why)

    async def find(self, request_key: str) -> Observation | None:
        raise Temporary(self._why)

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        raise Temporary(self._why)

    async def logs(self, request_key: str, cursor: str = "", limit: int = 65_536) -> LogChunk:
        raise Temporary(self._why)

    async def end_of_log(self, request_key: str, limit: int = 65_536) -> str:
        raise Temporary(self._why)

    async def cancel(self, request_key: str) -> None:
        raise Temporary(self._why)

    async def answer(self, request_key: str, answer: Answer) -> None:
        raise Temporary(self._why)

    async def changes(self) -> AsyncIterator[str]:
        """Nothing: it has no push."""
        for key in ():
            yield key

    async def health(self) -> Health:
        return Health(unwell=self._why)

    async def close(self) -> None:
        """There is nothing to let go of."""
