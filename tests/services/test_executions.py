"""Looking at an execution, reading its output, stopping it, running it again."""

from dataclasses import replace

import pytest

from bot.domain.actors import PersonId
from bot.domain.errors import Mistake, Refused, UnknownName
from bot.domain.executions import Status
from bot.domain.parameters import Parameter
from bot.domain.rules import Binding, Command, Permission, Role
from bot.ports import RunState
from tests.fakes.values import OPS, actor, execution, job
from tests.services.staff import ANA, BO, DANA, policy
from tests.services.worlds import PROD, World, approved_job


async def test_one_is_looked_at_by_number_by_thread_or_as_ones_latest(world: World) -> None:
    await world.ask(request_id="r1")
    await world.deliver()
    thread = replace(OPS, thread=world.chat.posts[0].ref.ts)
    await world.ask(request_id="r2")

    async def shown(number: int | None, place: object = OPS) -> int:
        at = thread if place is thread else OPS
        return (await world.executions.card(ANA, number, at)).execution.id

    assert await shown(1001) == 1001
    assert await shown(None, thread) == 1001
    assert await shown(None) == 1002


async def test_there_is_nothing_to_look_at_yet(world: World) -> None:
    with pytest.raises(UnknownName, match="#7"):
        await world.executions.card(ANA, 7, OPS)
    with pytest.raises(UnknownName, match="not run anything"):
        await world.executions.card(ANA, None, OPS)


async def test_others_are_looked_at_by_those_who_may_only(world: World) -> None:
    await world.ask()

    assert (await world.executions.card(BO, 1001, OPS)).execution.id == 1001
    with pytest.raises(Refused):
        await world.executions.card(DANA, 1001, OPS)


@pytest.mark.parametrize("what", ["card", "logs", "cancel", "again"])
async def test_every_refusal_is_written_down(world: World, what: str) -> None:
    await world.ask()
    attempts = {
        "card": lambda: world.executions.card(DANA, 1001, OPS),
        "logs": lambda: world.executions.logs(DANA, 1001, OPS, 20),
        "cancel": lambda: world.executions.cancel(DANA, 1001, OPS),
        "again": lambda: world.executions.again(DANA, 1001, OPS),
    }

    with pytest.raises(Refused):
        await attempts[what]()

    [*_, refusal] = await world.audited("execution:1001")
    assert (refusal.tag, refusal.actor_name) == ("job:access:refused", "Dana")


def _only(command: Command, jobs: str) -> Role:
    permission = Permission(name="narrow", commands=frozenset({command}), jobs=(jobs,))
    return Role(name="narrow", permissions=(permission,))


@pytest.mark.parametrize(
    ("jobs", "allowed"), [("deploy", True), ("de*", True), ("backup", False), ("tag:x", False)]
)
async def test_a_job_that_left_the_catalogue_opens_its_runs_to_nobody_new(
    world: World, jobs: str, allowed: bool
) -> None:
    await world.ask()
    world.catalog.drop("deploy")
    world.policy.policy = policy(
        roles={"narrow": _only(Command.HISTORY, jobs)},
        bindings=(Binding(roles=("narrow",), people=("UDANA",)),),
    )

    if allowed:
        await world.executions.card(DANA, 1001, OPS)
    else:
        with pytest.raises(Refused):
            await world.executions.card(DANA, 1001, OPS)


async def test_history_shows_only_what_the_asker_may_see(world: World) -> None:
    await world.ask(request_id="r1")
    async with world.store.transaction() as tx:
        await tx.executions.add(execution(2, requester=PersonId(team="T", user="UDANA")))

    async def seen(user: str) -> list[int]:
        return [each.id for each in await world.executions.history(actor(user), None)]

    assert await seen("UBO") == [1002, 1001]
    assert await seen("UDANA") == [1002]
    assert await seen("UNEW") == []
    assert [e.id for e in await world.executions.history(ANA, "deploy", limit=1)] == [1002]


async def test_history_is_looked_through_for_what_the_asker_may_see(world: World) -> None:
    async with world.store.transaction() as tx:
        await tx.executions.add(execution(2, requester=PersonId(team="T", user="UDANA")))
    for number in range(3):
        await world.ask(request_id=f"r{number}")

    found = await world.executions.history(DANA, None, limit=1)

    assert [each.requester.user for each in found] == ["UDANA"]


async def test_history_of_an_unknown_job_says_what_is_near(world: World) -> None:
    with pytest.raises(UnknownName) as unknown:
        await world.executions.history(ANA, "deplyo")

    assert unknown.value.near == ("deploy",)


async def test_history_of_a_job_that_is_no_more_can_be_read_by_who_may_see_it(
    world: World,
) -> None:
    await world.ask()
    world.catalog.drop("deploy")

    assert [each.id for each in await world.executions.history(ANA, "Deploy")] == [1001]
    with pytest.raises(UnknownName):
        await world.executions.history(actor("UNOBODY"), "deploy")


async def test_what_is_under_way_is_what_did_not_end(world: World) -> None:
    await world.ask(request_id="r1")
    await world.executions.cancel(ANA, 1001, OPS)
    await world.ask(request_id="r2")

    assert [card.execution.id for card in await world.executions.underway(ANA)] == [1002]
    assert await world.executions.underway(DANA) == []


async def test_the_jobs_somebody_may_run_are_found_by_any_of_their_words(world: World) -> None:
    world.catalog.put(job("backup", title="Nightly", tags=("files",), aliases=("save",)))

    def found(search: str) -> list[str]:
        return [each.name for each in world.executions.visible_jobs(ANA, search)]

    assert found("") == ["backup", "deploy"]
    assert found("NIGHT") == found("files") == found("save") == ["backup"]
    assert found("nothing") == []
    assert world.executions.visible_jobs(DANA) == []


