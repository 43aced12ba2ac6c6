"""Received envelopes, drafts, decisions, and where cards stand."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.actors import MessageRef, PersonId
from bot.domain.approvals import Decision, Verdict
from bot.domain.drafts import Draft
from bot.ports import Envelope, Store
from tests.fakes.values import NOW, OPS, TEAM, person


def _envelope(key: str, **changes: Any) -> Envelope:
    given: dict[str, Any] = {
        "key": key,
        "kind": "command",
        "payload": {"text": "run 🌊", "nested": [1, None]},
        "received_at": NOW,
        **changes,
    }
    return Envelope(**given)


async def _record(store: Store, *envelopes: Envelope) -> list[bool]:
    async with store.transaction() as tx:
        return [await tx.inbox.record(each) for each in envelopes]


async def test_a_duplicate_is_known_and_changes_nothing(store: Store) -> None:
    assert await _record(store, _envelope("k"), _envelope("k", payload={})) == [True, False]

    async with store.reading() as tx:
        assert await tx.inbox.get("k") == _envelope("k")
        assert await tx.inbox.get("other") is None


async def test_of_duplicates_at_once_one_is_new(store: Store, other_store: Store) -> None:
    sides = (store, other_store) * 3

    found = await asyncio.gather(*(_record(each, _envelope("k")) for each in sides))

    assert sum(new for [new] in found) == 1


async def test_a_duplicate_gets_the_answer_that_the_first_one_got(store: Store) -> None:
    await _record(store, _envelope("k"))
    async with store.transaction() as tx:
        await tx.inbox.answered("k", {"response_action": "clear"})

    async with store.reading() as tx:
        found = await tx.inbox.get("k")
    assert found is not None
    assert found.answer == {"response_action": "clear"}


async def test_what_was_never_finished_is_found_oldest_first(store: Store) -> None:
    earlier = NOW - timedelta(minutes=1)
    await _record(store, _envelope("b"), _envelope("a", received_at=earlier), _envelope("done"))
    async with store.transaction() as tx:
        await tx.inbox.handled("done", NOW)

    async with store.reading() as tx:
        assert await tx.inbox.unhandled(NOW) == [_envelope("a", received_at=earlier)]
        left = await tx.inbox.unhandled(NOW + timedelta(seconds=1))
    assert [each.key for each in left] == ["a", "b"]


async def test_only_what_was_handled_is_ever_forgotten(store: Store) -> None:
    await _record(store, _envelope("open"), _envelope("old"), _envelope("new"))
    async with store.transaction() as tx:
        await tx.inbox.handled("old", NOW - timedelta(days=8), error="e-1")
        await tx.inbox.handled("new", NOW)

    async with store.transaction() as tx:
        assert await tx.inbox.forget(NOW - timedelta(days=7)) == 1

    async with store.reading() as tx:
        kept = [key for key in ("open", "old", "new") if await tx.inbox.get(key)]
    assert kept == ["open", "new"]


DRAFT = Draft(
    id="d1",
    owner=PersonId(team=TEAM, user="UANA", enterprise="E1"),
    place=OPS,
    job="deploy",
    given={"s": "x", "i": 3, "f": 1.5, "b": True, "l": ["a", "b"], "n": None},
    inferred={"s": "the words"},
    reason="because",
    rerun_of=1041,
    request_id="r1",
    execution=1042,
    created_at=NOW,
    changed_at=NOW,
)


async def test_a_draft_comes_back_whole_and_a_newer_one_replaces_it(store: Store) -> None:
    newer = replace(DRAFT, given={}, changed_at=NOW + timedelta(seconds=1))
    async with store.transaction() as tx:
        await tx.drafts.put(DRAFT)
    async with store.reading() as tx:
        assert await tx.drafts.get("d1") == DRAFT
        assert await tx.drafts.get("other") is None

    async with store.transaction() as tx:
        await tx.drafts.put(newer)

    async with store.reading() as tx:
        assert await tx.drafts.get("d1") == newer


async def test_every_card_of_an_execution_is_known_once(store: Store) -> None:
    card = MessageRef(team=TEAM, channel="COPS", ts="1.0")
    copy = MessageRef(team=TEAM, channel="DBO", ts="2.0", enterprise="E1")
    bo = PersonId(team=TEAM, user="UBO", enterprise="E1")

    async with store.transaction() as tx:
        for _ in range(2):
            await tx.copies.add(7, copy, bo)
            await tx.copies.add(7, card, None)
        await tx.copies.add(8, replace(card, ts="3.0"), None)

    async with store.reading() as tx:
        assert await tx.copies.of(7) == [(card, None), (copy, bo)]


def _decision(user: str, **changes: Any) -> Decision:
    given: dict[str, Any] = {
        "execution": 7,
        "person": person(user),
        "name": user,
        "verdict": Verdict.APPROVE,
        "comment": "looks good 🌊",
        "digest": "d" * 64,
        "at": NOW,
        **changes,
    }
    return Decision(**given)


async def test_a_person_decides_once_on_one_execution(store: Store) -> None:
    first, other = _decision("UBO"), _decision("UCHEN", at=NOW + timedelta(seconds=1))
    async with store.transaction() as tx:
        assert await tx.decisions.add(other)
        assert await tx.decisions.add(first)
        assert not await tx.decisions.add(_decision("UBO", verdict=Verdict.REJECT))
        assert await tx.decisions.add(_decision("UBO", execution=8))

    async with store.reading() as tx:
        assert await tx.decisions.of(7) == [first, other]


async def test_a_person_from_another_workspace_of_the_organisation_has_decided_too(
    store: Store,
) -> None:
    elsewhere = PersonId(team="T2", user="UBO", enterprise="E1")
    async with store.transaction() as tx:
        await tx.decisions.add(_decision("UBO"))

        assert not await tx.decisions.add(_decision("UBO", person=elsewhere))
