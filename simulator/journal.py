"""Everything that happened, in order: log entries, violations, waiting for a condition."""

import asyncio
import weakref
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from simulator.clocks import Clock
from simulator.shapes import JsonObject

LOG_LENGTH = 50_000
VIOLATIONS_KEPT = 1_000
CHANGES_KEPT = 10_000
SHOWN_ON_TIMEOUT = 20
#: how often `until` looks again while nothing is logged
UNLOGGED_SECONDS = 0.05

Seen = TypeVar("Seen")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One thing that happened; `what` holds its facts, `who` the person or method it came from.

    `at` is in seconds since the epoch on the workspace's clock. Kinds: api, envelope, ack, event,
    connection, disconnect, message, ephemeral, view, home, person, channel, file, gesture,
    reaction, fault, violation, clock, saved.
    """

    seq: int
    at: float
    kind: str
    who: str
    what: JsonObject

    def __str__(self) -> str:
        facts = " ".join(f"{key}={str(value)[:120]}" for key, value in self.what.items())
        return f"#{self.seq} {self.kind} {self.who} {facts}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """A request or an ack that Slack would have refused: where, Slack's error, and why."""

    method: str
    error: str
    detail: str

    def __str__(self) -> str:
        return f"{self.method}: {self.error} ({self.detail})" if self.detail else self.headline

    @property
    def headline(self) -> str:
        return f"{self.method}: {self.error}"


class Changes:
    """Entries from now on, as an async iterator; the oldest are lost when nobody reads them.

    Close it, or use it in a `with` block.
    """

    def __init__(self) -> None:
        self._waiting: deque[Entry] = deque(maxlen=CHANGES_KEPT)
        self._arrived = asyncio.Event()
        self._closed = False

    def __enter__(self) -> "Changes":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __aiter__(self) -> "Changes":
        return self

    async def __anext__(self) -> Entry:
        while not self._waiting:
            if self._closed:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()

    @property
    def closed(self) -> bool:
        return self._closed

    def put(self, entry: Entry) -> None:
        self._waiting.append(entry)
        self._arrived.set()

    def close(self) -> None:
        self._closed = True
        self._arrived.set()


class Journal:
    """The ordered log, its readers, and the violations among it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=LOG_LENGTH)
        self._seq = 0
        self._changes: weakref.WeakSet[Changes] = weakref.WeakSet()
        self._watchers: list[Callable[[Entry], None]] = []
        self._waiters: set[asyncio.Future[None]] = set()
        self._violations: deque[Violation] = deque(maxlen=VIOLATIONS_KEPT)
        self._unexpected: deque[Violation] = deque(maxlen=VIOLATIONS_KEPT)
        self._expected: list[tuple[frozenset[str], list[Violation]]] = []

    @property
    def entries(self) -> list[Entry]:
        return list(self._entries)

    @property
    def violations(self) -> list[Violation]:
        return list(self._violations)

    def add(self, kind: str, who: str, what: JsonObject) -> None:
        self._seq += 1
        entry = Entry(seq=self._seq, at=self._clock.now(), kind=kind, who=who, what=what)
        self._entries.append(entry)
        for changes in self._changes:
            changes.put(entry)
        for watcher in self._watchers:
            watcher(entry)
        if self._waiters:
            self._wake()

    def subscribe(self) -> Changes:
        changes = Changes()
        self._changes.add(changes)
        return changes

    def watch(self, watcher: Callable[[Entry], None]) -> None:
        """Call `watcher` with every entry from now on."""
        self._watchers.append(watcher)

    def close(self) -> None:
        """End every subscription, so that its readers stop."""
        for changes in list(self._changes):
            changes.close()
        self._changes.clear()
        self._watchers.clear()

    async def until(self, predicate: Callable[[], Seen], timeout: float, why: str) -> Seen:
        """The first true value of `predicate`, tried again after whatever gets logged.

        What lies outside of the workspace, as the app's own state, is looked at now and then.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while not (seen := predicate()):
            left = deadline - loop.time()
            if left <= 0:
                raise AssertionError(self._missed(timeout, why))
            await self._next_entry(min(left, UNLOGGED_SECONDS))
        return seen

    def violate(self, method: str, error: str, detail: str) -> None:
        violation = Violation(method=method, error=error, detail=detail)
        self._violations.append(violation)
        for errors, found in reversed(self._expected):
            if error in errors:
                found.append(violation)
                break
        else:
            self._unexpected.append(violation)
        self.add("violation", method, {"error": error, "detail": detail})

    @contextmanager
    def expect(self, *errors: str) -> Generator[list[Violation]]:
        """Violations with one of `errors` are wanted here; AssertionError when none came."""
        with self.allow(*errors) as found:
            yield found
        if not found:
            raise AssertionError(f"no violation {' or '.join(errors)} was recorded")

    @contextmanager
    def allow(self, *errors: str) -> Generator[list[Violation]]:
        """Violations with one of `errors` may come here, or not."""
        found: list[Violation] = []
        expectation = (frozenset(errors), found)
        self._expected.append(expectation)
        try:
            yield found
        finally:
            self._expected.remove(expectation)

    def assert_clean(self) -> None:
        if self._unexpected:
            listed = "\n".join(f"  {violation}" for violation in self._unexpected)
            raise AssertionError(f"Slack would have refused:\n{listed}")

    async def _next_entry(self, timeout: float) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            async with asyncio.timeout(timeout):
                await waiter
        except TimeoutError:
            return
        finally:
            self._waiters.discard(waiter)

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    def _missed(self, timeout: float, why: str) -> str:
        recent = list(self._entries)[-SHOWN_ON_TIMEOUT:]
        listed = "\n".join(f"  {entry}" for entry in recent)
        return f"not seen within {timeout:g} s: {why or 'the condition'}\nlast entries:\n{listed}"
