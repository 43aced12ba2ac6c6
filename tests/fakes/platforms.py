"""A JobPlatform in memory: runs do what their script says, and then what a test tells them."""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.adapters.platforms.local.protocol import Report
from bot.adapters.platforms.local.runs import is_key
from bot.adapters.platforms.schemas import problems
from bot.domain.arguments import arguments_of, place_of
from bot.domain.errors import Permanent, PortError
from bot.domain.jobs import Job
from bot.domain.parameters import Value
from bot.domain.pauses import Answer, Pause
from bot.domain.results import Link, Metric, Progress, Result
from bot.ports import Capability, Health, LogChunk, Observation, RunState, StartOrder

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """What a job does as soon as it is started; without an `end` it goes on until told.

    `says` names an argument that it writes first. With a `pause` it waits for its answer, then
    writes `after` and ends well.
    """

    lines: tuple[str, ...] = ()
    says: str = ""
    end: RunState | None = None
    exit_code: int | None = None
    pause: Pause | None = None
    after: tuple[str, ...] = ()


@dataclass(kw_only=True, slots=True)
class Run:
    """One run: the order it came from, what it said, and how it stands."""

    order: StartOrder
    seen: Observation
    log: str = ""
    report: Report = field(default_factory=Report)


class FakePlatform:
    """Speaks the whole port. `orders` holds each order that began a run, `cancelled` each key
    that was asked to stop; `obeys_cancel = False` makes runs deaf to that; while `in_line` nobody
    takes up what is started; `asked` counts questions about many runs; while `out_of_order`
    is an error, every call raises it; `fail_next_start` loses or refuses one start.
    """

    def __init__(
        self,
        *,
        name: str = "fake",
        capabilities: frozenset[Capability] = frozenset(Capability),
        jobs: Sequence[Job] = (),
        scripts: Mapping[str, Script] | None = None,
        host: str = "",
    ) -> None:
        self.name = name
        self.host = host
        self.capabilities = capabilities
        self.stops_within = timedelta(seconds=30)
        self.problems: dict[str, str] = {}
        self.answers: list[tuple[str, Answer]] = []
        self.jobs = tuple(jobs)
        self.scripts = dict(scripts or {})
        self.now = BEGAN
        self.orders: list[StartOrder] = []
        self.cancelled: list[str] = []
        self.obeys_cancel = True
        self.in_line = False
        self.asked = 0
        self.out_of_order: PortError | None = None
        self.unwell = ""
        self.closed_accounts: dict[str, str] = {}
        self.is_closed = False
        self._runs: dict[str, Run] = {}
        self._faults: deque[tuple[PortError, bool]] = deque()
        self._answer_faults: deque[tuple[PortError, bool]] = deque()
        self._listeners: list[asyncio.Queue[str]] = []

    def fail_next_start(self, error: PortError, *, begins: bool = False) -> None:
        """The next start raises; with `begins` the run begins and only its answer is lost."""
        self._faults.append((error, begins))

    def fail_next_answer(self, error: PortError, *, arrives: bool) -> None:
        """The next answer raises; where it `arrives` the run goes on all the same."""
        self._answer_faults.append((error, arrives))

    def say(self, request_key: str, *lines: str) -> None:
        """The run writes lines; those of the protocol count as such."""
        run = self._runs[request_key]
        for line in lines:
            run.log += f"{line}\n"
            if not run.report.hear(line):
                run.seen = replace(run.seen, tail=(*run.seen.tail, line)[-20:])
        report = run.report
        if report.step or report.fraction is not None:
            progress = Progress(fraction=report.fraction, step=report.step)
            run.seen = replace(run.seen, progress=progress)
        run.seen = replace(run.seen, log_size=len(run.log.encode()))
        self._tell(request_key)

    def pause(self, request_key: str, pause: Pause) -> None:
        """The run waits for a person."""
        run = self._runs[request_key]
        run.seen = replace(run.seen, state=RunState.PAUSED, pause=pause)
        self._tell(request_key)

    def mumble(self, request_key: str, pause: Pause | None) -> None:
        """The run waits on, and what it asks cannot be read as it was."""
        run = self._runs[request_key]
        run.seen = replace(run.seen, state=RunState.PAUSED, pause=pause)

    def resume(self, request_key: str) -> None:
        """Somebody answered on the platform's own page, or it waited no longer."""
        run = self._runs[request_key]
        run.seen = replace(run.seen, state=RunState.RUNNING, pause=None)
        self._tell(request_key)

    def end(
        self,
        request_key: str,
        state: RunState = RunState.SUCCEEDED,
        *,
        exit_code: int | None = None,
        cause: str = "",
        note: str = "",
    ) -> None:
        """The run is over. Nothing happens to one that was over already."""
        run = self._runs[request_key]
        if run.seen.state.is_final:
            return
        code = 0 if state is RunState.SUCCEEDED and exit_code is None else exit_code
        result = replace(_told(run, state), exit_code=code)
        run.seen = replace(
            run.seen,
            state=state,
            pause=None,
            ended_at=self.now,
            note=note,
            result=replace(result, cause=cause or result.cause),
        )
        self._tell(request_key)

    def claim(self, request_key: str, state: RunState, result: Result) -> None:
        """How the run ended is known by a mark alone; this is how it ended without."""
        run = self._runs[request_key]
        run.seen = replace(run.seen, unasked=replace(run.seen, state=state, result=result))

    def forget(self, request_key: str) -> None:
        """The platform lost every trace of the run."""
        del self._runs[request_key]

    async def account(self, name: str) -> str:
        self._be_reachable()
        return self.closed_accounts.get(name, "")

    async def catalogue(self) -> Sequence[Job]:
        self._be_reachable()
        return self.jobs

    async def check(self, job: Job, values: Mapping[str, Value]) -> Mapping[str, str]:
        self._be_reachable()
        wrong = problems(job.schema, arguments_of(job, values), job.parameters)
        return dict(self.problems) or (wrong if job.schema else {})

    async def start(self, order: StartOrder) -> Observation:
        self._be_reachable()
        if not is_key(order.request_key):
            raise Permanent(f"`{order.request_key}` cannot name a run.")
        offered = {job.remote for job in self.jobs}
        if offered and order.remote and order.remote not in offered:
            raise Permanent(f"There is no job `{order.remote}`.")
        error, begins = self._faults.popleft() if self._faults else (None, True)
        if begins and order.request_key not in self._runs:
            self._begin(order)
        if error is not None:
            raise error
        return self._runs[order.request_key].seen

    async def find(self, request_key: str) -> Observation | None:
        self._be_reachable()
        run = self._runs.get(request_key)
        return run.seen if run else None

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        self.asked += bool(request_keys)
        self._be_reachable()
        return {key: self._runs[key].seen for key in request_keys if key in self._runs}

    async def logs(self, request_key: str, cursor: str = "", limit: int = 65_536) -> LogChunk:
        self._be_reachable()
        offset = _offset(cursor)
        run = self._runs.get(request_key)
        whole = run.log.encode() if run else b""
        if offset > len(whole):
            raise Permanent(f"`{cursor[:40]}` is no place in this log.")
        piece = whole[offset : offset + limit]
        if offset + len(piece) < len(whole) and b"\n" in piece:
            piece = piece[: piece.rindex(b"\n") + 1]
        after = offset + len(piece)
        is_over = run is None or run.seen.state.is_final
        return LogChunk(
            text=piece.decode(errors="replace"),
            cursor=str(after),
            complete=is_over and after >= len(whole),
        )

    async def end_of_log(self, request_key: str, limit: int = 65_536) -> str:
        self._be_reachable()
        run = self._runs.get(request_key)
        lines = run.log.encode() if run else b""
        if len(lines) > limit:
            lines = lines[-limit:]
            lines = lines[lines.find(b"\n") + 1 :] or lines
        return lines.decode(errors="replace")

    async def cancel(self, request_key: str) -> None:
        self._be_reachable()
        self.cancelled.append(request_key)
        if request_key in self._runs and self.obeys_cancel:
            self.end(request_key, RunState.CANCELLED)

    async def changes(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._listeners.append(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners.remove(queue)

    async def answer(self, request_key: str, answer: Answer) -> None:
        self._be_reachable()
        run = self._runs.get(request_key)
        if (request_key, answer) in self.answers:
            return
        error, arrives = self._answer_faults.popleft() if self._answer_faults else (None, True)
        if not arrives and error is not None:
            raise error
        if run is None or run.seen.pause is None or run.seen.pause.key != answer.pause:
            raise Permanent("That pause is over.", code="pause_over")
        known = {place_of(each)[0] for each in run.seen.pause.parameters}
        if not answer.arguments.keys() <= known:
            raise Permanent("The form has no such field.", code="refused")
        self.answers.append((request_key, answer))
        run.seen = replace(run.seen, state=RunState.RUNNING, pause=None)
        self._tell(request_key)
        if error is not None:
            raise error
        script = self.scripts.get(run.order.job, Script())
        if script.pause is not None:
            self.say(request_key, *script.after)
            self.end(request_key)

    async def health(self) -> Health:
        return Health(unwell=self.unwell, version="in memory")

    async def close(self) -> None:
        self.is_closed = True

    def _begin(self, order: StartOrder) -> None:
        key = order.request_key
        self.orders.append(order)
        seen = Observation(
            request_key=key,
            handle=f"run {len(self.orders)}",
            state=RunState.PENDING if self.in_line else RunState.RUNNING,
            started_at=None if self.in_line else self.now,
            sandbox="in memory",
        )
        self._runs[key] = Run(order=order, seen=seen)
        script = self.scripts.get(order.job, Script())
        told = (str(order.arguments[script.says]),) if script.says else ()
        self.say(key, *told, *script.lines)
        if script.pause is not None:
            self.pause(key, script.pause)
        elif script.end is not None:
            self.end(key, script.end, exit_code=script.exit_code)

    def _be_reachable(self) -> None:
        if self.out_of_order is not None:
            raise self.out_of_order

    def _tell(self, request_key: str) -> None:
        for queue in self._listeners:
            queue.put_nowait(request_key)


def _offset(cursor: str) -> int:
    if re.fullmatch(r"[0-9]{0,15}", cursor) is None:
        raise Permanent(f"`{cursor[:40]}` is no place in a log.")
    return int(cursor or "0")


def _told(run: Run, state: RunState) -> Result:
    report, is_failure = run.report, state is not RunState.SUCCEEDED
    return Result(
        summary=report.summary,
        cause=report.cause if is_failure else "",
        failing_step=report.step if is_failure else "",
        tail=run.seen.tail,
        metrics=tuple(
            Metric(name=name, value=value, unit=unit)
            for name, (value, unit) in report.metrics.items()
        ),
        links=tuple(Link(url=url, text=text) for url, text in report.links.items()),
        outputs=dict(report.outputs),
        log_size=run.seen.log_size,
    )
