"""LocalPlatform: runs jobs on this machine, each under a supervisor that outlives the bot."""

import asyncio
import errno
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from bot.adapters.platforms.local.captures import read_log
from bot.adapters.platforms.local.observations import observe
from bot.adapters.platforms.local.orders import Limits, Order, order_bytes
from bot.adapters.platforms.local.processes import poke
from bot.adapters.platforms.local.references import names_in_environment
from bot.adapters.platforms.local.runs import (
    SOCKET,
    WITHDRAWN,
    RunFolder,
    is_key,
    read_claim,
    sync_folder,
    take,
    write_whole,
)
from bot.adapters.platforms.local.sandboxes import bubblewrap, interpreter_folders, why_not
from bot.adapters.platforms.local.watches import CANCEL_SIGNAL
from bot.domain.errors import Ambiguous, Permanent, Temporary
from bot.domain.jobs import Job
from bot.domain.parameters import shown
from bot.ports import FILES_FOLDER, LogChunk, Observation, StartOrder

BEGIN_WITHIN = 15.0
"""Seconds in which a supervisor must say that it took a run."""

_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EAGAIN})

Done = TypeVar("Done")


class SandboxMode(StrEnum):
    """What runs are put into."""

    BUBBLEWRAP = "bubblewrap"
    NONE = "none"


