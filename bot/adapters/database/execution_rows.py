"""An execution as a row: the columns that queries need, and the whole value as JSON."""

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Row, Text, cast

from bot.adapters.database.tables import executions
from bot.domain.executions import Execution

_BODY = TypeAdapter(Execution)

READ_LATELY = 512
"""Readings of a body that are kept, some kilobytes each; the same text is the same execution."""

WHOLE = (cast(executions.c.body, Text), executions.c.host)
"""The columns that an execution is read from."""


def row_of(execution: Execution) -> dict[str, Any]:
    """What is written of an execution; its number is the database's to give."""
    took = execution.took
    return {
        "request_id": execution.request_id,
        "request_key": execution.request_key,
        "job": execution.job,
        "environment": execution.environment,
        "status": execution.status,
        "enterprise": execution.place.enterprise,
        "team": execution.place.team,
        "channel": execution.place.channel,
        "thread": execution.place.thread or (execution.card.ts if execution.card else ""),
        "requester_team": execution.requester.team,
        "requester_user": execution.requester.user,
        "concurrency_key": execution.concurrency_key,
        "created_at": execution.created_at,
        "due_at": execution.due_at,
        "host": execution.host,
        "platform": execution.platform[:100],
        "queued": execution.queued,
        "seconds": took.total_seconds() if took else None,
        "body": body_of(execution),
    }


def body_of(execution: Execution) -> dict[str, Any]:
    """The whole value as JSON."""
    return _BODY.dump_python(execution, mode="json")


def read(row: Row[Any, Any]) -> Execution:
    """The execution of a row that was selected by `WHOLE`."""
    body, host = row
    return _whole(body, host)


@lru_cache(maxsize=READ_LATELY)
def _whole(body: str, host: str) -> Execution:
    """An execution from its JSON; those that are not over are read far oftener than written."""
    try:
        found = _BODY.validate_json(body)
    except ValidationError:
        # Half of a surrogate pair is JSON for Python, and none for pydantic's own parser.
        found = _BODY.validate_python(json.loads(body))
    # The column is what counts: a release that knows no hosts writes the body without one.
    return replace(found, host=host)
