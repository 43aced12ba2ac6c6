"""Work after the ack: bounded, in order within a conversation, and never before the acks."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import Context, copy_context
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)

AT_ONCE = 128
"""Gestures at work; more would only share the same loop and the same database."""

MOST_WAITING = 8_000
"""Gestures kept in memory, some kilobytes each; the others stay in the inbox alone.

As many as can be acked in PATIENCE.
"""

PATIENCE = 2.0
"""Seconds for which acks go first while there is room; a trigger_id lives for three."""

MANY = 16
RESTS = 0.02
"""After so many acks that were owed together, work waits so many seconds for the next: those who
were acked call again, and would find the loop taken by everything that had waited.
"""

WAITS_AT_MOST = 15.0
WORKS_AT_MOST = 25.0
RESPONDS_WITHIN = 8.0
ANSWERS_AT_MOST = 10.0
"""Seconds to wait, to work, to answer over a response_url and to answer in another way.

Together they are less than the inbox's lease, so that nobody else takes it up meanwhile.
"""

Work = Callable[[], Awaitable[None]]


@dataclass(slots=True, kw_only=True, eq=False)
class _Item:
    """Something to do; `since` on the loop's clock."""

    key: str
    order: str
    work: Work
    since: float
    context: Context
    done: asyncio.Event


class WorkQueue:
    """First come, first served, except that what belongs together is done one after the other."""

    def __init__(self, *, at_once: int = AT_ONCE, most: int = MOST_WAITING) -> None:
        self._at_once = at_once
        self._most = most
        self._ready: deque[_Item] = deque()
        self._behind: defaultdict[str, deque[_Item]] = defaultdict(deque)
        self._busy: set[str] = set()
        self._items: dict[str, _Item] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._unacked = 0
        self._most_unacked = 0
        self._rests_until = 0.0
        self._look: asyncio.Handle | None = None
        self._again: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def is_full(self) -> bool:
        return len(self._items) >= self._most

    @property
    def _is_half_full(self) -> bool:
        return len(self._items) * 2 >= self._most

    @contextmanager
    def acking(self) -> Generator[None]:
        """While anything is inside, nothing new is begun, as far as PATIENCE goes."""
        self._unacked += 1
        self._most_unacked = max(self._most_unacked, self._unacked)
        try:
            yield
        finally:
            self._unacked -= 1
            if not self._unacked:
                self._all_acked()

    def _all_acked(self) -> None:
        if self._most_unacked >= MANY:
            self._rests_until = asyncio.get_running_loop().time() + RESTS
        self._most_unacked = 0
        self._look_soon()

    def put(self, key: str, order: str, work: Work) -> bool:
        """Have it done; False when there is no room, so that it stays in the inbox."""
        if self.is_full or self._closed:
            log.warning("gesture_stays_in_inbox", key=key, waiting=len(self._items))
            return False
        item = _Item(
            key=key,
            order=order,
            work=work,
            since=asyncio.get_running_loop().time(),
            context=copy_context(),
            done=asyncio.Event(),
        )
        self._items[key] = item
        self._ready.append(item)
        self._look_soon()
        return True

    async def finished(self, key: str) -> None:
        """Return when the gesture with this key is neither waiting nor at work."""
        item = self._items.get(key)
        if item is not None:
            await item.done.wait()

    async def close(self, within: float) -> Sequence[str]:
        """Begin nothing more; what runs gets so many seconds to end. Returns what did not."""
        self._closed = True
        if self._again is not None:
            self._again.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=within)
        left = [key for key, item in self._items.items() if not item.done.is_set()]
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        return left

    def _look_soon(self) -> None:
        if self._look is None and self._ready and not self._closed:
            self._look = asyncio.get_running_loop().call_soon(self._begin)

    def _look_again(self, at: float) -> None:
        """Look at this moment of the loop's clock, or before."""
        if self._again is not None:
            if self._again.when() <= at:
                return
            self._again.cancel()
        self._again = asyncio.get_running_loop().call_at(at, self._patience_ended)

    def _begins_at(self, first: _Item) -> float:
        """When its turn comes if nothing changes; a moment that is over when it is now."""
        if self._is_half_full:
            return 0.0
        patient_until = first.since + PATIENCE
        return patient_until if self._unacked else min(self._rests_until, patient_until)

    def _patience_ended(self) -> None:
        self._again = None
        self._look_soon()

    def _begin(self) -> None:
        self._look = None
        if self._closed:
            return
        now = asyncio.get_running_loop().time()
        while self._ready and len(self._running) < self._at_once:
            first = self._ready[0]
            if (at := self._begins_at(first)) > now:
                self._look_again(at)
                return
            self._ready.popleft()
            if now - first.since > WAITS_AT_MOST:
                self._leave(first)
            elif first.order in self._busy:
                self._behind[first.order].append(first)
            else:
                self._run(first)

    def _run(self, item: _Item) -> None:
        self._busy.add(item.order)
        task = asyncio.get_running_loop().create_task(_guarded(item), context=item.context)
        self._running.add(task)
        task.add_done_callback(lambda ended: self._ended(item, ended))

    def _ended(self, item: _Item, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._busy.discard(item.order)
        self._forget(item)
        behind = self._behind.get(item.order)
        if behind:
            self._ready.appendleft(behind.popleft())
        if not behind:
            self._behind.pop(item.order, None)
        self._look_soon()

    def _leave(self, item: _Item) -> None:
        """Leave it to the inbox, and those behind it, which must not come before it."""
        left = [each for each in self._ready if each.order == item.order]
        self._ready = deque(each for each in self._ready if each.order != item.order)
        for each in (item, *left, *self._behind.pop(item.order, ())):
            log.warning("gesture_stays_in_inbox", key=each.key)
            self._forget(each)

    def _forget(self, item: _Item) -> None:
        if self._items.get(item.key) is item:
            del self._items[item.key]
        item.done.set()


async def _guarded(item: _Item) -> None:
    try:
        await item.work()
    except Exception:
        # Left in the inbox, where it is taken up again; whatever failed must not stop the others.
        log.exception("gesture_not_finished", key=item.key)
