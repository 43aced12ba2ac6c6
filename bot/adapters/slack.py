"""Chat over slack_sdk: Slack's error strings become Temporary, Ambiguous or Permanent."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.budgets import Budgets
from bot.domain.actors import MessageRef, PersonId, Place
from bot.domain.errors import Ambiguous, Permanent, PortError, Temporary
from bot.ports import Attachment, Rendered

EVENT_TYPE = "jobthread_notice"
"""The `event_type` of our message metadata; its payload holds the notice's key."""

LARGEST_UPLOAD = 20 * 1024 * 1024
PASSING = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
    }
)
"""Errors after which Slack says that nothing happened and trying again may help."""

UNSURE = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable"})
"""Passing errors after which the message may stand all the same."""


class _Answer(Protocol):
    """What slack_sdk leaves untyped of an answer."""

    @property
    def data(self) -> Any: ...
    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


class _WebApi(Protocol):
    """What we use of AsyncWebClient, typed."""

    @property
    def token(self) -> str | None: ...
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

    def __init__(self, client: AsyncWebClient, budgets: Budgets) -> None:
        self._client = cast("_WebApi", client)
        self._budgets = budgets
        self._dms: dict[str, str] = {}

    async def post(self, place: Place, message: Rendered, *, key: str) -> MessageRef:
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

    async def update(self, ref: MessageRef, message: Rendered, *, key: str) -> None:
        await self._call(
            "chat.update",
            "",
            {
                "channel": ref.channel,
                "ts": ref.ts,
                **_body(message),
                "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            },
        )

    async def upload(self, place: Place, *, filename: str, title: str, content: bytes) -> None:
        try:
            await self._client.files_upload_v2(
                channel=place.channel,
                thread_ts=place.thread or None,
                filename=filename,
                title=title,
                content=content,
            )
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _port_error(error) from error

    async def find_uploaded(self, place: Place, filename: str, since: datetime) -> bool:
        return any(
            file.get("name") == filename
            for message in await self._messages(place, since)
            for file in message.get("files") or ()
        )

    async def download(self, parameter: str, file: str) -> Attachment:
        found = (await self._call("files.info", "", {"file": file}, read=True))["file"]
        if int(found.get("size") or 0) > LARGEST_UPLOAD:
            raise Permanent(f"{found.get('name')} is larger than 20 MB.", code="file_too_large")
        content = await self._fetch(str(found["url_private_download"]))
        name = "".join(c if c.isalnum() or c in "._-" else "_" for c in str(found["name"]))
        return Attachment(
            parameter=parameter, filename=name.lstrip(".")[:120] or "file", content=content
        )

    async def whisper(self, place: Place, person: PersonId, message: Rendered) -> None:
        await self._call(
            "chat.postEphemeral",
            "",
            {
                "channel": place.channel,
                "user": person.user,
                **({"thread_ts": place.thread} if place.thread else {}),
                **_body(message),
            },
        )

    async def dm(self, person: PersonId) -> Place:
        channel = self._dms.get(person.user)
        if channel is None:
            answer = await self._call("conversations.open", "", {"users": person.user}, read=True)
            channel = self._dms[person.user] = str(answer["channel"]["id"])
        return Place(team=person.team, enterprise=person.enterprise, channel=channel)

    async def publish_home(self, person: PersonId, view: Mapping[str, Any]) -> None:
        await self._call("views.publish", "", {"user_id": person.user, "view": dict(view)})

    async def _messages(self, place: Place, since: datetime) -> list[Mapping[str, Any]]:
        """Our side of a conversation since a moment, newest pages first, at most 1,000 messages."""
        wanted: dict[str, Any] = {
            "channel": place.channel,
            "oldest": f"{since.timestamp() - 60:.6f}",
            "limit": 200,
            "include_all_metadata": True,
        }
        method = "conversations.history"
        if place.thread:
            method, wanted["ts"] = "conversations.replies", place.thread
        found: list[Mapping[str, Any]] = []
        for _ in range(5):
            answer = await self._call(method, "", wanted, read=True)
            found += answer.get("messages") or []
            page: Mapping[str, Any] = answer.get("response_metadata") or {}
            wanted["cursor"] = page.get("next_cursor")
            if not wanted["cursor"]:
                break
        return found

    async def _call(
        self, method: str, channel: str, body: dict[str, Any], *, read: bool = False
    ) -> Mapping[str, Any]:
        await self._budgets.spend(method, channel)
        try:
            if read:
                answer = await self._client.api_call(method, params=body)
            else:
                answer = await self._client.api_call(method, json=body)
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            failed = _port_error(error)
            if isinstance(failed, Temporary) and failed.retry_after is not None:
                self._budgets.held(method, channel, failed.retry_after)
            raise failed from error
        return answer.data

    async def _fetch(self, url: str) -> bytes:
        session = self._client.session
        if session is None:
            raise Permanent("the client has no session", code="no_session")
        headers = {"Authorization": f"Bearer {self._client.token}"}
        try:
            async with asyncio.timeout(60), session.get(url, headers=headers) as answer:
                answer.raise_for_status()
                return await answer.content.read(LARGEST_UPLOAD)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Temporary(f"the file could not be fetched: {error}", code="download") from error


def _body(message: Rendered) -> dict[str, Any]:
    body: dict[str, Any] = {"text": message.text}
    if message.blocks:
        body["blocks"] = list(message.blocks)
    return body


def _port_error(error: Exception) -> PortError:
    if not isinstance(error, SlackApiError):
        # The request went out, or part of it; whether Slack kept it nobody can say.
        return Ambiguous(f"Slack did not answer: {error!r}", code="no_answer")
    answer = cast("_Answer", error.response)
    status = answer.status_code
    code = _code(answer.data, status)
    if status == 429 or code in {"ratelimited", "rate_limited"}:
        after = float(answer.headers.get("Retry-After", 30))
        return Temporary("Slack asks to slow down", code="ratelimited", retry_after=after)
    if status >= 500 or code in UNSURE:
        return Ambiguous(f"Slack answered {status} {code}", code=code)
    if code in PASSING:
        return Temporary(f"Slack answered {code}", code=code)
    return Permanent(f"Slack refused: {code}", code=code)


def _code(data: object, status: int) -> str:
    if isinstance(data, dict):
        return str(cast("dict[str, Any]", data).get("error", status))
    return str(status)
