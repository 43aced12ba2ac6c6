"""What may run is started once, whatever fails and whatever dies in between."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.actors import PersonId, Place
from bot.domain.errors import Ambiguous, Permanent, Temporary
from bot.domain.executions import Status
from bot.domain.jobs import Command
from bot.domain.parameters import Choice, Kind, Parameter
from bot.ports import FILES_FOLDER, Attachment, Observation, StartOrder
from tests.fakes.chats import FakeChat
from tests.fakes.values import enum, job
from tests.services.kills import Killed
from tests.services.staff import ANA, policy
from tests.services.worlds import OPS, PROD, World, approved_job


async def test_what_is_ready_is_started_with_complete_arguments(world: World) -> None:
    await world.running()

    [order] = world.platform.orders
    assert order.argv == ("run-it", "api", "--env", "dev")
    assert (order.execution, order.title) == (1001, "deploy api → dev")
    assert order.request_key == (await world.now()).request_key


async def test_a_secret_travels_as_a_reference_and_is_no_argument(world: World) -> None:
    token = Parameter(name="token", kind=Kind.SECRET, choices=(Choice(value="env:TOKEN"),))
    world.catalog.put(job(parameters=(*job().parameters, token)))

    await world.running(given={"app": "api", "env": "dev", "token": "env:TOKEN"})

    [order] = world.platform.orders
    assert order.secrets == {"token": "env:TOKEN"}
    assert "token" not in order.values


async def test_a_file_is_fetched_at_the_start_and_its_place_is_the_argument(world: World) -> None:
    dump = Parameter(name="dump", kind=Kind.FILE)
    command = Command(groups=(("restore", "{dump}"),))
    world.catalog.put(job(parameters=(*job().parameters, dump), command=command))
    given = Attachment(parameter="dump", filename="all.sql", content=b"sql")
    world.chat.files["F1"] = given

    await world.running(given={"app": "api", "env": "dev", "dump": "F1"})

    [order] = world.platform.orders
    assert order.argv == ("restore", f"{FILES_FOLDER}/all.sql")
    assert order.files == (given,)


async def test_a_file_that_is_gone_fails_the_run_with_that_cause(world: World) -> None:
    world.catalog.put(job(parameters=(*job().parameters, Parameter(name="dump", kind=Kind.FILE))))
    world.chat.fail_next("download", Permanent("the file was deleted", code="file_deleted"))

    await world.ask(given={"app": "api", "env": "dev", "dump": "F1"})
    await world.submission.submit_due()

    failed = await world.now()
    assert failed.status is Status.FAILED
    assert failed.result is not None
    assert failed.result.cause == "the file was deleted"
    assert not world.platform.orders


async def test_a_platform_that_refuses_fails_the_run_and_says_why_in_the_thread(
    world: World,
) -> None:
    world.platform.fail_next_start(Permanent("no such image"))

    await world.ask()
    await world.settle(1)

    assert await world.status() is Status.FAILED
    [line] = [p.text for p in world.chat.posts if p.key.startswith("line:")]
    assert "no such image" in line
    assert "UANA" in line


async def _waits(world: World) -> float:
    found = await world.now()
    assert found.status is Status.READY
    assert found.due_at is not None
    return (found.due_at - world.clock.now()).total_seconds()


async def test_a_platform_that_is_away_is_tried_again_after_longer_and_longer_waits(
    world: World,
) -> None:
    waits: list[float] = []
    await world.ask()
    for _ in range(8):
        world.platform.fail_next_start(Temporary("connection refused"))
        await world.submission.submit_due()
        waits.append(await _waits(world))
        world.clock.advance(waits[-1])

    assert waits == [4, 8, 16, 32, 60, 60, 60, 60]
    await world.submission.submit_due()
    assert await world.status() is Status.RUNNING
    assert len(world.platform.orders) == 1


async def test_a_platform_that_says_when_to_come_again_is_believed_within_reason(
    world: World,
) -> None:
    await world.ask()
    world.platform.fail_next_start(Temporary("full", retry_after=600))
    await world.submission.submit_due()
    assert await _waits(world) == 600

    world.clock.advance(600)
    world.platform.fail_next_start(Temporary("full", retry_after=10.0**9))
    await world.submission.submit_due()
    assert await _waits(world) == 3_600


@pytest.mark.parametrize("begins", [True, False])
async def test_a_start_whose_answer_was_lost_is_looked_for_and_made_once(
    world: World, begins: bool
) -> None:
    world.platform.fail_next_start(Ambiguous("no answer"), begins=begins)
    await world.ask()
    await world.submission.submit_due()
    assert await world.status() is Status.SUBMITTING

    await world.settle(40)

    assert await world.status() is Status.RUNNING
    assert len(world.platform.orders) == 1


class _Dying:
    """A platform in whose start our process ends."""

    def __init__(self, behind: object) -> None:
        self._behind = behind

    def __getattr__(self, name: str) -> object:
        return getattr(self._behind, name)

    async def start(self, order: StartOrder) -> Observation:
        raise Killed


async def test_nothing_is_looked_for_while_its_start_may_still_be_under_way(world: World) -> None:
    dying = World(world.outside, world.store, platform=_Dying(world.platform))  # pyright: ignore[reportArgumentType]  passes everything else on
    await world.ask()
    with pytest.raises(Killed):
        await dying.submission.submit_due()

    world.clock.advance(59)
    assert await world.submission.reconcile() == 0
    assert await world.submission.reconcile(restarted=True) == 1


async def test_a_start_that_nobody_can_say_anything_about_is_lost_and_said(world: World) -> None:
    world.platform.fail_next_start(Ambiguous("no answer"))
    await world.ask()
    await world.submission.submit_due()
    world.platform.out_of_order = Temporary("connection refused")

    for _ in range(60):
        world.clock.advance(20)
        await world.submission.reconcile()
    await world.deliver()

    lost = await world.now()
    assert lost.status is Status.LOST
    assert lost.result is not None
    assert lost.request_key in lost.result.cause
    assert world.lines() == ["ended"]


@pytest.mark.parametrize("begins", [True, False])
async def test_a_platform_that_answers_after_all_says_what_became_of_a_lost_start(
    world: World, begins: bool
) -> None:
    world.platform.fail_next_start(Ambiguous("no answer"), begins=begins)
    await world.ask()
    await world.submission.submit_due()
    world.platform.out_of_order = Temporary("connection refused")
    for _ in range(60):
        world.clock.advance(20)
        await world.submission.reconcile()
    assert await world.status() is Status.LOST
    world.platform.out_of_order = None

    await world.returns.look()

    assert await world.status() is (Status.RUNNING if begins else Status.LOST)
    assert len(world.platform.orders) == begins


class _Frozen(FakeChat):
    """While a file is fetched the process stands still; others look for its start meanwhile."""

    world: World

    async def download(
        self, parameter: str, file: str, *, by: PersonId, place: Place
    ) -> Attachment:
        assert (by, place) == (ANA.id, OPS)
        self.world.clock.advance(70)
        await self.world.submission.reconcile()
        return Attachment(parameter=parameter, filename=file, content=b"")


async def test_a_start_that_others_looked_for_meanwhile_is_not_made_behind_their_back(
    world: World,
) -> None:
    dump = Parameter(name="dump", kind=Kind.FILE)
    world.catalog.put(job(parameters=(*job().parameters, dump)))
    await world.ask(given={"app": "api", "env": "dev", "dump": "F1"})
    chat = _Frozen()
    chat.world = world

    await World(world.outside, world.store, chat=chat).submission.submit_due()

    assert await world.status() is Status.READY
    assert not world.platform.orders


async def test_a_job_that_changed_since_it_was_asked_for_is_not_started(world: World) -> None:
    world.catalog.put(approved_job())
    await world.ask(given={"app": "api", "env": "dev"})
    world.catalog.put(approved_job(version="v2"))

    await world.settle(1)

    stopped = await world.now()
    assert stopped.status is Status.CANCELLED
    assert "definition changed" in stopped.note
    assert not world.platform.orders
    assert "ended" in world.lines()


async def test_a_job_that_left_the_catalogue_is_not_started(world: World) -> None:
    await world.ask()
    world.catalog.drop("deploy")

    await world.submission.submit_due()

    assert await world.status() is Status.CANCELLED
    assert "not in the catalogue" in (await world.now()).note


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({}, Status.RUNNING, ""),
        ({"bindings": ()}, Status.CANCELLED, "You may not run"),
    ],
)
async def test_a_policy_that_changed_meanwhile_is_asked_once_more(
    world: World, changes: dict[str, Any], status: Status, words: str
) -> None:
    await world.ask()
    world.policy.policy = policy("p2", **changes)

    await world.submission.submit_due()

    assert await world.status() is status
    assert words in (await world.now()).note


async def test_values_changed_in_the_database_are_not_what_was_asked_for(world: World) -> None:
    asked = (await world.ask()).execution
    async with world.store.transaction() as tx:
        await tx.executions.save(replace(asked, values=PROD))

    await world.submission.submit_due()

    assert "not those that were asked for" in (await world.now()).note


async def test_people_that_cannot_be_asked_about_hold_up_only_their_own(world: World) -> None:
    await world.ask(request_id="r1")
    world.clock.advance(minutes=2)
    await world.ask(request_id="r2")
    world.people.out_of_order = Temporary("Slack is away")

    await world.submission.submit_due()

    assert [await world.status(n) for n in (1001, 1002)] == [Status.READY, Status.RUNNING]
    world.people.out_of_order = None
    await world.settle()
    assert await world.status() is Status.RUNNING


class _Broken(dict[str, str]):
    def items(self) -> Any:
        raise LookupError


async def test_one_that_breaks_us_does_not_keep_the_others_from_starting(world: World) -> None:
    world.catalog.put(job("bad", command=Command(groups=(("it",),), environment=_Broken())))
    await world.ask(request_id="r1", job="bad")
    await world.ask(request_id="r2")

    with pytest.raises(LookupError):
        await world.submission.submit_due()

    assert await world.status(1002) is Status.RUNNING


async def test_the_bot_away_for_long_says_that_it_starts_late(world: World) -> None:
    await world.ask()
    world.clock.advance(minutes=3)

    await world.settle(1)

    assert world.lines() == ["started_late"]


async def test_values_only_some_runs_have_leave_their_options_out(world: World) -> None:
    version = enum("version", "v1")
    command = Command(groups=(("run-it", "{app}"), ("--version", "{version}")))
    world.catalog.put(job(parameters=(*job().parameters, version), command=command))

    await world.running()

    assert world.platform.orders[0].argv == ("run-it", "api")
