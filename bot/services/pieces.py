"""Pieces of work: whatever is logged within one carries the ids of what it is about."""

from collections.abc import Awaitable
from typing import TypeVar

import structlog

from bot.domain.executions import Execution
from bot.ports import Outgoing

Outcome = TypeVar("Outcome")


async def about(execution: Execution, work: Awaitable[Outcome]) -> Outcome:
    """Do this work on an execution. Each piece needs a task of its own, as `every` gives it."""
    with structlog.contextvars.bound_contextvars(
        request_id=execution.request_id, execution_id=execution.id
    ):
        return await work


async def telling(out: Outgoing, work: Awaitable[Outcome]) -> Outcome:
    """Do the work of telling a notice."""
    ids = {"request_id": out.notice.request_id, "execution_id": out.notice.execution}
    known = {name: value for name, value in ids.items() if value}
    with structlog.contextvars.bound_contextvars(notice=out.notice.key, **known):
        return await work
