"""Waits: begun once, looked at when they are due, by one worker at a time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.adapters.database import SqlStore
from bot.domain.actors import MessageRef
from bot.domain.answers import Need
from bot.domain.parameters import Kind, Parameter
from bot.domain.pauses import Pause
from bot.domain.waits import Reply, Standing, Wait
from tests.fakes.values import NOW, TEAM, person

MINUTE = timedelta(minutes=1)
REF = MessageRef(team=TEAM, channel="COPS", ts="1.0")


def _wait(key: str = "p1", **changes: Any) -> Wait:
    given: dict[str, Any] = {
        "execution": 1001,
        "request_key": "k" * 32,
        "pause": Pause(key=key, title="Ship it?", choices=("Approve", "Reject"), until=NOW),
        "begun_at": NOW,
        "due_at": NOW,
        **changes,
    }
    return Wait(**given)


async def _begin(store: SqlStore, wait: Wait) -> bool:
    async with store.transaction() as tx:
        return await tx.waits.begin(wait)


async def _claim(store: SqlStore, **changes: Any) -> list[str]:
    asked: dict[str, Any] = {"hosts": ("",), **changes}
    async with store.transaction() as tx:
        found = await tx.waits.claim(NOW, NOW + MINUTE, 10, **asked)
    return [each.pause.key for each in found]


async def test_it_comes_back_as_it_was_kept(store: SqlStore) -> None:
    form = (Parameter(name="count", kind=Kind.INTEGER, minimum=1),)
    reply = Reply(
        person=person("UBO"),
        name="Bo",
        chosen=("Approve",),
        values={"count": 3, "sure": True, "part": 0.5, "names": ("a", "b")},
        masked=frozenset({"count"}),
        digest="d" * 64,
        at=NOW,
    )
    kept = _wait(
        pause=Pause(key="p" * 900, parameters=form, given={"count": 2}),
        needs=(Need(rule="r", roles=("a", "b"), expires=MINUTE),),
        reply=reply,
        standing=Standing.ANSWERED,
        ref=REF,
        copies=((REF, person("UBO")),),
        note="because \u2603",
    )
    await _begin(store, kept)

    async with store.reading() as tx:
        assert await tx.waits.get(kept.request_key, kept.pause.key) == kept
        assert await tx.waits.of(1001) == [kept]


async def test_a_pause_of_a_try_is_begun_once(store: SqlStore) -> None:
    assert await _begin(store, _wait())
    assert not await _begin(store, _wait())
    assert await _begin(store, _wait("p2"))
    assert await _begin(store, _wait(request_key="j" * 32))


async def test_what_is_due_is_one_workers_until_its_time_is_over(
    store: SqlStore, other_store: SqlStore
) -> None:
    await _begin(store, _wait())
    await _begin(store, _wait("later", due_at=NOW + MINUTE))
    await _begin(store, _wait("never", due_at=None))

    assert await _claim(store) == ["p1"]
    assert await _claim(other_store) == []


async def test_what_is_over_or_another_hosts_is_not_claimed(store: SqlStore) -> None:
    await _begin(store, _wait(standing=Standing.TAKEN))
    await _begin(store, _wait("there", host="h1"))

    assert await _claim(store) == []
    assert await _claim(store, hosts=("", "h1")) == ["there"]


async def test_waking_touches_what_is_open_alone(store: SqlStore) -> None:
    await _begin(store, _wait("open", due_at=None))
    await _begin(store, _wait("answered", due_at=None, standing=Standing.ANSWERED))
    await _begin(store, _wait("other", due_at=None, execution=7))

    async with store.transaction() as tx:
        await tx.waits.wake([1001], NOW)

    assert await _claim(store) == ["open"]


async def test_what_is_open_is_found_by_its_executions(store: SqlStore) -> None:
    wait = _wait()
    await _begin(store, wait)
    async with store.transaction() as tx:
        found = await tx.waits.get(wait.request_key, "p1")
        assert found is not None
        await tx.waits.save(replace(found, standing=Standing.OVER, note="late"))
        await tx.waits.begin(_wait("p2", begun_at=NOW + MINUTE))

    async with store.reading() as tx:
        assert [each.pause.key for each in await tx.waits.open_of([1001, 7])] == ["p2"]
        assert [each.pause.key for each in await tx.waits.of(1001)] == ["p2", "p1"]
        assert await tx.waits.open_of([]) == []
