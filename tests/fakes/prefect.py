"""A Prefect server on a real socket, as strict as the real one, with faults on purpose.

After what a real Prefect 3.8.8 was seen to answer; the contract is run on both.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from math import inf
from typing import Any, ClassVar, TypeAlias, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from tests.fakes.prefect_answers import Answers, Declined
from tests.fakes.prefect_requests import (
    ArtifactsAsked,
    DeploymentsAsked,
    FlowsAsked,
    InputsAsked,
    LogsAsked,
    NewRun,
    Resumed,
    RunsAsked,
    StateAsked,
    TasksAsked,
)
from tests.fakes.prefect_world import World
from tests.fakes.servers import Engine

VERSION = "3.8.8"
Asked = TypeVar("Asked", bound=BaseModel)
Handler: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(kw_only=True, slots=True)
class Fault:
    """What goes wrong with the next `times` requests whose path ends like this.

    `status` is answered instead; `drops` closes the connection: before anything is done, or after
    it (`is_done`); `says` is the body instead; `waits` for seconds after it is done; `cuts` ends
    the answer in its middle.
    """

    path: str = ""
    times: float = 1
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    says: bytes | None = None
    drops: bool = False
    is_done: bool = False
    waits: float = 0.0
    cuts: bool = False


@dataclass(kw_only=True)
class FakePrefect(Engine):
    """`auth` is the Authorization that it wants; `latency` is waited before each answer, in s.

    `asked` are the paths of requests, in order, with their bodies; `url` is what a client is told.
    """

    root: ClassVar[str] = "/api"
    world: World = field(default_factory=World)
    auth: str = ""
    latency: float = 0.0
    faults: list[Fault] = field(default_factory=list[Fault])
    asked: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])

    def paths(self, end: str = "") -> Sequence[str]:
        """What was asked whose path ends like this."""
        return [path for path, _ in self.asked if path.endswith(end)]

    @asynccontextmanager
    async def during(self, fault: Fault) -> AsyncGenerator[None]:
        """Have it go wrong for as long as this is open."""
        fault.times = inf
        self.faults.append(fault)
        try:
            yield
        finally:
            self.faults.remove(fault)

    async def hear(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/api")
        body = await request.read()
        self.asked.append((path, json.loads(body) if body else None))
        if self.latency:
            await asyncio.sleep(self.latency)
        fault = next((each for each in self.faults if path.endswith(each.path)), None)
        if fault is None:
            return self._dated(self._answered(request, path, body))
        fault.times -= 1
        if fault.times <= 0:
            self.faults.remove(fault)
        return await self._at_fault(fault, request, path, body)

    async def _at_fault(
        self, fault: Fault, request: web.Request, path: str, body: bytes
    ) -> web.StreamResponse:
        answer = self._answered(request, path, body) if fault.is_done or fault.waits else None
        if fault.waits:
            await asyncio.sleep(fault.waits)
        if fault.drops:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault.cuts:
            return await self._half(request, answer or self._answered(request, path, body))
        if fault.says is not None:
            return self._dated(web.Response(body=fault.says, content_type="application/json"))
        if fault.status:
            text = {"exception_message": "Service Unavailable"}
            return self._dated(
                web.json_response(text, status=fault.status, headers=dict(fault.headers))
            )
        return self._dated(answer or self._answered(request, path, body))

    async def _half(self, request: web.Request, answer: web.Response) -> web.StreamResponse:
        whole = bytes(answer.body) if isinstance(answer.body, bytes) else b""
        cut = web.StreamResponse(headers={"Content-Length": str(len(whole) + 10)})
        await cut.prepare(request)
        await cut.write(whole[: len(whole) // 2])
        assert request.transport is not None
        request.transport.abort()
        return cut

    def _dated(self, answer: web.Response) -> web.Response:
        answer.headers["Date"] = format_datetime(self.world.now, usegmt=True)
        return answer

    def _answered(self, request: web.Request, path: str, body: bytes) -> web.Response:
        if path in {"/health", "/ready"}:
            return web.json_response(True)
        if self.auth and request.headers.get("Authorization") != self.auth:
            return web.json_response({"exception_message": "Unauthorized"}, status=401)
        self.world.work()
        try:
            status, said = _routed(Answers(self.world), request, path, body)
        except ValidationError as error:
            said = {
                "exception_message": "Invalid request received.",
                "exception_detail": json.loads(error.json(include_url=False)),
                "request_body": json.loads(body) if body else None,
            }
            return web.json_response(said, status=422)
        except Declined as declined:
            return web.json_response(declined.said, status=declined.status)
        return web.json_response(said, status=status)


def _routed(answers: Answers, request: web.Request, path: str, body: bytes) -> tuple[int, Any]:
    parts = path.strip("/").split("/")
    match [request.method, *parts]:
        case ["GET", "admin", "version"]:
            return 200, VERSION
        case ["GET", "deployments", "name", flow, name]:
            return 200, answers.deployment(flow, name)
        case ["GET", "flow_run_states"]:
            return 200, answers.states(request.query.get("flow_run_id", ""))
        case ["POST", kind, "filter"]:
            return 200, _filtered(answers, kind, body)
        case ["POST", "deployments", identity, "create_flow_run"]:
            return answers.created(identity, _read(NewRun, body))
        case ["POST", "flow_runs", identity, "set_state"]:
            return answers.state_set(identity, _read(StateAsked, body))
        case ["POST", "flow_runs", identity, "resume"]:
            return answers.resumed(identity, _read(Resumed, body))
        case ["POST", "flow_runs", identity, "input", "filter"]:
            return 200, answers.inputs(identity, _read(InputsAsked, body))
        case _:
            raise Declined(404, {"detail": "Not Found"})


def _filtered(answers: Answers, kind: str, body: bytes) -> Any:
    match kind:
        case "deployments":
            return answers.deployments(_read(DeploymentsAsked, body))
        case "flows":
            return answers.flows(_read(FlowsAsked, body))
        case "flow_runs":
            return answers.runs(_read(RunsAsked, body))
        case "logs":
            return answers.lines(_read(LogsAsked, body))
        case "task_runs":
            return answers.tasks(_read(TasksAsked, body))
        case "artifacts":
            return answers.artifacts(_read(ArtifactsAsked, body))
        case _:
            raise Declined(404, {"detail": "Not Found"})


def _read(shape: type[Asked], body: bytes) -> Asked:
    asked = shape.model_validate_json(body or b"{}")
    if getattr(asked, "limit", 0) > 200:
        raise Declined(422, {"detail": "Invalid limit: must be less than or equal to 200."})
    return asked


@asynccontextmanager
async def prefect(**options: Any) -> AsyncGenerator[FakePrefect]:
    """One on a free port."""
    fake = FakePrefect(**options)
    await fake.begin()
    try:
        yield fake
    finally:
        await fake.stop()
