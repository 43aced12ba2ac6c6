"""Who stands in for whom: kept once, found by time, ended once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.adapters.database import SqlStore
from bot.domain.approvals import Decision, Verdict
from bot.domain.delegations import Behalf, Delegation
from tests.fakes.values import NOW, execution, person

DAY = timedelta(days=1)


def _delegation(request_id: str = "d1", **changes: Any) -> Delegation:
    given: dict[str, Any] = {
        "request_id": request_id,
        "absent": person("UBO"),
        "absent_name": "Bo",
        "delegate": person("UDANA"),
        "delegate_name": "Dana",
        "begins": NOW,
        "ends": NOW + DAY,
        "created_at": NOW,
        **changes,
    }
    return Delegation(**given)


async def _add(store: SqlStore, request_id: str = "d1", **changes: Any) -> Delegation:
    async with store.transaction() as tx:
        return await tx.delegations.add(_delegation(request_id, **changes))


async def test_it_comes_back_as_it_was_kept(store: SqlStore) -> None:
    kept = await _add(store, reason="vacation ☀", absent_email="bo@example.org")

    async with store.reading() as tx:
        assert await tx.delegations.get(kept.id) == kept
        assert await tx.delegations.by_request_id("d1") == kept
        assert await tx.delegations.get(kept.id + 1) is None


async def test_a_repeat_is_the_earlier_one(store: SqlStore) -> None:
    first = await _add(store)

    assert await _add(store, reason="again") == first


async def test_only_those_of_the_moment_are_in_force(store: SqlStore) -> None:
    now = await _add(store)
    later = await _add(store, "d2", begins=NOW + DAY, ends=NOW + 2 * DAY)
    await _add(store, "d3", absent=person("UCHEN"), delegate=person("UEVE"))

    async with store.reading() as tx:
        dana = person("UDANA")
        assert await tx.delegations.in_force(NOW, delegate=dana) == [now]
        assert await tx.delegations.in_force(NOW + DAY, delegate=dana) == [later]
        assert await tx.delegations.in_force(NOW - DAY) == []
        assert len(await tx.delegations.in_force(NOW)) == 2
        assert len(await tx.delegations.in_force(NOW, limit=1)) == 1


async def test_both_find_what_is_not_over(store: SqlStore) -> None:
    now = await _add(store)
    ahead = await _add(store, "d2", begins=NOW + DAY, ends=NOW + 2 * DAY)
    await _add(store, "d3", begins=NOW - 2 * DAY, ends=NOW)

    async with store.reading() as tx:
        for who in ("UBO", "UDANA"):
            assert await tx.delegations.of(person(who), NOW) == [now, ahead]
        assert await tx.delegations.of(person("UCHEN"), NOW) == []


async def test_it_is_ended_once(store: SqlStore) -> None:
    kept = await _add(store)
    ended = replace(kept, ended_at=NOW, ended_by=person("UBO"), ended_name="Bo")

    async with store.transaction() as tx:
        assert await tx.delegations.end(ended)
        assert not await tx.delegations.end(replace(ended, ended_name="Dana"))
        assert await tx.delegations.get(kept.id) == ended
        assert await tx.delegations.in_force(NOW) == []


async def test_a_decision_says_for_whom_it_was(store: SqlStore) -> None:
    behalf = Behalf(delegation=7, person=person("UBO"), name="Bo", email="bo@example.org")
    said = Decision(
        execution=1,
        person=person("UDANA"),
        name="Dana",
        verdict=Verdict.APPROVE,
        digest="d",
        at=NOW,
        behalf=behalf,
    )
    own = replace(said, person=person("UCHEN"), name="Chen", at=NOW + DAY, behalf=None)

    async with store.transaction() as tx:
        await tx.executions.add(execution(1))
        await tx.decisions.add(said)
        await tx.decisions.add(own)
        assert list(await tx.decisions.of(1)) == [said, own]
