"""A Chat in memory that keeps what Slack would keep, and fails the ways that Slack fails."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from bot.adapters.budgets import Budgets
from bot.domain.actors import MessageRef, PersonId, Place
from bot.domain.errors import Permanent, PortError
from bot.domain.notices import Lane
from bot.ports import Attachment, Rendered


@dataclass(kw_only=True, slots=True)
class Post:
    """One message as it stands, and every text it showed before."""

    ref: MessageRef
    place: Place
    key: str
    shown: list[str]

    @property
    def text(self) -> str:
        return self.shown[-1]


@dataclass(kw_only=True, slots=True)
class Upload:
    place: Place
    filename: str
    content: bytes


@dataclass(kw_only=True, slots=True)
class Fault:
    """One failing call; when `stored`, it does its work all the same and the answer is lost."""

    error: PortError
    stored: bool


@dataclass(kw_only=True, slots=True)
class FakeChat:
    """`closed` maps a channel to the error that every post there meets; `budgets` are kept as the
    real one keeps them, where given.
    """

    posts: list[Post] = field(default_factory=list[Post])
    uploads: list[Upload] = field(default_factory=list[Upload])
    files: dict[str, Attachment] = field(default_factory=dict[str, Attachment])
    closed: dict[str, PortError] = field(default_factory=dict[str, PortError])
    calls: list[str] = field(default_factory=list[str])
    budgets: Budgets | None = None
    faults: dict[str, deque[Fault]] = field(default_factory=dict[str, deque[Fault]])

    def fail_next(self, method: str, error: PortError, *, stored: bool = False) -> None:
        self.faults.setdefault(method, deque()).append(Fault(error=error, stored=stored))

    def delete(self, post: Post) -> None:
        """Somebody deletes a message by hand."""
        self.posts.remove(post)

    def messages(self, channel: str, thread: str | None = None) -> list[str]:
        """Texts as they stand, of a channel's top level or of one of its threads."""
        return [
            post.text
            for post in self.posts
            if post.ref.channel == channel and (thread is None or post.place.thread == thread)
        ]

    def dms(self, user: str) -> list[str]:
        return self.messages(f"D{user}")

    async def post(
        self, place: Place, message: Rendered, *, key: str, lane: Lane | None = None
    ) -> MessageRef:
        await self._spend("chat.postMessage", place.channel, lane)
        fault = self._called("post", place.channel)
        ref = MessageRef(team=place.team, channel=place.channel, ts=f"{len(self.calls)}.0")
        if fault is None or fault.stored:
            self.posts.append(Post(ref=ref, place=place, key=key, shown=[message.text]))
        _raise(fault)
        return ref

    async def find_posted(self, place: Place, key: str, since: datetime) -> MessageRef | None:
        _raise(self._called("find_posted", place.channel))
        for post in self.posts:
            if post.key == key and (post.place.channel, post.place.thread) == (
                place.channel,
                place.thread,
            ):
                return post.ref
        return None

    async def link(self, ref: MessageRef) -> str:
        _raise(self._called("link", ref.channel))
        return f"https://chat.test/archives/{ref.channel}/p{ref.ts}"

    async def update(
        self, ref: MessageRef, message: Rendered, *, key: str, lane: Lane | None = None
    ) -> None:
        await self._spend("chat.update", ref.channel, lane)
        fault = self._called("update", ref.channel)
        post = next((each for each in self.posts if each.ref == ref), None)
        if post is None:
            raise Permanent("Slack refused: message_not_found", code="message_not_found")
        if fault is None or fault.stored:
            # Slack replaces the metadata with the message.
            post.shown.append(message.text)
            post.key = key
        _raise(fault)

    async def upload(
        self,
        place: Place,
        *,
        filename: str,
        title: str,
        content: bytes,
        lane: Lane | None = None,
    ) -> None:
        await self._spend("files.completeUploadExternal", place.channel, lane)
        fault = self._called("upload", place.channel)
        if fault is None or fault.stored:
            self.uploads.append(Upload(place=place, filename=filename, content=content))
        _raise(fault)

    async def find_uploaded(self, place: Place, filename: str, since: datetime) -> bool:
        _raise(self._called("find_uploaded", place.channel))
        return any(each.filename == filename and each.place == place for each in self.uploads)

    async def download(
        self, parameter: str, file: str, *, by: PersonId, place: Place
    ) -> Attachment:
        _raise(self._called("download", ""))
        return self.files[file]

    async def dm(self, person: PersonId) -> Place:
        _raise(self._called("dm", ""))
        return Place(team=person.team, channel=f"D{person.user}")

    async def _spend(self, method: str, channel: str, lane: Lane | None) -> None:
        if self.budgets is not None:
            await self.budgets.spend(method, channel, lane)

    def _called(self, method: str, channel: str) -> Fault | None:
        self.calls.append(method)
        if channel in self.closed:
            raise self.closed[channel]
        waiting = self.faults.get(method)
        return waiting.popleft() if waiting else None


def _raise(fault: Fault | None) -> None:
    if fault is not None:
        raise fault.error
