"""Open windows: each is told what changed in what it looks at, and nothing else."""

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Annotated, Literal

from aiohttp import WSMsgType, web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from simulator.page import sights
from simulator.page.acts import Id
from simulator.page.looks import Look, resolve
from simulator.page.marks import Marks
from simulator.shapes import JsonObject

if TYPE_CHECKING:
    from simulator.journal import Changes
    from simulator.workspace import Workspace

TOGETHER_SECONDS = 0.02
HEARTBEAT_SECONDS = 20
MESSAGE_BYTES = 16_384


class LookAt(BaseModel):
    """A window turned to another person or place; `turn` numbers its looks."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: Literal["look"]
    turn: int
    user: Annotated[str, Field(max_length=100)] | None = None
    channel: Annotated[str, Field(max_length=100)] | None = None
    thread: Id | None = None


class ReadUpTo(BaseModel):
    """The person in front of the window has seen a conversation up to `ts`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: Literal["read"]
    channel: Id
    ts: Annotated[str, Field(pattern=r"^\d{1,12}\.\d{1,9}$")]


_WORDS: TypeAdapter[LookAt | ReadUpTo] = TypeAdapter(
    Annotated[LookAt | ReadUpTo, Field(discriminator="type")]
)


def full_patch(workspace: "Workspace", look: Look, marks: Marks, turn: int = 0) -> JsonObject:
    """All a window needs to begin with."""
    return _Memory().patch(workspace, look, marks, turn)


class Watcher:
    """One window's connection."""

    def __init__(self, workspace: "Workspace", marks: Marks, socket: web.WebSocketResponse) -> None:
        self._workspace = workspace
        self._marks = marks
        self._socket = socket
        self._asked: LookAt | None = None
        self._memory = _Memory()
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Serve until the window or the workspace closes."""
        self._marks.watch(self._changed)
        with self._workspace.subscribe() as changes:
            tasks = [
                asyncio.create_task(self._listen()),
                asyncio.create_task(self._notice(changes)),
                asyncio.create_task(self._tell()),
            ]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._marks.unwatch(self._changed)
                for task in tasks:
                    task.cancel()
                ended = await asyncio.gather(*tasks, return_exceptions=True)
        for outcome in ended:
            if isinstance(outcome, Exception):
                raise outcome

    async def _listen(self) -> None:
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                return
            # A window that says nonsense is an old one; it may stay and see what it saw.
            with contextlib.suppress(ValidationError):
                self._heard(_WORDS.validate_json(message.data))

    def _heard(self, said: LookAt | ReadUpTo) -> None:
        if isinstance(said, LookAt):
            self._asked = said
            self._memory = _Memory()
            self._changed.set()
        elif self._asked is not None and (look := self._look(self._asked)) is not None:
            self._marks.move(look.viewer.id, said.channel, said.ts)

    async def _notice(self, changes: "Changes") -> None:
        async for _ in changes:
            self._changed.set()

    async def _tell(self) -> None:
        while True:
            await self._changed.wait()
            # What happens together is told together.
            await asyncio.sleep(TOGETHER_SECONDS)
            self._changed.clear()
            if self._asked is None or (look := self._look(self._asked)) is None:
                continue
            patch = self._memory.patch(self._workspace, look, self._marks, self._asked.turn)
            if patch:
                # The window may have closed in between; that ends the watch like any closing.
                with contextlib.suppress(ConnectionError):
                    await self._socket.send_json(patch)

    def _look(self, asked: LookAt) -> Look | None:
        return resolve(self._workspace, asked.user, asked.channel, asked.thread)


class _Memory:
    """What a window was told last, so that only changes travel."""

    def __init__(self) -> None:
        self._look: JsonObject | None = None
        self._sections: dict[str, str] = {}
        self._lists: dict[str, dict[str, str]] = {}

    def patch(self, workspace: "Workspace", look: Look, marks: Marks, turn: int) -> JsonObject:
        """What changed since the last patch; empty when nothing did."""
        described = look.described()
        fresh = described != self._look
        if fresh:
            self._look = described
            self._sections.clear()
            self._lists.clear()
        patch: JsonObject = {
            "sections": self._changed_sections(sights.sections(workspace, look, marks)),
            "feed": self._changed_list("feed", sights.feed(workspace, look), fresh=fresh),
            "thread": self._changed_list("thread", sights.thread(workspace, look), fresh=fresh),
        }
        if not fresh and not any(patch.values()):
            return {}
        return patch | {"turn": turn, "fresh": fresh, "look": described}

    def _changed_sections(self, sections: JsonObject) -> JsonObject:
        changed: JsonObject = {}
        for name, value in sections.items():
            written = json.dumps(value)
            if self._sections.get(name) != written:
                self._sections[name] = written
                changed[name] = value
        return changed

    def _changed_list(
        self, name: str, messages: list[JsonObject], *, fresh: bool
    ) -> JsonObject | None:
        before = self._lists.get(name, {})
        now = {str(one["ts"]): json.dumps(one) for one in messages}
        self._lists[name] = now
        changed = {ts: one for one in messages if before.get(ts := str(one["ts"])) != now[ts]}
        if not fresh and not changed and list(before) == list(now):
            return None
        return {"order": list(now), "changed": changed}
