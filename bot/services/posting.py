"""Posting: one message or file within Slack's budgets, and looked for first where it may stand."""

import structlog

from bot.domain.actors import MessageRef, Place
from bot.domain.errors import Ambiguous, Permanent, PortError
from bot.domain.notices import UPDATES, UPLOADS
from bot.ports import Chat, Outgoing, Rendered
from bot.services.holds import Holds

log = structlog.get_logger(__name__)

LONGEST_PLAIN = 3_000
"""Characters of a message that is sent again as plain text."""

_UNREADABLE = frozenset(
    {
        "block_mismatch",
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_too_long",
    }
)
"""Slack's words for blocks or text that it cannot take."""

_MAY_NOT_LOOK = frozenset(
    {"access_denied", "missing_scope", "no_permission", "not_allowed_token_type"}
)
"""Slack's words for a conversation that we may post in and not read."""


class Posting:
    """The chat, as one notice uses it; each refusal for a while is remembered as a hold."""

    def __init__(self, *, chat: Chat, holds: Holds) -> None:
        self._chat = chat
        self._holds = holds

    async def post(
        self,
        out: Outgoing,
        place: Place,
        message: Rendered,
        *,
        key: str = "",
        changes: bool = False,
    ) -> MessageRef:
        """Where it stands, posted now or by an earlier try; `changes` when it may have since."""
        key, lane = key or out.notice.key, out.notice.lane
        is_blind = False
        if out.is_ambiguous:
            try:
                found = await self._chat.find_posted(place, key, out.written_at)
            except Permanent as error:
                is_blind, found = _goes_on(error, out), None
            if found is not None:
                if changes:
                    # It shows what was true when that try was made.
                    await self.update(out, found, message, key=key)
                return found
        target = place.channel if out.notice.target == UPDATES else out.notice.target
        try:
            with self._holds.learning(target, lane):
                try:
                    return await self._chat.post(place, message, key=key, lane=lane)
                except Permanent as error:
                    plain = _plain(message, error, out)
                return await self._chat.post(place, plain, key=key, lane=lane)
        except Ambiguous as error:
            raise _given_up(error, is_blind) from error

    async def update(
        self, out: Outgoing, ref: MessageRef, message: Rendered, *, key: str = ""
    ) -> None:
        key, lane = key or out.notice.key, out.notice.lane
        with self._holds.learning(UPDATES, lane):
            try:
                await self._chat.update(ref, message, key=key, lane=lane)
            except Permanent as error:
                plain = _plain(message, error, out)
                await self._chat.update(ref, plain, key=key, lane=lane)

    async def is_uploaded(self, out: Outgoing, place: Place, filename: str) -> bool:
        """True when an earlier try left the file there. Raises as the chat does."""
        if not out.is_ambiguous:
            return False
        try:
            return await self._chat.find_uploaded(place, filename, out.written_at)
        except Permanent as error:
            _goes_on(error, out)
            return False

    async def upload(
        self, out: Outgoing, place: Place, filename: str, title: str, content: bytes
    ) -> None:
        lane = out.notice.lane
        with self._holds.learning(UPLOADS, lane):
            await self._chat.upload(
                place, filename=filename, title=title, content=content, lane=lane
            )

    async def link(self, ref: MessageRef) -> str:
        """An address of a message; nothing when Slack does not say it."""
        try:
            return await self._chat.link(ref)
        except PortError as error:
            log.info("message_without_link", channel=ref.channel, error=str(error))
            return ""


def _plain(message: Rendered, error: Permanent, out: Outgoing) -> Rendered:
    """The message as nothing but its text. Raises the error when that would not help."""
    if error.code not in _UNREADABLE or not message.blocks:
        raise error
    log.error("message_sent_plain", key=out.notice.key, code=error.code)
    return Rendered(text=message.text[:LONGEST_PLAIN])


def _goes_on(error: Permanent, out: Outgoing) -> bool:
    """True when it is sent although it may stand already; else the error is raised."""
    if error.code not in _MAY_NOT_LOOK:
        raise error
    log.warning("sent_without_looking", key=out.notice.key, code=error.code)
    return True


def _given_up(error: Ambiguous, is_blind: bool) -> Permanent | Ambiguous:
    """Twice unanswered and not to be looked for: a third try could be a third message."""
    if not is_blind:
        return error
    return Permanent(f"it may stand twice or not at all: {error}", code="may_not_look")
