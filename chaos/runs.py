"""One run: a town, replicas, a crowd and troubles, until all is quiet, and what was found then."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.database import SqlStore
from chaos.crowds import Crowd
from chaos.plans import Plan, Size, lines_of, plan_of
from chaos.promises import Found, Verdict, verdicts_of
from chaos.records import Left, left_in, record_of, rows_of
from chaos.replicas import Replica, command, migrated
from chaos.towns import Moods, environment_of, faults_of, state_of, town, write_files
from chaos.troubles import Server, Troubles
from chaos.watches import Watch
from simulator import Workspace
from tests.postgres import postgres_server

CONNECTED_WITHIN = 60.0
LOOKS_EVERY = 0.5
STAYS_QUIET_FOR = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """What is run: `within` are the seconds in which people ask and then all must be quiet."""

    name: str
    seed: int
    size: Size
    replicas: int
    on_postgres: bool
    moods: Moods = Moods()
    within: float = 600.0

    @property
    def plan(self) -> Plan:
        return plan_of(self.seed, self.size, replicas=self.replicas, database=self.on_postgres)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of a run. Seconds; `facts` are figures for people."""

    course: Course
    verdicts: Sequence[Verdict]
    asking: float
    settling: float
    facts: Sequence[tuple[str, str]]

    @property
    def is_kept(self) -> bool:
        return not any(verdict.broken for verdict in self.verdicts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """Everybody and everything of a run."""

    course: Course
    folder: Path
    workspace: Workspace
    watch: Watch
    crowd: Crowd
    troubles: Troubles
    replicas: Sequence[Replica]
    store: SqlStore
    database: str


async def run(course: Course, folder: Path) -> Outcome:
    """Carry out a course; its files, and the last that Slack saw, stay in `folder`."""
    await asyncio.to_thread(_prepare, course, folder)
    async with _scene(course, folder) as scene:
        began = time.monotonic()
        async with asyncio.timeout(course.within):
            await _through(scene)
        asked = time.monotonic()
        left = await _quiet(scene, course.within)
        settled = time.monotonic()
        for each in scene.replicas:
            await each.close()
        said = "\n".join(str(entry) for entry in scene.workspace.team.journal.entries)
        await asyncio.to_thread((folder / "slack.txt").write_text, said)
        verdicts = verdicts_of(await _found(scene, left))
        return Outcome(
            course=course,
            verdicts=verdicts,
            asking=asked - began,
            settling=settled - asked,
            facts=_facts(scene),
        )


def _prepare(course: Course, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.txt").write_text("\n".join(lines_of(course.plan)) + "\n")


async def _through(scene: Scene) -> None:
    """People ask while things break."""
    async with asyncio.TaskGroup() as group:
        striking = group.create_task(scene.troubles.strike_all(scene.crowd))
        await scene.crowd.ask_all()
        await striking


async def _quiet(scene: Scene, within: float) -> Left | None:
    """What is left when nothing moves any more, or when it took too long."""
    left: Left | None = None
    quiet_since: float | None = None
    until = time.monotonic() + within
    while time.monotonic() < until:
        left = await left_in(scene.store)
        is_quiet = left is not None and left.is_nothing and not scene.crowd.is_busy
        quiet_since = (quiet_since or time.monotonic()) if is_quiet else None
        if quiet_since is not None and time.monotonic() - quiet_since > STAYS_QUIET_FOR:
            break
        await asyncio.sleep(LOOKS_EVERY)
    return left


async def _found(scene: Scene, left: Left | None) -> Found:
    rows = await rows_of(scene.store)
    hosts = {f"host{each.number}": state_of(scene.folder, each.number) for each in scene.replicas}
    try:
        await command(
            environment_of(scene.workspace, scene.folder, scene.database, 0), "audit", "verify"
        )
        audit = ""
    except AssertionError as error:
        audit = str(error)
    return Found(
        workspace=scene.workspace,
        crowd=scene.crowd,
        watch=scene.watch,
        plan=scene.course.plan,
        faults=faults_of(scene.course.moods),
        struck=scene.troubles.struck,
        rows=rows,
        record=await record_of(scene.folder / "record", hosts, rows),
        left=left,
        audit=audit,
    )


@asynccontextmanager
async def _scene(course: Course, folder: Path) -> AsyncGenerator[Scene]:
    async with AsyncExitStack() as stack:
        server: Server | None = None
        database = f"sqlite+aiosqlite:///{folder / 'jobthread.db'}"
        if course.on_postgres:
            # What was committed must outlive a crash here, as it does in production.
            server = await stack.enter_async_context(postgres_server(crash_safe=True))
            database = server.url()
        workspace = await stack.enter_async_context(town(course.seed).serving())
        write_files(folder)
        replicas = [
            Replica(
                number,
                environment_of(workspace, folder, database, number),
                folder / f"replica{number}.log",
            )
            for number in range(course.replicas)
        ]
        await migrated(environment_of(workspace, folder, database, 0))
        store = SqlStore(database)
        stack.push_async_callback(store.close)
        watch = Watch(workspace)
        crowd = Crowd(workspace, watch, course.plan)
        stack.push_async_callback(crowd.close)
        for each in replicas:
            each.begin()
            stack.push_async_callback(each.close)
        await workspace.until(
            lambda: len(workspace.connections) >= course.replicas,
            timeout=CONNECTED_WITHIN,
            why="every replica is connected",
        )
        workspace.faults.add(*faults_of(course.moods))
        troubles = Troubles(plan=course.plan, workspace=workspace, replicas=replicas, server=server)
        yield Scene(
            course=course,
            folder=folder,
            workspace=workspace,
            watch=watch,
            crowd=crowd,
            troubles=troubles,
            replicas=replicas,
            store=store,
            database=database,
        )


def _facts(scene: Scene) -> Sequence[tuple[str, str]]:
    watch, crowd = scene.watch, scene.crowd
    latencies = sorted(watch.latencies) or [0.0]
    unheard = sum(not each.was_taken for each in crowd.asked)
    ends = [code for each in scene.replicas for code in each.ends]
    stops = [f"{code} after {took:.1f} s" for each in scene.replicas for code, took in each.stops]
    return (
        ("requests made", f"{len(crowd.asked)}, of which {unheard} got no ack"),
        ("strokes", ", ".join(str(each.stroke.blow) for each in scene.troubles.struck)),
        ("Slack calls", f"{watch.calls.total()}: {dict(watch.calls.most_common(8))}"),
        ("acks", f"p50 {latencies[len(latencies) // 2]:.3f} s, slowest {latencies[-1]:.2f} s"),
        ("ended by themselves", ", ".join(map(str, ends)) or "none"),
        ("clean stops", ", ".join(stops) or "none"),
    )
