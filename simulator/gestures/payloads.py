"""The parts that the payloads of commands and interactions share."""

from simulator.channels import Channel
from simulator.people import User
from simulator.shapes import JsonObject
from simulator.teams import Team
from simulator.triggers import ResponseUrl
from simulator.views import View, view_object


def interaction(team: Team, type_: str, user: User, *, view_id: str | None = None) -> JsonObject:
    """What every interaction payload begins with, a fresh trigger id among it."""
    return {
        "type": type_,
        "team": {"id": user.team_id, "domain": _domain(team, user)},
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team_id,
        },
        "api_app_id": team.app_id,
        "token": "verification-token",
        "trigger_id": team.triggers.issue(user.id, view_id),
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_part(channel: Channel) -> JsonObject:
    return {"id": channel.id, "name": channel.label}


def view_part(team: Team, view: View) -> JsonObject:
    return view_object(view, team_id=team.id, app_id=team.app_id, bot_id=team.bot_id)


def link(team: Team, url: ResponseUrl) -> str:
    return f"{team.base_url}/actions/{team.id}/{url.token}"


def _domain(team: Team, user: User) -> str:
    return team.domain if user.team_id == team.id else user.team_id.lower()
