"""`python -m benchmarks.engines [tick|delay|record] [--engine airflow]`, seen by one process."""

import argparse
import asyncio
import logging
import tempfile
from pathlib import Path

import structlog

from benchmarks.engines.delays import Course, Flow, delayed
from benchmarks.engines.recordings import recorded
from benchmarks.engines.rests import Kind as Engine
from benchmarks.engines.ticks import Plan, ticked
from tests.fakes.databases import Kind

LIVE = 5_000
RECORDED = {Engine.PREFECT: 500, Engine.AIRFLOW: 100}
FLOWS = (Flow(job="brief", seconds=3), Flow(job="usual", seconds=20), Flow(job="long", seconds=60))
REAL_FLOWS = (Flow(job="brief", seconds=10),)
REAL_COUNT, REAL_APART = 8, 6.0
"""Few, and one after the other for the most part: workers begin a process for each of them."""


def main(given: argparse.Namespace) -> None:
    match given.what:
        case "record":
            asyncio.run(recorded(given.engine, given.runs or RECORDED[given.engine]))
        case "delay":
            asyncio.run(delayed(_course(given)))
        case _:
            plan = Plan(
                engine=given.engine,
                runs=given.runs or LIVE,
                rounds=given.rounds,
                seconds=given.seconds,
            )
            for kind in given.database:
                with tempfile.TemporaryDirectory() as made:
                    asyncio.run(ticked(kind, Path(made), plan))


def _course(given: argparse.Namespace) -> Course:
    return Course(
        engine=given.engine,
        real=given.real,
        flows=REAL_FLOWS if given.real else FLOWS,
        count=REAL_COUNT if given.real else given.count,
        apart=REAL_APART if given.real else 0.4,
    )


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["tick", "delay", "record"], nargs="?", default="tick")
    parser.add_argument("--engine", type=Engine, choices=list(Engine), default=Engine.PREFECT)
    parser.add_argument("--runs", type=int, help="live at a time")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--database", type=Kind, choices=list(Kind), nargs="+", default=list(Kind))
    main(parser.parse_args())
