"""Executions and the decisions on them, as the services keep and find them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.actors import PersonId, Place
from bot.domain.approvals import Decision
from bot.domain.executions import Execution, Status


class Executions(Protocol):
    async def add(self, execution: Execution) -> Execution:
        """Insert and return it with its `id` (the given one is ignored).

        When the `request_id` is already there, returns that execution and inserts nothing.
        """
        ...

    async def get(self, execution: int) -> Execution | None: ...

    async def by_request_id(self, request_id: str) -> Execution | None: ...

    async def numbered(self, numbers: Sequence[int]) -> Sequence[Execution]:
        """Those of these numbers that there are, in their order."""
        ...

    async def by_request_key(self, request_key: str) -> Execution | None: ...

    async def move(self, before: Execution, after: Execution) -> Execution | None:
        """Guarded: None when the status is no longer `before.status`, or the key is held."""
        ...

    async def save(self, execution: Execution) -> Execution | None:
        """Write what is not the status (progress, tail, card); None when the status changed."""
        ...

    async def save_all(self, changed: Sequence[Execution]) -> Sequence[Execution]:
        """Save many in one statement; those whose status was still the same."""
        ...

    async def move_all(self, moves: Sequence[tuple[Execution, Execution]]) -> Sequence[Execution]:
        """Move many from before to after in one statement, guarded as `move`; those that moved.

        Not for moves that take a concurrency key: when one of those is held, all fail.
        """
        ...

    async def by_request_keys(self, request_keys: Sequence[str]) -> Sequence[Execution]:
        """Those that are there, by their numbers; one statement."""
        ...

    async def put_off(self, numbers: Sequence[int], due_at: datetime) -> int:
        """Have those that are not at their end looked at then; returns how many. Two statements."""
        ...

    async def due(
        self,
        statuses: Sequence[Status],
        now: datetime,
        limit: int,
        *,
        hosts: Sequence[str] | None = None,
    ) -> Sequence[Execution]:
        """Those whose `due_at` has come, oldest first; only those bound to one of `hosts`.

        Where several processes share the work each reads some of the oldest, and a transaction
        those that no other has in its hands.
        """
        ...

    async def claim(
        self,
        statuses: Sequence[Status],
        now: datetime,
        until: datetime,
        limit: int,
        *,
        hosts: Sequence[str],
    ) -> Sequence[Execution]:
        """Those due, oldest first, which are due for nobody else before `until`; one statement.

        Due is also what waits for more than twice as long as from `now` until then: nothing is
        left alone for that long, so the clock went back since.
        """
        ...

    async def of_host(
        self, host: str, statuses: Sequence[Status], limit: int
    ) -> Sequence[Execution]:
        """Those that this host runs, oldest first."""
        ...

    async def holder(self, concurrency_key: str) -> Execution | None:
        """The live execution that holds a concurrency key."""
        ...

    async def first_in_line(self, concurrency_key: str) -> Execution | None:
        """The oldest execution that holds a concurrency key or is ready to take it."""
        ...

    async def firsts_in_line(self, concurrency_keys: Sequence[str]) -> Sequence[Execution]:
        """That of each of these keys, by their numbers; one statement."""
        ...

    async def in_thread(self, place: Place) -> Execution | None:
        """The newest execution whose card stands in this thread."""
        ...

    async def latest_of(self, person: PersonId) -> Execution | None: ...

    async def listing(
        self,
        *,
        job: str | None = None,
        person: PersonId | None = None,
        statuses: Sequence[Status] = (),
        environment: str | None = None,
        platform: str | None = None,
        limit: int = 20,
    ) -> Sequence[Execution]:
        """Newest first."""
        ...

    async def durations(self, job: str, environment: str, limit: int = 20) -> Sequence[timedelta]:
        """How long the latest successful runs took."""
        ...

    async def favourites(self, person: PersonId, limit: int = 5) -> Sequence[str]:
        """Job names a person runs most, most first."""
        ...

    async def popular_in(self, channel: str, limit: int = 5) -> Sequence[str]:
        """Job names that ran most in a channel among the newest runs of all, most first."""
        ...


class Decisions(Protocol):
    async def add(self, decision: Decision) -> bool:
        """False when that person already decided on that execution."""
        ...

    async def of(self, execution: int) -> Sequence[Decision]: ...

    async def of_many(self, executions: Sequence[int]) -> Mapping[int, Sequence[Decision]]:
        """Those on each of these executions, in the order in which they were made."""
        ...
