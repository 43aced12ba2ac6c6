"""Watching one job from its first process to the end of everything it started."""

import os
import resource
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.platforms.local.endings import Ending, Stop, result
from bot.adapters.platforms.local.launches import RESULT_FILE, Launch, before_exec
from bot.adapters.platforms.local.orders import Order
from bot.adapters.platforms.local.outputs import Output
from bot.adapters.platforms.local.processes import generations, send
from bot.adapters.platforms.local.protocol import Report
from bot.adapters.platforms.local.runs import RunFolder
from bot.adapters.platforms.local.statuses import Status
from bot.domain.wording import at_rest

CANCEL_SIGNAL = signal.SIGUSR1
"""Tells a supervisor to look whether its run shall be cancelled."""

_NEVER = float("inf")
_LONGEST_WAIT = 5.0
"""Seconds after which a supervisor looks around though nothing woke it."""

_COUNT_EVERY = 0.25
_PUBLISH_EVERY = 0.5
_AGAIN_AFTER = 0.1
_LONGEST_READ = 64 * 1024
_LAST_WORDS = 5.0
"""Seconds for which output is still read once every process of the job is gone."""


_NOT_STARTED = at_rest("It could not be started: {error}.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """Everything the last status says."""

    state: str
    note: str
    report: Report
    tail: tuple[str, ...]
    result: Mapping[str, object]


def ended_early(ending: Ending) -> Outcome:
    """The outcome of a run whose job was never begun."""
    report, figures = Report(), {"log_size": 0, "log_truncated": False}
    return Outcome(
        state=ending.state,
        note=ending.note,
        report=report,
        tail=(),
        result={**result(ending, report, (), 0), **figures},
    )


def hear_signals() -> int:
    """Turn signals into bytes on a pipe; returns the end to read."""
    hear, say = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.set_wakeup_fd(say, warn_on_full_buffer=False)
    # Handled and not ignored, for what is ignored stays so in the job.
    for number in (CANCEL_SIGNAL, signal.SIGTERM, signal.SIGCHLD, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _only_wake)
    return hear


class Watch:
    """One job, watched in one thread: its output, its time, and what it is told to do.

    Times are those of the monotonic clock.
    """

    def __init__(
        self, folder: RunFolder, order: Order, status: Status, output: Output, wake: int
    ) -> None:
        self._folder = folder
        self._order = order
        self._status = status
        self._output = output
        self._wake = wake
        self._depth = 0
        self._stop = Stop.NONE
        self._deadline = self._kill_at = self._ask_at = self._count_at = _NEVER
        self._publish_at = 0.0
        self._code: int | None = None

    def run(self, launch: Launch) -> Outcome:
        """Start the job and return when it and everything it started is gone."""
        if self._folder.cancel.exists():
            return ended_early(Ending(code=None, stop=Stop.CANCEL))
        read, write = os.pipe2(os.O_CLOEXEC)
        try:
            first = self._begin(launch, write)
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            os.close(read)
            return ended_early(Ending(code=None, refusal=_NOT_STARTED.format(error=error)))
        finally:
            os.close(write)
            for loan in launch.loans:
                os.close(loan.descriptor)
        os.set_blocking(read, False)
        self._watch(first, read)
        self._sweep()
        self._last_words(read)
        os.close(read)
        return self._outcome()

    def _begin(self, launch: Launch, write: int) -> int:
        begun = subprocess.Popen(
            launch.argv,
            stdin=subprocess.DEVNULL,
            stdout=write,
            stderr=write,
            cwd=launch.cwd,
            env=dict(launch.environment),
            start_new_session=True,
            umask=0o022,
            preexec_fn=before_exec(self._order, launch),
        )
        # Reaped by `_reap`, with everything else that becomes ours.
        begun.returncode = 0
        now = time.monotonic()
        self._depth = launch.depth
        self._deadline = now + self._order.timeout
        self._count_at = _NEVER if launch.counts_processes else now
        return begun.pid

    def _watch(self, first: int, read: int) -> None:
        with selectors.DefaultSelector() as ears:
            ears.register(read, selectors.EVENT_READ)
            ears.register(self._wake, selectors.EVENT_READ)
            while self._code is None:
                ready = ears.select(self._patience())
                # Before what is asked of us: a job that has ended cannot be stopped any more.
                self._reap(first)
                for key, _ in ready:
                    if key.fd == self._wake:
                        self._hear()
                    elif not self._read(read):
                        ears.unregister(read)
                self._judge()
                self._publish()

    def _patience(self) -> float:
        """Seconds until something has to be done though nobody asks."""
        news = self._publish_at if self._output.is_news else _NEVER
        soonest = min(self._deadline, self._kill_at, self._ask_at, self._count_at, news)
        return min(max(0.0, soonest - time.monotonic()), _LONGEST_WAIT)

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            for number in os.read(self._wake, 512):
                if number == signal.SIGTERM:
                    self._begin_stop(Stop.OUTSIDE)

    def _obey_cancel(self) -> None:
        if self._folder.cancel.exists():
            self._begin_stop(Stop.CANCEL)

    def _judge(self) -> None:
        now = time.monotonic()
        self._obey_cancel()
        if now >= self._deadline:
            self._deadline = _NEVER
            self._begin_stop(Stop.TIMEOUT)
        if now >= self._count_at:
            self._count(now)
        if now >= self._kill_at:
            self._end_all(signal.SIGKILL)
            self._kill_at = now + 1
        elif now >= self._ask_at:
            self._ask_to_end(now)

    def _count(self, now: float) -> None:
        """The kernel counts no processes of root, so they are counted here."""
        self._count_at = now + _COUNT_EVERY
        limit = self._order.limits.processes
        # The whole machine's count is one short read; only a crowd is worth a closer look.
        if _tasks() > limit and sum(map(len, generations(os.getpid()))) > limit:
            self._begin_stop(Stop.CROWD)
            self._kill_at = now

    def _begin_stop(self, why: Stop) -> None:
        if self._stop is not Stop.NONE or self._code is not None:
            return
        now = time.monotonic()
        self._stop = why
        self._kill_at = now + self._order.grace
        self._ask_to_end(now)

    def _ask_to_end(self, now: float) -> None:
        """TERM to everything of the job; again soon while the sandbox is not yet filled."""
        asked = self._end_all(signal.SIGTERM, depth=self._depth)
        self._ask_at = _NEVER if asked else now + _AGAIN_AFTER

    def _end_all(self, number: signal.Signals, *, depth: int = 0) -> int:
        """Signal everything below us from some generation on, whatever session it moved to."""
        below = generations(os.getpid())[depth:]
        return send([pid for level in below for pid in level], number)

    def _sweep(self) -> None:
        """The first process is gone: nothing that it left behind outlives it."""
        until = time.monotonic() + _LAST_WORDS
        while self._end_all(signal.SIGKILL) and time.monotonic() < until:
            self._reap(0)
            time.sleep(0.005)
        self._reap(0)

    def _reap(self, first: int) -> None:
        while True:
            try:
                pid, ended = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == first:
                self._code = os.waitstatus_to_exitcode(ended)

    def _read(self, read: int) -> bool:
        """False at the end of output."""
        with suppress(BlockingIOError):
            content = os.read(read, _LONGEST_READ)
            if not content:
                return False
            self._output.feed(content)
        return True

    def _last_words(self, read: int) -> None:
        until = time.monotonic() + _LAST_WORDS
        with selectors.DefaultSelector() as ears:
            ears.register(read, selectors.EVENT_READ)
            while time.monotonic() < until and ears.select(0):
                if not self._read(read):
                    break
        self._output.finish()
        self._output.read_result(self._folder.work / RESULT_FILE)

    def _publish(self) -> None:
        now = time.monotonic()
        if self._output.is_news and now >= self._publish_at:
            self._publish_at = now + _PUBLISH_EVERY
            self._output.is_news = False
            self._status.advance(self._output.report, self._output.tail, self._output.size)

    def _outcome(self) -> Outcome:
        output, order = self._output, self._order
        ending = Ending(code=self._code, stop=self._stop, sandboxed=bool(order.bubblewrap))
        told = result(ending, output.report, output.tail, order.timeout)
        figures: dict[str, object] = {
            "log_size": output.size,
            "log_truncated": output.is_truncated,
            "resources": _used(),
        }
        return Outcome(
            state=ending.state,
            note=ending.note,
            report=output.report,
            tail=output.tail,
            result={**told, **figures},
        )


def _used() -> Mapping[str, float]:
    """What everything that was ours used; `memory` is of its largest process (getrusage(2))."""
    all_of_it = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "processor": round(all_of_it.ru_utime + all_of_it.ru_stime, 3),
        "memory": all_of_it.ru_maxrss * 1024,
    }


def _only_wake(_number: int, _frame: object) -> None:
    """The byte on the wake pipe says it."""


def _tasks() -> int:
    """Threads on this machine."""
    try:
        return int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])
    except (OSError, ValueError, IndexError):
        return 1 << 22
