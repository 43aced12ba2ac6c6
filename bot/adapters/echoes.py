"""An event that the bot causes itself: its own emoji below its own message, put there anew."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_errors import code_of, port_error
from bot.domain.actors import MessageRef, Place
from bot.domain.errors import Permanent
from bot.domain.wording import N_, _
from bot.ports import Chat, Clock, Rendered

EMOJI = "ear"
KEY = "probe"
LOOKED_BACK = timedelta(days=90)
CALL_TIMEOUT = 15.0

_TEXT = N_(
    "I keep an :ear: below this message and put it there anew from time to time: when Slack tells "
    "me of it, I know that I hear what happens here. Nothing is wanted of anybody."
)


class _Answer(Protocol):
    """What slack_sdk leaves untyped of an answer."""

    @property
    def data(self) -> Any: ...


class _WebApi(Protocol):
    """What we use of AsyncWebClient, typed."""

    async def api_call(self, api_method: str, *, params: dict[str, Any]) -> _Answer: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Reaction:
    """Somebody put an emoji below something."""

    user: str
    name: str


def reaction_in(frame: Mapping[str, Any]) -> Reaction | None:
    """The reaction that a Socket Mode frame tells of, or None.

    Slack tells an app of the reactions of its own bot too, in channels where the bot is.
    """
    payload: object = frame.get("payload")
    event: object = cast("dict[str, Any]", payload).get("event") if _is_dict(payload) else None
    if not _is_dict(event):
        return None
    told = cast("dict[str, Any]", event)
    if told.get("type") != "reaction_added":
        return None
    return Reaction(user=str(told.get("user")), name=str(told.get("reaction")))


def _is_dict(value: object) -> bool:
    return isinstance(value, dict)


class Reactions:
    """Takes the emoji away and puts it back: `reaction_added` comes, and no person is notified.

    The message is looked for in `place` before it is posted, so that all processes share one.
    """

    def __init__(
        self,
        web: AsyncWebClient,
        chat: Chat,
        clock: Clock,
        place: Place,
        *,
        bot_user: str,
        timeout: float = CALL_TIMEOUT,
    ) -> None:
        self._web = cast("_WebApi", web)
        self._chat = chat
        self._clock = clock
        self._place = place
        self._bot_user = bot_user
        self._timeout = timeout
        self._ref: MessageRef | None = None

    async def cause(self) -> None:
        """Raises `PortError`; a message that was deleted is posted again the next time."""
        if self._ref is None:
            self._ref = await self._message()
        try:
            if await self._is_there(self._ref):
                await self._call("reactions.remove", self._ref, passing="no_reaction")
            await self._call("reactions.add", self._ref, passing="already_reacted")
        except Permanent:
            self._ref = None
            raise

    async def _message(self) -> MessageRef:
        since = self._clock.now() - LOOKED_BACK
        found = await self._chat.find_posted(self._place, KEY, since)
        return found or await self._chat.post(self._place, Rendered(text=_(_TEXT)), key=KEY)

    async def _is_there(self, ref: MessageRef) -> bool:
        found = await self._call("reactions.get", ref, full=True)
        message: Mapping[str, Any] = found.get("message") or {}
        return any(
            each.get("name") == EMOJI and self._bot_user in (each.get("users") or ())
            for each in message.get("reactions") or ()
        )

    async def _call(
        self, method: str, ref: MessageRef, *, passing: str = "", full: bool = False
    ) -> Mapping[str, Any]:
        """`passing` is what Slack says when another process was faster, which does as well."""
        wanted: dict[str, Any] = {"channel": ref.channel, "timestamp": ref.ts}
        wanted |= {"full": True} if full else {"name": EMOJI}
        try:
            async with asyncio.timeout(self._timeout):
                return (await self._web.api_call(method, params=wanted)).data
        except SlackApiError as error:
            if code_of(error) != passing:
                raise port_error(error) from error
            return {}
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise port_error(error) from error
