"""People over slack_sdk: who somebody is, from a bounded cache that is refreshed."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.recent import Recent
from bot.adapters.slack_errors import code_of
from bot.adapters.standings import NOBODY, Profile, profile_of, refusal_of
from bot.domain.actors import Actor, PersonId, Standing
from bot.domain.errors import Temporary

FRESH_FOR = 300.0
"""Seconds for which Slack's word on a person is taken without asking again."""

MOST_KEPT = 5_000
_ID = re.compile(r"[A-Z0-9]{2,32}")
CALL_TIMEOUT = 10.0

Key = TypeVar("Key")
Kept = TypeVar("Kept")


class _Fresh(Generic[Key, Kept]):
    """A bounded cache of answers, each asked for once at a time and kept for FRESH_FOR."""

    def __init__(self, ask: Callable[[Key], Awaitable[Kept]]) -> None:
        self._ask = ask
        self._kept = Recent[Key, tuple[float, Kept]](MOST_KEPT)
        self._asking: dict[Key, asyncio.Lock] = {}
        self._changes = 0

    def forget(self, key: Key | None = None) -> None:
        """Ask anew for one, or for all; an answer that is still on its way is not kept either."""
        self._changes += 1
        if key is None:
            self._kept.clear()
        else:
            self._kept.drop(key)

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
                    before = self._changes
                    held = (now + FRESH_FOR, await self._ask(key))
                    if before == self._changes:
                        self._kept.put(key, held)
        finally:
            self._asking.pop(key, None)
        return held[1]


class SlackPeople:
    """Resolves people, user groups and e-mails; `team` is the workspace the app is installed in.

    `admitted` are kinds of accounts that are let in beside members.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        team: str,
        enterprise: str = "",
        admitted: frozenset[Standing] = frozenset(),
    ) -> None:
        self._client = client
        self._team = team
        self._enterprise = enterprise
        self._admitted = admitted
        self._users: _Fresh[str, Profile] = _Fresh(self._user)
        self._groups: _Fresh[str, Mapping[str, frozenset[str]]] = _Fresh(self._all_groups)
        self._emails: _Fresh[str, PersonId | None] = _Fresh(self._lookup)

    async def actor(self, person: PersonId) -> Actor:
        found = await self._users.get(person.user)
        # An id is somebody's only within their own workspace, or organisation.
        is_theirs = person.team in {"", self._team, found.team}
        standing = found.standing if is_theirs else Standing.EXTERNAL
        blocked = refusal_of(standing, self._admitted)
        return Actor(
            id=person,
            name=found.name or person.user,
            email=found.email if standing is found.standing else "",
            groups=await self._groups_of(person),
            tz=found.tz,
            locale=found.locale,
            blocked=blocked,
            blocked_by=f"people: {standing}" if blocked else "",
        )

    async def members(self, group: str) -> Sequence[PersonId]:
        users = (await self._groups.get(self._team)).get(group.removeprefix("@"), frozenset())
        return [self._person(user) for user in sorted(users)]

    async def by_email(self, email: str) -> PersonId | None:
        return await self._emails.get(email.casefold())

    def forget(self, user: str = "") -> None:
        if user:
            self._users.forget(user)
            self._emails.forget()
        else:
            self._groups.forget()

    def _person(self, user: str) -> PersonId:
        return PersonId(team=self._team, enterprise=self._enterprise, user=user)

    async def _groups_of(self, person: PersonId) -> frozenset[str]:
        """Ids and handles of the user groups that a person is in."""
        groups = await self._groups.get(self._team)
        return frozenset(name for name, users in groups.items() if person.user in users)

    async def _user(self, user: str) -> Profile:
        if not _ID.fullmatch(user):
            return NOBODY
        try:
            answer = await self._call("users.info", {"user": user, "include_locale": True})
        except SlackApiError as error:
            if code_of(error) in {"user_not_found", "user_not_visible"}:
                return NOBODY
            raise _temporary(error) from error
        return self._profile(answer["user"])

    def _profile(self, user: Mapping[str, Any]) -> Profile:
        return profile_of(user, team=self._team, enterprise=self._enterprise)

    async def _all_groups(self, _team: str) -> Mapping[str, frozenset[str]]:
        """Who is in each user group, by its id and by its handle, from one call for them all."""
        try:
            answer = await self._call("usergroups.list", {"include_users": True})
        except SlackApiError as error:
            # A workspace without paid plan has no user groups; Slack says so with an error.
            if code_of(error) in {"paid_teams_only", "missing_scope", "plan_upgrade_required"}:
                return {}
            raise _temporary(error) from error
        # Who is in a group that another organisation shares is for that one to say. Ids come last,
        # so that no handle can stand for one.
        return {
            str(each[name]): frozenset(str(user) for user in each.get("users") or ())
            for name in ("handle", "id")
            for each in answer["usergroups"]
            if not each.get("is_external")
        }

    async def _lookup(self, email: str) -> PersonId | None:
        try:
            answer = await self._call("users.lookupByEmail", {"email": email})
        except SlackApiError as error:
            if code_of(error) == "users_not_found":
                return None
            raise _temporary(error) from error
        user: Mapping[str, Any] = answer["user"]
        is_theirs = self._profile(user).email.casefold() == email
        return self._person(str(user["id"])) if is_theirs else None

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
