"""Chat: Slack as the services see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.domain.actors import MessageRef, PersonId, Place
from bot.domain.notices import Lane
from bot.ports.platforms import Attachment


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A message ready to send: `text` reads well aloud, `blocks` are Block Kit."""

    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()


class Chat(Protocol):
    """Slack's outgoing side.

    Raises `Temporary`, `Ambiguous` or `Permanent`, whose code is Slack's error. A call with a
    `lane` is a notice's: it is not waited with, and leaves the lanes before it their share.
    """

    async def post(
        self, place: Place, message: Rendered, *, key: str, lane: Lane | None = None
    ) -> MessageRef:
        """Post; `key` travels in the message's metadata so that `find_posted` can find it again."""
        ...

    async def find_posted(self, place: Place, key: str, since: datetime) -> MessageRef | None:
        """The message that an earlier, unanswered `post` with this key left behind.

        The newest come first; of a conversation that said more than a few thousand messages since
        then, the oldest are not looked at.
        """
        ...

    async def update(
        self, ref: MessageRef, message: Rendered, *, key: str, lane: Lane | None = None
    ) -> None: ...

    async def link(self, ref: MessageRef) -> str:
        """An address that opens Slack at this message."""
        ...

    async def upload(
        self,
        place: Place,
        *,
        filename: str,
        title: str,
        content: bytes,
        lane: Lane | None = None,
    ) -> None:
        """Put a file into a conversation or thread."""
        ...

    async def find_uploaded(self, place: Place, filename: str, since: datetime) -> bool:
        """True when an earlier, unanswered `upload` of this file got through."""
        ...

    async def download(
        self, parameter: str, file: str, *, by: PersonId, place: Place
    ) -> Attachment:
        """A file by Slack's file id, at most 20 MB, that somebody may hand on.

        That is their own upload, or one shared in the conversation where they asked; any other is
        refused (Permanent, `not_your_file`), though the bot could read it.
        """
        ...

    async def dm(self, person: PersonId) -> Place:
        """The DM with a person."""
        ...
