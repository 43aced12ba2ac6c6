"""Messages as people see them, kept by channel, thread and (ephemerals) viewer."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from simulator.readings import placed, read
from simulator.shapes import JsonObject, objects, text_of

MESSAGES_KEPT = 2_000
EPHEMERALS_KEPT = 500
EDITS_KEPT = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message as it is now; take it again from the workspace to see it changed.

    `ephemeral_to` is the only person who sees it, else empty; `reactions` maps a name to the ids
    of those who reacted; `edits` holds the earlier versions, oldest first.
    """

    ts: str
    channel: str
    user: str
    text: str
    blocks: tuple[JsonObject, ...] = ()
    attachments: tuple[JsonObject, ...] = ()
    metadata: JsonObject | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    reactions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    files: tuple[str, ...] = ()
    edits: tuple["Message", ...] = ()
    edited_ts: str = ""
    deleted: bool = False
    bot_id: str = ""
    username: str = ""
    ephemeral_to: str = ""
    client_msg_id: str = ""
    subtype: str = ""

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def seen(self) -> str:
        """Everything visible, in reading order; blocks hide the text where there are any."""
        shown = read(list(self.blocks)) if self.blocks else self.text
        return "\n".join(part for part in (shown, *map(_attached, self.attachments)) if part)

    @property
    def buttons(self) -> list[tuple[str, str, str]]:
        """(action_id, text, value) of each button."""
        return [
            (one.action_id, one.label, str(one.element.get("value", "")))
            for one in placed(list(self.blocks))
            if one.type == "button"
        ]


class Messages:
    """The newest messages of every channel, in the order of their ts."""

    def __init__(self) -> None:
        self._channels: dict[str, dict[str, Message]] = {}
        self._threads: dict[tuple[str, str], list[str]] = {}
        self._ephemerals: dict[str, deque[Message]] = {}
        self._last_micros = 0

    def new_ts(self, now: float) -> str:
        """A ts no other message has: seconds with six decimals, as text."""
        self._last_micros = max(int(now * 1_000_000), self._last_micros + 1)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    def add(self, message: Message) -> Message:
        if message.ephemeral_to:
            mine = self._ephemerals.setdefault(message.ephemeral_to, deque(maxlen=EPHEMERALS_KEPT))
            mine.append(message)
            return message
        channel = self._channels.setdefault(message.channel, {})
        channel[message.ts] = message
        self._last_micros = max(self._last_micros, int(message.ts.replace(".", "")))
        if message.is_reply and message.thread_ts:
            self._threads.setdefault((message.channel, message.thread_ts), []).append(message.ts)
        if len(channel) > MESSAGES_KEPT:
            self._forget(channel.pop(next(iter(channel))))
        return message

    def put(self, message: Message) -> Message:
        """Replace the message of that ts."""
        if not message.ephemeral_to:
            self._channels[message.channel][message.ts] = message
            return message
        mine = self._ephemerals[message.ephemeral_to]
        mine[next(i for i, one in enumerate(mine) if one.ts == message.ts)] = message
        return message

    def edit(self, message: Message, **changes: object) -> Message:
        """Put a changed version, keeping the one before among its edits."""
        earlier = (*message.edits, replace(message, edits=()))[-EDITS_KEPT:]
        return self.put(replace(message, edits=earlier, **changes))

    def find(self, channel: str, ts: str) -> Message | None:
        found = self._channels.get(channel, {}).get(ts)
        return found if found is not None and not found.deleted else None

    def find_ephemeral(self, viewer: str, ts: str) -> Message | None:
        mine = self._ephemerals.get(viewer, ())
        return next((one for one in mine if one.ts == ts and not one.deleted), None)

    def may_have_been(self, channel: str, ts: str) -> bool:
        """Whether a message of that ts was deleted here, or is older than all that is kept."""
        known = self._channels.get(channel, {})
        return ts in known or (len(known) >= MESSAGES_KEPT and ts < next(iter(known)))

    def top_level(self, channel: str) -> list[Message]:
        """Messages of the channel that are not replies, oldest first."""
        everything = self._channels.get(channel, {}).values()
        return [
            one for one in everything if not one.deleted and (not one.is_reply or one.broadcast)
        ]

    def replies(self, channel: str, ts: str) -> list[Message]:
        known = self._channels.get(channel, {})
        stamps = self._threads.get((channel, ts), ())
        return [known[ts] for ts in stamps if ts in known and not known[ts].deleted]

    def ephemerals(self, viewer: str) -> list[Message]:
        return [one for one in self._ephemerals.get(viewer, ()) if not one.deleted]

    def everything(self) -> Iterator[Message]:
        """Each stored message, deleted and ephemeral ones too, for the state file."""
        for channel in self._channels.values():
            yield from channel.values()
        for mine in self._ephemerals.values():
            yield from mine

    def _forget(self, message: Message) -> None:
        self._threads.pop((message.channel, message.ts), None)


def _attached(attachment: JsonObject) -> str:
    words = [text_of(attachment.get(key)) for key in ("pretext", "title", "text")]
    words.append(read(objects(attachment.get("blocks"))))
    return "\n".join(word for word in words if word)
