"""How far each person has read each conversation, and what waits for them."""

import asyncio
from collections.abc import Iterable

from simulator.messages import Message


class Marks:
    """The newest message each person has seen, by conversation; windows hear of changes.

    What was there when somebody first looked counts as read: a workspace restored from its
    file does not greet people with a hundred unread messages.
    """

    def __init__(self, since: str) -> None:
        self._since = since
        self._read: dict[tuple[str, str], str] = {}
        self._windows: set[asyncio.Event] = set()

    def read(self, user: str, channel: str) -> str:
        """The ts up to which this person has read."""
        return self._read.get((user, channel), self._since)

    def move(self, user: str, channel: str, ts: str) -> None:
        """They have read up to `ts`; a mark never moves back."""
        if ts > self.read(user, channel):
            self._read[user, channel] = ts
            for changed in self._windows:
                changed.set()

    def watch(self, changed: asyncio.Event) -> None:
        self._windows.add(changed)

    def unwatch(self, changed: asyncio.Event) -> None:
        self._windows.discard(changed)

    def unread(self, user: str, channel: str, messages: Iterable[Message]) -> list[Message]:
        """What others wrote since then; `messages` newest first."""
        upto = self.read(user, channel)
        fresh: list[Message] = []
        for message in messages:
            if message.ts <= upto:
                break
            if message.user != user:
                fresh.append(message)
        return fresh
