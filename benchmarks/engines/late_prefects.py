"""A Prefect that answers as late as a real one."""

import asyncio
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from aiohttp import web

from benchmarks.engines.lags import lag_of
from benchmarks.engines.rests import Kind, runs_named
from tests.fakes.prefect import FakePrefect
from tests.fakes.prefect_world import World

NAPS: dict[str, Any] = {
    "title": "Parameters",
    "type": "object",
    "properties": {"seconds": {"type": "number", "title": "seconds"}},
    "required": ["seconds"],
}


class LatePrefect(FakePrefect):
    """Each answer is as late as that of a real one, which had as much else to do then."""

    async def hear(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        about = runs_named(body, dict(request.query))
        await asyncio.sleep(lag_of(Kind.PREFECT, request.path.removeprefix("/api"), about))
        answered = await super().hear(request)
        self.asked.clear()
        return answered

    def nap(self, flow: str) -> None:
        """Offer a flow that lasts as many `seconds` as it is told."""
        self.world.deploy(flow, schema=NAPS, script=_napping)

    def work(self) -> None:
        self.world.work()

    def fill(self, keys: list[str], lines: int) -> None:
        """A live run by each of these keys, with so many lines in its log."""
        deployment = self.world.deploy("endless")
        self.world.has_worker = False
        for key in keys:
            run, _ = self.world.create(deployment, {"idempotency_key": key, "parameters": {}})
            self.world.begin(run["id"])
            self.world.write(run["id"], *(f"line {each}" for each in range(lines)))
            self.world.task(run["id"], "look", "RUNNING")

    def news(self, count: int) -> None:
        """So many of them say something."""
        for identity in random.sample(list(self.world.runs), count):
            self.world.write(identity, "and something new")


def _napping(world: World, identity: str) -> Iterator[None]:
    """Over after so many seconds, with a line at its beginning and at its end."""
    world.write(identity, "begun")
    over = world.now + timedelta(seconds=world.runs[identity]["parameters"]["seconds"])
    while world.now < over:
        yield
    world.write(identity, "slept well")
    world.move(identity, "COMPLETED")
