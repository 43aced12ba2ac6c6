"""What is measured, and how it is written down."""

import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.loads import Load


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A load as a line of a table: rates a second, latencies of acks and CPU in milliseconds."""

    name: str
    commands: int
    acked: float
    answered: float
    p50: float
    p99: float
    cpu: float
    lost: int


def row_of(name: str, load: Load) -> Row:
    """`lost` is what was never acked, or never answered where answers were waited for."""
    acks = sorted(latency * 1_000 for latency in load.latencies if latency is not None)
    count = len(load.latencies)
    unanswered = count - load.answered if load.answered else 0
    return Row(
        name=name,
        commands=count,
        acked=len(acks) / load.acked_in,
        answered=load.answered / load.all_answered,
        p50=statistics.median(acked for acked in acks) if acks else float("nan"),
        p99=acks[min(len(acks) - 1, int(len(acks) * 0.99))] if acks else float("nan"),
        cpu=load.cpu / count * 1_000,
        lost=max(count - len(acks), unanswered),
    )


def middle(rows: Sequence[Row]) -> Row:
    """The median of several rounds, column by column; what was lost is added up."""

    def median(of: Callable[[Row], float]) -> float:
        return statistics.median(of(row) for row in rows)

    return Row(
        name=rows[0].name,
        commands=rows[0].commands,
        acked=median(lambda row: row.acked),
        answered=median(lambda row: row.answered),
        p50=median(lambda row: row.p50),
        p99=median(lambda row: row.p99),
        cpu=median(lambda row: row.cpu),
        lost=sum(row.lost for row in rows),
    )


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    lines = [
        "| what | commands | acked /s | answered /s | ack p50 ms | p99 ms | CPU ms each | lost |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        answered = f"{row.answered:.0f}" if row.answered else ""
        lines.append(
            f"| {row.name} | {row.commands} | {row.acked:.0f} | {answered} | {row.p50:.1f} "
            f"| {row.p99:.1f} | {row.cpu:.3f} | {row.lost} |"
        )
    return "\n".join(lines)


def machine() -> str:
    """The machine in one line."""
    cpuinfo = Path("/proc/cpuinfo").read_text()
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in cpuinfo.splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    load = Path("/proc/loadavg").read_text().split()[0]
    cores = cpuinfo.count("processor\t")
    return (
        f"{model}, {cores} cores (load average {load}), "
        f"Python {platform.python_version()}, {platform.system()}"
    )
