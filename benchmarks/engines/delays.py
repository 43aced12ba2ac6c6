"""`delay`: from a command to the card that says it runs, from a run's end to the card that says so.

The whole bot, a process of its own, on the local workspace; flows that sleep as long as they are
told, at an engine that answers as late as a real one, or at a real one with a worker. When a run
was made, begun and ended is what the engine itself says of it: its worker's time is not ours.
"""

import asyncio
import re
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.engines.rests import Kind, NotedRest, WallClock
from benchmarks.engines.served import served
from benchmarks.figures import machine
from benchmarks.programs import cpu_of, environment_of, memory_of, migrated, program
from benchmarks.spreads import spread_of
from bot.adapters.platforms.airflow.wire import DagRuns
from bot.adapters.platforms.prefect.shapes import RUNS
from simulator import Workspace
from simulator.journal import Entry
from tests.engines.airflow_servers import running_airflow
from tests.engines.prefect_servers import running_prefect
from tests.fakes.airflow import PASSWORD, USER

PLATFORMS = """
{kind}:
  type: {kind}
  url: {url}
  tags: [chatops]
  jobs: {{risk: safe, timeout: 1h}}
"""
AUTH = "  auth: {{user: {user}, password: env:AIRFLOW_PASSWORD}}\n"
ROOM = "room"
ENDS_WITHIN = 180.0
"""Seconds after the last command in which every card has come to its end."""

OFFERED_WITHIN = 60.0
PAGE = 100
"""Runs that either engine tells at a time."""

