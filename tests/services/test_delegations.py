"""Whoever is away names who stands in: who may, for how long, and who is told."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.actors import Actor
from bot.domain.errors import InvalidValues, Mistake, Refused, Stale, UnknownName
from bot.domain.rules import Binding
from tests.fakes.databases import Kind, database
from tests.fakes.values import actor
from tests.services.absences import EVE, away, changed, staffed, waiting, waiting_of_dana
from tests.services.kills import Fuse, Killed, mortal_store
from tests.services.staff import ANA, BO, CHEN, DANA, policy
from tests.services.wired import Outside
from tests.services.worlds import PROD, World, approved_job, opened


@pytest.fixture
def world(world: World) -> World:
    return staffed(world)


async def test_both_are_told_and_it_is_written_down(world: World) -> None:
    begun = await away(world)
    await world.delegations.end(BO, begun.id)
    await world.deliver()

    told = world.chat.dms("UDANA")
    assert "Bo asks you to say yes or no in their place" in told[0]
    assert "Dana does not stand in for Bo any more" in told[1]
    tags = [each.tag for each in await world.audited(f"delegation:{begun.id}")]
    assert tags == ["job:delegation:created", "job:delegation:ended"]


async def test_a_repeat_is_the_same_delegation(world: World) -> None:
    first = await away(world, request_id="one")

    assert await away(world, request_id="one") == first
    await world.deliver()
    assert len(world.chat.dms("UDANA")) == 1


async def test_the_stand_in_is_asked_in_place_of_who_is_absent(world: World) -> None:
    await away(world)
    await waiting(world)
    await world.deliver()

    assert [text for text in world.chat.dms("UDANA") if text.startswith("approve?")]
    assert not world.chat.dms("UBO")
    assert world.chat.dms("UCHEN")


async def test_what_waits_already_is_handed_over(world: World) -> None:
    await waiting(world)
    await waiting_of_dana(world)

    await away(world)
    await world.deliver()

    asked = [text for text in world.chat.dms("UDANA") if text.startswith("approve?")]
    assert asked == ["approve? card #1001 awaiting_approval"]


async def test_what_was_delegated_cannot_be_passed_on(world: World) -> None:
    await away(world)

    with pytest.raises(Refused, match="nothing that you could delegate"):
        await away(world, DANA, EVE)


@pytest.mark.parametrize(
    "delegate",
    [
        BO,
        actor("UBO2", email="BO@example.org"),
        actor("UGONE", blocked="This account is deactivated.", blocked_by="people: deactivated"),
        actor("UBOT", blocked="Bots may nothing.", blocked_by="people: bot"),
        actor("UFAR", blocked="This account is of another organisation."),
        actor("UNOBODY"),
    ],
    ids=["oneself", "own second account", "deactivated", "bot", "external", "without a role"],
)
async def test_not_everybody_can_stand_in(world: World, delegate: Actor) -> None:
    world.people.meet(delegate)

    with pytest.raises(Refused) as refused:
        await away(world, replace(BO, email="bo@example.org"), delegate)

    assert refused.value.rule == "delegation: who may stand in"
    assert [e.tag for e in await world.audited("delegations")] == ["job:access:refused"]
    assert not await world.delegations.listed(BO)


@pytest.mark.parametrize("who", [ANA, DANA])
async def test_who_may_approve_nothing_delegates_nothing(world: World, who: Actor) -> None:
    with pytest.raises(Refused) as refused:
        await away(world, who, CHEN)

    assert refused.value.rule == "delegation: approvers only"
    assert not world.delegations.may_delegate(who)


async def test_a_policy_may_forbid_it_and_old_ones_are_worth_nothing_then(world: World) -> None:
    await away(world)
    asked = await waiting(world)
    changed(world, delegation=timedelta())

    with pytest.raises(Refused):
        await world.decide(DANA, asked)
    with pytest.raises(Refused, match="nobody stand in"):
        await away(world, CHEN, EVE)


@pytest.mark.parametrize(
    ("begins", "ends", "field"),
    [
        (None, timedelta(days=91), "ends"),
        (None, timedelta(minutes=-1), "ends"),
        (timedelta(days=2), timedelta(days=1), "ends"),
        (timedelta(days=400), timedelta(days=401), "begins"),
    ],
)
async def test_it_has_an_end_within_bounds(
    world: World, begins: timedelta | None, ends: timedelta, field: str
) -> None:
    now = world.clock.now()
    first = now + begins if begins is not None else None

    with pytest.raises(InvalidValues) as wrong:
        await away(world, begins=first, ends=now + ends)

    assert list(wrong.value.problems) == [field]


async def test_a_policy_may_make_it_shorter(world: World) -> None:
    changed(world, delegation=timedelta(days=2))

    with pytest.raises(InvalidValues, match="2 days"):
        await away(world)


async def test_one_person_at_a_time_stands_in(world: World) -> None:
    first = await away(world)

    with pytest.raises(Mistake, match=f"away end {first.id}"):
        await away(world, BO, EVE)
    await world.delegations.end(BO, None)
    assert (await away(world, BO, EVE)).delegate == EVE.id


@pytest.mark.parametrize("who", [BO, DANA, actor("UROOT")], ids=["absent", "stand-in", "admin"])
async def test_both_and_admins_may_end_it(world: World, who: Actor) -> None:
    begun = await away(world)
    asked = await waiting(world)

    await world.delegations.end(who, begun.id)

    with pytest.raises(Refused):
        await world.decide(DANA, asked)
    with pytest.raises(Stale, match="over"):
        await world.delegations.end(who, begun.id)


async def test_nobody_else_may_end_it(world: World) -> None:
    begun = await away(world)

    with pytest.raises(Refused, match="Only Bo, Dana and admins"):
        await world.delegations.end(CHEN, begun.id)
    with pytest.raises(UnknownName):
        await world.delegations.end(CHEN, begun.id + 1)
    with pytest.raises(UnknownName, match="Nobody stands in"):
        await world.delegations.end(CHEN, None)

    assert await world.delegations.listed(BO) == await world.delegations.listed(DANA) == [begun]


async def test_admins_see_everybodys(world: World) -> None:
    begun = await away(world)

    assert await world.delegations.listed_of_all(actor("UROOT")) == [begun]
    with pytest.raises(Refused):
        await world.delegations.listed_of_all(DANA)


async def test_home_shows_what_waits_and_who_stands_in(world: World) -> None:
    begun = await away(world)
    asked = await waiting(world)

    dana, bo = await world.homes.of(DANA), await world.homes.of(BO)

    assert [card.execution.id for card in dana.waiting] == [asked.id]
    assert dana.delegations == bo.delegations == (begun,)
    assert (dana.may_delegate, bo.may_delegate) == (False, True)


async def _outlives(folder: Path, moment: int | None) -> int:
    """Ana's run waits; a process dies at that moment while it delegates, the next one goes on."""
    async with database(Kind.SQLITE, folder, f"{moment}.db") as url, opened(url) as store:
        outside = Outside()
        outside.policy.policy = policy(
            bindings=(
                *policy().bindings,
                Binding(roles=("developer",), people=("UDANA",)),
            )
        )
        living = World(outside, store)
        living.catalog.put(approved_job())
        await living.ask(given=PROD)
        fuse = Fuse(moment)
        with suppress(Killed):
            await away(World(outside, mortal_store(store, fuse)), request_id="once")
        await away(living, request_id="once")
        await living.deliver()

        assert len(await living.delegations.listed(BO)) == 1
        [made] = await living.delegations.listed(DANA)
        written = [each.tag for each in await living.audited(f"delegation:{made.id}")]
        assert written == ["job:delegation:created"]
        told = [text.split()[0] for text in living.chat.dms("UDANA")]
        assert sorted(told) == ["Bo", "approve?"]
        return fuse.moments


async def test_killed_at_any_moment_it_delegates_once_and_tells_once(tmp_path: Path) -> None:
    moments = await _outlives(tmp_path, None)

    for moment in range(1, moments + 1):
        await _outlives(tmp_path, moment)
    assert moments > 5
