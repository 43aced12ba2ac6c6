"""The HTTP server: the Web API, Socket Mode, uploads, response URLs, and the page."""

import asyncio

from aiohttp import web

from simulator.faults import Fault, Trouble
from simulator.methods import answer
from simulator.methods.calls import Call
from simulator.shapes import JsonObject, is_object
from simulator.teams import Team

BODY_BYTES = 64 * 1024 * 1024


def build(team: Team) -> web.Application:
    app = web.Application(client_max_size=BODY_BYTES)
    api = WebApi(team)
    app.router.add_route("*", "/api/{method}", api.call)
    app.router.add_get("/link/", team.sockets.serve)
    return app


class WebApi:
    """Reads a request, lets the faults in force act, answers as Slack does."""

    def __init__(self, team: Team) -> None:
        self._team = team

    async def call(self, request: web.Request) -> web.StreamResponse:
        team = self._team
        method = request.match_info["method"]
        args = await _arguments(request)
        channel = args.get("channel")
        troubles = team.faults.for_call(method, channel if isinstance(channel, str) else None)
        for fault in troubles.values():
            team.journal.add("fault", method, {"trouble": str(fault.trouble)})
        if (delay := troubles.get(Trouble.DELAY)) is not None:
            await asyncio.sleep(delay.seconds)
        if (failed := _failure(troubles)) is not None:
            return failed
        answered = answer(team, Call(method=method, args=args), _token(request, args))
        team.journal.add("api", method, {"args": args, "answer": answered})
        if Trouble.LOST_ANSWER in troubles and request.transport is not None:
            request.transport.abort()
        return web.json_response(answered, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"x-oauth-scopes": ",".join(sorted(self._team.scopes))}


def _failure(troubles: dict[Trouble, Fault]) -> web.Response | None:
    if (limit := troubles.get(Trouble.RATELIMIT)) is not None:
        return web.json_response(
            {"ok": False, "error": "ratelimited"},
            status=429,
            headers={"Retry-After": str(int(limit.seconds))},
        )
    if (broken := troubles.get(Trouble.SERVER_ERROR)) is not None:
        return web.Response(status=broken.status, text="internal error")
    return None


async def _arguments(request: web.Request) -> JsonObject:
    args: JsonObject = dict(request.query)
    if request.content_type == "application/json":
        body: object = await request.json()
        if is_object(body):
            args.update(body)
    elif request.can_read_body:
        args.update({k: v for k, v in (await request.post()).items() if isinstance(v, str)})
    return args


def _token(request: web.Request, args: JsonObject) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else str(args.get("token") or "")
