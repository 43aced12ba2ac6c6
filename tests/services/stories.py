"""Stories that tests tell with all that can go wrong, and the one end that each of them has."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from bot.domain.approvals import Verdict
from bot.domain.errors import BotError, Permanent, PortError
from bot.domain.executions import Status
from bot.domain.jobs import Job, Retries
from bot.domain.pauses import Pause
from bot.ports import RunState
from bot.services.replies import Said
from tests.fakes.values import job
from tests.services.staff import ANA, BO, CHEN
from tests.services.wired import Outside
from tests.services.worlds import PROD, World, approved_job

QUESTION = Pause(key="ship", title="Ship it?", choices=("Approve", "Reject"))

Gesture = Callable[[World], Awaitable[object]]
Walk = Callable[[World], Awaitable[None]]


async def _ask(world: World) -> None:
    await world.ask(given=PROD)


async def _approve(world: World) -> None:
    await world.decide(BO, await world.now())


async def _reject(world: World) -> None:
    await world.decide(CHEN, await world.now(), Verdict.REJECT, comment="Not today")


async def _cancel(world: World) -> None:
    await world.executions.cancel(ANA, 1001, (await world.now()).place)


async def _answer(world: World) -> None:
    async with world.store.reading() as tx:
        [wait] = await tx.waits.of(1001)
    said = Said(execution=1001, mark=wait.mark, chosen=("Approve",))
    await world.replies.reply(CHEN, said)


GESTURES: dict[str, Gesture] = {
    each.__name__: each for each in (_ask, _approve, _reject, _cancel, _answer)
}


async def _person_does(world: World, gesture: Gesture) -> None:
    """As the middleware and the listeners do it: recorded, then handled, each once.

    What fails while it is handled is taken up again, as everything that is left over.
    """
    key = gesture.__name__
    is_ours = False
    for _ in range(60):
        try:
            received = await world.inbox.receive(key, "command", {"did": key})
            if received.is_new or is_ours:
                await carry_out(world, key)
        except PortError:
            is_ours = True
            world.clock.advance(3)
        else:
            return


async def carry_out(world: World, key: str) -> None:
    """Handle an envelope that was recorded."""
    # What was carried out already is a stale click when it is carried out again.
    with suppress(BotError):
        await GESTURES[key](world)
    await world.inbox.handled(key)


def _run_of(world: World) -> str | None:
    orders = world.outside.platform.orders
    return orders[-1].request_key if orders else None


async def _until(world: World, *statuses: Status) -> None:
    """Time goes by until the execution stands there, or has come to its end."""
    for _ in range(60):
        await world.settle(1)
        status = await world.status()
        if status in statuses or status.is_final:
            return
        world.clock.advance(2)
    raise AssertionError(f"it never stood at {statuses or 'an end'}")


async def _until_started(world: World, count: int) -> None:
    """Time goes by until the platform began so many runs."""
    for _ in range(60):
        if len(world.outside.platform.orders) >= count:
            return
        await world.settle(1)
        world.clock.advance(2)
    raise AssertionError(f"{count} runs never began")


async def _approved_run(world: World) -> None:
    await _person_does(world, _ask)
    await world.settle(1)
    await _person_does(world, _approve)
    await _until(world, Status.RUNNING)
    await _says(world, "::progress 50 halfway", "working")
    await world.settle(1)
    _ends(world, RunState.SUCCEEDED)
    await _until(world)
    await world.settle()


async def _rejected(world: World) -> None:
    await _person_does(world, _ask)
    await world.settle(1)
    await _person_does(world, _reject)
    await world.settle()


async def _cancelled_while_it_runs(world: World) -> None:
    await _person_does(world, _ask)
    await _until(world, Status.RUNNING, Status.CANCELLING)
    await _says(world, "working")
    await _person_does(world, _cancel)
    await _until(world)
    await world.settle()


async def _paused(world: World) -> None:
    await _person_does(world, _ask)
    await world.settle(1)
    await _person_does(world, _approve)
    await _until(world, Status.RUNNING)
    await _pauses(world)
    await _until_open(world)
    await _person_does(world, _answer)
    await _until_answered(world)
    await _says(world, "working")
    _ends(world, RunState.SUCCEEDED)
    await _until(world)
    await world.settle()


async def _pauses(world: World) -> None:
    """The run comes to its question once, whatever became of us."""
    key, platform = _run_of(world), world.outside.platform
    run = await platform.find(key) if key is not None else None
    if run is not None and not run.state.is_final and not platform.answers:
        platform.pause(run.request_key, QUESTION)


async def _until_open(world: World) -> None:
    """Time goes by until somebody is asked, or was."""
    for _ in range(60):
        await world.settle(1)
        async with world.store.reading() as tx:
            asked = [each for each in await tx.waits.of(1001) if each.ref is not None]
        if asked or (await world.status()).is_final:
            return
        world.clock.advance(2)
    raise AssertionError("nobody was ever asked")


async def _until_answered(world: World) -> None:
    for _ in range(60):
        if world.outside.platform.answers or (await world.status()).is_final:
            return
        await world.settle(1)
        world.clock.advance(5)
    raise AssertionError("the platform never heard the answer")


async def _failed_and_tried_again(world: World) -> None:
    await _person_does(world, _ask)
    await _until(world, Status.RUNNING)
    if len(world.outside.platform.orders) == 1:
        _ends(world, RunState.FAILED)
        await _until_started(world, 2)
        await _until(world, Status.RUNNING)
    await _says(world, "working")
    _ends(world, RunState.SUCCEEDED)
    await _until(world)
    await world.settle()


async def _says(world: World, *lines: str) -> None:
    """The run goes on by itself, whatever became of us; what it said it does not say again."""
    key = _run_of(world)
    platform = world.outside.platform
    if key is not None and not (await platform.logs(key)).text:
        platform.say(key, *lines)


def _ends(world: World, state: RunState) -> None:
    key = _run_of(world)
    if key is not None:
        world.outside.platform.end(key, state)


@dataclass(frozen=True, kw_only=True)
class Story:
    """A walk, the world it begins in, and the one end that it has."""

    walk: Walk
    job: Job = field(default_factory=job)
    closed: bool = False
    status: Status
    starts: int
    lines: Sequence[str]
    asked: Sequence[str] = ()
    logs: int = 1
    answers: int = 0


STORIES = {
    "approved": Story(
        walk=_approved_run,
        job=approved_job(),
        status=Status.SUCCEEDED,
        starts=1,
        lines=["approved", "ended"],
        asked=["UBO", "UCHEN"],
    ),
    "rejected": Story(
        walk=_rejected,
        job=approved_job(),
        status=Status.REJECTED,
        starts=0,
        lines=["rejected"],
        asked=["UBO", "UCHEN"],
        logs=0,
    ),
    "cancelled": Story(
        walk=_cancelled_while_it_runs,
        status=Status.CANCELLED,
        starts=1,
        lines=["cancel_asked", "ended"],
    ),
    "retried": Story(
        walk=_failed_and_tried_again,
        job=job(retries=Retries(count=1)),
        status=Status.SUCCEEDED,
        starts=2,
        lines=["retried", "ended"],
    ),
    "paused": Story(
        walk=_paused,
        job=approved_job(),
        status=Status.SUCCEEDED,
        starts=1,
        lines=["approved", "ended"],
        asked=["UBO", "UCHEN"],
        answers=1,
    ),
    "not invited": Story(
        walk=_approved_run,
        job=approved_job(),
        closed=True,
        status=Status.SUCCEEDED,
        starts=1,
        lines=["moved_here", "approved", "ended"],
        asked=["UBO", "UCHEN"],
    ),
}


def outside_of(story: Story) -> Outside:
    """What the story finds: its job, and the channel as it is."""
    outside = Outside()
    outside.catalog.put(story.job)
    if story.closed:
        outside.chat.closed["COPS"] = Permanent("Slack refused", code="not_in_channel")
    return outside


async def is_the_end(world: World, story: Story) -> None:
    """Everything that anybody can see is as it was to be."""
    chat = world.chat
    assert await world.status() is story.status
    assert len(world.platform.orders) == story.starts
    assert sorted(world.lines()) == sorted(story.lines)
    home = "DUANA" if story.closed else "COPS"
    cards = [post for post in chat.posts if post.shown[0].startswith("card")]
    assert [post.ref.channel for post in cards] == [home]
    assert f"#1001 {story.status}" in cards[0].text
    copies = {p.ref.channel: p.text for p in chat.posts if p.shown[0].startswith("approve?")}
    assert sorted(copies) == [f"D{user}" for user in story.asked]
    assert all(f"#1001 {story.status}" in text for text in copies.values())
    assert len([p for p in chat.posts if p.shown[0].startswith("approve?")]) == len(copies)
    assert len(chat.uploads) == story.logs
    assert len(world.platform.answers) == story.answers
    questions = {p.ref.channel: p.text for p in chat.posts if p.shown[0].startswith("pause")}
    assert sorted(questions) == ["COPS", "DUBO", "DUCHEN"][: 3 * story.answers]
    assert all("taken Chen:yes Chen:Approve" in text for text in questions.values())
    assert len([p for p in chat.posts if p.shown[0].startswith("pause")]) == len(questions)
    await _is_written_down(world, story)


async def _is_written_down(world: World, story: Story) -> None:
    tags = Counter(await world.history())
    said = ("begun", "answered", "taken")
    assert [tags[f"job:pause:{each}"] for each in said] == [story.answers] * 3
    assert tags["job:execution:requested"] == tags[f"job:execution:{story.status}"] == 1
    async with world.store.reading() as tx:
        assert await tx.audit.first_broken() is None
        assert not await tx.outbox.waiting()
        assert not await tx.inbox.unhandled(world.clock.now())
        assert len(await tx.executions.listing()) == 1
