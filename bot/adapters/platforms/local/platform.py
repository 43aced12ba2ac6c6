"""LocalPlatform: runs jobs on this machine, each under a supervisor that outlives the bot."""

import asyncio
import errno
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

from bot.adapters.platforms.local.bells import Bell
from bot.adapters.platforms.local.captures import log_size, read_log
from bot.adapters.platforms.local.observations import observe
from bot.adapters.platforms.local.preparations import SYSTEM_PATH, Terms, prepare
from bot.adapters.platforms.local.processes import poke
from bot.adapters.platforms.local.runs import (
    WITHDRAWN,
    RunFolder,
    is_key,
    read_claim,
    take,
)
from bot.adapters.platforms.local.sandboxes import why_not
from bot.adapters.platforms.local.supervisors import begin_supervisor
from bot.adapters.platforms.local.upkeep import disk_trouble, prune
from bot.adapters.platforms.local.watches import CANCEL_SIGNAL
from bot.adapters.references import names_in_environment
from bot.domain.errors import Permanent, Temporary
from bot.domain.jobs import Job
from bot.domain.parameters import Value
from bot.domain.pauses import Answer
from bot.domain.wording import at_rest
from bot.ports import Capability, Health, LogChunk, Observation, StartOrder

_PASSING = frozenset(
    {
        errno.EAGAIN,
        errno.EDQUOT,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOSPC,
    }
)
_LONGEST_PIECE = 1024 * 1024
_LONGEST_CURSOR = 20
_STOPS_WITHIN = timedelta(seconds=30)
"""What is left of a run once its grace is over goes at once; this is for a busy machine."""
_WITHOUT_SANDBOX = at_rest("The job was not started, for it would run without its sandbox.")

Done = TypeVar("Done")


_NO_FOLDER = at_rest("The folder of local runs: {why}.")
_SUPERVISOR_ENDED = at_rest("The supervisor ended before it took the run.")
_CANNOT_NAME_RUN = at_rest("`{key}` cannot name a run.")
_NO_CURSOR = at_rest("`{cursor}` is no place in a log of local runs.")
_NO_PAUSES = at_rest("Local runs wait for nobody.")


class SandboxMode(StrEnum):
    """What runs are put into."""

    BUBBLEWRAP = "bubblewrap"
    NONE = "none"


