"""What must be true of Slack before the bot connects: both tokens, and the granted scopes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack_errors import code_of, port_error
from bot.domain.errors import Permanent, Unauthorized
from bot.domain.permalinks import workspace_url

SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "im:history",
        "im:write",
        "reactions:read",
        "reactions:write",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)
"""The least that the bot works with; manifest.json asks for exactly these."""

_WRONG_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)


WAITS = (1.0, 2.0, 4.0, 8.0)
LONGEST_WAIT = 30.0
"""Seconds: a Slack that is busy as we begin is no mistake that somebody has to mend."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SlackCheck:
    """Who we are in Slack, and sentences on what must be mended before we can be.

    `workspace` is the address under which people see it, ending in a slash.
    """

    team: str = ""
    enterprise: str = ""
    bot_user: str = ""
    bot_id: str = ""
    bot_name: str = ""
    workspace: str = ""
    problems: tuple[str, ...] = field(default=())


async def check_slack(
    client: AsyncWebClient, app_token: str, *, waits: Sequence[float] = WAITS
) -> SlackCheck:
    """Ask Slack with each token, and again while it is busy; never raises."""
    try:
        answer = await _answered(lambda: client.auth_test(), waits)
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        return SlackCheck(problems=(_sentence("SLACK_BOT_TOKEN", error, client.base_url),))
    problems = [*_scopes(answer.headers), *await _app_token(client, app_token, waits)]
    told = cast("dict[str, Any]", answer.data)
    return SlackCheck(
        team=str(told.get("team_id") or ""),
        enterprise=str(told.get("enterprise_id") or ""),
        bot_user=str(told.get("user_id") or ""),
        bot_id=str(told.get("bot_id") or ""),
        bot_name=str(told.get("user") or ""),
        workspace=workspace_url(str(told.get("url") or "")),
        problems=tuple(problems),
    )


async def _answered(
    ask: Callable[[], Awaitable[AsyncSlackResponse]], waits: Sequence[float]
) -> AsyncSlackResponse:
    for wait in waits:
        try:
            return await ask()
        except (SlackApiError, aiohttp.ServerDisconnectedError) as error:
            said = port_error(error)
            if isinstance(said, Permanent | Unauthorized):
                raise
            asked = getattr(said, "retry_after", None) or 0.0
            if asked > LONGEST_WAIT:
                raise
            await asyncio.sleep(max(wait, asked))
    return await ask()


def _scopes(headers: Any) -> Sequence[str]:
    lowered = {str(name).lower(): str(value) for name, value in headers.items()}
    granted = {scope.strip() for scope in lowered.get("x-oauth-scopes", "").split(",")}
    missing = sorted(SCOPES - granted)
    if not missing:
        return []
    return [
        f"SLACK_BOT_TOKEN lacks the scopes {', '.join(missing)}: add them under OAuth & "
        "Permissions (or update the app from manifest.json), then reinstall the app."
    ]


async def _app_token(
    client: AsyncWebClient, app_token: str, waits: Sequence[float]
) -> Sequence[str]:
    try:
        await _answered(lambda: client.apps_connections_open(app_token=app_token), waits)
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        return [_sentence("SLACK_APP_TOKEN", error, client.base_url)]
    return []


def _sentence(name: str, error: BaseException, base_url: str) -> str:
    if not isinstance(error, SlackApiError):
        return (
            f"Slack cannot be reached at {base_url} ({error!r}): check the network and "
            "SLACK_API_URL."
        )
    code = code_of(error)
    if code in _WRONG_TOKEN:
        return f"{name} is refused by Slack ({code}): copy the token again from the app's pages."
    if code in {"not_allowed_token_type", "missing_scope"}:
        return (
            f"{name} is of the wrong kind ({code}): the bot token begins with xoxb-, the app-level "
            "token with xapp- and needs connections:write."
        )
    return f"{name}: Slack answered {code}."
