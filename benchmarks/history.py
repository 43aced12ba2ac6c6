"""`python -m benchmarks.history`: a million past executions, and what people wait for then.

The rows are made by the database itself, at the level of the first release, from one row that the
bot wrote; then the migration to this release is timed, and history and Home in the service.
"""

import asyncio
import json
import logging
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import structlog
from alembic import command
from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.databases import empty_database, server_for
from benchmarks.figures import machine
from benchmarks.spreads import Spread, spread_of
from bot.adapters.database import SqlStore
from bot.adapters.database.schema import alembic_config
from bot.domain.actors import Actor, MessageRef
from bot.domain.executions import Execution, Status
from bot.domain.results import Result
from bot.domain.rules import Binding
from tests.fakes.clocks import FakeClock
from tests.fakes.databases import Kind
from tests.fakes.values import actor, execution, job, person
from tests.services.staff import policy
from tests.services.wired import Outside
from tests.services.worlds import World

_BODY_OF = TypeAdapter(Execution)
PAST = int(os.environ.get("PAST", "1000000"))  # noqa: TID251  a smaller number for a first look
PEOPLE = 50_000
JOBS = 40
CALLS = 400
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

_NUMBERS = {
    Kind.SQLITE: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    " {insert} FROM n",
    Kind.POSTGRES: "{insert} FROM generate_series(1, {count}) AS n(i)",
}
_BODY = (
    "replace(replace(replace(replace(:body, '424242', CAST(1000 + i AS TEXT)),"
    f" 'USOMEBODY', 'U' || i % {PEOPLE}), 'SOMEJOB', 'job' || i % {JOBS}),"
    " '\"succeeded\"', '\"' || CASE WHEN i % 10 = 0 THEN 'failed' ELSE 'succeeded' END || '\"')"
)
_EXECUTIONS = (
    "INSERT INTO executions (request_id, request_key, job, environment, status, enterprise,"
    " team, channel, thread, requester_team, requester_user, created_at, seconds, body)"
    f" SELECT 'r' || i, 'k' || i, 'job' || i % {JOBS},"
    " CASE i % 2 WHEN 0 THEN 'dev' ELSE 'prod' END,"
    " CASE WHEN i % 10 = 0 THEN 'failed' ELSE 'succeeded' END, '', 'T0LOCAL', 'C' || i % 500,"
    f" 't' || i, 'T0LOCAL', 'U' || i % {PEOPLE}, :at, i % 600, {{body}}"
)
_NOTICES = (
    "INSERT INTO outbox (key, lane, order_key, supersedes, body, state, attempts, ambiguous,"
    " written_at, due_at, ended_at, error, channel, ts)"
    " SELECT 'line:' || i, 1, 'execution:' || i, '', {body}, 'sent', 1, {false}, :at, :at, :at, '',"
    " 'C1', 't' || i"
)
_ENVELOPES = (
    "INSERT INTO inbox (key, kind, payload, received_at, handled_at, error)"
    " SELECT 'command:' || i, 'command', {body}, :at, :at, ''"
)


async def main(kind: Kind, folder: Path) -> None:
    print(f"{machine()}; {kind}, {PAST:,} past executions", flush=True)
    async with server_for(kind) as server, empty_database(server, folder) as url:
        await _up_to(url, "0001")
        began = time.perf_counter()
        await _fill(url, kind)
        print(f"made in {time.perf_counter() - began:.0f} s", flush=True)
        began = time.perf_counter()
        await _up_to(url, "head")
        print(f"migrated 0001 -> head in {time.perf_counter() - began:.1f} s", flush=True)
        store = SqlStore(url)
        await _measure(store)
        await store.close()


async def _up_to(url: str, revision: str) -> None:
    await asyncio.to_thread(command.upgrade, alembic_config(url), revision)


async def _fill(url: str, kind: Kind) -> None:
    """Executions, their last notices, and a week of envelopes, as bulk statements."""
    # Not the bot's own connections: their statements are bounded.
    engine = create_async_engine(url)
    body = json.dumps(_BODY_OF.dump_python(_past(), mode="json"))
    is_server = kind is Kind.POSTGRES
    made = f"CAST({_BODY} AS json)" if is_server else _BODY
    plain = "CAST(:body AS json)" if is_server else ":body"
    false = "false" if is_server else "0"
    parts = (
        (_EXECUTIONS.format(body=made), PAST, body),
        (_NOTICES.format(body=plain, false=false), PAST, body),
        (_ENVELOPES.format(body=plain), PAST // 4, body),
    )
    for insert, count, value in parts:
        statement = text(_NUMBERS[kind].format(insert=insert, count=count))
        at = NOW if is_server else NOW.strftime("%Y-%m-%d %H:%M:%S.%f")
        async with engine.begin() as connection:
            await connection.execute(statement, {"body": value, "at": at})
    if is_server:
        # As autovacuum does in a server that is not only there for a measurement.
        async with engine.begin() as connection:
            await connection.execute(text("ANALYZE"))
    await engine.dispose()


def _past() -> Execution:
    return execution(
        424242,
        request_id="r424242",
        request_key="k424242",
        job="SOMEJOB",
        job_title="SOMEJOB",
        status=Status.SUCCEEDED,
        requester=person("USOMEBODY"),
        started_at=NOW,
        ended_at=NOW,
        card=MessageRef(team="T0LOCAL", channel="COPS", ts="424242.0"),
        tail=("some words of its output",) * 10,
        result=Result(exit_code=0, summary="done", log_size=1_000),
        due_at=None,
    )


async def _measure(store: SqlStore) -> None:
    people = [f"U{random.randrange(PEOPLE)}" for _ in range(CALLS)]
    world = World(Outside(clock=FakeClock(NOW)), store)
    world.catalog.drop("deploy")
    for number in range(JOBS):
        world.catalog.put(job(f"job{number}"))
    world.policy.policy = policy(bindings=(Binding(roles=("developer",), people=tuple(people)),))
    await _underway(world, people)
    uses: dict[str, Callable[[Actor], Awaitable[object]]] = {
        "/job history": lambda who: world.executions.history(who, None),
        "/job history of a job": lambda who: world.executions.history(
            who, f"job{random.randrange(JOBS)}"
        ),
        "/job status": lambda who: world.executions.underway(who),
        "Home": lambda who: world.homes.of(who),
    }
    for name, use in uses.items():
        _tell(name, await _timed(people, use))


async def _underway(world: World, people: list[str]) -> None:
    """What is not over at any moment: runs, and requests that wait."""
    for number in range(60):
        status = Status.AWAITING_APPROVAL if number < 20 else Status.RUNNING
        live = execution(
            9_000_000 + number, status=status, job="job1", requester=person(people[number])
        )
        async with world.store.transaction() as tx:
            await tx.executions.add(live)


async def _timed(people: list[str], use: Callable[[Actor], Awaitable[object]]) -> Spread:
    """One after the other, each for another person."""
    waits: list[float] = []
    for who in people:
        began = time.perf_counter()
        await use(actor(who))
        waits.append(time.perf_counter() - began)
    return spread_of(waits)


def _tell(name: str, spread: Spread) -> None:
    print(f"{name}: p50 {spread.p50} ms, p99 {spread.p99} ms, slowest {spread.slowest} ms")


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for each in [Kind(word) for word in sys.argv[1:]] or list(Kind):
        with tempfile.TemporaryDirectory() as made:
            asyncio.run(main(each, Path(made)))
