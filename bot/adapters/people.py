"""People over slack_sdk: who somebody is, from a bounded cache that is refreshed."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_errors import code_of
from bot.domain.actors import Actor, PersonId
from bot.domain.errors import Temporary

FRESH_FOR = 300.0
"""Seconds for which Slack's word on a person is taken without asking again."""

MOST_KEPT = 5_000
CALL_TIMEOUT = 10.0

Key = TypeVar("Key")
Kept = TypeVar("Kept")


class _Fresh(Generic[Key, Kept]):
    """A bounded cache of answers, each asked for once at a time and kept for FRESH_FOR."""

    def __init__(self, ask: Callable[[Key], Awaitable[Kept]]) -> None:
        self._ask = ask
        self._kept: OrderedDict[Key, tuple[float, Kept]] = OrderedDict()
        self._asking: dict[Key, asyncio.Lock] = {}

    async def get(self, key: Key) -> Kept:
        now = asyncio.get_running_loop().time()
        held = self._kept.get(key)
        if held is not None and held[0] > now:
            return held[1]
        lock = self._asking.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                held = self._kept.get(key)
                if held is None or held[0] <= now:
                    held = (now + FRESH_FOR, await self._ask(key))
                    self._keep(key, held)
        finally:
            self._asking.pop(key, None)
        return held[1]

    def _keep(self, key: Key, held: tuple[float, Kept]) -> None:
        self._kept[key] = held
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


class SlackPeople:
    """Resolves people, user groups and e-mails; `team` is the workspace the app is installed in."""

    def __init__(self, client: AsyncWebClient, *, team: str, enterprise: str = "") -> None:
        self._client = client
        self._team = team
        self._enterprise = enterprise
        self._users: _Fresh[PersonId, Mapping[str, Any]] = _Fresh(self._user)
        self._groups: _Fresh[str, Mapping[str, frozenset[str]]] = _Fresh(self._all_groups)
        self._emails: _Fresh[str, PersonId | None] = _Fresh(self._lookup)

    async def actor(self, person: PersonId) -> Actor:
        user = await self._users.get(person)
        profile: Mapping[str, Any] = user.get("profile") or {}
        # What a security lead reads a year later is the real name; display names change weekly.
        name = user.get("real_name") or profile.get("display_name") or user.get("name")
        return Actor(
            id=person,
            name=str(name or person.user),
            email=str(profile.get("email") or ""),
            groups=await self._groups_of(person),
            tz=str(user.get("tz") or "UTC"),
            locale=str(user.get("locale") or "en-US"),
            blocked=self._why_blocked(user),
        )

    async def members(self, group: str) -> Sequence[PersonId]:
        users = (await self._groups.get(self._team)).get(group.removeprefix("@"), frozenset())
        return [self._person(user) for user in sorted(users)]

    async def by_email(self, email: str) -> PersonId | None:
        return await self._emails.get(email.casefold())

    def _person(self, user: str) -> PersonId:
        return PersonId(team=self._team, enterprise=self._enterprise, user=user)

    def _why_blocked(self, user: Mapping[str, Any]) -> str:
        if user.get("deleted"):
            return "This account is deactivated."
        if user.get("is_bot"):
            return "Bots and workflows may not do that."
        home = str(user.get("team_id") or self._team)
        grid: Mapping[str, Any] = user.get("enterprise_user") or {}
        org = str(grid.get("enterprise_id") or "")
        if home != self._team and (not self._enterprise or org != self._enterprise):
            return "Only members of this workspace may do that; you belong to another organisation."
        if user.get("is_restricted") or user.get("is_ultra_restricted"):
            return "Guests may not do that."
        return ""

    async def _groups_of(self, person: PersonId) -> frozenset[str]:
        """Ids and handles of the user groups that a person is in."""
        groups = await self._groups.get(self._team)
        return frozenset(name for name, users in groups.items() if person.user in users)

    async def _user(self, person: PersonId) -> Mapping[str, Any]:
        asked = {"user": person.user, "include_locale": True}
        try:
            return (await self._call("users.info", asked))["user"]
        except SlackApiError as error:
            if code_of(error) in {"user_not_found", "user_not_visible"}:
                return {"id": person.user, "deleted": True}
            raise _temporary(error) from error

    async def _all_groups(self, _team: str) -> Mapping[str, frozenset[str]]:
        """Who is in each user group, by its id and by its handle, from one call for them all."""
        try:
            answer = await self._call("usergroups.list", {"include_users": True})
        except SlackApiError as error:
            # A workspace without paid plan has no user groups; Slack says so with an error.
            if code_of(error) in {"paid_teams_only", "missing_scope", "plan_upgrade_required"}:
                return {}
            raise _temporary(error) from error
        return {
            str(each[name]): frozenset(str(user) for user in each.get("users") or ())
            for each in answer["usergroups"]
            for name in ("id", "handle")
        }

    async def _lookup(self, email: str) -> PersonId | None:
        try:
            answer = await self._call("users.lookupByEmail", {"email": email})
        except SlackApiError as error:
            if code_of(error) == "users_not_found":
                return None
            raise _temporary(error) from error
        return self._person(str(answer["user"]["id"]))

    async def _call(self, method: str, params: dict[str, Any]) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                answer = await self._client.api_call(method, http_verb="GET", params=params)
        except SlackApiError:
            raise
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Temporary(f"Slack did not say who that is: {error!r}", code=method) from error
        return cast("dict[str, Any]", answer.data)


def _temporary(error: SlackApiError) -> Temporary:
    code = code_of(error)
    return Temporary(f"Slack did not say who that is: {code}", code=code)
