"""Executions in the store: guarded moves, keys, and the queries people wait for."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings

from bot.domain.actors import MessageRef, PersonId
from bot.domain.executions import Execution, Status
from bot.ports import Store
from tests.adapters.database.anything import anything
from tests.fakes.values import NOW, OPS, execution, person

S = Status


async def _added(store: Store, *given_: Execution) -> list[Execution]:
    async with store.transaction() as tx:
        return [await tx.executions.add(each) for each in given_]


async def _got(store: Store, number: int) -> Execution:
    async with store.reading() as tx:
        found = await tx.executions.get(number)
    assert found is not None
    return found


async def _move(store: Store, before: Execution, to: Status, **changes: Any) -> Execution | None:
    async with store.transaction() as tx:
        return await tx.executions.move(before, before.moved_to(to, NOW, **changes))


async def test_numbers_begin_where_they_look_like_numbers(store: Store) -> None:
    first, second = await _added(store, execution(1), execution(2))

    assert (first.id, second.id) == (1001, 1002)
    assert await _got(store, 1001) == first


async def test_the_same_request_twice_is_one_execution(store: Store) -> None:
    [first] = await _added(store, execution(1))
    [again] = await _added(store, execution(1, request_key="another", reason="again"))

    assert again == first
    async with store.reading() as tx:
        assert len(await tx.executions.listing()) == 1


async def test_the_same_request_from_two_sides_at_once_is_one_execution(
    store: Store, other_store: Store
) -> None:
    one, other = await asyncio.gather(
        _added(store, execution(1)), _added(other_store, execution(1, request_key="other"))
    )

    assert one == other


async def test_a_number_once_given_is_never_given_again(store: Store) -> None:
    await _added(store, execution(1))

    with suppress(LookupError):
        async with store.transaction() as tx:
            await tx.executions.add(execution(2))
            raise LookupError
    [third] = await _added(store, execution(3))

    assert third.id in {1002, 1003}
    assert (await _got(store, third.id)).request_id == "request-3"


async def test_of_two_movers_at_once_exactly_one_wins(store: Store, other_store: Store) -> None:
    [before] = await _added(store, execution(1))

    moved = await asyncio.gather(
        *(_move(each, before, S.SUBMITTING) for each in (store, other_store) * 4)
    )

    assert len([each for each in moved if each is not None]) == 1


async def test_a_move_from_a_state_it_is_no_longer_in_changes_nothing(store: Store) -> None:
    [before] = await _added(store, execution(1))
    submitting = await _move(store, before, S.SUBMITTING)

    assert await _move(store, before, S.CANCELLED) is None
    assert await _got(store, before.id) == submitting


async def test_what_is_saved_is_not_written_over_a_newer_state(store: Store) -> None:
    [before] = await _added(store, execution(1))
    await _move(store, before, S.CANCELLED)

    async with store.transaction() as tx:
        assert await tx.executions.save(replace(before, note="late")) is None

    assert (await _got(store, before.id)).note == ""


async def test_one_concurrency_key_is_held_by_one_live_execution(store: Store) -> None:
    one, two = await _added(
        store, execution(1, concurrency_key="k"), execution(2, concurrency_key="k")
    )
    held = await _move(store, one, S.SUBMITTING)
    assert held is not None

    assert await _move(store, two, S.SUBMITTING) is None

    await _move(store, held, S.FAILED)
    assert await _move(store, two, S.SUBMITTING) is not None


async def test_a_held_key_leaves_the_rest_of_the_transaction_alone(store: Store) -> None:
    one, two = await _added(
        store, execution(1, concurrency_key="k"), execution(2, concurrency_key="k")
    )
    await _move(store, one, S.SUBMITTING)

    async with store.transaction() as tx:
        assert await tx.executions.move(two, two.moved_to(S.SUBMITTING, NOW)) is None
        await tx.executions.save(replace(two, note="waits"))

    assert (await _got(store, two.id)).note == "waits"


async def test_the_holder_of_a_key_and_the_first_in_line_for_it_are_known(store: Store) -> None:
    _, two, three = await _added(
        store,
        execution(1, concurrency_key="k", status=S.AWAITING_APPROVAL),
        execution(2, concurrency_key="k"),
        execution(3, concurrency_key="k"),
    )

    async with store.reading() as tx:
        assert await tx.executions.holder("k") is None
        assert await tx.executions.first_in_line("k") == two
    held = await _move(store, three, S.SUBMITTING)
    async with store.reading() as tx:
        assert await tx.executions.holder("k") == held
        assert await tx.executions.first_in_line("k") == two
        assert await tx.executions.first_in_line("other") is None


async def test_what_is_due_comes_oldest_first_and_nothing_else(store: Store) -> None:
    def due(number: int, minutes: float | None, status: Status = S.READY) -> Execution:
        at = None if minutes is None else NOW + timedelta(minutes=minutes)
        return execution(number, due_at=at, status=status)

    given_ = [due(1, 0), due(2, -5), due(3, 0.1), due(4, None), due(5, -9, S.RUNNING), due(6, 0)]
    await _added(store, *given_)

    async with store.reading() as tx:
        found = await tx.executions.due([S.READY], NOW, 10)
        assert [each.request_id for each in found] == ["request-2", "request-1", "request-6"]
        assert len(await tx.executions.due([S.READY, S.RUNNING], NOW, 2)) == 2


async def test_an_execution_is_found_by_each_of_its_names(store: Store) -> None:
    [one] = await _added(store, execution(1))

    async with store.reading() as tx:
        assert await tx.executions.by_request_id("request-1") == one
        assert await tx.executions.by_request_key("key-1") == one
        assert await tx.executions.by_request_key("nothing") is None
        assert await tx.executions.get(7) is None


async def test_it_in_a_thread_is_the_newest_whose_card_stands_there(store: Store) -> None:
    card = MessageRef(team="T0LOCAL", channel="COPS", ts="100.1")
    _, two, three = await _added(
        store,
        execution(1, place=replace(OPS, thread="100.1")),
        execution(2),
        execution(3, place=replace(OPS, channel="COTHER", thread="100.1")),
    )
    async with store.transaction() as tx:
        await tx.executions.save(replace(two, card=card))

    async with store.reading() as tx:
        found = await tx.executions.in_thread(replace(OPS, thread="100.1"))
        elsewhere = await tx.executions.in_thread(replace(OPS, channel="COTHER", thread="100.1"))
        assert await tx.executions.in_thread(OPS) is None
    assert found is not None
    assert found.id == two.id
    assert elsewhere == three


async def test_the_latest_of_a_person_is_theirs_in_whatever_workspace(store: Store) -> None:
    elsewhere = PersonId(team="T2", user="UANA", enterprise="E1")
    _, two, _ = await _added(
        store,
        execution(1),
        execution(2, requester=elsewhere),
        execution(3, requester=person("UBO")),
    )

    async with store.reading() as tx:
        assert await tx.executions.latest_of(person("UANA")) == two
        assert await tx.executions.latest_of(person("UNEW")) is None


async def test_a_listing_is_narrowed_by_each_question_newest_first(store: Store) -> None:
    await _added(
        store,
        execution(1, job="backup"),
        execution(2, requester=person("UBO")),
        execution(3, status=S.FAILED, environment="dev"),
        execution(4),
    )

    async def listed(**wanted: Any) -> list[str]:
        async with store.reading() as tx:
            return [each.request_id[-1] for each in await tx.executions.listing(**wanted)]

    assert await listed() == ["4", "3", "2", "1"]
    assert await listed(job="backup") == ["1"]
    assert await listed(person=person("UBO")) == ["2"]
    assert await listed(statuses=[S.FAILED]) == ["3"]
    assert await listed(environment="prod", job="deploy", limit=1) == ["4"]


async def test_only_successful_runs_tell_what_is_usual(store: Store) -> None:
    def ran(number: int, minutes: int, status: Status, environment: str = "prod") -> Execution:
        end = NOW + timedelta(minutes=minutes)
        return execution(
            number, status=status, environment=environment, started_at=NOW, ended_at=end
        )

    await _added(
        store,
        ran(1, 1, S.SUCCEEDED),
        ran(2, 2, S.FAILED),
        ran(3, 3, S.SUCCEEDED),
        ran(4, 4, S.SUCCEEDED, "dev"),
    )

    async with store.reading() as tx:
        took = await tx.executions.durations("deploy", "prod")
    assert took == [timedelta(minutes=3), timedelta(minutes=1)]


async def test_favourites_are_what_a_person_runs_most(store: Store) -> None:
    jobs = ["backup", "deploy", "deploy", "check", "deploy", "backup"]
    await _added(store, *(execution(n, job=name) for n, name in enumerate(jobs)))

    async with store.reading() as tx:
        assert await tx.executions.favourites(person("UANA"), 2) == ["deploy", "backup"]
        assert await tx.executions.favourites(person("UBO")) == []


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(held=anything)
async def test_every_field_comes_back_as_it_was_written(store: Store, held: dict[str, Any]) -> None:
    async with store.reading() as tx:
        number = len(await tx.executions.listing(limit=10_000))
    # A key that is held already is another test's matter.
    if held["concurrency_key"] is not None:
        held["concurrency_key"] = f"{number}:{held['concurrency_key']}"

    [added] = await _added(store, execution(number, **held))

    assert await _got(store, added.id) == execution(number, **{**held, "id": added.id})


async def test_every_status_can_be_listed(store: Store) -> None:
    given_ = [execution(n, status=status) for n, status in enumerate(Status)]
    await _added(store, *given_)
    unfinished = [status for status in Status if not status.is_final]

    async with store.reading() as tx:
        for status in Status:
            [found] = await tx.executions.listing(statuses=[status])
            assert found.status is status
        assert len(await tx.executions.listing(statuses=unfinished)) == len(unfinished)


async def test_an_environment_may_be_any_text_however_long(store: Store) -> None:
    strange = "\0\ud800" + "é" * 5_000
    [added] = await _added(store, execution(1, environment=strange, values={"env": strange}))

    async with store.reading() as tx:
        assert await tx.executions.listing(environment=strange) == [added]
        assert await tx.executions.listing(environment="other") == []


async def test_what_ran_most_in_a_channel_lately_comes_first(store: Store) -> None:
    elsewhere = replace(OPS, channel="CELSE")
    for number, (name, place) in enumerate(
        [("deploy", OPS), ("backup", OPS), ("backup", OPS), ("secret", elsewhere)], 1
    ):
        async with store.transaction() as tx:
            await tx.executions.add(execution(number, job=name, place=place))

    async with store.reading() as tx:
        assert await tx.executions.popular_in(OPS.channel) == ["backup", "deploy"]
        assert await tx.executions.popular_in(OPS.channel, 1) == ["backup"]
        assert await tx.executions.popular_in("CNONE") == []
