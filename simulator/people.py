"""People and user groups of the workspace, and how Slack describes them."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from simulator.shapes import JsonObject

_NOT_IN_IDS = re.compile(r"[^A-Z0-9]")


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """A person or bot; one whose `team_id` is not the workspace's is a Slack Connect stranger."""

    id: str
    name: str
    team_id: str
    real_name: str
    email: str
    tz: str = "UTC"
    locale: str = "en-US"
    title: str = ""
    is_restricted: bool = False
    is_bot: bool = False
    is_workflow_bot: bool = False
    is_email_confirmed: bool = True
    deleted: bool = False
    updated: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Usergroup:
    """A group of people that can be mentioned by its handle; `members` are user ids."""

    id: str
    handle: str
    name: str
    team_id: str
    members: tuple[str, ...] = ()
    date_create: int = 0


def slack_id(prefix: str, name: str) -> str:
    """An id in Slack's alphabet made from a name, the same one every time."""
    letters = _NOT_IN_IDS.sub("", name.upper())
    return prefix + (letters or hashlib.sha256(name.encode()).hexdigest()[:8].upper())


def user_object(user: User, *, with_email: bool, with_locale: bool, home_team: str) -> JsonObject:
    """The object of users.info; the e-mail address only for holders of users:read.email."""
    profile: JsonObject = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "title": user.title,
        "team": user.team_id,
    }
    if with_email:
        profile["email"] = user.email
    described: JsonObject = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": _offset(user.tz),
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_workflow_bot": user.is_workflow_bot,
        "is_app_user": False,
        "is_email_confirmed": user.is_email_confirmed,
        "updated": user.updated,
    }
    if user.team_id != home_team:
        described["is_stranger"] = True
    if with_locale:
        described["locale"] = user.locale
    return described


def usergroup_object(group: Usergroup, *, with_users: bool) -> JsonObject:
    described: JsonObject = {
        "id": group.id,
        "team_id": group.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_create": group.date_create,
        "date_update": group.date_create,
        "date_delete": 0,
        "auto_type": None,
        "user_count": len(group.members),
    }
    if with_users:
        described["users"] = list(group.members)
    return described


class People:
    """Everybody the workspace knows, found by id, name or e-mail address."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}
        self._by_name: dict[str, str] = {}
        self._groups: dict[str, Usergroup] = {}

    def put(self, user: User) -> User:
        self._users[user.id] = user
        self._by_name[user.name] = user.id
        return user

    def put_group(self, group: Usergroup) -> Usergroup:
        self._groups[group.id] = group
        return group

    def find(self, who: str) -> User | None:
        """By id or name, with or without "@"; None when there is nobody of that name."""
        key = who.removeprefix("@")
        return self._users.get(key) or self._users.get(self._by_name.get(key, ""))

    def get(self, who: str) -> User:
        if (user := self.find(who)) is None:
            raise LookupError(f"nobody called {who!r}; there are {', '.join(self._by_name)}")
        return user

    def by_email(self, email: str) -> User | None:
        wanted = email.casefold()
        return next((u for u in self._users.values() if u.email.casefold() == wanted), None)

    def group(self, handle_or_id: str) -> Usergroup | None:
        key = handle_or_id.removeprefix("@")
        found = self._groups.get(key)
        return found or next((g for g in self._groups.values() if g.handle == key), None)

    @property
    def users(self) -> list[User]:
        return list(self._users.values())

    @property
    def groups(self) -> list[Usergroup]:
        return list(self._groups.values())

    def ids(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.get(name).id for name in names)


def _offset(tz: str) -> int:
    try:
        offset = datetime.now(UTC).astimezone(ZoneInfo(tz)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError):
        return 0
    return int(offset.total_seconds()) if offset else 0
