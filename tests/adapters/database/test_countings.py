"""What waits is counted from the rows that are unfinished."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from bot.adapters.database import SqlStore
from bot.domain.executions import Status
from bot.domain.notices import Lane, Notice, Topic
from bot.domain.overviews import Backlog
from bot.ports import Envelope, Store
from tests.fakes.meters import FakeMeters
from tests.fakes.values import NOW, execution

LATER = NOW + timedelta(minutes=2)
LEASE = timedelta(seconds=60)


def _notice(key: str, lane: Lane = Lane.RESULT) -> Notice:
    return Notice(key=key, topic=Topic.TELL, lane=lane, order=key)


async def _given(store: Store, *statuses: Status) -> None:
    async with store.transaction() as tx:
        for number, status in enumerate(statuses):
            due = NOW + timedelta(seconds=number)
            await tx.executions.add(execution(number + 1, status=status, due_at=due))


async def test_an_empty_store_has_no_backlog(store: Store) -> None:
    async with store.reading() as tx:
        assert await tx.countings.inbox() == Backlog()
        assert await tx.countings.approvals() == Backlog()
        assert await tx.countings.standings() == {}
        assert await tx.countings.outbox(NOW) == {lane: Backlog() for lane in Lane}


async def test_an_envelope_waits_until_it_is_handled(store: Store) -> None:
    async with store.transaction() as tx:
        for number in (1, 2, 3):
            at = NOW + timedelta(seconds=number)
            await tx.inbox.record(
                Envelope(key=f"k{number}", kind="command", payload={}, received_at=at)
            )
        await tx.inbox.handled("k1", LATER)

    async with store.reading() as tx:
        assert await tx.countings.inbox() == Backlog(depth=2, oldest=NOW + timedelta(seconds=2))


async def test_the_backlog_of_a_lane_is_what_is_due_in_it(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.outbox.put(_notice("a"), NOW)
        await tx.outbox.put(_notice("b"), LATER)
        await tx.outbox.put(_notice("c", Lane.PROGRESS), NOW, due=LATER + LEASE)

    async with store.reading() as tx:
        waiting = await tx.countings.outbox(LATER)
    assert waiting[Lane.RESULT] == Backlog(depth=2, oldest=NOW)
    assert waiting[Lane.PROGRESS] == Backlog()


async def test_what_slack_put_off_counts_from_when_it_was_written(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.outbox.put(_notice("a"), NOW)
        (out,) = await tx.outbox.claim(NOW, LEASE, 1)
        await tx.outbox.put_back(out.id, LATER + LEASE, is_ambiguous=False, error="slow down")

    async with store.reading() as tx:
        assert (await tx.countings.outbox(LATER))[Lane.RESULT] == Backlog(depth=1, oldest=NOW)


async def test_dead_letters_are_counted_and_named_newest_first(store: Store) -> None:
    async with store.transaction() as tx:
        for number, key in enumerate(("a", "b")):
            await tx.outbox.put(_notice(key), NOW)
            (out,) = await tx.outbox.claim(NOW, LEASE, 1)
            at = NOW + timedelta(seconds=number)
            await tx.outbox.undeliverable(out.id, at, f"{key} is gone")

    async with store.reading() as tx:
        assert await tx.countings.undeliverable() == 2
        letters = await tx.countings.dead_letters()
    assert [(each.key, each.error) for each in letters] == [("b", "b is gone"), ("a", "a is gone")]


async def test_executions_that_are_over_are_not_counted(store: Store) -> None:
    await _given(store, Status.RUNNING, Status.RUNNING, Status.SUCCEEDED, Status.AWAITING_APPROVAL)

    async with store.reading() as tx:
        found = await tx.countings.standings()
        approvals = await tx.countings.approvals()
    assert {status: each.count for status, each in found.items()} == {
        Status.RUNNING: 2,
        Status.AWAITING_APPROVAL: 1,
    }
    assert found[Status.RUNNING].next_due == NOW
    assert approvals == Backlog(depth=1, oldest=NOW)


async def test_failures_name_the_error_ids_that_people_were_told(store: Store) -> None:
    async with store.transaction() as tx:
        for key in ("k1", "k2"):
            await tx.inbox.record(Envelope(key=key, kind="click", payload={}, received_at=NOW))
        await tx.inbox.handled("k1", NOW)
        await tx.inbox.handled("k2", LATER, error="e-12345678")

    async with store.reading() as tx:
        (failure,) = await tx.countings.failures()
    assert (failure.error_id, failure.kind, failure.at) == ("e-12345678", "click", LATER)


async def test_the_footprint_knows_every_table(store: Store) -> None:
    await _given(store, Status.RUNNING)

    async with store.reading() as tx:
        found = await tx.countings.footprint()
    assert found.size > 0
    assert found.rows["executions"] == 1
    assert found.rows["outbox"] == 0


async def test_no_count_for_a_tick_reads_the_history(store: SqlStore) -> None:
    if store.is_shared:
        return
    asked = (
        "SELECT count(*), min(due_at) FROM executions WHERE status IN ('running') GROUP BY status",
        "SELECT count(*), min(received_at) FROM inbox WHERE handled_at IS NULL",
        "SELECT lane, count(*) FROM outbox WHERE state = 'pending' GROUP BY lane",
    )
    async with store.engine.connect() as connection:
        for query in asked:
            plan = (await connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))).all()
            assert all("SEARCH" in row[3] or "TEMP B-TREE" in row[3] for row in plan), plan


async def test_an_end_is_counted_once_and_only_when_it_is_committed(url: str) -> None:
    meters = FakeMeters()
    store = SqlStore(url, meters)
    async with store.transaction() as tx:
        added = await tx.executions.add(execution(1, status=Status.RUNNING))
    ended = added.moved_to(Status.LOST, NOW)

    async with store.transaction() as tx:
        await tx.executions.move(added, ended)
        await tx.executions.save(replace(ended, note="look there"))
    await store.close()

    assert meters.told == {("ended", "lost"): 1}


async def test_a_delivery_is_measured_from_its_writing_when_it_is_committed(url: str) -> None:
    meters = FakeMeters()
    store = SqlStore(url, meters)
    async with store.transaction() as tx:
        await tx.outbox.put(_notice("a", Lane.APPROVAL), NOW)
        (out,) = await tx.outbox.claim(NOW, LEASE, 1)
        await tx.outbox.sent(out.id, LATER, None)
    await store.close()

    assert meters.seconds == {("delivery", "approval"): [120.0]}


async def test_the_next_execution_comes_due_after_a_moment_and_on_a_host(store: Store) -> None:
    await _given(store, Status.RUNNING, Status.CANCELLING, Status.RUNNING, Status.READY)
    async with store.transaction() as tx:
        there = execution(9, status=Status.RUNNING, due_at=NOW + timedelta(seconds=1), host="h")
        await tx.executions.add(there)
    polled = [Status.RUNNING, Status.CANCELLING]

    async def next_due(after: float, host: str = "") -> timedelta | None:
        moment = NOW + timedelta(seconds=after)
        async with store.reading() as tx:
            due = await tx.countings.next_due(polled, moment, hosts=[host])
        return None if due is None else due - NOW

    assert await next_due(0) == timedelta(seconds=1)
    assert await next_due(1) == timedelta(seconds=2)
    assert await next_due(2) is None
    assert await next_due(0, "h") == timedelta(seconds=1)
    assert await next_due(0, "elsewhere") is None