class LocalPlatform:
    """The embedded platform. `grace` is the seconds between TERM and KILL."""

    name = "local"

    def __init__(
        self,
        root: Path,
        *,
        sandbox: SandboxMode,
        catalogue: Path | None = None,
        max_log_bytes: int = 50 * 1024 * 1024,
        grace: float = 10.0,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._root = root
        self._sandbox = sandbox
        self._catalogue = str(catalogue) if catalogue else ""
        self._max_log_bytes = max_log_bytes
        self._grace = grace
        self._environment = dict(environment or {})
        self._ear: socket.socket | None = None

    async def catalogue(self) -> Sequence[Job]:
        return ()

    async def start(self, order: StartOrder) -> Observation:
        folder = self._folder(order.request_key)
        there = await self._quietly(lambda: observe(folder))
        if there is not None:
            return there
        if unwell := await self.health():
            raise Permanent(f"{unwell} The job was not started without its sandbox.")
        await self._quietly(lambda: self._prepare(folder, order))
        await self._supervise(folder, order)
        begun = await self._quietly(lambda: observe(folder))
        if begun is None:
            raise Temporary("The supervisor ended before it took the run.")
        return begun

    async def find(self, request_key: str) -> Observation | None:
        """None only when the run can never begin by an earlier `start` any more."""
        folder = self._folder(request_key)
        return await self._quietly(lambda: _find(folder))

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        folders = [self._folder(key) for key in request_keys]

        def look() -> Mapping[str, Observation]:
            seen = ((folder.key, observe(folder)) for folder in folders)
            return {key: each for key, each in seen if each is not None}

        return await self._quietly(look)

    async def logs(self, request_key: str, offset: int = 0, limit: int = 65_536) -> LogChunk:
        folder = self._folder(request_key)
        piece = await self._quietly(lambda: read_log(folder.log, offset, limit))
        seen = await self._quietly(lambda: observe(folder))
        is_over = seen is None or seen.state.is_final
        return LogChunk(
            text=piece.content.decode(errors="replace"),
            next_offset=piece.next_offset,
            complete=piece.at_end and is_over,
        )

    async def cancel(self, request_key: str) -> None:
        folder = self._folder(request_key)
        await self._quietly(lambda: _cancel(folder))

    async def changes(self) -> AsyncIterator[str]:
        ear = await self._quietly(self._listen)
        loop = asyncio.get_running_loop()
        while True:
            key = (await loop.sock_recv(ear, 256)).decode(errors="replace")
            if is_key(key):
                yield key

    async def health(self) -> str:
        if self._sandbox is SandboxMode.NONE:
            return ""
        return await asyncio.to_thread(why_not)

    async def close(self) -> None:
        if self._ear is not None:
            self._ear.close()
            self._ear = None

    async def prune(self, before: datetime) -> int:
        """Remove folders of runs that ended before a moment; returns how many."""
        return await self._quietly(lambda: _prune(self._root / "runs", before))

    def _folder(self, request_key: str) -> RunFolder:
        if not is_key(request_key):
            raise Permanent(f"`{request_key[:40]}` cannot name a run.")
        return RunFolder(path=self._root / "runs" / request_key)

    def _prepare(self, folder: RunFolder, order: StartOrder) -> None:
        folder.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.work.mkdir(exist_ok=True)
        files = folder.work / "files"
        for attachment in order.files:
            files.mkdir(exist_ok=True)
            write_whole(files / attachment.filename, attachment.content, durable=False)
        if read_claim(folder) == WITHDRAWN:
            folder.claim.unlink()
        write_whole(folder.order, order_bytes(self._ordered(folder, order)), durable=True)
        sync_folder(folder.path.parent)

    def _ordered(self, folder: RunFolder, order: StartOrder) -> Order:
        is_boxed = self._sandbox is SandboxMode.BUBBLEWRAP
        files = "/job/files" if is_boxed else str(folder.work / "files")
        box = order.sandbox
        values = {
            f"JOBTHREAD_PARAM_{_variable(name)}": shown(value).replace(FILES_FOLDER, files)
            for name, value in order.values.items()
        }
        own = {"JOBTHREAD_EXECUTION": str(order.execution), "JOBTHREAD_JOB": order.job}
        return Order(
            argv=tuple(word.replace(FILES_FOLDER, files) for word in order.argv),
            environment={
                **values,
                **own,
                **{k: v.replace(FILES_FOLDER, files) for k, v in order.environment.items()},
            },
            secrets=order.secrets,
            cwd=order.cwd,
            catalogue=self._catalogue,
            timeout=order.timeout.total_seconds(),
            grace=self._grace,
            max_log_bytes=self._max_log_bytes,
            bubblewrap=bubblewrap() if is_boxed else "",
            path=f"{Path(sys.executable).parent}:{_SYSTEM_PATH}",
            prefixes=interpreter_folders() if is_boxed else (),
            network=box.network,
            read=box.read,
            write=box.write,
            limits=Limits(
                memory=box.memory,
                cpu=box.cpu,
                processes=box.processes,
                file_size=box.file_size,
                open_files=box.open_files,
            ),
        )

    async def _supervise(self, folder: RunFolder, order: StartOrder) -> None:
        """Begin a supervisor and hear from it. It leaves this process's family at once."""
        with folder.complaints.open("ab") as complaints:
            try:
                begun = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "bot.adapters.platforms.local.supervisor",
                    str(folder.path),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=complaints,
                    env=self._for_supervisor(order),
                    cwd="/",
                    start_new_session=True,
                )
            except OSError as error:
                raise Temporary(f"No supervisor could be begun: {error}.") from error
        assert begun.stdout is not None
        try:
            async with asyncio.timeout(BEGIN_WITHIN):
                said = await begun.stdout.readline()
                await begun.wait()
        except TimeoutError:
            raise Ambiguous("The supervisor did not answer in time.") from None
        if not said:
            raise Temporary("The supervisor ended before it took the run.")

    def _for_supervisor(self, order: StartOrder) -> dict[str, str]:
        wanted = names_in_environment(order.secrets)
        secrets = {name: self._environment[name] for name in wanted if name in self._environment}
        package = str(Path(__file__).parents[4])
        return {"PATH": _SYSTEM_PATH, "LANG": "C.UTF-8", "PYTHONPATH": package, **secrets}

    def _listen(self) -> socket.socket:
        self._root.mkdir(parents=True, exist_ok=True)
        if self._ear is not None:
            self._ear.close()
        address = self._root / SOCKET
        address.unlink(missing_ok=True)
        ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        # A socket's address is at most 107 bytes and roots may lie deep: go by a descriptor.
        root = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            ear.bind(f"/proc/self/fd/{root}/{SOCKET}")
        finally:
            os.close(root)
        ear.setblocking(False)
        self._ear = ear
        return ear

    @staticmethod
    async def _quietly(work: Callable[[], Done]) -> Done:
        """File work in a thread, its errors as port errors."""
        try:
            return await asyncio.to_thread(work)
        except OSError as error:
            sentence = f"The folder of local runs: {error.strerror or error}."
            if error.errno in _FULL:
                raise Temporary(sentence, code=errno.errorcode[error.errno]) from error
            raise Permanent(sentence) from error


def _find(folder: RunFolder) -> Observation | None:
    # A supervisor still on its way finds the claim withdrawn and starts nothing.
    if folder.path.is_dir() and read_claim(folder) is None:
        take(folder, WITHDRAWN)
    return observe(folder)


def _cancel(folder: RunFolder) -> None:
    if not folder.path.is_dir():
        return
    folder.cancel.touch()
    claim = read_claim(folder)
    if claim is None and not take(folder, WITHDRAWN):
        claim = read_claim(folder)
    if claim is not None:
        poke(claim, CANCEL_SIGNAL)


def _prune(runs: Path, before: datetime) -> int:
    pruned = 0
    with suppress(FileNotFoundError):
        for path in runs.iterdir():
            folder = RunFolder(path=path)
            seen = observe(folder) if is_key(path.name) else None
            ended = seen.ended_at if seen and seen.state.is_final else None
            if ended is not None and ended < before:
                shutil.rmtree(path, ignore_errors=True)
                pruned += 1
    return pruned


def _variable(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name).upper()
