"""Whether a deployed release answers: asked over HTTP, several times, within a limit."""

import http.client
import json
import time
from dataclasses import dataclass

from protocol import JobFailed
from releases import Service

GOOD_ANSWERS = 3
"""Answers in a row that it takes; one alone may come from a process about to die."""

RUNNER_SILENT_AFTER = 10.0
"""Seconds without a sign of life after which the runner counts as stopped."""

_PAUSE = 0.2


@dataclass(frozen=True)
class Health:
    """What was found at last: `address` is empty while nothing listens."""

    good: bool
    address: str = ""
    reason: str = ""


def require_runner(service: Service) -> None:
    """Raise JobFailed unless somebody runs the services' processes."""
    try:
        age = time.time() - (service.root / "runner.json").stat().st_mtime
    except FileNotFoundError:
        age = RUNNER_SILENT_AFTER + 1
    if age > RUNNER_SILENT_AFTER:
        raise JobFailed(
            "The service runner is not running, so nothing would start the release. "
            f"Start it: python3 examples/service/runner.py {service.root}"
        )


def wait_until_healthy(service: Service, version: str, seconds: float) -> Health:
    """Ask until the release answers well several times in a row, or the time is over."""
    deadline = time.monotonic() + seconds
    in_a_row = 0
    health = Health(good=False, reason="it did not start")
    while time.monotonic() < deadline:
        health = _ask(service, version)
        in_a_row = in_a_row + 1 if health.good else 0
        if in_a_row >= GOOD_ANSWERS:
            return health
        time.sleep(_PAUSE)
    return Health(
        good=False, address=health.address, reason=health.reason or "it answers unsteadily"
    )


def _ask(service: Service, version: str) -> Health:
    try:
        status = json.loads((service.home / "status.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return Health(good=False, reason="the runner has not taken it up yet")
    if status.get("release") != version:
        return Health(good=False, reason="the runner has not taken it up yet")
    if status.get("state") != "running":
        return Health(good=False, reason=str(status.get("detail") or "it is not running"))
    return _get(int(status["port"]), version)


def _get(port: int, version: str) -> Health:
    address = f"http://127.0.0.1:{port}/"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        told = json.loads(answer.read(4_096))
    except (OSError, ValueError, http.client.HTTPException) as error:
        return Health(good=False, address=address, reason=f"no answer ({type(error).__name__})")
    finally:
        connection.close()
    if answer.status != 200:
        return Health(
            good=False, address=address, reason=f"HTTP {answer.status}: {told.get('reason', '?')}"
        )
    if told.get("version") != version:
        return Health(good=False, address=address, reason="another version answers")
    return Health(good=True, address=address)
