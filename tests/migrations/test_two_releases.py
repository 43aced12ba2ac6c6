"""On one database, each of two releases reads what the other wrote, and neither undoes it."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.database import SqlStore
from bot.domain.audit import AuditEntry
from bot.domain.executions import Execution, Status
from bot.domain.notices import Lane, LineKind, Notice, Topic
from bot.ports import Envelope
from tests.fakes.databases import Kind, database
from tests.fakes.values import NOW, OPS, execution, person
from tests.migrations.releases import previous, python, unpacked

LATER = NOW + timedelta(minutes=5)
LEASE = timedelta(minutes=1)
ENTRY = AuditEntry(at=NOW, tag="job:test:written", actor="person:T/U", subject="test")

NEW_TOPICS = {Topic.DIGEST, Topic.SCHEDULE, Topic.PAUSE}
"""What only this release can read: the one before leaves such rows to it, and stops at them."""

OLD_SIDE = """
import asyncio, json, os
from dataclasses import replace
from datetime import datetime, timedelta
from bot.adapters.database import SqlStore
from bot.domain.actors import PersonId, Place
from bot.domain.audit import AuditEntry
from bot.domain.executions import Execution, Status
from bot.domain.notices import Lane, Notice, Topic
from bot.ports import Envelope

NOW = datetime.fromisoformat(os.environ["NOW"])
OPS = Place(team="T0LOCAL", channel="COPS")

def execution(number):
    return Execution(
        id=0, request_id=f"old-{number}", request_key=f"oldkey-{number}", job="deploy",
        job_title="deploy", job_version="v1", platform="local", values={"app": "api"},
        requester=PersonId(team="T0LOCAL", user="UANA"), requester_name="Ana", place=OPS,
        status=Status.RUNNING, created_at=NOW, changed_at=NOW, due_at=NOW,
        timeout=timedelta(minutes=1),
    )

async def main():
    store = SqlStore(os.environ["JOBTHREAD_DATABASE_URL"])
    seen = {}
    async with store.transaction() as tx:
        found = await tx.executions.listing(limit=1000)
        seen["statuses"] = sorted(each.status for each in found)
        seen["due"] = len(await tx.executions.due(list(Status), NOW, 1000))
        for each in found:
            if each.request_id.startswith("request"):
                await tx.executions.save(replace(each, note="the old release was here"))
        claimed = await tx.outbox.claim(NOW, timedelta(minutes=1), 1000)
        seen["claimed"] = sorted(each.notice.key for each in claimed)
        for each in claimed:
            await tx.outbox.sent(each.id, NOW, None)
        left = await tx.inbox.unhandled(NOW + timedelta(seconds=1))
        seen["left"] = sorted(each.key for each in left)
        for each in left:
            await tx.inbox.handled(each.key, NOW)
        seen["broken"] = await tx.audit.first_broken()
        await tx.audit.write(AuditEntry(at=NOW, tag="job:test:old", actor="a", subject="test"))
        await tx.executions.add(execution(1))
        notice = Notice(key="old", topic=Topic.TELL, lane=Lane.RESULT, order="old",
                        person=PersonId(team="T0LOCAL", user="UANA"), facts={"sentence": "hello"})
        await tx.outbox.put(notice, NOW)
        await tx.inbox.record(Envelope(key="old", kind="command", payload={}, received_at=NOW))
    await store.close()
    print(json.dumps(seen))

asyncio.run(main())
"""


OldSide = Callable[[], Awaitable[dict[str, Any]]]


@pytest.fixture(params=list(Kind))
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[str]:
    async with database(Kind(request.param), tmp_path) as url:
        yield url


@pytest.fixture
async def store(url: str) -> AsyncGenerator[SqlStore]:
    store = SqlStore(url)
    yield store
    await store.close()


@pytest.fixture
def old_side(url: str, tmp_path: Path) -> OldSide:
    """The release before this one reads all there is and writes rows of its own."""

    async def run() -> dict[str, Any]:
        environment = {"JOBTHREAD_DATABASE_URL": url, "NOW": NOW.isoformat()}
        said = await python(OLD_SIDE, unpacked(previous(), tmp_path), environment)
        return dict(json.loads(said))

    return run


def _notices() -> list[Notice]:
    told = [
        Notice(key=f"topic:{topic}", topic=topic, lane=Lane.RESULT, order=f"topic:{topic}", host="")
        for topic in Topic
        if topic not in NEW_TOPICS
    ]
    lines = [
        Notice(
            key=f"line:{kind}",
            topic=Topic.LINE,
            lane=Lane.RESULT,
            order=f"line:{kind}",
            place=OPS,
            person=person("UANA"),
            facts={"kind": kind},
        )
        for kind in LineKind
    ]
    return [*told, *lines]


async def _written(store: SqlStore) -> list[Execution]:
    """Every kind of row, with a value in all that is new."""
    async with store.transaction() as tx:
        for notice in _notices():
            await tx.outbox.put(replace(notice, updates=True, folds=True), NOW)
        await tx.inbox.record(
            Envelope(
                key="new",
                kind="command",
                payload={"text": "x"},
                received_at=NOW,
                order="COPS",
                leased_until=NOW,
            )
        )
        await tx.audit.write(ENTRY)
        return [
            await tx.executions.add(execution(number, status=status, due_at=NOW, host="here"))
            for number, status in enumerate(Status)
        ]


async def test_the_old_release_reads_every_row_that_this_one_writes(
    store: SqlStore, old_side: OldSide
) -> None:
    await _written(store)

    seen = await old_side()

    assert seen["statuses"] == sorted(Status)
    assert seen["due"] == len(Status)
    assert seen["claimed"] == sorted(notice.key for notice in _notices())
    assert (seen["left"], seen["broken"]) == (["new"], None)


async def test_this_release_reads_every_row_that_the_old_one_wrote(
    store: SqlStore, old_side: OldSide
) -> None:
    await old_side()

    async with store.transaction() as tx:
        [found] = await tx.executions.due([Status.RUNNING], NOW, 10, hosts=("", "here"))
        [out] = await tx.outbox.claim(NOW, LEASE, 10)
        [left] = await tx.inbox.claim(LATER, LEASE, 10)
        assert await tx.audit.first_broken() is None
    assert (found.request_id, found.host, left.key) == ("old-1", "", "old")
    assert out.notice.facts == {"sentence": "hello"}


async def test_what_the_old_release_rewrote_keeps_what_it_does_not_know(
    store: SqlStore, old_side: OldSide
) -> None:
    added = await _written(store)

    await old_side()

    async with store.transaction() as tx:
        for before in added:
            after = await tx.executions.get(before.id)
            assert after is not None
            assert after == replace(before, note="the old release was here")
        assert await tx.audit.first_broken() is None
