"""However long the history, what people and loops wait for looks at few rows of it."""

import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import TypeAdapter
from sqlalchemy import event, insert, text

from bot.adapters.database import SqlStore
from bot.adapters.database.tables import executions, inbox, outbox
from bot.domain.actors import Place
from bot.domain.answers import Count
from bot.domain.executions import Execution, Status
from bot.domain.overviews import UNFINISHED
from bot.domain.watches import EVER
from bot.ports import Transaction
from tests.fakes.databases import Kind, database
from tests.fakes.values import NOW, OPS, execution, person

PAST = 20_000
LEASE = timedelta(seconds=60)

LIVE = 60
"""Executions that are not over, the newest ones."""

Look = Callable[[Transaction], Awaitable[object]]


LATER = NOW + timedelta(hours=1)
"""Since when nothing happened: what is counted by time alone looks at that time only."""


def _counting(**wanted: Any) -> Look:
    return lambda tx: tx.tallies.counted([Count(enough=100, **wanted)])


LOOKS: dict[str, Look] = {
    "of a job": lambda tx: tx.executions.listing(job="job 3"),
    "of a job in an environment": lambda tx: tx.executions.listing(
        job="job 3", environment="prod", statuses=[Status.SUCCEEDED]
    ),
    "of a person": lambda tx: tx.executions.listing(person=person("U7")),
    "waiting": lambda tx: tx.executions.listing(statuses=[Status.AWAITING_APPROVAL]),
    "not over": lambda tx: tx.executions.listing(statuses=UNFINISHED, limit=200),
    "the newest": lambda tx: tx.executions.listing(),
    "due": lambda tx: tx.executions.due([Status.READY], NOW, 20),
    "running": lambda tx: tx.executions.due([Status.RUNNING], NOW, 20, hosts=("", "h")),
    "in a thread": lambda tx: tx.executions.in_thread(
        Place(team=OPS.team, channel="COPS", thread="777.0")
    ),
    "the latest of a person": lambda tx: tx.executions.latest_of(person("U7")),
    "first in line": lambda tx: tx.executions.first_in_line("key 1"),
    "holder of a key": lambda tx: tx.executions.holder("key 1"),
    "places of a platform": lambda tx: tx.places.taken(execution(PAST), NOW),
    "who waits for a place": lambda tx: tx.places.call("fake", 5, NOW),
    "of a host": lambda tx: tx.executions.of_host("h", [Status.RUNNING], 100),
    "durations": lambda tx: tx.executions.durations("job 3", "prod"),
    "favourites": lambda tx: tx.executions.favourites(person("U7")),
    "habits of a person": lambda tx: tx.executions.listing(person=person("U7"), limit=60),
    "popular in a channel": lambda tx: tx.executions.popular_in("COPS"),
    "an alias": lambda tx: tx.aliases.get(person("U7"), "pp"),
    "aliases of a person": lambda tx: tx.aliases.of(person("U7")),
    "an open question": lambda tx: tx.open_questions.get(OPS, person("U7"), NOW),
    "counted of a person": _counting(user="U7", since=NOW - timedelta(hours=1)),
    "counted of a job": _counting(job="job 3", since=NOW - timedelta(hours=1)),
    "counted of a channel": _counting(channel="COPS", since=LATER),
    "counted of a platform": _counting(platform="fake", since=LATER),
    "counted underway": _counting(user="U7", job="job 3"),
    "a first time": _counting(user="U7", job="no", environment="prod", since=EVER, ran=True),
    "by request": lambda tx: tx.executions.by_request_id("request-500"),
    "many by key": lambda tx: tx.executions.by_request_keys([f"key-{n}" for n in range(50)]),
    "standings": lambda tx: tx.countings.standings(),
    "left-over envelopes": lambda tx: tx.inbox.claim(NOW, LEASE, 20),
    "backlog of the inbox": lambda tx: tx.countings.inbox(),
    "due notices": lambda tx: tx.outbox.claim(NOW, LEASE, 16),
    "when the next is due": lambda tx: tx.outbox.next_due(),
    "when the next is due later": lambda tx: tx.outbox.next_due(NOW),
    "when the next look is due": lambda tx: tx.countings.next_due(
        [Status.RUNNING, Status.CANCELLING], NOW, hosts=[""]
    ),
    "backlog of the outbox": lambda tx: tx.countings.outbox(NOW),
    "old notices": lambda tx: tx.outbox.forget(NOW - timedelta(days=50)),
    "old envelopes": lambda tx: tx.inbox.forget(NOW - timedelta(days=50)),
}


