"""Modals and Home tabs: the stack each person has open, and how Slack describes a view."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.readings import placed, read
from simulator.shapes import JsonObject, text_of

STACK_DEPTH = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """One modal or Home tab of one person; `state` is {block_id: {action_id: value object}}."""

    id: str
    user: str
    type: str
    blocks: tuple[JsonObject, ...]
    hash: str
    title: str = ""
    submit_text: str = ""
    close_text: str = ""
    callback_id: str = ""
    private_metadata: str = ""
    external_id: str = ""
    clear_on_close: bool = False
    notify_on_close: bool = False
    root_id: str = ""
    previous_id: str | None = None
    state: JsonObject

    @property
    def seen(self) -> str:
        """Title, blocks and buttons at the foot, in reading order."""
        parts = (self.title, read(list(self.blocks)), self.submit_text)
        return "\n".join(part for part in parts if part)

    @property
    def inputs(self) -> list[str]:
        """block_id and action_id of everything one can fill in or press."""
        ids = [name for one in placed(list(self.blocks)) for name in (one.block_id, one.action_id)]
        return list(dict.fromkeys(ids))

    @property
    def buttons(self) -> list[tuple[str, str, str]]:
        """(action_id, text, value) of each button in its blocks."""
        return [
            (one.action_id, one.label, str(one.element.get("value", "")))
            for one in placed(list(self.blocks))
            if one.type == "button"
        ]


def view_object(view: View, *, team_id: str, app_id: str, bot_id: str) -> JsonObject:
    """The view as payloads and answers carry it."""
    described: JsonObject = {
        "id": view.id,
        "team_id": team_id,
        "type": view.type,
        "blocks": list(view.blocks),
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "state": {"values": view.state},
        "hash": view.hash,
        "title": _plain(view.title or "View Title"),
        "clear_on_close": view.clear_on_close,
        "notify_on_close": view.notify_on_close,
        "close": _plain(view.close_text) if view.close_text else None,
        "submit": _plain(view.submit_text) if view.submit_text else None,
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": app_id,
        "external_id": view.external_id,
        "app_installed_team_id": team_id,
        "bot_id": bot_id,
    }
    return described


def parsed(view: JsonObject) -> dict[str, object]:
    """The fields of a checked view payload under the names of `View`."""
    return {
        "type": str(view["type"]),
        "title": text_of(view.get("title")),
        "submit_text": text_of(view.get("submit")),
        "close_text": text_of(view.get("close")),
        "callback_id": str(view.get("callback_id") or ""),
        "private_metadata": str(view.get("private_metadata") or ""),
        "external_id": str(view.get("external_id") or ""),
        "clear_on_close": bool(view.get("clear_on_close")),
        "notify_on_close": bool(view.get("notify_on_close")),
    }


class Views:
    """Open modals by person (bottom first) and the Home tab of each."""

    def __init__(self) -> None:
        self._open: dict[str, View] = {}
        self._stacks: dict[str, list[str]] = {}
        self._homes: dict[str, View] = {}
        self._last_id = 0
        self._hashes = itertools.count(1)

    def new_id(self, now: float) -> str:
        """An id no view had before, in an earlier run of a kept workspace neither."""
        self._last_id = max(int(now * 1_000_000), self._last_id + 1)
        return f"V{self._last_id:X}"

    def new_hash(self, now: float) -> str:
        return f"{int(now)}.{next(self._hashes):08x}"

    def stack(self, user: str) -> list[View]:
        return [self._open[view_id] for view_id in self._stacks.get(user, ())]

    def top(self, user: str) -> View | None:
        stack = self._stacks.get(user)
        return self._open[stack[-1]] if stack else None

    def push(self, view: View) -> View:
        self._open[view.id] = view
        self._stacks.setdefault(view.user, []).append(view.id)
        return view

    def put(self, view: View) -> View:
        """Replace the open modal or the Home tab of that id."""
        if view.type == "home":
            self._homes[view.user] = view
        else:
            self._open[view.id] = view
        return view

    def drop(self, view: View) -> None:
        """Close this one modal; the one below it shows again."""
        self._open.pop(view.id, None)
        stack = self._stacks.get(view.user, [])
        if view.id in stack:
            stack.remove(view.id)

    def clear(self, user: str) -> list[View]:
        """Close the person's whole stack; returns what was open, top first."""
        closed = self.stack(user)[::-1]
        for view in closed:
            self.drop(view)
        return closed

    def home(self, user: str) -> View | None:
        return self._homes.get(user)

    @property
    def homes(self) -> list[View]:
        return list(self._homes.values())

    def find(self, view_id: str) -> View | None:
        found = self._open.get(view_id)
        return found or next((h for h in self._homes.values() if h.id == view_id), None)

    def find_external(self, external_id: str) -> View | None:
        return next((one for one in self.everything() if one.external_id == external_id), None)

    def everything(self) -> Iterator[View]:
        yield from self._open.values()
        yield from self._homes.values()


def _plain(text: str) -> JsonObject:
    return {"type": "plain_text", "text": text, "emoji": True}
