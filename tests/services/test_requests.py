"""The one gate: what becomes of somebody's wish to run a job."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import InvalidValues, Mistake, Refused, Temporary, UnknownName
from bot.domain.executions import Status
from bot.domain.jobs import Concurrency, OnConflict, Risk
from bot.domain.parameters import ChoiceSource, Kind, Parameter
from bot.domain.rules import Binding
from bot.services.requests import Accepted, NeedsForm
from tests.fakes.values import enum, job
from tests.services.staff import ANA, BO, CHEN, DANA, asking, policy
from tests.services.worlds import PROD, World, approved_job, run_request


async def test_what_is_complete_and_allowed_is_ready_and_written_down(world: World) -> None:
    done = await world.ask(reason="hotfix")

    assert done.is_new
    assert done.execution.status is Status.READY
    assert (done.execution.environment, done.execution.reason) == ("dev", "hotfix")
    [entry] = await world.audited("execution:1001")
    assert (entry.tag, entry.actor) == ("job:execution:requested", "person:T0LOCAL/UANA")
    assert entry.detail["values"] == {"app": "api", "env": "dev"}


async def test_its_card_is_told_where_it_was_asked_for(world: World) -> None:
    await world.ask()
    await world.deliver()

    assert world.chat.messages("COPS") == ["card #1001 ready"]


async def test_a_missing_value_needs_the_form_and_makes_nothing(world: World) -> None:
    done = await world.requests.request(ANA, run_request(given={"app": "api"}))

    assert isinstance(done, NeedsForm)
    assert done.reading.missing == ("env",)
    async with world.store.reading() as tx:
        assert not await tx.executions.listing()


async def test_a_wrong_value_needs_the_form_and_is_named(world: World) -> None:
    done = await world.requests.request(ANA, run_request(given={"app": "api", "env": "moon"}))

    assert isinstance(done, NeedsForm)
    assert list(done.reading.problems) == ["env"]


async def test_what_was_reviewed_and_is_not_complete_is_a_mistake_with_every_field(
    world: World,
) -> None:
    wanted = run_request(given={"env": "moon"}, reviewed=True)

    with pytest.raises(InvalidValues) as wrong:
        await world.requests.request(ANA, wanted)

    assert wrong.value.problems.keys() == {"app", "env"}


@pytest.mark.parametrize(
    ("changes", "needs_review"),
    [
        ({"exact": True}, False),
        ({"exact": False}, True),
        ({"exact": False, "reviewed": True}, False),
    ],
)
async def test_what_was_not_said_exactly_is_looked_at_once_more(
    world: World, changes: dict[str, Any], needs_review: bool
) -> None:
    done = await world.requests.request(ANA, run_request(**changes))

    assert isinstance(done, NeedsForm) is needs_review


async def test_a_risky_job_is_always_reviewed(world: World) -> None:
    world.catalog.put(job(risk=Risk.CONFIRM))

    assert isinstance(await world.requests.request(ANA, run_request()), NeedsForm)
    assert isinstance(await world.requests.request(ANA, run_request(reviewed=True)), Accepted)


async def test_an_unknown_job_is_answered_with_names_that_are_near(world: World) -> None:
    with pytest.raises(UnknownName) as unknown:
        await world.requests.request(ANA, run_request(job="deplyo"))

    assert unknown.value.near == ("deploy",)


async def test_a_refusal_names_the_rule_and_is_written_down(world: World) -> None:
    with pytest.raises(Refused) as refused:
        await world.requests.request(DANA, run_request())

    assert refused.value.who_can == ("developer",)
    [entry] = await world.audited("job:deploy")
    assert (entry.tag, entry.actor_name) == ("job:access:refused", "Dana")
    assert entry.detail["rule"] == "nothing allows it"
    assert entry.detail["values"] == {"app": "api", "env": "dev"}


async def test_who_may_not_run_a_job_is_refused_before_being_asked_for_values(
    world: World,
) -> None:
    with pytest.raises(Refused):
        await world.requests.request(DANA, run_request(given={}))


async def test_a_forbidden_job_is_refused_to_everybody(world: World) -> None:
    world.catalog.put(job(risk=Risk.FORBIDDEN))

    with pytest.raises(Refused):
        await world.ask()


async def test_the_same_request_again_is_the_same_execution(world: World) -> None:
    first = await world.ask()
    again = await world.ask(given=PROD)

    assert (again.execution, again.is_new) == (first.execution, False)


async def test_the_same_request_twice_at_once_is_one_execution(world: World) -> None:
    done = await asyncio.gather(*(world.ask() for _ in range(4)))

    assert len({each.execution.id for each in done}) == 1
    assert [each.is_new for each in done].count(True) == 1


async def test_a_repeat_is_the_same_execution_even_when_it_would_be_refused_by_now(
    world: World,
) -> None:
    first = await world.ask()
    world.policy.policy = policy("p2", bindings=())
    world.catalog.drop("deploy")

    assert (await world.ask()).execution == first.execution


async def test_with_an_approval_it_waits_and_possible_approvers_are_asked(world: World) -> None:
    world.catalog.put(approved_job())

    asked = (await world.ask(given=PROD)).execution
    await world.deliver()

    assert asked.status is Status.AWAITING_APPROVAL
    assert asked.expires_at == world.clock.now() + timedelta(hours=1)
    assert world.chat.dms("UBO") == ["approve? card #1001 awaiting_approval"]
    assert world.chat.dms("UCHEN")
    assert not world.chat.dms("UDANA")


async def test_an_approver_of_whom_slack_says_nothing_holds_nobody_up(world: World) -> None:
    world.catalog.put(approved_job())
    world.people.out_of_order = Temporary("Slack is away")

    asked = (await world.ask(given=PROD)).execution
    world.people.out_of_order = None

    assert (await world.decide(BO, asked)).needed == 0


async def test_approvers_are_found_by_group_and_email_too(world: World) -> None:
    world.catalog.put(approved_job())
    chen = replace(CHEN, email="chen@acme.test")
    world.people.known["UCHEN"] = chen
    world.people.known["UBO"] = replace(BO, groups=frozenset({"leads"}))
    world.people.groups["leads"] = ("UBO",)
    bindings = (
        policy().bindings[0],
        Binding(roles=("approver",), groups=("@leads",), emails=("chen@acme.test", "*@b.c")),
    )
    world.policy.policy = policy(bindings=bindings)

    await world.ask(given=PROD)
    await world.deliver()

    assert world.chat.dms("UBO")
    assert world.chat.dms("UCHEN")


async def test_the_requester_is_not_asked_to_approve_their_own(world: World) -> None:
    everyone = policy(approvals=(asking(),))
    bindings = (
        *everyone.bindings,
        type(everyone.bindings[0])(roles=("approver",), people=("UANA",)),
    )
    world.policy.policy = policy(approvals=(asking(),), bindings=bindings)

    await world.ask()
    await world.deliver()

    assert world.chat.dms("UBO")
    assert not world.chat.dms("UANA")


async def test_the_audit_row_holds_no_secret_value(world: World) -> None:
    token = Parameter(name="token", sensitive=True)
    world.catalog.put(job(parameters=(*job().parameters, token)))

    done = await world.ask(given={"app": "api", "env": "dev", "token": "hush"})

    assert done.execution.values["token"] == "hush"
    [entry] = await world.audited("execution:1001")
    assert entry.detail["values"]["token"] == "••••"


KEYED = Concurrency(key="deploy:{app}", on_conflict=OnConflict.REFUSE)


@pytest.mark.parametrize("is_started", [False, True])
async def test_a_second_run_is_refused_while_one_is_on_its_way_or_runs(
    world: World, is_started: bool
) -> None:
    world.catalog.put(job(concurrency=KEYED))
    await world.ask(request_id="r1")
    if is_started:
        await world.submission.submit_due()

    with pytest.raises(
        Mistake, match=r"#1001 deploy api → dev is (queued|running) \(started by Ana\)"
    ):
        await world.ask(request_id="r2", given=PROD)

    assert (await world.ask(request_id="r3", given={"app": "web", "env": "dev"})).is_new


async def test_a_second_run_waits_its_turn_where_the_job_says_so(world: World) -> None:
    world.catalog.put(job(concurrency=Concurrency(key="deploy:{app}")))
    await world.ask(request_id="r1")
    await world.submission.submit_due()

    await world.ask(request_id="r2")
    await world.submission.submit_due()

    assert await world.status(1002) is Status.READY
    assert len(world.platform.orders) == 1


SOURCED = (
    *job().parameters,
    Parameter(name="tag", kind=Kind.ENUM, source=ChoiceSource(argv=("list-tags",))),
)


@pytest.mark.parametrize(("tag", "problem"), [("v1", None), ("v9", "not on offer")])
async def test_a_value_must_be_on_offer_at_the_moment_it_is_asked_for(
    world: World, tag: str, problem: str | None
) -> None:
    world.catalog.put(job(parameters=SOURCED))
    world.catalog.offers["tag"] = ("v1", "v2")

    done = await world.requests.request(
        ANA, run_request(given={"app": "api", "env": "dev", "tag": tag})
    )

    if problem is None:
        assert isinstance(done, Accepted)
    else:
        assert isinstance(done, NeedsForm)
        assert problem in done.reading.problems["tag"]


async def test_a_list_that_does_not_come_is_said_at_its_field(world: World) -> None:
    world.catalog.put(job(parameters=SOURCED))
    world.catalog.is_away = True

    done = await world.requests.request(
        ANA, run_request(given={"app": "api", "env": "dev", "tag": "v1"})
    )

    assert isinstance(done, NeedsForm)
    assert done.reading.problems["tag"] == "Tag: the list did not come in time."


async def test_values_that_only_matter_sometimes_are_kept_only_then(world: World) -> None:
    world.catalog.put(job(parameters=(*job().parameters, enum("region", "eu", "us"))))

    done = await world.ask()

    assert "region" not in done.execution.values
