"""What Slack saw: every message stored, by its key, and which cards wait for whom."""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from simulator import Message, Workspace
from simulator.journal import Entry

_NAMED = re.compile(r"\bn(\d+)(?:-\d+)?\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A message that Slack stored: `at` on the monotonic clock; `lost` when nobody was told so."""

    at: float
    channel: str
    ts: str
    lost: bool


class Watch:
    """Reads the workspace's journal as it is written.

    `sent` has each stored post by channel and the key in its metadata, `cards` where the request
    of a name is shown; `on_card` is called with the name and the number of each new one. `calls`
    and `troubles` are counted by method and kind.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.sent: defaultdict[str, list[Sent]] = defaultdict(list)
        self.cards: defaultdict[str, list[Sent]] = defaultdict(list)
        self.calls: Counter[str] = Counter()
        self.troubles: Counter[str] = Counter()
        self.given_up: set[str] = set()
        self.latencies: list[float] = []
        self.on_card: Callable[[str, int], None] = lambda _name, _number: None
        self._workspace = workspace
        self._lost = ""
        self._events: dict[str, str] = {}
        self._acked: set[str] = set()
        workspace.team.journal.watch(self._see)

    def card(self, name: str) -> Message | None:
        """The card of a request as it stands now; of two the one that is kept true."""
        found = [each for sent in self.cards.get(name, ()) if (each := self.found(sent))]
        return next((each for each in found if each.edits), found[-1] if found else None)

    def found(self, sent: Sent) -> Message | None:
        return self._workspace.team.messages.find(sent.channel, sent.ts)

    def brings_again(self, events: Iterable[str]) -> bool:
        """Whether Slack will bring one of them again: not acked by anybody, and not given up."""
        heard = {self._events.get(envelope, "") for envelope in self._acked}
        return not heard.union(self.given_up).issuperset(events)

    def _see(self, entry: Entry) -> None:
        match entry.kind:
            case "fault":
                trouble = str(entry.what.get("trouble"))
                self.troubles[trouble] += 1
                # It is logged just before the call that it strikes.
                self._lost = entry.who if trouble == "lost_answer" else self._lost
            case "api":
                self.calls[entry.who] += 1
                lost, self._lost = self._lost == entry.who, ""
                if entry.who == "chat.postMessage":
                    self._posted(entry.what, lost=lost)
            case "event" if entry.who == "given up":
                self.given_up.add(str(entry.what.get("event_id")))
            case "envelope" if entry.who == "events_api":
                event = str(entry.what["payload"].get("event_id"))
                self._events[str(entry.what["envelope_id"])] = event
            case "ack":
                self._acked.add(str(entry.what["envelope_id"]))
                if isinstance(latency := entry.what.get("latency"), float):
                    self.latencies.append(latency)
            case _:
                return

    def _posted(self, what: dict[str, Any], *, lost: bool) -> None:
        answer: dict[str, Any] = what.get("answer") or {}
        if not answer.get("ok"):
            return
        metadata: dict[str, Any] = what["args"].get("metadata") or {}
        payload: dict[str, Any] = metadata.get("event_payload") or {}
        key = str(payload.get("key", ""))
        if not key:
            return
        sent = Sent(
            at=time.monotonic(), channel=str(answer["channel"]), ts=str(answer["ts"]), lost=lost
        )
        self.sent[f"{sent.channel} {key}"].append(sent)
        if key.startswith("card:"):
            self._is_card(sent)

    def _is_card(self, sent: Sent) -> None:
        message = self.found(sent)
        named = _NAMED.search(message.seen) if message else None
        if named:
            self.cards[named[0]].append(sent)
            if len(self.cards[named[0]]) == 1:
                self.on_card(named[0], int(named[1]))


def offers(message: Message | None, action: str) -> bool:
    """True when the message has a button of this action."""
    return message is not None and any(name == action for name, *_ in message.buttons)
