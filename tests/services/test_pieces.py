"""Pieces of work side by side keep their ids apart."""

import asyncio
from typing import Any

import structlog

from bot.domain.notices import Lane, Notice, Topic
from bot.ports import Outgoing
from bot.services.pieces import about, telling
from bot.services.rounds import every
from tests.fakes.values import NOW, execution


async def _bound() -> dict[str, Any]:
    await asyncio.sleep(0)
    return structlog.contextvars.get_contextvars()


def _outgoing(**changes: Any) -> Outgoing:
    notice = Notice(key="k", topic=Topic.TELL, lane=Lane.RESULT, order="o", **changes)
    return Outgoing(id=1, notice=notice, attempts=1, is_ambiguous=False, written_at=NOW)


async def test_executions_at_work_at_once_have_ids_of_their_own() -> None:
    seen = await every(about(execution(number), _bound()) for number in (1, 2, 3))

    assert [each["execution_id"] for each in seen] == [1, 2, 3]
    assert [each["request_id"] for each in seen] == ["request-1", "request-2", "request-3"]
    assert "execution_id" not in structlog.contextvars.get_contextvars()


async def test_a_notice_carries_the_request_that_it_tells_of() -> None:
    seen = await telling(_outgoing(request_id="command:1", execution=7), _bound())

    assert (seen["notice"], seen["request_id"], seen["execution_id"]) == ("k", "command:1", 7)


async def test_a_notice_of_no_request_has_no_request_id() -> None:
    assert "request_id" not in await telling(_outgoing(), _bound())
