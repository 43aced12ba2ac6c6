"""Reading what a supervisor left in a run's folder as the Observation it stands for."""

import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.adapters.platforms.local.captures import log_size
from bot.adapters.platforms.local.endings import NEVER_BEGAN
from bot.adapters.platforms.local.processes import is_running, marked, send
from bot.adapters.platforms.local.runs import (
    Claim,
    RunFolder,
    read_claim,
    read_object,
    write_whole,
)
from bot.domain.results import Result
from bot.domain.wording import at_rest
from bot.ports import Observation, RunState

_STATUS = TypeAdapter(Observation)
_SWEEP_FOR = 3.0
_LOST = at_rest(
    "Its supervisor was killed or the machine went down, so nobody saw how it ended. "
    "What was left of it was stopped; check what it had done before you run it again."
)
_STILL_THERE = at_rest(
    "Its supervisor was killed, so nobody saw how it ended, and some of it could not be stopped: "
    "look at processes {pids} on the machine."
)


def observe(folder: RunFolder) -> Observation | None:
    """A run as its folder tells it; None when nothing began there.

    A supervisor that died without a last word leaves a run LOST; its processes are ended first,
    and the loss is written down.
    """
    claim = read_claim(folder)
    if claim is None:
        return None
    status = _status(folder)
    if status is not None and status.state.is_final:
        return status
    if is_running(claim):
        return status or _begun(folder)
    # The last word may have been written between the two looks.
    status = _status(folder)
    if status is None:
        return _withdrawn(folder)
    return status if status.state.is_final else _lost(folder, status)


def never_began(folder: RunFolder) -> Claim | None:
    """The claim of somebody who is gone and had begun nothing; None when it stands or is none."""
    claim = read_claim(folder)
    if claim is None or is_running(claim) or folder.status.exists():
        return None
    return claim


def _status(folder: RunFolder) -> Observation | None:
    written: Mapping[str, Any] | None = read_object(folder.status)
    if written is None:
        return None
    try:
        return _STATUS.validate_python(written)
    except ValidationError:
        return None


def _begun(folder: RunFolder) -> Observation:
    return Observation(request_key=folder.key, handle="", state=RunState.PENDING)


def _withdrawn(folder: RunFolder) -> Observation | None:
    if not folder.cancel.exists():
        return None
    return Observation(
        request_key=folder.key,
        handle="",
        state=RunState.CANCELLED,
        note=NEVER_BEGAN,
        result=Result(),
    )


def _lost(folder: RunFolder, status: Observation) -> Observation:
    left = _end_leftovers(folder.mark)
    pids = ", ".join(map(str, left))
    lost = replace(
        status,
        state=RunState.LOST,
        # The last sign of life that there is.
        ended_at=datetime.fromtimestamp(folder.status.stat().st_mtime, UTC),
        log_size=log_size(folder.log),
        result=Result(
            cause=_STILL_THERE.format(pids=pids) if left else _LOST,
            failing_step=status.progress.step if status.progress else "",
            tail=status.tail,
            log_size=log_size(folder.log),
        ),
    )
    with suppress(OSError):
        write_whole(folder.status, _STATUS.dump_json(lost), durable=True)
    return lost


def _end_leftovers(mark: str) -> list[int]:
    """Kill what carries the run's marker; returns what would not go."""
    until = time.monotonic() + _SWEEP_FOR
    while left := marked(mark):
        if time.monotonic() > until:
            return left
        send(left, signal.SIGKILL)
        time.sleep(0.005)
    return []
