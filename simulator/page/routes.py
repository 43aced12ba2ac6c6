"""The addresses of the page: the client, its state, gestures, suggestions, files, live changes."""

from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from simulator.page import watchers
from simulator.page.acts import (
    Act,
    Refused,
    Suggest,
    find_person,
    keep_upload,
    perform,
    suggestions,
)
from simulator.page.assets import read_assets
from simulator.page.descriptions import is_picture
from simulator.page.guards import SAFE_HEADERS, Handler, guarded, policy
from simulator.page.looks import resolve
from simulator.page.marks import Marks

if TYPE_CHECKING:
    from simulator.workspace import Workspace

UPLOAD_BYTES = 20 * 1024 * 1024
_ACT: TypeAdapter[Act] = TypeAdapter(Act)


def add_page(app: web.Application, workspace: "Workspace") -> None:
    """Serve the chat client under "/" and its own calls under "/page/"."""
    page = Page(workspace)
    app.router.add_get("/", guarded(page.index))
    app.router.add_get("/page/static/{name}", guarded(page.asset))
    app.router.add_get("/page/state", guarded(answered(page.state)))
    app.router.add_post("/page/act", guarded(answered(page.act)))
    app.router.add_get("/page/suggest", guarded(answered(page.suggest)))
    app.router.add_post("/page/upload", guarded(answered(page.upload)))
    app.router.add_get("/page/files/{file_id}", guarded(answered(page.file)))
    app.router.add_get("/page/live", guarded(page.live))


def answered(handler: Handler) -> Handler:
    """Turn what a gesture was refused for into a sentence the page shows."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except ValidationError as error:
            return _sorry(400, f"That was not understood: {_first(error)}.")
        except Refused as error:
            return _sorry(409, str(error))
        except LookupError as error:
            return _sorry(409, f"That is no longer there ({error.args[0]}).")
        except TimeoutError:
            return _sorry(504, "The app did not answer in time.")

    return answer


def _first(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']}"


def _sorry(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)


class Page:
    """The handlers, around one workspace."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._marks = Marks(since=f"{workspace.team.clock.now():.6f}")
        self._assets = read_assets()

    async def index(self, request: web.Request) -> web.Response:
        return self._serve("index.html", policy(request.host))

    async def asset(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._assets:
            raise web.HTTPNotFound
        return self._serve(name, SAFE_HEADERS)

    def _serve(self, name: str, headers: dict[str, str]) -> web.Response:
        asset = self._assets[name]
        return web.Response(
            body=asset.content,
            content_type=asset.content_type,
            charset="utf-8",
            headers=headers | {"Cache-Control": "no-cache"},
        )

    async def state(self, request: web.Request) -> web.Response:
        query = request.query
        look = resolve(
            self._workspace, query.get("user"), query.get("channel"), query.get("thread")
        )
        if look is None:
            raise Refused("This workspace has no people yet.")
        return web.json_response(watchers.full_patch(self._workspace, look, self._marks))

    async def act(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            raise Refused("A gesture is sent as JSON.")
        act = _ACT.validate_json(await request.read())
        return web.json_response(await perform(self._workspace, act))

    async def suggest(self, request: web.Request) -> web.Response:
        asked = Suggest.model_validate(dict(request.query))
        return web.json_response(await suggestions(self._workspace, asked))

    async def upload(self, request: web.Request) -> web.Response:
        person = find_person(self._workspace, request.query.get("user", ""))
        name = request.query.get("name", "")[:255].strip() or "file"
        if (request.content_length or 0) > UPLOAD_BYTES:
            raise Refused(f"{name} is larger than {UPLOAD_BYTES // 1024 // 1024} MB.")
        content = await request.content.read(UPLOAD_BYTES + 1)
        return web.json_response(keep_upload(self._workspace, person, name, content))

    async def file(self, request: web.Request) -> web.Response:
        file = self._workspace.team.files.find(request.match_info["file_id"])
        if file is None:
            raise Refused("This file is no longer there.")
        shown = is_picture(file) and "download" not in request.query
        disposition = "inline" if shown else "attachment"
        return web.Response(
            body=self._workspace.file_bytes(file.id),
            content_type=file.mimetype if shown else "application/octet-stream",
            headers=SAFE_HEADERS
            | {
                "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(file.name)}",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cache-Control": "private, max-age=3600",
            },
        )

    async def live(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(
            heartbeat=watchers.HEARTBEAT_SECONDS, max_msg_size=watchers.MESSAGE_BYTES
        )
        try:
            await socket.prepare(request)
        except ConnectionResetError:
            # A window that was closed or drawn anew while it was still opening its connection.
            return socket
        try:
            await watchers.Watcher(self._workspace, self._marks, socket).run()
        finally:
            await socket.close()
        return socket
