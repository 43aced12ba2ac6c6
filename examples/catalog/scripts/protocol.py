"""What a job says of itself on standard output, one line a fact, and how it fails in words.

The lines are described in docs/job-protocol.md; a shell script may simply echo them.
"""

import json
import signal
import sys
from collections.abc import Callable, Mapping
from typing import NoReturn


class JobFailed(Exception):
    """The job's own word for what went wrong, and what to do about it."""


def progress(percent: float, step: str = "") -> None:
    """How far the job is, from 0 to 100, and what it does now."""
    _say("progress", f"{min(max(percent, 0), 100):.0f} {step}")


def metric(name: str, value: float, unit: str = "") -> None:
    """One figure of the result."""
    _say("metric", f"{name} {value:g} {unit}")


def link(url: str, text: str) -> None:
    """A place to look further."""
    _say("link", f"{url} {text}")


def summary(text: str) -> None:
    """The sentence that tells how it ended."""
    _say("summary", text)


def result(values: Mapping[str, object]) -> None:
    """Values for whoever reads the result: people, other jobs, a later comparison."""
    _say("result", json.dumps(values, ensure_ascii=False))


def run(job: Callable[[], None]) -> NoReturn:
    """Run a job to its end: what goes wrong is said in one line, and SIGTERM cleans up first."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        job()
    except JobFailed as failure:
        _say("error", str(failure))
        sys.exit(1)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        _say("error", f"{error.strerror or error}{where}")
        sys.exit(1)
    sys.exit(0)


def size(count: float) -> str:
    """Bytes as people read them: 1536 is `1.5 KiB`."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(count) < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"


def _stop(*_: object) -> NoReturn:
    # An exception, so that every `finally` on the way out still tidies up.
    raise SystemExit(128 + signal.SIGTERM)


def _say(word: str, text: str) -> None:
    print(f"::{word} {' '.join(text.split())}", flush=True)
