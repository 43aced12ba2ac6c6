"""The state file: people, channels, messages, files and Home tabs, kept between runs.

JSON lines, one value a line with its kind; the bytes of files lie in a folder beside it.
"""

import asyncio
import json
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from simulator.channels import Channel
from simulator.files import File
from simulator.journal import Entry
from simulator.messages import Message
from simulator.people import User, Usergroup
from simulator.shapes import is_object
from simulator.teams import Team
from simulator.views import View

DEBOUNCE_SECONDS = 0.3
WRITING_SHARE = 10
VERSION = 1
#: kinds of log entries after which there is something new to keep
_CHANGES = frozenset({"message", "ephemeral", "person", "channel", "home", "file", "reaction"})
_KINDS: dict[str, TypeAdapter[Any]] = {
    "user": TypeAdapter(User),
    "group": TypeAdapter(Usergroup),
    "channel": TypeAdapter(Channel),
    "message": TypeAdapter(Message),
    "home": TypeAdapter(View),
    "file": TypeAdapter(File),
}


class Keeper:
    """Saves the workspace soon after it changed; writing happens in a thread."""

    def __init__(self, team: Team, path: Path) -> None:
        self._team = team
        self._path = path
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._saving = asyncio.Lock()
        self._pause = DEBOUNCE_SECONDS

    def start(self) -> None:
        self._team.journal.watch(self._changed)
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write the last changes, then stop."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        await self._save()

    def _changed(self, entry: Entry) -> None:
        if entry.kind in _CHANGES:
            self._wanted.set()

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            await asyncio.sleep(self._pause)
            self._wanted.clear()
            # shielded, so that a stop waits for a whole file instead of half of one
            try:
                await asyncio.shield(self._save())
            except OSError as error:
                # a full disk may be mended; the next change tries again
                self._team.journal.add("fault", "state file", {"unwritable": str(error)})

    async def _save(self) -> None:
        # one writer at a time: a stop may come while the one before still writes
        async with self._saving:
            team = self._team
            values = list(_values(team))
            contents = {file.id: team.files.content(file.id) for file in team.files.all}
            began = time.monotonic()
            await asyncio.to_thread(_write, self._path, values, contents)
            # a large workspace is written less often, so that writing stays a small share
            self._pause = max(DEBOUNCE_SECONDS, WRITING_SHARE * (time.monotonic() - began))
            team.journal.add("saved", "state file", {"values": len(values)})


def restore(team: Team, path: Path) -> None:
    """Take back what an earlier run kept; an unreadable file is put aside, not overwritten."""
    if not path.exists():
        return
    try:
        kept = list(_read(path))
    except (OSError, ValueError, ValidationError) as error:
        aside = path.with_name(f"{path.name}.unreadable")
        path.replace(aside)
        team.journal.add("fault", "state file", {"unreadable": str(error), "aside": aside.name})
        return
    for value in kept:
        _take(team, path, value)


def _values(team: Team) -> Iterator[tuple[str, object]]:
    yield from (("user", one) for one in team.people.users)
    yield from (("group", one) for one in team.people.groups)
    yield from (("channel", one) for one in team.channels.all)
    yield from (("message", one) for one in team.messages.everything())
    yield from (("home", one) for one in team.views.homes)
    yield from (("file", one) for one in team.files.all)


def _write(path: Path, values: Iterable[tuple[str, object]], contents: dict[str, bytes]) -> None:
    folder = _folder(path)
    folder.mkdir(parents=True, exist_ok=True)
    for file_id, content in contents.items():
        if not (folder / file_id).exists():
            (folder / file_id).write_bytes(content)
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as out:
        out.write(json.dumps({"version": VERSION}).encode() + b"\n")
        for kind, value in values:
            out.write(f'{{"{kind}":'.encode() + _KINDS[kind].dump_json(value) + b"}\n")
        out.flush()
        os.fsync(out.fileno())
    partial.replace(path)


def _read(path: Path) -> Iterator[User | Usergroup | Channel | Message | View | File]:
    with path.open("rb") as lines:
        header: object = json.loads(next(lines, b"null"))
        if not is_object(header) or header.get("version") != VERSION:
            raise ValueError(f"not a state file of version {VERSION}")
        for line in lines:
            wrapped: object = json.loads(line)
            if not is_object(wrapped) or len(wrapped) != 1:
                raise ValueError("not one value a line")
            kind, value = wrapped.popitem()
            if kind not in _KINDS:
                raise ValueError(f"unknown kind of value: {kind}")
            yield _KINDS[kind].validate_python(value)


def _take(
    team: Team, path: Path, value: User | Usergroup | Channel | Message | View | File
) -> None:
    match value:
        case User():
            # the bot is the one of this run, its name may be another
            if not value.is_bot:
                team.people.put(value)
        case Usergroup():
            team.people.put_group(value)
        case Channel():
            team.channels.put(value)
        case Message():
            team.messages.add(value)
        case View():
            team.views.put(value)
        case File():
            stored = _folder(path) / value.id
            if stored.exists():
                team.files.put(value, stored.read_bytes())


def _folder(path: Path) -> Path:
    return path.with_name(f"{path.name}.files")
