"""Watching one job from its first process to the end of everything it started."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from bot.adapters.platforms.local.captures import Capture, Lines, Tail
from bot.adapters.platforms.local.endings import Ending, Stop, result
from bot.adapters.platforms.local.launches import RESULT_FILE, Launch, before_exec
from bot.adapters.platforms.local.masks import Masker
from bot.adapters.platforms.local.orders import Order
from bot.adapters.platforms.local.processes import generations, marked, send
from bot.adapters.platforms.local.protocol import LARGEST_RESULT, Report
from bot.adapters.platforms.local.runs import RunFolder
from bot.adapters.platforms.local.statuses import Status

CANCEL_SIGNAL = signal.SIGUSR1
"""Tells a supervisor to look whether its run shall be cancelled."""

_TICK = 0.25
_PUBLISH_EVERY = 0.5
_LONGEST_READ = 64 * 1024
_LAST_WORDS = 5.0
"""Seconds for which output is still read once every process of the job is gone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """Everything the last status says."""

    state: str
    note: str
    report: Report
    tail: tuple[str, ...]
    result: Mapping[str, object]


def refused(sentence: str) -> Outcome:
    """The end of a run that could not be started, with the reason."""
    ending, report = Ending(code=None, refusal=sentence), Report()
    figures = {"log_size": 0, "log_truncated": False}
    return Outcome(
        state=ending.state,
        note="",
        report=report,
        tail=(),
        result={**result(ending, report, (), 0), **figures},
    )


class Output:
    """Bytes of the job on their way to the log, the tail and the report, masked first."""

    def __init__(self, capture: Capture, masker: Masker) -> None:
        self._capture = capture
        self._masker = masker
        self._lines = Lines()
        self._tail = Tail()
        self.report = Report()
        self.is_news = False
        self.was_lost = False

    @property
    def tail(self) -> tuple[str, ...]:
        return self._tail.lines

    @property
    def size(self) -> int:
        return self._capture.size

    @property
    def is_truncated(self) -> bool:
        return self._capture.truncated or self.was_lost

    def feed(self, content: bytes) -> None:
        self._take(self._masker.feed(content), final=False)

    def finish(self) -> None:
        self._take(self._masker.finish(), final=True)
        self._capture.close()

    def take_result(self, content: bytes) -> None:
        """The result file, when it is one."""
        self.report.take_result(self._masker.mask(content.decode(errors="replace")))

    def _take(self, masked: bytes, *, final: bool) -> None:
        for line in self._lines.feed(masked, final=final):
            self.is_news = True
            if not self.report.hear(line):
                self._tail.add(line)
            try:
                self._capture.write(line.encode(errors="replace"))
            except OSError:
                # A full disk costs output, not the run.
                self.was_lost = True


def _only_wake(_number: int, _frame: object) -> None:
    """The byte on the wake pipe says it."""


class Watch:
    """One job, watched in one thread: its output, its time, and what it is told to do."""

    def __init__(
        self, folder: RunFolder, order: Order, status: Status, output: Output, wake: int
    ) -> None:
        self._folder = folder
        self._order = order
        self._status = status
        self._output = output
        self._wake = wake
        self._stop = Stop.NONE
        self._kill_at = float("inf")
        self._published = 0.0
        self._code: int | None = None

    @staticmethod
    def hear_signals() -> int:
        """Turn signals into bytes on a pipe; returns the end to read."""
        hear, say = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        signal.set_wakeup_fd(say, warn_on_full_buffer=False)
        for number in (CANCEL_SIGNAL, signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, _only_wake)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        return hear

    def run(self, launch: Launch) -> Outcome:
        """Start the job and return when it and everything it started is gone."""
        read, write = os.pipe2(os.O_CLOEXEC)
        try:
            first = self._begin(launch, write)
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            os.close(read)
            return refused(f"It could not be started: {error}.")
        finally:
            os.close(write)
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
            preexec_fn=before_exec(self._order, os.getpid()),
        )
        # Reaped by `_reap`, with everything else that becomes ours.
        begun.returncode = 0
        return begun.pid

    def _watch(self, first: int, read: int) -> None:
        deadline = time.monotonic() + self._order.timeout
        self._obey_cancel()
        with selectors.DefaultSelector() as ears:
            ears.register(read, selectors.EVENT_READ)
            ears.register(self._wake, selectors.EVENT_READ)
            while self._code is None:
                for key, _ in ears.select(_TICK):
                    if key.fd == self._wake:
                        self._hear(first)
                    elif not self._read(read):
                        ears.unregister(read)
                self._reap(first)
                self._judge(deadline)
                self._publish()

    def _hear(self, first: int) -> None:
        for number in os.read(self._wake, 512):
            if number == signal.SIGTERM:
                self._begin_stop(Stop.OUTSIDE)
            elif number == CANCEL_SIGNAL:
                self._obey_cancel()
            elif number == signal.SIGCHLD:
                self._reap(first)

    def _obey_cancel(self) -> None:
        if self._folder.cancel.exists():
            self._begin_stop(Stop.CANCEL)

    def _judge(self, deadline: float) -> None:
        now = time.monotonic()
        if now >= deadline:
            self._begin_stop(Stop.TIMEOUT)
        # The kernel does not count processes of root against its limit, so they are counted here.
        if os.getuid() == 0 and self._stop is Stop.NONE:
            crowd = sum(map(len, generations(os.getpid())))
            if crowd > self._order.limits.processes:
                self._begin_stop(Stop.CROWD)
                self._kill_at = now
        if now >= self._kill_at:
            self._end_all(signal.SIGKILL)
            self._kill_at = now + 1

    def _begin_stop(self, why: Stop) -> None:
        if self._stop is not Stop.NONE:
            return
        self._stop = why
        self._kill_at = time.monotonic() + self._order.grace
        self._end_all(signal.SIGTERM)

    def _end_all(self, number: signal.Signals) -> None:
        """Signal everything below us, and what carries the run's marker, its sessions or not."""
        below = [pid for level in generations(os.getpid()) for pid in level]
        escaped = [pid for pid in marked(self._folder.key) if pid not in below]
        send([*below, *escaped], number)

    def _sweep(self) -> None:
        """The first process is gone: nothing that it left behind outlives it."""
        for _ in range(200):
            self._end_all(signal.SIGKILL)
            self._reap(0)
            if not any(generations(os.getpid())) and not marked(self._folder.key):
                return
            time.sleep(0.01)

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
        with suppress(OSError), (self._folder.work / RESULT_FILE).open("rb") as file:
            self._output.take_result(file.read(LARGEST_RESULT + 1))

    def _publish(self) -> None:
        now = time.monotonic()
        if self._output.is_news and now - self._published >= _PUBLISH_EVERY:
            self._published = now
            self._output.is_news = False
            self._status.advance(self._output.report, self._output.tail, self._output.size)

    def _outcome(self) -> Outcome:
        output, order = self._output, self._order
        ending = Ending(code=self._code, stop=self._stop, sandboxed=bool(order.bubblewrap))
        told = result(ending, output.report, output.tail, order.timeout)
        figures = {"log_size": output.size, "log_truncated": output.is_truncated}
        return Outcome(
            state=ending.state,
            note=ending.note,
            report=output.report,
            tail=output.tail,
            result={**told, **figures},
        )
