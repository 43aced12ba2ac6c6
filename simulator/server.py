"""The HTTP server: the Web API, Socket Mode, uploads, downloads, response URLs."""

import asyncio
import json

from aiohttp import web

from simulator.faults import Fault, Trouble
from simulator.methods import METHODS, answer, refused
from simulator.methods.calls import Call, Refusal
from simulator.responses import respond
from simulator.shapes import JsonObject, is_object
from simulator.teams import Team

BODY_BYTES = 64 * 1024 * 1024
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def build(team: Team) -> web.Application:
    app = web.Application(client_max_size=BODY_BYTES)
    slack = Slack(team)
    app.router.add_route("*", "/api/{method}", slack.call)
    app.router.add_get("/link/", team.sockets.serve)
    app.router.add_route("*", "/upload/v1/{file_id}", slack.upload)
    app.router.add_get("/files-pri/{team_and_file}/{name}", slack.download)
    app.router.add_post("/actions/{team}/{token}", slack.respond)
    return app


class Slack:
    """Reads a request, lets the faults in force act, answers as Slack does."""

    def __init__(self, team: Team) -> None:
        self._team = team

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One Web API method; always HTTP 200, save 429 and the faults asked for."""
        method = request.match_info["method"]
        try:
            args = await _arguments(request)
        except Refusal as refusal:
            self._team.journal.violate(method, refusal.error, "")
            return web.json_response(refused(refusal))
        channel = args.get("channel")
        troubles = self._troubles(method, channel if isinstance(channel, str) else None)
        if (delay := troubles.get(Trouble.DELAY)) is not None:
            await asyncio.sleep(delay.seconds)
        hindered = _failure(troubles) or self._limited(method, str(channel or ""))
        if hindered is not None:
            what = {"args": args, "status": hindered.status}
            self._team.journal.add("api", method, what)
            return hindered
        answered = answer(self._team, Call(method=method, args=args), _token(request, args))
        self._team.journal.add("api", method, {"args": args, "answer": answered})
        return self._respond(request, answered, lost=Trouble.LOST_ANSWER in troubles)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file, raw or as the one file of a form."""
        troubles = self._troubles("upload", None)
        if (failed := _failure(troubles)) is not None:
            return failed
        content = await _bytes(request)
        if not self._team.files.receive(request.match_info["file_id"], content):
            return web.Response(status=404, text="no such upload")
        if Trouble.LOST_ANSWER in troubles:
            return _cut(request)
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """url_private: only for the bot's token."""
        if _token(request, {}) != self._team.bot_token:
            return web.Response(status=403, text="sign in first")
        file_id = request.match_info["team_and_file"].rpartition("-")[2]
        if (file := self._team.files.find(file_id)) is None:
            return web.Response(status=404)
        return web.Response(body=self._team.files.content(file_id), content_type=file.mimetype)

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """A response_url: 404 when used up or too old, 400 when wrong."""
        troubles = self._troubles("response_url", None)
        if (delay := troubles.get(Trouble.DELAY)) is not None:
            await asyncio.sleep(delay.seconds)
        if (failed := _failure(troubles)) is not None:
            return failed
        try:
            body = await _json_body(request)
            respond(self._team, request.match_info["token"], body)
        except Refusal as refusal:
            detail = "; ".join(refusal.messages)
            self._team.journal.violate("response_url", refusal.error, detail)
            gone = refusal.error in {"used_url", "expired_url"}
            return web.json_response(refused(refusal), status=404 if gone else 400)
        self._team.journal.add("api", "response_url", {"args": body, "answer": {"ok": True}})
        return self._respond(request, {"ok": True}, lost=Trouble.LOST_ANSWER in troubles)

    def _respond(
        self, request: web.Request, answered: JsonObject, *, lost: bool
    ) -> web.StreamResponse:
        if lost:
            return _cut(request)
        scopes = ",".join(sorted(self._team.scopes))
        return web.json_response(answered, headers={"x-oauth-scopes": scopes})

    def _troubles(self, method: str, channel: str | None) -> dict[Trouble, Fault]:
        troubles = self._team.faults.for_call(method, channel)
        for fault in troubles.values():
            self._team.journal.add("fault", method, {"trouble": str(fault.trouble)})
        return troubles

    def _limited(self, method: str, channel: str) -> web.Response | None:
        known = METHODS.get(method)
        tier = known.tier if known else None
        wait = self._team.limits.retry_after(method, tier, channel) if tier else None
        return None if wait is None else _too_many(wait)


def _failure(troubles: dict[Trouble, Fault]) -> web.Response | None:
    if (limit := troubles.get(Trouble.RATELIMIT)) is not None:
        return _too_many(int(limit.seconds))
    if (broken := troubles.get(Trouble.SERVER_ERROR)) is not None:
        return web.Response(status=broken.status, text="internal error")
    if (no := troubles.get(Trouble.REFUSAL)) is not None:
        return web.json_response({"ok": False, "error": no.error})
    return None


def _too_many(wait: int) -> web.Response:
    answered = {"ok": False, "error": "ratelimited"}
    return web.json_response(answered, status=429, headers={"Retry-After": str(wait)})


def _cut(request: web.Request) -> web.Response:
    """Break the connection; what is returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _arguments(request: web.Request) -> JsonObject:
    """Query, form and JSON merged; raises what Slack says to a body it cannot read."""
    args: JsonObject = dict(request.query)
    if request.content_type == "application/json":
        return args | await _json_body(request)
    if request.content_type in _FORMS:
        form = await request.post()
        return args | {name: value for name, value in form.items() if isinstance(value, str)}
    if request.can_read_body and await request.read():
        missing = "Content-Type" not in request.headers
        raise Refusal("missing_post_type" if missing else "invalid_post_type")
    return args


async def _json_body(request: web.Request) -> JsonObject:
    raw = await request.read()
    if not raw:
        return {}
    try:
        body: object = json.loads(raw)
    except ValueError:
        raise Refusal("invalid_json") from None
    if not is_object(body):
        raise Refusal("json_not_object")
    return body


async def _bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""


def _token(request: web.Request, args: JsonObject) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else str(args.get("token") or "")
