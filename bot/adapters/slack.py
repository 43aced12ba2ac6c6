"""Chat over slack_sdk: Slack's error strings become Temporary, Ambiguous or Permanent."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.budgets import Budgets
from bot.adapters.slack_errors import port_error
from bot.domain.actors import MessageRef, PersonId, Place
from bot.domain.errors import Permanent, PortError, Temporary, Unauthorized
from bot.domain.notices import Lane
from bot.domain.wording import at_rest
from bot.ports import Attachment, Rendered

log = structlog.get_logger(__name__)

EVENT_TYPE = "jobthread_notice"
"""The `event_type` of our message metadata; its payload holds the notice's key."""

LARGEST_UPLOAD = 20 * 1024 * 1024
CALL_TIMEOUT = 20.0
UPLOAD_TIMEOUT = 40.0
"""Seconds; a session handed to slack_sdk keeps its own time-out, which is minutes."""

CLOCKS_APART = 60.0
"""Seconds by which our clock and Slack's may differ."""

MAY_NOT_READ = frozenset({"missing_scope", "not_allowed_token_type"})

MOST_PAGES = 15
"""Pages of 200 messages among which a lost post is looked for."""

UNREACHABLE = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)

OWN_HOSTS = (".slack.com", ".slack-gov.com")
"""Where Slack keeps files; the bot's token is sent nowhere else."""


_NOT_THEIRS = at_rest(
    "The file {file} is neither an upload of who asked nor shared where they asked."
)
_NOT_KEPT = at_rest("{file} is not kept by Slack; upload it.")
_NOT_FETCHED = at_rest("{file} cannot be fetched: {status}")
_TOO_LARGE = at_rest("{file} is larger than 20 MB.")


class _Answer(Protocol):
    """What slack_sdk leaves untyped of an answer."""

    @property
    def data(self) -> Any: ...


class _WebApi(Protocol):
    """What we use of AsyncWebClient, typed."""

    @property
    def token(self) -> str | None: ...
    @property
    def base_url(self) -> str: ...
    @property
    def session(self) -> aiohttp.ClientSession | None: ...

    async def api_call(
        self,
        api_method: str,
        *,
        params: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
    ) -> _Answer: ...

    async def files_upload_v2(self, **kwargs: Any) -> _Answer: ...


