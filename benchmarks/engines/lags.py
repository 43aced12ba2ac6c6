"""How long real engines take, as recorded in `*_lags.json`, and answers as late as those.

`python -m benchmarks.engines record` writes the file; benchmarks/README.md says when and on what.
"""

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import quantiles
from typing import TypeAlias

from pydantic import TypeAdapter

from benchmarks.engines.rests import Kind, Request

Recorded: TypeAlias = dict[str, dict[int, list[float]]]
"""Milliseconds at even steps from the quickest to the slowest, by kind and by how many runs."""

STEPS = 50

FEWEST = 20
"""Requests of a kind of which is said how long they take: a few of a bad moment say nothing."""

_FILE = TypeAdapter(Recorded)
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_AIRFLOW = "/api/v2/"
_NAMED = re.compile(r"(?<=/)(dags|dagRuns|taskInstances|logs)/(?!~|list\b)[^/]+")
_OTHER = {Kind.PREFECT: "/admin/version", Kind.AIRFLOW: "/api/v2/version"}


def kind_of(path: str) -> str:
    """`/flow_runs/…/set_state` for whichever run."""
    return _NAMED.sub(r"\1/…", path) if path.startswith(_AIRFLOW) else _ID.sub("…", path)


def lag_of(engine: Kind, path: str, about: int) -> float:
    """Seconds for a request that names so many runs: one of those that were recorded, at random."""
    recorded = _recorded(engine)
    sizes = recorded.get(kind_of(path)) or recorded[_OTHER[engine]]
    larger = [size for size in sizes if size >= about]
    steps = sizes[min(larger) if larger else max(sizes)]
    at = random.random() * (len(steps) - 1)
    low = int(at)
    return (steps[low] + (steps[low + 1] - steps[low]) * (at - low)) / 1_000


def record(engine: Kind, requests: Sequence[Request]) -> Mapping[tuple[str, int], Sequence[float]]:
    """Write the file; returns the seconds of each kind and number of runs, in order."""
    found: defaultdict[tuple[str, int], list[float]] = defaultdict(list)
    for each in requests:
        found[kind_of(each.path), each.about].append(each.seconds)
    recorded: Recorded = {}
    for (kind, about), seconds in sorted(found.items()):
        if len(seconds) >= FEWEST:
            steps = [min(seconds), *quantiles(seconds, n=STEPS, method="inclusive"), max(seconds)]
            known = recorded.setdefault(kind, {})
            known[about] = [round(each * 1_000, 1) for each in steps]
    _file(engine).write_bytes(_FILE.dump_json(recorded) + b"\n")
    return dict(sorted(found.items()))


@cache
def _recorded(engine: Kind) -> Recorded:
    return _FILE.validate_json(_file(engine).read_bytes())


def _file(engine: Kind) -> Path:
    return Path(__file__).with_name(f"{engine}_lags.json")
