"""What is measured, and how it is written down."""

import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Acks:
    """Commands acknowledged: `rate` a second at saturation, latencies in milliseconds."""

    name: str
    commands: int
    rate: float
    p50: float
    p99: float
    unacked: int


def acks_of(name: str, latencies: Sequence[float | None], seconds: float) -> Acks:
    """From the latency in seconds of each command; None is one that was never acked."""
    acked = sorted(latency * 1_000 for latency in latencies if latency is not None)
    return Acks(
        name=name,
        commands=len(latencies),
        rate=len(acked) / seconds,
        p50=statistics.median(acked) if acked else float("nan"),
        p99=acked[min(len(acked) - 1, int(len(acked) * 0.99))] if acked else float("nan"),
        unacked=len(latencies) - len(acked),
    )


def memory_of(pid: int) -> float:
    """Resident memory of a process in MB, from /proc (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1_024
    raise ValueError(f"no VmRSS for process {pid}")


def machine() -> str:
    """The machine in one line."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    cores = Path("/proc/cpuinfo").read_text().count("processor\t")
    return f"{model}, {cores} cores, Python {platform.python_version()}, {platform.system()}"
