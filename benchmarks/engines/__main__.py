"""`python -m benchmarks.engines [tick|delay|record]`: an engine elsewhere, seen by one process."""

import argparse
import asyncio
import logging
import tempfile
from pathlib import Path

import structlog

from benchmarks.engines.delays import Course, Flow, delayed
from benchmarks.engines.recordings import recorded
from benchmarks.engines.ticks import ticked
from tests.fakes.databases import Kind

LIVE = 5_000
RECORDED = 500
FLOWS = (Flow(job="brief", seconds=3), Flow(job="usual", seconds=20), Flow(job="long", seconds=60))
REAL = Course(flows=[Flow(job="brief", seconds=10)], count=8, apart=6)
"""Few, and one after the other for the most part: workers begin a process for each of them."""


def main(given: argparse.Namespace) -> None:
    match given.what:
        case "record":
            asyncio.run(recorded(given.runs or RECORDED))
        case "delay":
            course = REAL if given.real else Course(flows=FLOWS, count=given.count, apart=0.4)
            asyncio.run(delayed(course, real=given.real))
        case _:
            for kind in given.database:
                with tempfile.TemporaryDirectory() as made:
                    work = ticked(kind, Path(made), given.runs or LIVE, given.rounds, given.seconds)
                    asyncio.run(work)


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["tick", "delay", "record"], nargs="?", default="tick")
    parser.add_argument("--runs", type=int, help="live at a time")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--database", type=Kind, choices=list(Kind), nargs="+", default=list(Kind))
    main(parser.parse_args())
