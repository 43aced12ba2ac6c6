"""An account on the platform is needed before anybody is asked, and again at the start."""

from typing import Any

import pytest

from bot.domain.accounts import AccountRule
from bot.domain.errors import Refused, Temporary
from bot.domain.executions import Status
from tests.fakes.values import actor
from tests.services.staff import ANA, BO, asking, policy
from tests.services.worlds import World

MAILED = actor("UANA", email="ana@acme.test")


def mapped(world: World, approvals: Any = ()) -> None:
    rule = AccountRule(platform="fake", template="{email}")
    world.policy.policy = policy(accounts={"fake": rule}, approvals=approvals)
    world.people.known["UANA"] = MAILED


async def test_the_platform_is_told_who_asked(world: World) -> None:
    mapped(world)
    await world.ask(MAILED)
    await world.submission.submit_due()

    [order] = world.platform.orders
    assert (order.requester, order.account) == ("UANA", "ana@acme.test")
    [asked, *_] = await world.audited("execution:1001")
    assert asked.detail["account"] == "ana@acme.test"


async def test_without_a_mapping_nobody_needs_an_account(world: World) -> None:
    await world.running()

    assert world.platform.orders[0].account == ""


async def test_who_has_no_account_is_refused_before_anybody_is_asked(world: World) -> None:
    mapped(world, approvals=(asking(),))

    with pytest.raises(Refused, match="no account of Ana"):
        await world.ask(ANA)

    [row] = await world.audited("job:deploy")
    assert row.detail["rule"] == "accounts: fake"


async def test_an_account_that_the_platform_closed_is_refused_with_its_sentence(
    world: World,
) -> None:
    mapped(world)
    world.platform.closed_accounts["ana@acme.test"] = "ana@acme.test is locked there."

    with pytest.raises(Refused, match="locked there"):
        await world.ask(MAILED)


async def test_an_account_closed_meanwhile_starts_nothing(world: World) -> None:
    mapped(world, approvals=(asking(),))
    asked = await world.ask(MAILED)
    await world.decide(BO, asked.execution)
    world.platform.closed_accounts["ana@acme.test"] = "ana@acme.test is locked there."
    await world.submission.submit_due()

    now = await world.now()
    assert now.status is Status.FAILED
    assert now.result is not None
    assert "locked there" in now.result.cause
    assert not world.platform.orders


async def test_an_account_that_is_another_by_now_starts_nothing(world: World) -> None:
    mapped(world)
    await world.ask(MAILED)
    world.people.known["UANA"] = actor("UANA", email="boss@acme.test")
    await world.submission.submit_due()

    assert await world.status() is Status.FAILED
    assert not world.platform.orders


async def test_while_nobody_can_say_it_waits(world: World) -> None:
    mapped(world)
    await world.ask(MAILED)
    world.people.out_of_order = Temporary("Slack is away")
    await world.submission.submit_due()

    assert await world.status() is Status.READY
    assert not world.platform.orders
