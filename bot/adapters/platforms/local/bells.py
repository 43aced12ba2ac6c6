"""Hearing from supervisors, through a datagram socket in the root, that a run changed."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

from bot.adapters.platforms.local.runs import SOCKET, is_key

_LONGEST_LETTER = 256
_LETTERS_AT_ONCE = 64


class Bell:
    """Rings for every listener. Opened by the first, in the loop that then reads it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._ear: socket.socket | None = None
        self._listeners: set[asyncio.Queue[str | None]] = set()

    async def rings(self) -> AsyncIterator[str]:
        """Keys of runs as they change, until the bell is closed. Raises OSError."""
        if self._ear is None:
            self._ear = _bound(self._root)
            asyncio.get_running_loop().add_reader(self._ear, self._hear, self._ear)
        heard: asyncio.Queue[str | None] = asyncio.Queue()
        self._listeners.add(heard)
        try:
            while (key := await heard.get()) is not None:
                yield key
        finally:
            self._listeners.discard(heard)

    def close(self) -> None:
        if self._ear is None:
            return
        asyncio.get_running_loop().remove_reader(self._ear)
        self._ear.close()
        self._ear = None
        for heard in self._listeners:
            heard.put_nowait(None)

    def _hear(self, ear: socket.socket) -> None:
        # Drained at once, whatever the listeners do: a socket holds only a few letters.
        for _ in range(_LETTERS_AT_ONCE):
            try:
                key = ear.recv(_LONGEST_LETTER).decode(errors="replace")
            except BlockingIOError:
                return
            if is_key(key):
                for heard in self._listeners:
                    heard.put_nowait(key)


def _bound(root: Path) -> socket.socket:
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A socket's address is at most 107 bytes and roots may lie deep: go by a descriptor.
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        (root / SOCKET).unlink(missing_ok=True)
        ear.bind(f"/proc/self/fd/{folder}/{SOCKET}")
    except OSError:
        ear.close()
        raise
    finally:
        os.close(folder)
    ear.setblocking(False)
    return ear