@pytest_asyncio.fixture(scope="module", params=list(Kind), loop_scope="module")
async def full(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[SqlStore]:
    """A store with a history."""
    folder: Path = tmp_path_factory.mktemp("full")
    async with database(request.param, folder) as url:
        store = SqlStore(url)
        async with store.engine.begin() as connection:
            for table, row in ((executions, _execution), (outbox, _notice), (inbox, _envelope)):
                for first in range(0, PAST, 5_000):
                    rows = [row(n) for n in range(first, first + 5_000)]
                    await connection.execute(insert(table), rows)
            if store.is_shared:
                # Its autovacuum does so; nobody does on SQLite.
                await connection.execute(text("ANALYZE"))
        yield store
        await store.close()


_BODY = TypeAdapter(Execution).dump_python(execution(1), mode="json")


def _execution(number: int) -> dict[str, Any]:
    is_live = number >= PAST - LIVE
    statuses = UNFINISHED if is_live else [Status.SUCCEEDED] * 9 + [Status.FAILED]
    return {
        "request_id": f"request-{number}",
        "request_key": f"key-{number}",
        "job": f"job {number % 20}",
        "environment": ("prod", "dev")[number // 20 % 2],
        "status": statuses[number % len(statuses)],
        "enterprise": "",
        "team": OPS.team,
        "channel": OPS.channel,
        "thread": f"{number}.0",
        "requester_team": OPS.team,
        "requester_user": f"U{number % 50}",
        "concurrency_key": f"key {number}" if is_live else f"key {number % 10}",
        "created_at": NOW,
        "due_at": NOW if is_live else None,
        "seconds": 12.0,
        "body": _BODY,
        "host": "h",
    }


def _notice(number: int) -> dict[str, Any]:
    is_over = number < PAST - LIVE
    return {
        "key": f"k{number}",
        "lane": number % 3,
        "order_key": f"o{number % 1_000}",
        "supersedes": "",
        "body": {"key": "k", "topic": "line", "lane": 1, "order": "o"},
        "state": "sent" if is_over else "pending",
        "attempts": 1,
        "ambiguous": False,
        "written_at": NOW,
        "due_at": NOW,
        "ended_at": NOW if is_over else None,
        "error": "",
        "channel": "",
        "ts": "",
    }


def _envelope(number: int) -> dict[str, Any]:
    is_over = number < PAST - LIVE
    return {
        "key": f"k{number}",
        "kind": "command",
        "payload": {},
        "received_at": NOW,
        "handled_at": NOW if is_over else None,
        "error": "",
        "order_key": f"o{number % 1_000}",
        "answer": None,
    }


Said = list[tuple[str, Any]]


@contextmanager
def _noted(store: SqlStore) -> Generator[Said]:
    said: Said = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        said.append((statement, given))

    event.listen(store.engine.sync_engine, "before_cursor_execute", note)
    yield said
    event.remove(store.engine.sync_engine, "before_cursor_execute", note)


class _Undone(Exception):
    """Nothing of what was looked at is to stay changed."""


async def _said(store: SqlStore, look: Look) -> Said:
    """The statements of a look."""
    with _noted(store) as said, suppress(_Undone):
        async with store.transaction() as tx:
            await look(tx)
            raise _Undone
    return [each for each in said if not each[0].startswith(("BEGIN", "PRAGMA"))]


async def _rows_of_postgres(store: SqlStore, said: Said) -> int:
    """How many rows these statements touched."""
    touched = 0
    async with store.engine.connect() as connection:
        for statement, given in said:
            explained = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}"
            [plan] = (await connection.exec_driver_sql(explained, given)).scalar_one()
            touched += _touched(plan["Plan"])
        await connection.rollback()
    return touched


def _touched(node: dict[str, Any]) -> int:
    own = 0
    if "Scan" in node["Node Type"]:
        removed = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
        own = int((node["Actual Rows"] + removed) * node["Actual Loops"])
    return own + sum(_touched(each) for each in node.get("Plans", ()))


def _steps_of_sqlite(store: SqlStore, said: Said) -> int:
    """How many hundred steps these statements took in SQLite's machine."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = sqlite3.connect(store.url.database or "", isolation_level=None)
    connection.execute("BEGIN")
    connection.set_progress_handler(count, 100)
    for statement, given in said:
        connection.execute(statement, given).fetchall()
    connection.set_progress_handler(None, 0)
    connection.execute("ROLLBACK")
    connection.close()
    return steps


FEW = {Kind.SQLITE: 400, Kind.POSTGRES: 1_500}
"""Hundred steps, and rows: the whole history is more than ten times as many."""


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("what", LOOKS)
async def test_a_look_does_not_go_through_the_history(full: SqlStore, what: str) -> None:
    said = await _said(full, LOOKS[what])
    assert said

    if full.is_shared:
        assert await _rows_of_postgres(full, said) < FEW[Kind.POSTGRES]
    else:
        assert _steps_of_sqlite(full, said) < FEW[Kind.SQLITE]
