"""The outbox: each fact once, in order per thread, the best lane first, leased to one sender."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from bot.adapters.database import SqlStore
from bot.adapters.database.tables import outbox
from bot.domain.actors import MessageRef
from bot.domain.notices import Lane, LineKind, Notice, Topic
from bot.ports import Outgoing, Store
from tests.fakes.values import NOW, OPS, TEAM, person

LEASE = timedelta(seconds=60)
REF = MessageRef(team=TEAM, channel="COPS", ts="1.0")


def _notice(key: str, order: str = "", **changes: Any) -> Notice:
    given: dict[str, Any] = {
        "key": key,
        "topic": Topic.LINE,
        "lane": Lane.RESULT,
        "order": order or key,
        **changes,
    }
    return Notice(**given)


async def _put(store: Store, *notices: Notice, due: datetime | None = None) -> None:
    async with store.transaction() as tx:
        for notice in notices:
            await tx.outbox.put(notice, NOW, due=due)


async def _claim(store: Store, now: datetime = NOW, limit: int = 16) -> Sequence[Outgoing]:
    async with store.transaction() as tx:
        return await tx.outbox.claim(now, LEASE, limit)


async def _claimed_keys(store: Store, now: datetime = NOW, limit: int = 16) -> list[str]:
    return [each.notice.key for each in await _claim(store, now, limit)]


async def _sent(store: Store, out: Outgoing) -> None:
    async with store.transaction() as tx:
        await tx.outbox.sent(out.id, NOW, REF)


async def _put_back(
    store: Store, out: Outgoing, *, seconds: float, is_ambiguous: bool = False
) -> None:
    async with store.transaction() as tx:
        due = NOW + timedelta(seconds=seconds)
        await tx.outbox.put_back(out.id, due, is_ambiguous=is_ambiguous, error="slow down")


async def test_a_notice_comes_back_whole(store: Store) -> None:
    whole = _notice(
        "k",
        supersedes="s",
        execution=1042,
        person=person("UBO"),
        place=OPS,
        facts={"kind": LineKind.ENDED, "took": 3.5, "cause": "disk", "nested": [1, None]},
    )
    await _put(store, whole)

    [out] = await _claim(store)

    assert out.notice == whole
    assert (out.attempts, out.is_ambiguous, out.written_at) == (1, False, NOW)


async def test_one_fact_is_queued_once_even_after_it_was_told(store: Store) -> None:
    await _put(store, _notice("k"), _notice("k"))
    [out] = await _claim(store)
    await _sent(store, out)

    await _put(store, _notice("k"))

    assert await _claim(store) == []


async def test_what_is_claimed_is_nobody_elses(store: Store, other_store: Store) -> None:
    await _put(store, _notice("k"))

    assert await _claimed_keys(store) == ["k"]
    assert await _claimed_keys(other_store, NOW + LEASE - timedelta(seconds=1)) == []


async def test_a_claim_never_heard_of_again_may_have_been_sent(store: Store) -> None:
    await _put(store, _notice("k"))
    await _claim(store)

    [again] = await _claim(store, NOW + LEASE)

    assert (again.attempts, again.is_ambiguous) == (2, True)


async def test_a_process_that_begins_alone_takes_over_every_claim_at_once(store: Store) -> None:
    await _put(store, _notice("a"), _notice("b"), _notice("c"))
    await _claim(store, limit=2)

    async with store.transaction() as tx:
        assert await tx.outbox.end_leases(NOW) == 2

    assert [each.is_ambiguous for each in await _claim(store)] == [True, True, False]


async def test_a_thread_is_told_in_order_one_at_a_time(store: Store) -> None:
    await _put(store, *(_notice(key, "thread") for key in "abc"))

    told: list[str] = []
    for _ in range(3):
        [out] = await _claim(store)
        told.append(out.notice.key)
        await _sent(store, out)

    assert told == ["a", "b", "c"]


async def test_what_waits_to_be_tried_again_is_not_overtaken_in_its_thread(store: Store) -> None:
    await _put(store, _notice("a", "thread"), _notice("b", "thread"), _notice("elsewhere"))
    [first, elsewhere] = await _claim(store)
    await _put_back(store, first, seconds=30)
    await _sent(store, elsewhere)

    assert await _claimed_keys(store, NOW + timedelta(seconds=29)) == []
    assert await _claimed_keys(store, NOW + timedelta(seconds=30)) == ["a"]


async def test_what_cannot_be_delivered_lets_the_rest_of_its_thread_go_on(store: Store) -> None:
    await _put(store, _notice("a", "thread"), _notice("b", "thread"))
    [first] = await _claim(store)

    async with store.transaction() as tx:
        await tx.outbox.undeliverable(first.id, NOW, "channel_not_found")

    assert await _claimed_keys(store) == ["b"]


async def test_approvals_go_before_results_and_results_before_progress(store: Store) -> None:
    await _put(
        store,
        _notice("progress", lane=Lane.PROGRESS),
        _notice("result", lane=Lane.RESULT),
        _notice("approval", lane=Lane.APPROVAL),
    )

    assert await _claimed_keys(store, limit=2) == ["approval", "result"]


async def test_nothing_is_claimed_before_it_is_due(store: Store) -> None:
    await _put(store, _notice("k"), due=NOW + timedelta(seconds=3))

    assert await _claim(store) == []
    assert await _claimed_keys(store, NOW + timedelta(seconds=3)) == ["k"]


async def test_a_newer_card_takes_the_place_of_one_still_waiting(store: Store) -> None:
    later = NOW + timedelta(seconds=10)
    await _put(store, _notice("1", "t", supersedes="card", lane=Lane.PROGRESS), due=later)
    await _put(store, _notice("line", "t"))

    await _put(store, _notice("2", "t", supersedes="card"))

    [out] = await _claim(store)
    assert out.notice.key == "1"
    await _sent(store, out)
    assert await _claimed_keys(store) == ["line"]


async def test_a_newer_card_never_makes_a_waiting_one_later_or_less_important(
    store: Store,
) -> None:
    await _put(store, _notice("1", supersedes="card", lane=Lane.APPROVAL))
    later = NOW + timedelta(seconds=10)
    await _put(store, _notice("2", supersedes="card", lane=Lane.PROGRESS), due=later)

    async with store.reading() as tx:
        assert await tx.outbox.waiting() == {Lane.APPROVAL: 1}
    assert await _claimed_keys(store) == ["1"]


async def test_a_card_on_its_way_does_not_speak_for_what_happened_since(store: Store) -> None:
    await _put(store, _notice("1", "t", supersedes="card"))
    [first] = await _claim(store)

    await _put(store, _notice("2", "t", supersedes="card"))
    await _sent(store, first)

    assert await _claimed_keys(store) == ["2"]


async def test_whether_an_earlier_try_may_have_got_through_is_remembered(store: Store) -> None:
    await _put(store, _notice("k"))
    [out] = await _claim(store)
    await _put_back(store, out, seconds=1, is_ambiguous=False)
    [out] = await _claim(store, NOW + timedelta(seconds=1))
    assert not out.is_ambiguous

    await _put_back(store, out, seconds=2, is_ambiguous=True)

    [out] = await _claim(store, NOW + timedelta(seconds=2))
    assert (out.is_ambiguous, out.attempts) == (True, 3)


async def test_the_next_due_notice_is_the_first_of_its_thread(store: Store) -> None:
    async def next_due() -> datetime | None:
        async with store.reading() as tx:
            return await tx.outbox.next_due()

    assert await next_due() is None
    late = NOW + timedelta(seconds=30)
    await _put(store, _notice("a", "t"), due=late)
    await _put(store, _notice("b", "t"))
    assert await next_due() == late
    await _claim(store, late)
    assert await next_due() == late + LEASE


async def test_what_is_due_and_held_up_is_not_what_comes_due_next(store: Store) -> None:
    soon = NOW + timedelta(seconds=30)
    await _put(store, _notice("a", "t"))
    await _put(store, _notice("b", "u"), due=soon)

    async with store.reading() as tx:
        assert await tx.outbox.next_due() == NOW
        assert await tx.outbox.next_due(NOW) == soon
        assert await tx.outbox.next_due(soon) is None


async def test_how_late_delivery_is_is_seen_from_what_should_be_out(store: Store) -> None:
    async with store.reading() as tx:
        assert await tx.outbox.oldest(NOW) is None
    await _put(store, _notice("later"), due=NOW + timedelta(seconds=30))
    async with store.reading() as tx:
        assert await tx.outbox.oldest(NOW) is None
        late = NOW + timedelta(seconds=45)
        assert await tx.outbox.oldest(late) == NOW + timedelta(seconds=30)


async def test_a_notice_that_only_the_next_release_can_read_is_left_to_it(store: SqlStore) -> None:
    await _put(store, _notice("newer"), _notice("known"))
    body = """{"key": "newer", "topic": "fireworks", "lane": 0, "order": "newer"}"""
    async with store.engine.begin() as connection:
        await connection.execute(
            update(outbox).where(outbox.c.key == "newer").values(body=json.loads(body))
        )

    assert await _claimed_keys(store) == ["known"]
    assert await _claimed_keys(store) == []
    async with store.reading() as tx:
        assert await tx.outbox.waiting() == {Lane.RESULT: 2}
