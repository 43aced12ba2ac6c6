"""What a supervisor publishes of its run, in the shape of `bot.ports.platforms.Observation`."""

import json
import os
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from bot.adapters.platforms.local.protocol import Report
from bot.adapters.platforms.local.runs import SOCKET, RunFolder, write_whole

_LAST_CALL = 2.0


class Status:
    """The run's `status.json`: replaced as a whole, and the bot told of it."""

    def __init__(self, folder: RunFolder, *, sandbox: str) -> None:
        self._folder = folder
        self._fields: dict[str, object] = {
            "request_key": folder.key,
            "handle": f"pid {os.getpid()}",
            "sandbox": sandbox,
        }

    def begin(self) -> None:
        """The job is about to start; lasting before it does. Raises OSError."""
        self._fields |= {"state": "running", "started_at": now()}
        self._write(durable=True)
        notify(self._folder)

    def advance(self, report: Report, tail: Sequence[str], log_size: int) -> None:
        """How far it is. A disk that is full costs this notice, not the run."""
        self._said(report, tail, log_size)
        with suppress(OSError):
            self._write(durable=False)
            notify(self._folder)

    def end(
        self,
        state: str,
        note: str,
        report: Report,
        tail: Sequence[str],
        result: Mapping[str, object],
    ) -> None:
        """The last word; lasting. Raises OSError."""
        self._said(report, tail, 0)
        self._fields |= {
            "state": state,
            "note": note,
            "ended_at": self._fields.get("ended_at") or now(),
            "log_size": result["log_size"],
            "result": result,
        }
        self._write(durable=True)
        notify(self._folder, patience=_LAST_CALL)

    def _said(self, report: Report, tail: Sequence[str], log_size: int) -> None:
        if report.fraction is not None or report.step:
            self._fields["progress"] = {"fraction": report.fraction, "step": report.step}
        self._fields |= {"tail": list(tail), "log_size": log_size}

    def _write(self, *, durable: bool) -> None:
        content = json.dumps(self._fields, ensure_ascii=False).encode(errors="replace")
        write_whole(self._folder.status, content, durable=durable)


def notify(folder: RunFolder, *, patience: float = 0.0) -> None:
    """Tell whoever listens in the root that this run changed; nobody may be there.

    A socket holds few letters (`net.unix.max_dgram_qlen`): `patience` is the seconds to wait for
    room in it.
    """
    # A socket's address is at most 107 bytes and roots may lie deep: go by an open descriptor.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
        root = os.open(folder.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            speaker.settimeout(patience)
            speaker.sendto(folder.key.encode(), f"/proc/self/fd/{root}/{SOCKET}")
        finally:
            os.close(root)


def now() -> str:
    """This moment as ISO 8601 in UTC. A supervisor is a program of its own: its clock is real."""
    return datetime.fromtimestamp(time.time(), UTC).isoformat()  # noqa: TID251
