"""An overview is one reading of everything, shared by those who ask at about the same moment."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.errors import Temporary
from bot.domain.executions import Status
from bot.domain.notices import Lane
from bot.domain.processes import Process, Role
from bot.ports import Health
from bot.services.overviews import Overviews, health_line
from tests.fakes.platforms import FakePlatform
from tests.fakes.values import NOW, execution
from tests.services.worlds import World


def _overviews(world: World) -> Overviews:
    platforms = {world.platform.name: world.platform}
    return Overviews(store=world.store, clock=world.clock, platforms=platforms)


async def test_a_request_shows_in_the_outbox_and_among_what_is_ready(world: World) -> None:
    await world.ask()
    world.clock.advance(30)

    seen = await _overviews(world).now()

    assert seen.count(Status.READY) == 1
    assert seen.outbox[Lane.PROGRESS].age(seen.now) == 30
    assert seen.behind == timedelta(seconds=30)


async def test_the_lag_of_polls_is_that_of_the_most_overdue_run(world: World) -> None:
    async with world.store.transaction() as tx:
        for number, late in enumerate((5, 90, -60), 1):
            due = NOW - timedelta(seconds=late)
            await tx.executions.add(execution(number, status=Status.RUNNING, due_at=due))

    seen = await _overviews(world).now()

    assert seen.poll_lag == 90
    assert health_line(seen) == "Runs are looked at 90 s late."


async def test_a_platform_that_was_taken_out_of_the_file_is_said_to_be_while_anything_is_there(
    world: World,
) -> None:
    now = world.clock.now()
    async with world.store.transaction() as tx:
        [asked] = await tx.offers.claim({"legacy"}, now, now)
        await tx.offers.heard(replace(asked, version="1", answered_at=now))
        await tx.executions.add(execution(1, status=Status.RUNNING, platform="older"))

    seen = await _overviews(world).now()

    assert [(each.name, each.live) for each in seen.left] == [("legacy", 0), ("older", 1)]
    assert all("not in the platforms file" in each.unwell for each in seen.left)
    assert [each.name for each in seen.platforms] == ["fake"]


async def test_many_who_ask_at_once_cause_one_reading(world: World) -> None:
    overviews = _overviews(world)

    first = await overviews.now()
    assert await overviews.now() is first

    world.clock.advance(3)
    assert await overviews.now() is not first


async def test_a_platform_that_does_not_answer_is_unwell(world: World) -> None:
    class Away(FakePlatform):
        async def health(self) -> Health:
            raise Temporary("it is away")

    overviews = Overviews(store=world.store, clock=world.clock, platforms={"fake": Away()})

    [fake] = (await overviews.now()).platforms
    assert (fake.name, fake.unwell) == ("fake", "it is away")


def _process() -> Process:
    return Process(
        id="p1",
        host="h",
        name="n",
        roles=frozenset({Role.CHAT}),
        version="0",
        started_at=NOW,
        seen_at=NOW,
        sockets=2,
    )


async def test_processes_that_began_with_another_platforms_file_are_known(world: World) -> None:
    async def on_disk() -> str:
        return "2"

    async with world.store.transaction() as tx:
        for number, version in enumerate(("1", "2", None)):
            await tx.presences.beat(replace(_process(), id=f"p{number}", platforms=version))
    platforms = {world.platform.name: world.platform}
    overviews = Overviews(
        store=world.store, clock=world.clock, platforms=platforms, on_disk=on_disk
    )

    assert [each.id for each in (await overviews.now()).outdated] == ["p0"]
    assert (await _overviews(world).now()).outdated == ()


async def test_the_line_says_when_slack_was_heard_last(world: World) -> None:
    process = replace(_process(), heard_at=NOW)
    async with world.store.transaction() as tx:
        await tx.presences.beat(process)
    world.clock.advance(12)

    seen = await _overviews(world).now()

    assert seen.sockets == 2
    assert health_line(seen) == "All is well; Slack was heard 12 s ago."


async def test_the_line_says_when_slack_was_heard_beside_what_is_late(world: World) -> None:
    await world.ask()
    seen = await _overviews(world).now()
    heard = replace(_process(), heard_at=NOW)

    late = replace(seen, now=NOW + timedelta(minutes=5), processes=(heard,))
    quiet = replace(late, outbox={}, standings={})

    assert health_line(late).endswith("late. Slack was last heard 5 min ago.")
    assert health_line(quiet) == "Slack was last heard 5 min ago."


async def test_the_line_says_how_late_slack_is_told(world: World) -> None:
    await world.ask()
    world.clock.advance(minutes=3)

    assert health_line(await _overviews(world).now()) == "Slack is told 3 min late."