class SlackChat:
    """Slack's outgoing side, within Slack's budgets."""

    def __init__(
        self, client: AsyncWebClient, budgets: Budgets, *, timeout: float = CALL_TIMEOUT
    ) -> None:
        self._client = cast("_WebApi", client)
        self._budgets = budgets
        self._timeout = timeout
        self._dms: dict[str, str] = {}

    async def post(
        self, place: Place, message: Rendered, *, key: str, lane: Lane | None = None
    ) -> MessageRef:
        answer = await self._call(
            "chat.postMessage",
            place.channel,
            {
                "channel": place.channel,
                **({"thread_ts": place.thread} if place.thread else {}),
                **_body(message),
                "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                "unfurl_links": False,
                "unfurl_media": False,
            },
            lane=lane,
        )
        return MessageRef(
            team=place.team,
            enterprise=place.enterprise,
            channel=str(answer["channel"]),
            ts=str(answer["ts"]),
        )

    async def find_posted(self, place: Place, key: str, since: datetime) -> MessageRef | None:
        for message in await self._messages(place, since):
            metadata: Mapping[str, Any] = message.get("metadata") or {}
            if metadata.get("event_payload", {}).get("key") == key:
                return MessageRef(
                    team=place.team,
                    enterprise=place.enterprise,
                    channel=place.channel,
                    ts=str(message["ts"]),
                )
        return None

    async def update(
        self, ref: MessageRef, message: Rendered, *, key: str, lane: Lane | None = None
    ) -> None:
        await self._call(
            "chat.update",
            "",
            {
                "channel": ref.channel,
                "ts": ref.ts,
                # Blocks that are not sent stay as they were.
                "blocks": [],
                **_body(message),
                "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            },
            lane=lane,
        )

    async def link(self, ref: MessageRef) -> str:
        wanted = {"channel": ref.channel, "message_ts": ref.ts}
        return str((await self._call("chat.getPermalink", "", wanted, read=True))["permalink"])

    async def upload(
        self,
        place: Place,
        *,
        filename: str,
        title: str,
        content: bytes,
        lane: Lane | None = None,
    ) -> None:
        method = "files.completeUploadExternal"
        await self._budgets.spend(method, "", lane)
        try:
            async with asyncio.timeout(UPLOAD_TIMEOUT):
                await self._client.files_upload_v2(
                    channel=place.channel,
                    thread_ts=place.thread or None,
                    filename=filename,
                    title=title,
                    content=content,
                )
        except UNREACHABLE as error:
            raise await self._failed(method, "", error) from error

    async def find_uploaded(self, place: Place, filename: str, since: datetime) -> bool:
        return any(
            file.get("name") == filename
            for message in await self._messages(place, since)
            for file in message.get("files") or ()
        )

    async def download(
        self, parameter: str, file: str, *, by: PersonId, place: Place
    ) -> Attachment:
        found = (await self._call("files.info", "", {"file": file}, read=True))["file"]
        if found.get("user") != by.user and place.channel not in _conversations(found):
            # Its name is not theirs to know either.
            raise Permanent(
                _NOT_THEIRS.format(file=file),
                code="not_your_file",
            )
        title = str(found.get("name") or file)
        url = str(found.get("url_private_download") or "")
        if int(found.get("size") or 0) > LARGEST_UPLOAD:
            raise Permanent(_TOO_LARGE.format(file=title), code="file_too_large")
        if found.get("is_external") or not self._is_own(url):
            raise Permanent(_NOT_KEPT.format(file=title), code="external_file")
        content = await self._fetch(title, url)
        name = "".join(c if c.isalnum() or c in "._-" else "_" for c in title)
        return Attachment(
            parameter=parameter, filename=name.lstrip(".")[:120] or "file", content=content
        )

    async def dm(self, person: PersonId) -> Place:
        channel = self._dms.get(person.user)
        if channel is None:
            answer = await self._call("conversations.open", "", {"users": person.user}, read=True)
            channel = self._dms[person.user] = str(answer["channel"]["id"])
        return Place(team=person.team, enterprise=person.enterprise, channel=channel)

    async def _messages(self, place: Place, since: datetime) -> list[Mapping[str, Any]]:
        """A conversation since a moment, the newest pages first; of a thread the oldest.

        Raises Permanent when we may not read it: that is no reason to stop everything else.
        """
        wanted: dict[str, Any] = {
            "channel": place.channel,
            "oldest": f"{since.timestamp() - CLOCKS_APART:.6f}",
            "limit": 200,
            "include_all_metadata": True,
        }
        method = "conversations.history"
        if place.thread:
            method, wanted["ts"] = "conversations.replies", place.thread
        found: list[Mapping[str, Any]] = []
        for _ in range(MOST_PAGES):
            try:
                answer = await self._call(method, "", wanted, read=True)
            except Unauthorized as error:
                if error.code in MAY_NOT_READ:
                    raise Permanent(str(error), code=error.code) from error
                raise
            found += answer.get("messages") or []
            page: Mapping[str, Any] = answer.get("response_metadata") or {}
            wanted["cursor"] = page.get("next_cursor")
            if not wanted["cursor"]:
                return found
        log.warning("history_longer_than_looked_at", channel=place.channel, messages=len(found))
        return found

    async def _call(
        self,
        method: str,
        channel: str,
        body: dict[str, Any],
        *,
        read: bool = False,
        lane: Lane | None = None,
    ) -> Mapping[str, Any]:
        await self._budgets.spend(method, channel, lane)
        try:
            async with asyncio.timeout(self._timeout):
                if read:
                    answer = await self._client.api_call(method, params=body)
                else:
                    answer = await self._client.api_call(method, json=body)
        except UNREACHABLE as error:
            raise await self._failed(method, channel, error) from error
        return answer.data

    async def _failed(self, method: str, channel: str, error: Exception) -> PortError:
        failed = port_error(error)
        if isinstance(failed, Temporary) and failed.retry_after is not None:
            await self._budgets.held(method, channel, failed.retry_after)
        return failed

    def _is_own(self, url: str) -> bool:
        """True for an address of Slack's own, or of the server that stands in for it."""
        parts, api = urlsplit(url), urlsplit(self._client.base_url)
        if (parts.scheme, parts.netloc) == (api.scheme, api.netloc):
            return True
        return parts.scheme == "https" and (parts.hostname or "").endswith(OWN_HOSTS)

    async def _fetch(self, title: str, url: str) -> bytes:
        session = self._client.session
        if session is None:
            raise Permanent("the client has no session", code="no_session")
        headers = {"Authorization": f"Bearer {self._client.token}"}
        content = bytearray()
        try:
            async with (
                asyncio.timeout(UPLOAD_TIMEOUT),
                session.get(url, headers=headers, allow_redirects=False) as answer,
            ):
                if answer.status in range(300, 500):
                    raise Permanent(
                        _NOT_FETCHED.format(file=title, status=answer.status), code="download"
                    )
                answer.raise_for_status()
                async for piece in answer.content.iter_chunked(64 * 1024):
                    content += piece
                    if len(content) > LARGEST_UPLOAD:
                        raise Permanent(_TOO_LARGE.format(file=title), code="file_too_large")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Temporary(f"the file could not be fetched: {error}", code="download") from error
        return bytes(content)


def _conversations(file: Mapping[str, Any]) -> frozenset[str]:
    """Ids of the conversations in which a file was shared."""
    listed = [each for kind in ("channels", "groups", "ims") for each in file.get(kind) or ()]
    shares: Mapping[str, Any] = file.get("shares") or {}
    return frozenset(
        str(each) for each in (*listed, *(c for kind in shares.values() for c in kind))
    )


def _body(message: Rendered) -> dict[str, Any]:
    body: dict[str, Any] = {"text": message.text}
    if message.blocks:
        body["blocks"] = list(message.blocks)
    return body
