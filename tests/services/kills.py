"""A process that dies at a chosen moment: between any two things it does to the world outside."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from inspect import iscoroutinefunction
from typing import Any, cast

from bot.domain.errors import Ambiguous, Temporary
from bot.ports import Chat, JobPlatform, Store, Transaction


class Killed(BaseException):
    """The process is gone; nobody can catch this and go on."""


class Fuse:
    """Counts moments; at the chosen one, and at every later one, there is no process any more.

    A moment lies before and after every call. Those after something changed outside the process are
    `effects`: a death at any other moment is the same as one at the effect before it, unless
    another task went on in between.
    """

    def __init__(self, at: int | None = None) -> None:
        self.moments = 0
        self.effects: list[int] = []
        self._at = at

    def moment(self, *, is_effect: bool = False) -> None:
        self.moments += 1
        if is_effect:
            self.effects.append(self.moments)
        if self._at is not None and self.moments >= self._at:
            raise Killed


class Outage(Fuse):
    """From the chosen moment on so many fail; the process lives, and goes on when they are over.

    What fails before it happened surely did not, what fails after it may have.
    """

    def __init__(self, at: int, length: int = 1) -> None:
        super().__init__()
        self._begins = at
        self._ends = at + length

    def moment(self, *, is_effect: bool = False) -> None:
        super().moment(is_effect=is_effect)
        if self._begins <= self.moments < self._ends:
            raise Ambiguous("no answer") if is_effect else Temporary("it is away")


class Mortal:
    """Stands before a port: each call is a moment before it happens and one after it did."""

    def __init__(self, behind: Any, fuse: Fuse, after: Callable[[str, Any], bool]) -> None:
        self._behind = behind
        self._fuse = fuse
        self._after = after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._behind, name)
        return self._call(name, found) if iscoroutinefunction(found) else found

    def _call(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            self._fuse.moment()
            done = await method(*args, **kwargs)
            self._fuse.moment(is_effect=self._after(name, done))
            return done

        return call


_LOOKING = {
    *("get", "of", "by_request_id", "by_request_key", "due", "holder", "first_in_line"),
    *("in_thread", "latest_of", "listing", "durations", "favourites", "waiting", "oldest"),
    *(
        "next_due",
        "unhandled",
        "with_work",
        "find",
        "observe",
        "logs",
        "find_posted",
        "find_uploaded",
        "dm",
    ),
    *("numbered", "of_many", "crowded", "facts", "link", "standing", "all", "health"),
    *("catalogue",),
}


class MortalTransaction:
    """Every repository of a transaction, mortal; it knows whether anything was written."""

    def __init__(self, behind: Transaction, fuse: Fuse) -> None:
        self.is_written = False
        self._behind = behind
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        return Mortal(getattr(self._behind, name), self._fuse, self._called)

    def _called(self, name: str, done: Any) -> bool:
        self.is_written |= name not in _LOOKING and done != []
        return False


class MortalStore:
    """A store whose process can die before, in, right before the end of and after a transaction."""

    def __init__(self, behind: Store, fuse: Fuse) -> None:
        self._behind = behind
        self._fuse = fuse

    @property
    def batch(self) -> Any:
        return Mortal(self._behind.batch, self._fuse, _changes)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        self._fuse.moment()
        async with self._behind.transaction() as tx:
            mortal = MortalTransaction(tx, self._fuse)
            yield cast("Transaction", mortal)
            self._fuse.moment()
        self._fuse.moment(is_effect=mortal.is_written)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Transaction]:
        self._fuse.moment()
        async with self._behind.reading() as tx:
            yield cast("Transaction", MortalTransaction(tx, self._fuse))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)


def mortal_store(behind: Store, fuse: Fuse) -> Store:
    return cast("Store", MortalStore(behind, fuse))


def mortal_chat(behind: Chat, fuse: Fuse) -> Chat:
    return cast("Chat", Mortal(behind, fuse, _changes))


def mortal_platform(behind: JobPlatform, fuse: Fuse) -> JobPlatform:
    return cast("JobPlatform", Mortal(behind, fuse, _changes))


def _changes(name: str, _done: Any) -> bool:
    return name not in _LOOKING