class LocalPlatform:
    """The embedded platform.

    `root` is its own folder. Relative programs and working folders of jobs lie in `catalogue`.
    `grace` is the seconds between TERM and KILL. `environment` is where `env:` references lead;
    nothing else of it reaches a job; `store` is the folder of `store:` references. `host` is
    whoever has `root`.
    """

    name = "local"
    capabilities = frozenset(
        {
            Capability.START_ONCE,
            Capability.MANY_STATUSES,
            Capability.PUSH,
            Capability.LOG_PAGES,
            Capability.PROGRESS,
            Capability.CANCEL,
            Capability.TIME_LIMIT,
            Capability.RESOURCES,
        }
    )

    def __init__(
        self,
        root: Path,
        *,
        sandbox: SandboxMode,
        catalogue: Path | None = None,
        max_log_bytes: int = 50 * 1024 * 1024,
        grace: float = 10.0,
        environment: Mapping[str, str] | None = None,
        host: str = "",
        store: Path | None = None,
    ) -> None:
        self.host = host
        self.stops_within = _STOPS_WITHIN + timedelta(seconds=grace)
        self._root = root.absolute()
        self._terms = Terms(
            is_boxed=sandbox is SandboxMode.BUBBLEWRAP,
            catalogue=str(catalogue.absolute()) if catalogue else "",
            max_log_bytes=max_log_bytes,
            grace=grace,
            store=str(store.absolute()) if store else "",
        )
        self._environment = environment or {}
        self._bell = Bell(self._root)
        self._is_boxable = False
        self._doors: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def account(self, name: str) -> str:
        """Runs are told the account; this machine's own users are another matter."""
        return ""

    async def catalogue(self) -> Sequence[Job]:
        return ()

    async def check(self, job: Job, values: Mapping[str, Value]) -> Mapping[str, str]:
        """A program alone knows what it takes."""
        return {}

    async def start(self, order: StartOrder) -> Observation:
        folder = self._folder(order.request_key)
        async with self._door(folder.key):
            there = await _quietly(lambda: observe(folder))
            if there is not None:
                return there
            if unboxable := await self._unboxable():
                raise Permanent(f"{unboxable} {_WITHOUT_SANDBOX}")
            await _quietly(lambda: prepare(folder, order, self._terms))
            await begin_supervisor(folder, self._given(order))
            begun = await _quietly(lambda: observe(folder))
        if begun is None:
            raise Temporary(_SUPERVISOR_ENDED)
        return begun

    async def find(self, request_key: str) -> Observation | None:
        """None only when the run can never begin by an earlier `start` any more."""
        folder = self._folder(request_key)
        async with self._door(folder.key):
            return await _quietly(lambda: _find(folder))

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        folders = [self._folder(key) for key in request_keys]

        def look() -> Mapping[str, Observation]:
            seen = ((folder.key, observe(folder)) for folder in folders)
            return {key: each for key, each in seen if each is not None}

        return await _quietly(look)

    async def logs(self, request_key: str, cursor: str = "", limit: int = 65_536) -> LogChunk:
        """A cursor is the offset in bytes."""
        offset = _offset(cursor)
        folder = self._folder(request_key)
        size = min(max(limit, 1), _LONGEST_PIECE)
        # In this order: what is over when we look writes nothing after that.
        seen = await _quietly(lambda: observe(folder))
        piece = await _quietly(lambda: read_log(folder.log, offset, size))
        is_over = seen is None or seen.state.is_final
        return LogChunk(
            text=piece.content.decode(errors="replace"),
            cursor=str(piece.next_offset),
            complete=piece.at_end and is_over,
        )

    async def end_of_log(self, request_key: str, limit: int = 65_536) -> str:
        folder, size = self._folder(request_key), min(max(limit, 1), _LONGEST_PIECE)
        written = await _quietly(lambda: _end(folder, size))
        return written.decode(errors="replace")

    async def cancel(self, request_key: str) -> None:
        folder = self._folder(request_key)
        await _quietly(lambda: _cancel(folder))

    async def answer(self, request_key: str, answer: Answer) -> None:
        raise Permanent(_NO_PAUSES)

    async def changes(self) -> AsyncIterator[str]:
        try:
            async for key in self._bell.rings():
                yield key
        except OSError as error:
            raise _as_port_error(error) from error

    async def health(self) -> Health:
        unwell = await self._unboxable() or await asyncio.to_thread(disk_trouble, self._root)
        return Health(unwell=unwell)

    async def close(self) -> None:
        self._bell.close()

    async def prune(self, before: datetime) -> int:
        """Remove folders of runs that ended before a moment; returns how many."""
        return await _quietly(lambda: prune(self._root / "runs", before))

    def _folder(self, request_key: str) -> RunFolder:
        if not is_key(request_key):
            raise Permanent(_CANNOT_NAME_RUN.format(key=request_key[:40]))
        return RunFolder(path=self._root / "runs" / request_key)

    def _door(self, key: str) -> asyncio.Lock:
        """One at a time through here for each run: two must not both release a dead claim."""
        return self._doors.setdefault(key, asyncio.Lock())

    async def _unboxable(self) -> str:
        """Why there can be no sandbox, when there has to be one. Asked until it works once."""
        if self._is_boxable or not self._terms.is_boxed:
            return ""
        why = await asyncio.to_thread(why_not)
        self._is_boxable = not why
        return why

    def _given(self, order: StartOrder) -> dict[str, str]:
        """A supervisor's environment: what the order's secrets need, and nothing else of ours."""
        wanted = names_in_environment(order.secrets)
        secrets = {name: self._environment[name] for name in wanted if name in self._environment}
        return {**secrets, "PATH": SYSTEM_PATH, "LANG": "C.UTF-8"}


async def _quietly(work: Callable[[], Done]) -> Done:
    """File work in a thread, its errors as port errors."""
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        raise _as_port_error(error) from error


def _as_port_error(error: OSError) -> Temporary | Permanent:
    sentence = _NO_FOLDER.format(why=error.strerror or error)
    if error.errno in _PASSING:
        return Temporary(sentence, code=errno.errorcode[error.errno])
    return Permanent(sentence)


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= _LONGEST_CURSOR):
        raise Permanent(_NO_CURSOR.format(cursor=cursor[:40]))
    return int(cursor)


def _end(folder: RunFolder, size: int) -> bytes:
    """The last whole lines of a log; of one that is longer than all of it the end."""
    after = max(log_size(folder.log) - size, 0)
    gathered = b""
    while piece := read_log(folder.log, after, size).content:
        gathered, after = gathered + piece, after + len(piece)
        if len(gathered) >= size:
            break
    if len(gathered) < size:
        return gathered
    line_end = gathered.find(b"\n") + 1
    return gathered[line_end:] or gathered


def _find(folder: RunFolder) -> Observation | None:
    # A supervisor still on its way finds the claim withdrawn and starts nothing.
    if folder.path.is_dir() and read_claim(folder) is None:
        take(folder, WITHDRAWN)
    return observe(folder)


def _cancel(folder: RunFolder) -> None:
    if not folder.path.is_dir():
        return
    folder.cancel.touch()
    if not take(folder, WITHDRAWN) and (claim := read_claim(folder)) is not None:
        poke(claim, CANCEL_SIGNAL)
