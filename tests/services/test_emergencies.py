"""What cannot wait runs by a rule, for a reason, aloud, and is looked at by somebody else."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import InvalidValues, Refused, Stale
from bot.domain.executions import Execution, Status
from bot.domain.policies import Policy
from bot.domain.rules import BreakGlass
from tests.services.staff import ANA, BO, DANA, policy
from tests.services.worlds import PROD, World, approved_job

GLASS = BreakGlass(name="on call", roles=("developer",), review=("approver",))


def _policy(version: str = "p1") -> Policy:
    return policy(version, break_glass=(GLASS,))


async def _asked(world: World) -> Execution:
    world.policy.policy = _policy()
    world.catalog.put(approved_job())
    return (await world.ask(given=PROD)).execution


async def _broken(world: World, asked: Execution, **changes: Any) -> Execution:
    who = changes.pop("who", ANA)
    said = {"reason": "site is down", "typed": "prod", **changes}
    return await world.emergencies.run_unapproved(who, asked.id, digest=asked.digest, **said)


async def test_it_runs_without_a_yes_and_says_so_everywhere(world: World) -> None:
    asked = await _asked(world)

    await _broken(world, asked)
    await world.submission.submit_due()
    await world.deliver()

    assert await world.status() is Status.RUNNING
    assert "glass_broken" in world.lines()
    assert any("ran deploy api → prod without approval" in p.text for p in world.chat.posts)
    assert "job:approval:broken" in await world.history()


@pytest.mark.parametrize(
    ("name", "said", "words"), [("reason", " ", "why"), ("typed", "dev", "Type prod")]
)
async def test_it_takes_a_reason_and_the_name_of_what_is_touched(
    world: World, name: str, said: str, words: str
) -> None:
    asked = await _asked(world)

    with pytest.raises(InvalidValues, match=words):
        await _broken(world, asked, **{name: said})

    assert await world.status() is Status.AWAITING_APPROVAL


async def test_who_no_rule_lets_is_refused_and_that_is_written_down(world: World) -> None:
    world.catalog.put(approved_job())
    asked = (await world.ask(given=PROD)).execution

    with pytest.raises(Refused, match="may not run #1001"):
        await _broken(world, asked)

    assert (await world.history())[-1] == "job:access:refused"


async def test_nobody_breaks_the_glass_for_another(world: World) -> None:
    asked = await _asked(world)

    with pytest.raises(Refused, match="Only Ana"):
        await _broken(world, asked, who=BO)


async def test_what_changed_since_is_not_run_unapproved(world: World) -> None:
    asked = await _asked(world)
    world.policy.policy = _policy("p2")

    with pytest.raises(Stale, match="policy changed"):
        await _broken(world, asked)


async def test_the_review_waits_on_home_for_somebody_else(world: World) -> None:
    await _broken(world, await _asked(world))

    own, others = await world.homes.of(ANA), await world.homes.of(BO)

    assert own.reviews == ()
    assert [each.reason for each in others.reviews] == ["site is down"]


async def test_a_review_is_closed_once_with_a_word_by_who_may(world: World) -> None:
    await _broken(world, await _asked(world))

    with pytest.raises(Refused, match="somebody else"):
        await world.emergencies.close(replace(ANA), 1001, "was fine")
    with pytest.raises(Refused, match="may not close"):
        await world.emergencies.close(DANA, 1001, "was fine")
    with pytest.raises(InvalidValues):
        await world.emergencies.close(BO, 1001, " ")
    await world.emergencies.close(BO, 1001, "was fine")
    with pytest.raises(Stale, match="Bo closed"):
        await world.emergencies.close(BO, 1001, "again")

    assert (await world.homes.of(BO)).reviews == ()
    audited = await world.audited("execution:1001")
    assert audited[-1].detail["word"] == "was fine"
    asked = [each.detail["asked"] for each in audited if each.tag == "job:access:refused"]
    assert asked == ["close the review"] * 2
