"""Catalog, policy, people, clock: what the services ask about the world."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.actors import Actor, PersonId
from bot.domain.jobs import Job
from bot.domain.parameters import Choice, Parameter, Value
from bot.domain.policies import Policy
from bot.domain.shortcuts import ShortForm


class Clock(Protocol):
    def now(self) -> datetime:
        """This moment, with a time zone."""
        ...


class Catalog(Protocol):
    """The jobs that can be asked for now: the last good reading of the files."""

    def jobs(self) -> Sequence[Job]:
        """All of them, by name."""
        ...

    def shortcuts(self) -> Sequence[ShortForm]:
        """Short forms of these jobs, by name."""
        ...

    def find(self, name: str) -> Job | None:
        """By name or alias, ignoring case."""
        ...

    def gone(self, name: str) -> str:
        """Why there is no job of this name any more; empty where nobody knows of one."""
        ...

    def all_gone(self) -> Collection[str]:
        """What those that are no more were called, as names are compared: without case."""
        ...

    def near(self, name: str, limit: int = 3) -> Sequence[str]:
        """Job names that look like this one, best first; empty when none does."""
        ...

    async def choices(
        self, job: Job, parameter: Parameter, values: Mapping[str, Value], typed: str = ""
    ) -> Sequence[Choice]:
        """What may be chosen now (at most 100), narrowed by what was typed.

        Raises `Temporary` with a sentence when a command or URL does not answer in time.
        """
        ...


class PolicySource(Protocol):
    def current(self) -> Policy:
        """The last good policy; `NOBODY` when there never was one."""
        ...


class People(Protocol):
    async def actor(self, person: PersonId) -> Actor:
        """What Slack knows of a person, from a bounded cache. Raises `Temporary`."""
        ...

    async def members(self, group: str) -> Sequence[PersonId]:
        """The people of a user group, by id or `@handle`; empty when there is no such group."""
        ...

    async def by_email(self, email: str) -> PersonId | None:
        """Whose confirmed address this is; None when it is nobody's of ours."""
        ...

    def forget(self, user: str = "") -> None:
        """Something changed: ask anew for this person, or for who is in the groups."""
        ...
