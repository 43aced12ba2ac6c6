"""An Airflow on a real socket, as strict as the real one, with faults on purpose.

After what a real Airflow 3.3.2 was seen to answer; the contract is run on both.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from tests.fakes.airflow_answers import Answers, Declined
from tests.fakes.airflow_requests import Login
from tests.fakes.airflow_routes import Stream, read, routed
from tests.fakes.airflow_world import World
from tests.fakes.servers import Engine

USER, PASSWORD = "bot", "a secret of tests"
_OPEN = ("/api/v2/monitor/health", "/api/v2/version")
_STREAMED_AT_ONCE = 2_000


@dataclass(kw_only=True, slots=True)
class Fault:
    """What goes wrong with the next `times` requests whose path holds this.

    `status` is answered instead; `drops` closes the connection: before anything is done, or after
    it (`is_done`), or in the middle of the answer (`cuts`); `says` is the body instead; `waits` for
    seconds, after it is done if `is_done`. `method` is any when empty.
    """

    path: str = ""
    method: str = ""
    times: int = 1
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    says: bytes | None = None
    drops: bool = False
    cuts: bool = False
    is_done: bool = False
    waits: float = 0.0


@dataclass(kw_only=True)
class FakeAirflow(Engine):
    """`latency` is waited before each answer, in s; `asked` are requests as method and path.

    It takes tokens of `generation`, and calls others expired, or, once `has_new_secret`, invalid.
    """

    world: World = field(default_factory=World)
    latency: float = 0.0
    password: str = PASSWORD
    generation: int = 1
    has_new_secret: bool = False
    faults: list[Fault] = field(default_factory=list[Fault])
    asked: list[tuple[str, str, Any]] = field(default_factory=list[tuple[str, str, Any]])

    def paths(self, method: str, part: str = "") -> Sequence[str]:
        """What was asked so, whose path holds this."""
        return [path for how, path, _ in self.asked if how == method and part in path]

    async def hear(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.asked.append((request.method, request.path, json.loads(body) if body else None))
        if self.latency:
            await asyncio.sleep(self.latency)
        fault = next((each for each in self.faults if _is_hit(each, request)), None)
        if fault is None:
            return await self._sent(request, self._answered(request, body))
        fault.times -= 1
        if fault.times <= 0:
            self.faults.remove(fault)
        return await self._at_fault(fault, request, body)

    async def _at_fault(
        self, fault: Fault, request: web.Request, body: bytes
    ) -> web.StreamResponse:
        answer = self._answered(request, body) if fault.is_done or fault.cuts else None
        if fault.waits:
            await asyncio.sleep(fault.waits)
        if fault.drops:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault.cuts:
            return await _cut(request)
        if fault.says is not None:
            return await self._sent(request, web.Response(body=fault.says))
        if fault.status:
            said = {"detail": "Not authenticated" if fault.status == 401 else "It is broken."}
            answer = web.json_response(said, status=fault.status, headers=dict(fault.headers))
        return await self._sent(request, answer or self._answered(request, body))

    async def _sent(
        self, request: web.Request, answer: web.Response | Stream
    ) -> web.StreamResponse:
        """The answer with the date of this world; a log piece by piece, as it is long."""
        date = format_datetime(self.world.now, usegmt=True)
        if isinstance(answer, web.Response):
            answer.headers["Date"] = date
            return answer
        response = web.StreamResponse(headers={"Date": date})
        response.content_type = "application/x-ndjson"
        response.headers["Airflow-Continuation-Token"] = "eyJ.it.is.no.cursor"
        await response.prepare(request)
        batch: list[str] = []
        for record in answer.records:
            batch.append(json.dumps(record, ensure_ascii=False))
            if len(batch) >= _STREAMED_AT_ONCE:
                await response.write(("\n".join(batch) + "\n").encode())
                batch.clear()
        await response.write(("\n".join(batch) + "\n").encode())
        await response.write_eof()
        return response

    def _answered(self, request: web.Request, body: bytes) -> web.Response | Stream:
        self.world.work()
        try:
            if request.path == "/auth/token":
                return self._signed_in(read(Login, body))
            self._let_in(request)
            said = routed(Answers(self.world), request, body)
        except ValidationError as error:
            detail = json.loads(error.json(include_url=False, include_context=False))
            return web.json_response({"detail": detail}, status=422)
        except Declined as declined:
            return web.json_response(declined.said, status=declined.status)
        return said if isinstance(said, Stream) else web.json_response(said)

    def _signed_in(self, login: Login) -> web.Response:
        if (login.username, login.password) != (USER, self.password):
            return web.json_response({"detail": "Invalid credentials"}, status=401)
        return web.json_response({"access_token": f"token-{self.generation}"}, status=201)

    def _let_in(self, request: web.Request) -> None:
        if request.path in _OPEN:
            return
        word = request.headers.get("Authorization", "")
        if not word:
            raise Declined(401, "Not authenticated")
        if word != f"Bearer token-{self.generation}":
            if self.has_new_secret:
                raise Declined(403, "Invalid JWT token")
            raise Declined(401, "Token Expired")


def _is_hit(fault: Fault, request: web.Request) -> bool:
    return fault.path in request.path and fault.method in {"", request.method}


async def _cut(request: web.Request) -> web.StreamResponse:
    """The beginning of an answer, and then nothing more."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"dag_runs": [')
    assert request.transport is not None
    request.transport.close()
    return response


@asynccontextmanager
async def airflow(**options: Any) -> AsyncGenerator[FakeAirflow]:
    """One on a free port."""
    fake = FakeAirflow(**options)
    await fake.begin()
    try:
        yield fake
    finally:
        await fake.stop()
