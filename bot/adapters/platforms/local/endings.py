"""How a run ended: its state and result, decided by what really happened."""

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.adapters.platforms.local.protocol import Report
from bot.domain.wording import at_rest

NEVER_BEGAN = at_rest("It was cancelled before it began.")


_WELL_WHILE_STOPPED = at_rest("It ended well while it was being stopped for its time limit.")
_WELL_WHILE_CANCELLED = at_rest("It ended well while it was being cancelled.")
_TOO_LONG = at_rest("It ran longer than its limit of {timeout} s and was stopped.")
_FROM_OUTSIDE = at_rest("It was stopped from outside: the machine or its container went down.")
_CROWDED = at_rest("It started more processes than it may and was stopped.")
_ENDED_BY = at_rest("It was ended by {signal}.")
_SAID_NOTHING = at_rest("It ended with exit code {code} and said nothing.")


class Stop(StrEnum):
    """Why a supervisor stopped its job."""

    NONE = ""
    TIMEOUT = "timeout"
    CANCEL = "cancel"
    OUTSIDE = "outside"
    CROWD = "crowd"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """What became of a job's first process.

    `code` is as `waitpid` tells it: negative for a signal, None when nothing could be started,
    for the reason in `refusal`. `stop` is set only when the job still lived as it was stopped.
    """

    code: int | None
    stop: Stop = Stop.NONE
    refusal: str = ""
    sandboxed: bool = False

    @property
    def state(self) -> str:
        """One of the values of `RunState`. Whatever was asked, a job that ended well succeeded."""
        if self.code == 0:
            return "succeeded"
        match self.stop:
            case Stop.TIMEOUT:
                return "timed_out"
            case Stop.CANCEL:
                return "cancelled"
            case Stop.OUTSIDE | Stop.CROWD | Stop.NONE:
                return "failed"

    @property
    def signal(self) -> str:
        """Name of the signal that ended it, or an empty string.

        A process inside a sandbox that died by a signal is told to the outside as 128 + number.
        """
        if self.code is None:
            return ""
        number = -self.code if self.code < 0 else self.code - 128 if self.sandboxed else 0
        try:
            return signal.Signals(number).name
        except ValueError:
            return ""

    @property
    def note(self) -> str:
        if self.code is None and self.stop is Stop.CANCEL:
            return NEVER_BEGAN
        if self.code != 0:
            return ""
        match self.stop:
            case Stop.TIMEOUT:
                return _WELL_WHILE_STOPPED
            case Stop.CANCEL:
                return _WELL_WHILE_CANCELLED
            case Stop.OUTSIDE | Stop.CROWD | Stop.NONE:
                return ""

    def cause(self, report: Report, tail: Sequence[str], timeout: float) -> str:
        """The failure in the job's own words where it had some; empty when there was none."""
        if self.state == "succeeded":
            return ""
        if self.refusal:
            return self.refusal
        own = report.cause or (tail[-1] if tail else "")
        match self.stop:
            case Stop.TIMEOUT:
                return _TOO_LONG.format(timeout=f"{timeout:g}")
            case Stop.CANCEL:
                return report.cause
            case Stop.OUTSIDE:
                return _FROM_OUTSIDE
            case Stop.CROWD:
                return _CROWDED
            case Stop.NONE if self.signal:
                return report.cause or _ENDED_BY.format(signal=self.signal)
            case Stop.NONE:
                return own or _SAID_NOTHING.format(code=self.code)


def result(
    ending: Ending, report: Report, tail: Sequence[str], timeout: float
) -> dict[str, object]:
    """The run's result in the shape of `bot.domain.results.Result`, without its log figures."""
    is_failure = ending.state != "succeeded"
    code = ending.code
    return {
        "exit_code": code if code is not None and code >= 0 and not ending.signal else None,
        "signal": ending.signal,
        "summary": report.summary,
        "cause": ending.cause(report, tail, timeout),
        "failing_step": report.step if is_failure else "",
        "tail": list(tail),
        "metrics": [
            {"name": name, "value": value, "unit": unit}
            for name, (value, unit) in report.metrics.items()
        ],
        "links": [{"url": url, "text": text} for url, text in report.links.items()],
        "outputs": report.outputs,
    }