async def test_the_last_lines_are_read_and_that_is_written_down(world: World) -> None:
    run = await world.running()
    world.platform.say(run.request_key, *(f"line {n}" for n in range(50)))

    logs = await world.executions.logs(BO, 1001, OPS, 3)

    assert logs.lines == ("line 47", "line 48", "line 49")
    assert (await world.audited("execution:1001"))[-1].tag == "job:logs:read"


async def test_of_a_very_long_log_only_the_end_is_read(world: World) -> None:
    run = await world.running()
    world.platform.say(run.request_key, *("x" * 1_000 for _ in range(200)), "the end")

    logs = await world.executions.logs(ANA, 1001, OPS, 1)

    assert logs.lines == ("the end",)


async def test_what_never_began_has_no_lines(world: World) -> None:
    await world.ask()

    assert (await world.executions.logs(ANA, 1001, OPS, 20)).lines == ()


async def test_what_waits_is_cancelled_at_once(world: World) -> None:
    world.catalog.put(approved_job())
    await world.ask(given=PROD)

    cancelled = await world.executions.cancel(ANA, 1001, OPS)
    await world.settle(2)

    assert (cancelled.status, cancelled.cancelled_by) == (Status.CANCELLED, "Ana")
    assert not world.platform.orders
    assert world.chat.messages("COPS", "") == ["card #1001 cancelled"]


async def test_what_runs_is_stopped_and_its_end_is_what_the_platform_saw(world: World) -> None:
    run = await world.running()

    cancelling = await world.executions.cancel(BO, 1001, OPS)
    assert cancelling.status is Status.CANCELLING
    assert world.platform.cancelled == [run.request_key]
    await world.settle()

    assert await world.status() is Status.CANCELLED
    assert world.lines() == ["cancel_asked", "ended"]


async def test_a_run_that_ended_well_before_its_stop_is_done(world: World) -> None:
    run = await world.running()
    world.platform.end(run.request_key, RunState.SUCCEEDED)

    await world.executions.cancel(ANA, 1001, OPS)
    await world.settle()

    assert await world.status() is Status.SUCCEEDED


async def test_a_second_stop_is_the_first_one(world: World) -> None:
    await world.running()
    world.platform.obeys_cancel = False
    await world.executions.cancel(ANA, 1001, OPS)

    again = await world.executions.cancel(BO, 1001, OPS)
    await world.deliver()

    assert (again.status, again.cancelled_by) == (Status.CANCELLING, "Ana")
    assert world.lines() == ["cancel_asked"]


async def test_what_ended_cannot_be_stopped(world: World) -> None:
    await world.ask()
    await world.executions.cancel(ANA, 1001, OPS)

    with pytest.raises(Mistake, match="cancelled already"):
        await world.executions.cancel(ANA, 1001, OPS)


async def test_the_requester_may_always_stop_their_own_unless_blocked(world: World) -> None:
    await world.ask()
    blocked = replace(ANA, blocked="This account is deactivated.")

    with pytest.raises(Refused, match="deactivated"):
        await world.executions.cancel(blocked, 1001, OPS)
    assert (await world.executions.cancel(ANA, 1001, OPS)).status is Status.CANCELLED


async def test_a_rerun_begins_with_an_execution_that_may_still_be_run(world: World) -> None:
    await world.ask()

    assert (await world.executions.again(ANA, None, OPS)).id == 1001
    with pytest.raises(Refused):
        await world.executions.again(BO, 1001, OPS)
    world.catalog.drop("deploy")
    with pytest.raises(UnknownName, match="not in the catalogue"):
        await world.executions.again(ANA, 1001, OPS)


async def test_a_card_compares_with_the_runs_before_it(world: World) -> None:
    for number in range(4):
        await world.ask(request_id=f"r{number}")
        await world.submission.submit_due()
        world.clock.advance(60 if number < 3 else 120)
        world.platform.now = world.clock.now()
        run = await world.now(1001 + number)
        world.platform.end(run.request_key)
        await world.polling.changed("fake", run.request_key)
        world.platform.now = world.clock.now()

    card = await world.executions.card(ANA, 1004, OPS)

    assert card.comparison is not None
    assert (card.comparison.ratio, card.comparison.runs) == (2.0, 3)


async def test_an_approver_sees_what_is_different_from_the_last_good_run(world: World) -> None:
    world.catalog.put(approved_job())
    run = await world.running(given={"app": "api", "env": "dev"})
    world.platform.end(run.request_key)
    await world.settle()
    async with world.store.transaction() as tx:
        before = {"app": "api", "env": "prod", "ticket": "OPS-7"}
        await tx.executions.add(execution(9, status=Status.SUCCEEDED, about="api", values=before))
        other = {"app": "web", "env": "prod", "ticket": "OPS-8"}
        await tx.executions.add(execution(10, status=Status.SUCCEEDED, about="web", values=other))
    asked = (await world.ask(request_id="r2", given=PROD)).execution

    card = await world.approvals.card_to_decide(BO, asked.id, asked.digest)

    assert card.changes == ("ticket: OPS-7 → none",)


async def test_nobody_sees_a_secret_on_a_card(world: World) -> None:
    token = Parameter(name="token", sensitive=True)
    world.catalog.put(job(parameters=(*job().parameters, token)))
    await world.ask(given={"app": "api", "env": "dev", "token": "hush"})
    world.catalog.put(job(version="v2"))

    for who in (ANA, BO):
        card = await world.executions.card(who, 1001, OPS)
        assert "hush" not in str(card.shown)
