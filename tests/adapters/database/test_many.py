"""Many rows at once: the same as one after the other, in a constant number of statements."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.adapters.database import SqlStore
from bot.domain.executions import Execution, Status
from bot.domain.notices import Lane, Notice, Topic
from bot.domain.results import Progress
from bot.ports import Store
from tests.fakes.statements import statements_of
from tests.fakes.values import NOW, execution

LATER = NOW + timedelta(minutes=5)
LEASE = timedelta(seconds=60)


async def _running(store: Store, count: int) -> list[Execution]:
    async with store.transaction() as tx:
        return [
            await tx.executions.add(execution(n, status=Status.RUNNING, due_at=NOW))
            for n in range(1, count + 1)
        ]


def _card(number: int, stamp: str, **changes: Any) -> Notice:
    given: dict[str, Any] = {
        "key": f"card:{number}:{stamp}",
        "topic": Topic.CARD,
        "lane": Lane.PROGRESS,
        "order": f"execution:{number}",
        "supersedes": f"card:{number}",
        **changes,
    }
    return Notice(**given)


async def test_many_are_saved_whole(store: Store) -> None:
    changed = [
        replace(
            each, progress=Progress(fraction=n / 5, step="“50 %”\u0000 \U0001f600"), due_at=LATER
        )
        for n, each in enumerate(await _running(store, 5))
    ]

    async with store.transaction() as tx:
        assert await tx.executions.save_all(changed) == changed

    async with store.reading() as tx:
        keys = [each.request_key for each in changed]
        assert await tx.executions.by_request_keys(keys) == changed
        assert await tx.executions.due([Status.RUNNING], NOW, 10) == []
        assert len(await tx.executions.due([Status.RUNNING], LATER, 10)) == 5


async def test_what_moved_on_meanwhile_is_not_saved(store: Store) -> None:
    first, second = await _running(store, 2)
    async with store.transaction() as tx:
        await tx.executions.move(first, first.moved_to(Status.SUCCEEDED, NOW))

    async with store.transaction() as tx:
        done = await tx.executions.save_all([replace(e, tail=("x",)) for e in (first, second)])

    assert [each.id for each in done] == [second.id]
    async with store.reading() as tx:
        kept = await tx.executions.get(first.id)
    assert kept is not None
    assert (kept.status, kept.tail) == (Status.SUCCEEDED, ())


async def test_nothing_to_save_is_nothing_done(store: Store) -> None:
    async with store.transaction() as tx:
        assert await tx.executions.save_all([]) == []
        assert await tx.executions.by_request_keys([]) == []
        assert await tx.executions.put_off([], LATER) == 0
        await tx.outbox.put_all([], NOW)


async def test_what_is_put_off_comes_back_then(store: Store) -> None:
    first, second = await _running(store, 2)
    async with store.transaction() as tx:
        await tx.executions.move(first, first.moved_to(Status.FAILED, NOW))
        assert await tx.executions.put_off([first.id, second.id, 9_999], LATER) == 1

    async with store.reading() as tx:
        assert await tx.executions.due([Status.RUNNING], NOW, 10) == []
        [found] = await tx.executions.due([Status.RUNNING], LATER, 10)
    assert found == replace(second, due_at=LATER)


async def test_many_notices_are_queued_in_order_each_with_its_time(store: Store) -> None:
    lines = [
        (Notice(key=f"k{n}", topic=Topic.LINE, lane=Lane.RESULT, order=f"o{n}"), None)
        for n in range(3)
    ]
    late = Notice(key="late", topic=Topic.LINE, lane=Lane.RESULT, order="late")

    async with store.transaction() as tx:
        await tx.outbox.put_all([*lines, (late, LATER), lines[0]], NOW)

    async with store.transaction() as tx:
        assert [out.notice for out in await tx.outbox.claim(NOW, LEASE, 10)] == [
            notice for notice, _ in lines
        ]
        assert [out.notice for out in await tx.outbox.claim(LATER, LEASE, 10)][-1:] == [late]


async def test_cards_that_wait_already_are_hurried_and_not_doubled(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.outbox.put(_card(1, "old"), NOW, due=LATER)
        await tx.outbox.put_all(
            [
                (_card(1, "new", lane=Lane.RESULT), None),
                (_card(2, "a"), LATER),
                (_card(2, "b"), None),
            ],
            NOW,
        )

    async with store.transaction() as tx:
        claimed = await tx.outbox.claim(NOW, LEASE, 10)
        assert [each.notice.key for each in claimed] == ["card:1:old", "card:2:a"]
        assert await tx.outbox.waiting() == {Lane.RESULT: 1, Lane.PROGRESS: 1}


async def test_a_card_on_its_way_is_followed_by_the_new_one(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.outbox.put(_card(1, "old"), NOW)
        [out] = await tx.outbox.claim(NOW, LEASE, 10)
        await tx.outbox.put_all([(_card(1, "new"), None)], NOW)
        await tx.outbox.sent(out.id, NOW, None)

    async with store.transaction() as tx:
        [out] = await tx.outbox.claim(NOW, LEASE, 10)
    assert out.notice.key == "card:1:new"


async def test_a_thousand_take_no_more_statements_than_one(store: SqlStore) -> None:
    counts: list[int] = []
    given = await _running(store, 300)
    for some in (given[:1], given):
        with statements_of(store) as said:
            async with store.transaction() as tx:
                found = await tx.executions.by_request_keys([each.request_key for each in some])
                await tx.executions.save_all(found)
                await tx.executions.put_off([each.id for each in some], LATER)
                await tx.outbox.put_all([(_card(each.id, "s"), None) for each in some], NOW)
        counts.append(len(said))

    assert counts[0] == counts[1]
