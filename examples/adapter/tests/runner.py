"""A plain HTTP runner on a real socket, which runs real programs and makes troubles when asked."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from jobthread.testing import Fault

PAGE = 2
SILENCE = 60.0
_SKEWS = {Fault.CLOCK_AHEAD: timedelta(minutes=5), Fault.CLOCK_BEHIND: -timedelta(minutes=5)}


@dataclass(kw_only=True, slots=True)
class Run:
    """One run: its program, what it wrote, and how it stands."""

    told: dict[str, Any]
    log: Path
    process: asyncio.subprocess.Process
    watching: asyncio.Task[None] | None = None
    wanted: str = ""


@dataclass(kw_only=True, slots=True)
class Runner:
    """`programs` are Python texts by the job's name, which get their arguments as one JSON text;
    `schemas` what they take.
    """

    programs: Mapping[str, str]
    schemas: Mapping[str, dict[str, Any]]
    folder: Path
    token: str = ""
    url: str = ""
    requests: int = 0
    trouble: Fault | None = None
    runs: dict[str, Run] = field(default_factory=dict[str, Run])
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _server: web.AppRunner | None = None

    @contextlib.asynccontextmanager
    async def having(self, fault: Fault) -> AsyncGenerator[None]:
        """A trouble for as long as the context is open."""
        if fault is Fault.UNREACHABLE:
            await self._unlisten()
        self.trouble = fault
        yield
        self.trouble = None
        if fault is Fault.UNREACHABLE:
            await self.listen()

    async def listen(self) -> None:
        """On the port that it had before, if it had one."""
        port = int(self.url.rpartition(":")[2]) if self.url else 0
        app = web.Application(middlewares=[self._middleware()])
        app.add_routes(
            [
                web.get("/health", self._version),
                web.get("/version", self._version),
                web.get("/jobs", self._jobs),
                web.put("/runs/{key}", self._start),
                web.post("/runs/query", self._query),
                web.get("/runs/{key}/log", self._log),
                web.delete("/runs/{key}", self._stop),
            ]
        )
        self._server = web.AppRunner(app, shutdown_timeout=0.1)
        await self._server.setup()
        await web.TCPSite(self._server, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._server.addresses[0][1]}"

    async def close(self) -> None:
        await self._unlisten()
        for run in self.runs.values():
            with contextlib.suppress(ProcessLookupError):
                run.process.kill()
            if run.watching is not None:
                await run.watching

    async def _unlisten(self) -> None:
        if self._server is not None:
            await self._server.cleanup()
            self._server = None

    def _middleware(self) -> Any:
        @web.middleware
        async def handle(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            self.requests += 1
            is_known = request.headers.get("Authorization", "") == f"Bearer {self.token}"
            if request.path != "/health" and (not is_known or self.trouble is Fault.UNAUTHORIZED):
                return self._dated(web.json_response({"error": "who are you?"}, status=401))
            response = await self._with_trouble(request, handler)
            return self._dated(response)

        return handle

    async def _with_trouble(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        match self.trouble:
            case Fault.SILENT:
                await asyncio.sleep(SILENCE)
            case Fault.TOO_MANY:
                return web.Response(status=429, headers={"Retry-After": "7"})
            case Fault.BROKEN:
                return web.json_response({"error": "broken"}, status=500)
            case Fault.NONSENSE:
                return web.Response(body=b"<html>\xff", content_type="text/html")
            case Fault.CUT:
                return await self._hang_up(request)
            case Fault.ANSWER_LOST if request.method == "PUT":
                await handler(request)
                return await self._hang_up(request)
            case Fault.CANCEL_LOST if request.method == "DELETE":
                return web.Response(status=202)
            case _:
                pass
        return await handler(request)

    async def _hang_up(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    def _dated(self, response: web.StreamResponse) -> web.StreamResponse:
        response.headers["Date"] = format_datetime(self._now(), usegmt=True)
        return response

    def _now(self) -> datetime:
        skew = _SKEWS.get(self.trouble, timedelta()) if self.trouble else timedelta()
        return datetime.now(UTC) + skew

    async def _version(self, request: web.Request) -> web.Response:
        return web.json_response({"version": "1.0"})

    async def _jobs(self, request: web.Request) -> web.Response:
        page = int(request.query.get("page", "0"))
        names = sorted(self.schemas)[page * PAGE : (page + 1) * PAGE]
        return web.json_response(
            [{"name": name, "title": name.title(), "schema": self.schemas[name]} for name in names]
        )

    async def _start(self, request: web.Request) -> web.Response:
        key, order = request.match_info["key"], await request.json()
        async with self._starting:
            if key in self.runs:
                return web.json_response(self._told(self.runs[key]))
            program = self.programs.get(order["job"])
            if program is None:
                return web.json_response({"error": f"there is no job {order['job']}"}, status=404)
            log = self.folder / f"{len(self.runs)}.log"
            with log.open("wb") as output:
                told = json.dumps(order["arguments"])
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-c", program, told, stdout=output, stderr=output
                )
            told = {"key": key, "id": str(len(self.runs)), "started": self._now().isoformat()}
            run = self.runs[key] = Run(told=told, log=log, process=process)
        run.watching = asyncio.create_task(self._watch(run, order["timeout"]))
        return web.json_response(self._told(run), status=201)

    async def _watch(self, run: Run, timeout: float) -> None:
        """Wait for its end, or bring it about."""
        try:
            async with asyncio.timeout(timeout):
                code = await run.process.wait()
        except TimeoutError:
            run.wanted = "overdue"
            run.process.kill()
            code = await run.process.wait()
        lines = run.log.read_text(encoding="utf-8").splitlines() if code > 0 else [""]
        run.told |= {
            "state": run.wanted or ("failed" if code else "done"),
            "ended": self._now().isoformat(),
            "exit_code": code if code >= 0 else None,
            "cause": lines[-1] if lines else "",
        }

    async def _query(self, request: web.Request) -> web.Response:
        keys = (await request.json())["keys"]
        found = [self._told(self.runs[key]) for key in keys if key in self.runs]
        return web.json_response(found)

    async def _log(self, request: web.Request) -> web.Response:
        run = self.runs.get(request.match_info["key"])
        if run is None:
            return web.json_response({"error": "there is no such run"}, status=404)
        start, most = int(request.query["offset"]), int(request.query["limit"])
        is_over = "ended" in run.told
        with run.log.open("rb") as file:
            file.seek(start)
            content = file.read(most)
            size = file.seek(0, 2)
        headers = {"X-Size": str(size), "X-Over": str(is_over).lower()}
        return web.Response(body=content, headers=headers)

    async def _stop(self, request: web.Request) -> web.Response:
        run = self.runs.get(request.match_info["key"])
        if run is None:
            return web.json_response({"error": "there is no such run"}, status=404)
        if "ended" not in run.told:
            run.wanted = "stopped"
            with contextlib.suppress(ProcessLookupError):
                run.process.terminate()
        return web.Response(status=202)

    def _told(self, run: Run) -> dict[str, Any]:
        return {"state": "running", **run.told, "size": run.log.stat().st_size}
