"""Reading what a supervisor left in a run's folder as the Observation it stands for."""

import signal
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.adapters.platforms.local.captures import log_size
from bot.adapters.platforms.local.processes import is_running, marked, send
from bot.adapters.platforms.local.runs import WITHDRAWN, RunFolder, read_claim, read_object
from bot.domain.results import Result
from bot.ports import Observation, RunState

_STATUS = TypeAdapter(Observation)


def observe(folder: RunFolder) -> Observation | None:
    """A run as its folder tells it; None when nothing was ever claimed there.

    A supervisor that died without a last word leaves a run LOST; its processes are ended.
    """
    claim = read_claim(folder)
    if claim is None:
        return None
    if claim == WITHDRAWN:
        return _never_began(folder) if folder.cancel.exists() else None
    status = _status(folder)
    if status is not None and status.state.is_final:
        return status
    if is_running(claim):
        return status or _begun(folder)
    # The last word may have been written between the two looks.
    status = _status(folder)
    if status is not None and status.state.is_final:
        return status
    return _orphaned(folder, status)


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


def _never_began(folder: RunFolder) -> Observation:
    return Observation(
        request_key=folder.key,
        handle="",
        state=RunState.CANCELLED,
        note="It was cancelled before it began.",
        result=Result(),
    )


def _orphaned(folder: RunFolder, status: Observation | None) -> Observation:
    if status is None:
        cause = "Its supervisor ended before the job was begun, so nothing ran."
        state = RunState.FAILED
    else:
        send(marked(folder.key), signal.SIGKILL)
        cause = (
            "Its supervisor was killed or the machine went down, so nobody saw how it ended. "
            "What was left of it was stopped; check what it had done before you run it again."
        )
        state = RunState.LOST
    tail = status.tail if status else ()
    return Observation(
        request_key=folder.key,
        handle=status.handle if status else "",
        state=state,
        started_at=status.started_at if status else None,
        progress=status.progress if status else None,
        tail=tail,
        log_size=log_size(folder.log),
        sandbox=status.sandbox if status else "",
        result=Result(
            cause=cause,
            failing_step=status.progress.step if status and status.progress else "",
            tail=tail,
            log_size=log_size(folder.log),
        ),
    )