_DAG_RUNS = TypeAdapter(DagRuns)
_LENGTH = re.compile(r"\b\d+\.\d{3}1\b")
"""Of a run, in seconds: it ends in a 1, because nobody writes a 0 at the end of a number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """A job and about how many seconds each of its runs takes."""

    job: str
    seconds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """Runs of these flows, `count` of each, `apart` seconds after one another.

    At an engine of this kind, `real` or late.
    """

    engine: Kind
    real: bool
    flows: Sequence[Flow]
    count: int
    apart: float


@dataclass(kw_only=True, slots=True)
class Sighted:
    """What people saw of a run, and what its engine says of it; every time by the same clock."""

    flow: Flow
    asked: datetime
    card: datetime | None = None
    running: datetime | None = None
    done: datetime | None = None
    made: datetime | None = None
    begun: datetime | None = None
    ended: datetime | None = None


class Watcher:
    """Looks at every change of a card. A run is known by its length, which no other has."""

    def __init__(self, workspace: Workspace) -> None:
        self.runs: dict[str, Sighted] = {}
        self._workspace = workspace
        self._room = workspace.channel(ROOM).id
        workspace.team.journal.watch(self._look)

    def _look(self, entry: Entry) -> None:
        if entry.kind != "message" or entry.what.get("channel") != self._room:
            return
        message = self._workspace.team.messages.find(self._room, str(entry.what["ts"]))
        if message is None or message.is_reply:
            return
        lengths = _LENGTH.findall(message.seen)
        run = self.runs.get(lengths[0]) if lengths else None
        if run is None:
            return
        now, stands = WallClock().now(), message.seen.partition("\n")[0]
        run.card = run.card or now
        if "Running" in stands:
            run.running = run.running or now
        if "Done" in stands:
            run.done = run.done or now

    @property
    def all_done(self) -> bool:
        return all(each.done for each in self.runs.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """An engine that is there; `token` lets us ask it, if it wants one."""

    kind: Kind
    url: str
    token: str = ""


async def delayed(course: Course) -> None:
    """Measured twice, in two processes one after the other: a new one knows how long runs take."""
    print(f"\n{machine()}; {'a real' if course.real else 'a late'} {course.engine}\n", flush=True)
    workspace = Workspace()
    workspace.add_person("ana")
    for name in (ROOM, "operators"):
        workspace.add_channel(name, members=["ana"])
    used = list[str]()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        async with _engine(course) as engine, workspace.serving():
            environment = await _environment(workspace, folder, engine)
            watcher = Watcher(workspace)
            print("| job | what | runs | p50 s | p99 s |\n|---|---|---|---|---|")
            for number, known in enumerate(("first runs", "their length is known")):
                async with program(workspace, environment, "-m", "bot", "run") as bot:
                    await _offered(workspace, engine.kind)
                    began = cpu_of(bot.pid)
                    runs = await _run(workspace, watcher, course, number)
                    await _heard(engine, watcher.runs)
                    _tell(known, runs)
                    cpu = (cpu_of(bot.pid) - began) / len(runs)
                    memory = memory_of(bot.pid)
                used.append(f"{known}: CPU {cpu * 1_000:.0f} ms a run, memory {memory:.0f} MB")
    print(f"\nThe bot, {'; '.join(used)}\n{machine()}", flush=True)


@asynccontextmanager
async def _engine(course: Course) -> AsyncGenerator[Standing]:
    kind = course.engine
    if not course.real:
        async with served(kind, *(each.job for each in course.flows)) as engine:
            yield Standing(kind=kind, url=engine.url, token=engine.token)
    elif kind is Kind.PREFECT:
        with running_prefect() as server:
            yield Standing(kind=kind, url=server.url)
    else:
        with running_airflow(credentials=f"{USER}:{PASSWORD}") as server:
            yield Standing(kind=kind, url=server.url, token=server.token())


async def _environment(workspace: Workspace, folder: Path, engine: Standing) -> Mapping[str, str]:
    written = PLATFORMS.format(kind=engine.kind, url=engine.url)
    if engine.token:
        written += AUTH.format(user=USER)
    (folder / "platforms.yaml").write_text(written)
    database = f"sqlite+aiosqlite:///{folder / 'jobthread.db'}"
    environment = {
        **environment_of(workspace, folder, database),
        "JOBTHREAD_PLATFORMS": str(folder / "platforms.yaml"),
        "JOBTHREAD_OPERATORS": workspace.channel("operators").id,
        "AIRFLOW_PASSWORD": PASSWORD,
    }
    await migrated(environment)
    return environment


async def _offered(workspace: Workspace, kind: Kind) -> None:
    await workspace.until(
        lambda: any(f"{kind} offers" in each.seen for each in workspace.messages("operators")),
        timeout=OFFERED_WITHIN,
        why="the jobs of the engine are known",
    )


async def _run(
    workspace: Workspace, watcher: Watcher, course: Course, number: int
) -> Sequence[Sighted]:
    """All of them asked for and done."""
    runs: list[Sighted] = []
    for each in range(course.count):
        for flow in course.flows:
            length = f"{flow.seconds}.{number * course.count + each:03d}1"
            run = watcher.runs[length] = Sighted(flow=flow, asked=WallClock().now())
            runs.append(run)
            words = f"run {flow.job} seconds={length}"
            await workspace.slash("ana", "/job", words, channel=f"#{ROOM}")
            await asyncio.sleep(course.apart)
    await workspace.until(
        lambda: watcher.all_done, timeout=ENDS_WITHIN, why="every card says that it is done"
    )
    return runs


async def _heard(engine: Standing, runs: Mapping[str, Sighted]) -> None:
    """What the engine says of its runs."""
    rest = NotedRest(engine.kind, engine.url, token=engine.token)
    try:
        for start in range(0, len(runs), PAGE):
            if engine.kind is Kind.PREFECT:
                await _heard_of_prefect(rest, start, runs)
            else:
                await _heard_of_airflow(rest, start, runs)
    finally:
        await rest.close()


async def _heard_of_prefect(rest: NotedRest, start: int, runs: Mapping[str, Sighted]) -> None:
    body = {"sort": "ID_DESC", "limit": PAGE, "offset": start}
    reply = await rest.call("POST", "/flow_runs/filter", json=body)
    for each in reply.read(RUNS):
        run = runs[f"{each.parameters['seconds']:.4f}"]
        run.made, run.begun, run.ended = each.created, each.start_time, each.end_time


async def _heard_of_airflow(rest: NotedRest, start: int, runs: Mapping[str, Sighted]) -> None:
    asked = [("order_by", "run_id"), ("limit", str(PAGE)), ("offset", str(start))]
    reply = await rest.call("GET", "/api/v2/dags/~/dagRuns", params=asked)
    for each in reply.read(_DAG_RUNS).dag_runs:
        run = runs[f"{(each.conf or {})['seconds']:.4f}"]
        run.made, run.begun, run.ended = each.queued_at, each.start_date, each.end_date


_SPANS: Mapping[str, Callable[[Sighted], tuple[datetime | None, datetime | None]]] = {
    "asked until the engine has it": lambda each: (each.asked, each.made),
    "asked until there is a card": lambda each: (each.asked, each.card),
    "the engine has it until its worker begins": lambda each: (each.made, each.begun),
    "begun until the card says so": lambda each: (each.begun, each.running),
    "asked until the card says it runs": lambda each: (each.asked, each.running),
    "ended until the card says so": lambda each: (each.ended, each.done),
}


def _tell(known: str, runs: Sequence[Sighted]) -> None:
    for flow in dict.fromkeys(each.flow for each in runs):
        for what, span in _SPANS.items():
            both = [span(each) for each in runs if each.flow == flow]
            took = [(to - since).total_seconds() for since, to in both if since and to]
            spread = spread_of(took)
            seconds = f"{spread.p50 / 1_000:.2f} | {spread.p99 / 1_000:.2f}"
            print(f"| {flow.seconds} s, {known} | {what} | {len(took)} | {seconds} |", flush=True)
