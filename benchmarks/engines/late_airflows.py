"""An Airflow that answers as late as a real one."""

import asyncio
import random
from datetime import timedelta
from typing import Any

from aiohttp import web

from benchmarks.engines.lags import lag_of
from benchmarks.engines.rests import Kind, runs_named
from tests.fakes.airflow import FakeAirflow
from tests.fakes.airflow_world import FINAL, Run, World

NAPS: dict[str, Any] = {"seconds": {"value": 1.0, "schema": {"type": "number"}, "description": ""}}
TASK = "work"
TOKEN = "token-1"
"""Which it takes for as long as it lives."""


class LateAirflow(FakeAirflow):
    """Each answer is as late as that of a real one, which had as much else to do then."""

    async def hear(self, request: web.Request) -> web.StreamResponse:
        about = runs_named(None, dict(request.query))
        await asyncio.sleep(lag_of(Kind.AIRFLOW, request.path, about))
        answered = await super().hear(request)
        self.asked.clear()
        return answered

    def nap(self, flow: str) -> None:
        """Offer a DAG that lasts as many `seconds` as it is told."""
        self.world.add(flow, TASK, params=NAPS, script=_begun)

    def work(self) -> None:
        self.world.work()
        for run in self.world.runs.values():
            if run.start is None or run.state in FINAL or "seconds" not in run.conf:
                continue
            if self.world.now >= run.start + timedelta(seconds=run.conf["seconds"]):
                self.world.say(run.task(TASK), "slept well")
                self.world.finish(run.task(TASK))
                self.world.settle(run)

    def fill(self, keys: list[str], lines: int) -> None:
        """A live run by each of these keys, with so many lines in its log."""
        dag, now = self.world.add("endless", TASK, script=_begun), self.world.now
        for key in keys:
            run = Run(dag=dag, id=key, conf={}, note=None, run_after=now, queued_at=now)
            self.world.create(run)
        self.world.work()
        for run in self.world.runs.values():
            self.world.say(run.task(TASK), *(f"line {each}" for each in range(lines - 1)))

    def news(self, count: int) -> None:
        """So many of them say something."""
        for run in random.sample(list(self.world.runs.values()), count):
            self.world.say(run.task(TASK), "and something new")


def _begun(world: World, run: Run) -> None:
    world.say(world.begin(run, TASK), "begun")
