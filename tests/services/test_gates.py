"""Limits, compliance and confirmation, at the one gate."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.answers import Denied, Per
from bot.domain.errors import Refused
from bot.domain.rules import Command, ComplianceRule, DenyRule, Limit, Scope
from bot.services.requests import Accepted, NeedsForm
from tests.services.staff import ANA, policy
from tests.services.worlds import PROD, World, run_request

TWO_AN_HOUR = Limit(name="two an hour", per=frozenset({Per.PERSON}), runs=2)


async def _refused(world: World, request_id: str) -> Refused:
    with pytest.raises(Refused) as caught:
        await world.ask(request_id=request_id)
    return caught.value


async def test_a_limit_stops_the_run_that_is_too_much_and_says_when_the_next_may_begin(
    world: World,
) -> None:
    world.policy.policy = policy(limits=(TWO_AN_HOUR,))
    began = world.clock.now()
    for number in range(2):
        await world.ask(request_id=f"r{number}")

    error = await _refused(world, "r3")

    assert error.rule == "limit: two an hour"
    assert str(error) == "You may not run deploy yet: at most 2 runs by you in 1h."
    assert error.opens_at == began + timedelta(hours=1)


async def test_a_limit_is_told_and_written_once_per_window(world: World) -> None:
    world.policy.policy = policy(limits=(TWO_AN_HOUR,))
    for number in range(2):
        await world.ask(request_id=f"r{number}")

    said = [str(await _refused(world, f"again{number}")) for number in range(3)]

    assert said[1:] == ["You may not run deploy yet, as I said."] * 2
    tags = [entry.tag for entry in await world.audited("job:deploy")]
    assert tags.count("job:access:refused") == 1
    world.clock.advance(3_601)
    assert (await world.ask(request_id="later")).is_new


async def test_what_is_underway_is_bounded_too(world: World) -> None:
    world.policy.policy = policy(limits=(Limit(name="one", at_once=1),))
    await world.ask(request_id="r1")

    assert (await _refused(world, "r2")).rule == "limit: one"
    await world.settle()
    await world.executions.cancel(ANA, 1001, run_request().place)
    await world.settle()
    assert (await world.ask(request_id="r3")).is_new


async def test_a_repeat_of_a_request_is_not_counted_as_another(world: World) -> None:
    world.policy.policy = policy(limits=(Limit(name="one", runs=1),))
    await world.ask(request_id="r1")

    assert not (await world.ask(request_id="r1")).is_new


async def test_security_is_told_of_a_first_time_and_only_then(world: World) -> None:
    rule = ComplianceRule(name="first time", first_time=True)
    world.policy.policy = policy(compliance=(rule,), security="CSECURITY")
    await world.ask(request_id="r1")
    await world.settle()
    await world.ask(request_id="r2")
    await world.settle()

    told = [post.text for post in world.chat.posts if post.place.channel == "CSECURITY"]
    assert told == ["first time: Ana asked for deploy api → dev (the first time). #1001"]


async def test_without_a_channel_of_its_own_security_is_told_where_operators_are(
    world: World,
) -> None:
    rule = ComplianceRule(name="sensitive", scope=Scope(environments=("prod",)))
    world.policy.policy = policy(compliance=(rule,))
    await world.ask(request_id="r1", given=PROD)
    await world.ask(request_id="r2")
    await world.settle()

    told = [post.text for post in world.chat.posts if post.place.channel == "COPERATORS"]
    assert told == ["sensitive: Ana asked for deploy api → prod. #1001"]


async def test_more_than_usual_is_confirmed_by_typing_the_target(world: World) -> None:
    rule = ComplianceRule(name="often", more_than=1, confirms=True, tells=False)
    world.policy.policy = policy(compliance=(rule,))
    await world.ask(request_id="r1")

    asked = await world.requests.request(ANA, run_request("r2"))
    assert isinstance(asked, NeedsForm)
    assert asked.answer is not None
    assert not isinstance(asked.answer, Denied)
    assert asked.answer.confirm == "compliance: often"
    typed = replace(run_request("r2"), reviewed=True, confirmed=" Dev ")
    assert isinstance(await world.requests.request(ANA, typed), Accepted)


@pytest.mark.parametrize("typed", ["", "prod", "deploy"])
async def test_another_word_confirms_nothing(world: World, typed: str) -> None:
    rule = ComplianceRule(name="twice", confirms=True)
    world.policy.policy = policy(compliance=(rule,))

    wanted = replace(run_request(), reviewed=True, confirmed=typed)

    assert isinstance(await world.requests.request(ANA, wanted), NeedsForm)


async def test_a_refusal_keeps_what_another_policy_can_be_asked(world: World) -> None:
    deny = DenyRule(
        name="no prod", commands=frozenset({Command.RUN}), scope=Scope(values={"env": ("prod",)})
    )
    world.policy.policy = policy(denies=(deny,))

    with pytest.raises(Refused):
        await world.ask(given=PROD)

    (entry,) = await world.audited("job:deploy")
    assert entry.detail["rule"] == "deny: no prod"
    assert entry.detail["values"] == {"app": "api", "env": "prod"}


async def test_a_deny_holds_even_for_ones_own_run(world: World) -> None:
    await world.ask()
    deny = DenyRule(name="nobody stops it", commands=frozenset({Command.CANCEL}))
    world.policy.policy = policy("p2", denies=(deny,))

    with pytest.raises(Refused) as caught:
        await world.executions.cancel(ANA, 1001, run_request().place)

    assert caught.value.rule == "deny: nobody stops it"
