"""Outcomes: what became of notices, written down together as they come."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.errors import PortError
from bot.ports import Store, Transaction

Writing = Callable[[Transaction], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    writing: Writing
    written: asyncio.Future[None]


class Outcomes:
    """Whoever comes while another writes is written with the next; a commit is shared."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[_Entry] = []
        self._is_writing = False

    async def write(self, writing: Writing) -> None:
        """Return when it is committed. Raises what it raised, or Temporary for the database."""
        written = asyncio.get_running_loop().create_future()
        self._waiting.append(_Entry(writing=writing, written=written))
        if not self._is_writing:
            await self._write_all()
        await written

    async def _write_all(self) -> None:
        self._is_writing = True
        try:
            # Those that come to their end in the same moment come along.
            await asyncio.sleep(0)
            while self._waiting:
                entries, self._waiting = self._waiting, []
                await self._together(entries)
        finally:
            self._is_writing = False
            for each in self._waiting:
                each.written.cancel()
            self._waiting = []

    async def _together(self, entries: list[_Entry]) -> None:
        try:
            async with self._store.transaction() as tx:
                for each in entries:
                    await each.writing(tx)
        except BaseException as error:
            if isinstance(error, PortError | asyncio.CancelledError) or len(entries) == 1:
                _tell(entries, error)
                if isinstance(error, asyncio.CancelledError):
                    raise
                return
            # One of them is wrong; it harms no other.
            for each in entries:
                await self._together([each])
        else:
            _tell(entries, None)


def _tell(entries: list[_Entry], error: BaseException | None) -> None:
    for each in entries:
        if each.written.done():
            continue
        if error is None:
            each.written.set_result(None)
        elif isinstance(error, asyncio.CancelledError):
            each.written.cancel()
        else:
            each.written.set_exception(error)
