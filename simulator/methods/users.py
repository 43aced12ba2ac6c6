"""users.* and usergroups.*: people, and groups of them."""

from simulator.methods.calls import Call, Method, Refusal, Tier
from simulator.methods.pages import page
from simulator.people import User, user_object, usergroup_object
from simulator.shapes import JsonObject
from simulator.teams import Team


def info(team: Team, call: Call) -> JsonObject:
    asked = call.required("user")
    user = team.people.find(asked)
    if user is None or user.id != asked:
        raise Refusal("user_not_found")
    return {"ok": True, "user": _described(team, user, call)}


def list_all(team: Team, call: Call) -> JsonObject:
    shown, metadata = page(call, team.people.users)
    described = [_described(team, user, call) for user in shown]
    return {"ok": True, "members": described, "response_metadata": metadata}


def lookup_by_email(team: Team, call: Call) -> JsonObject:
    user = team.people.by_email(call.required("email"))
    if user is None or user.deleted:
        raise Refusal("users_not_found")
    return {"ok": True, "user": _described(team, user, call)}


def list_groups(team: Team, call: Call) -> JsonObject:
    with_users = call.flag("include_users")
    groups = [usergroup_object(group, with_users=with_users) for group in team.people.groups]
    return {"ok": True, "usergroups": groups}


def list_group_users(team: Team, call: Call) -> JsonObject:
    asked = call.required("usergroup")
    group = team.people.group(asked)
    if group is None or group.id != asked:
        raise Refusal("no_such_subteam")
    return {"ok": True, "users": list(group.members)}


def _described(team: Team, user: User, call: Call) -> JsonObject:
    return user_object(
        user,
        with_email="users:read.email" in team.scopes,
        with_locale=call.flag("include_locale"),
        home_team=team.id,
    )


_READ = ("users:read",)
_GROUPS = ("usergroups:read",)
METHODS = {
    "users.info": Method(run=info, scopes=_READ, tier=Tier.FOUR),
    "users.list": Method(run=list_all, scopes=_READ, tier=Tier.TWO),
    "users.lookupByEmail": Method(run=lookup_by_email, scopes=("users:read.email",)),
    "usergroups.list": Method(run=list_groups, scopes=_GROUPS, tier=Tier.TWO),
    "usergroups.users.list": Method(run=list_group_users, scopes=_GROUPS, tier=Tier.TWO),
}
