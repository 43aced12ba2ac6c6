"""auth.test, apps.connections.open, bots.info, team.info, api.test: who is calling, and where."""

from simulator.methods.calls import Call, Method, Refusal, Tier
from simulator.shapes import JsonObject
from simulator.teams import Team


def auth_test(team: Team, _: Call) -> JsonObject:
    return {
        "ok": True,
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": team.bot.name,
        "team_id": team.id,
        "user_id": team.bot.id,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(team: Team, _: Call) -> JsonObject:
    if not team.sockets.enabled:
        # the error of an app whose Socket Mode was switched off is not documented
        raise Refusal("access_denied")
    origin = team.base_url.replace("http", "ws", 1)
    ticket = team.sockets.issue_ticket()
    return {"ok": True, "url": f"{origin}/link/?ticket={ticket}&app_id={team.app_id}"}


def bots_info(team: Team, call: Call) -> JsonObject:
    if call.text("bot") not in {"", team.bot_id}:
        raise Refusal("bot_not_found")
    bot: JsonObject = {
        "id": team.bot_id,
        "deleted": False,
        "name": team.bot.name,
        "updated": 0,
        "app_id": team.app_id,
        "user_id": team.bot.id,
        "icons": {},
    }
    return {"ok": True, "bot": bot}


def team_info(team: Team, _: Call) -> JsonObject:
    described = {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": ""}
    return {"ok": True, "team": described}


def api_test(_: Team, call: Call) -> JsonObject:
    if error := call.text("error"):
        raise Refusal(error)
    return {"ok": True, "args": {k: v for k, v in call.args.items() if k != "token"}}


METHODS = {
    "auth.test": Method(run=auth_test, tier=Tier.UNLIMITED, any_token=True),
    "api.test": Method(run=api_test, tier=Tier.FOUR, any_token=True),
    "apps.connections.open": Method(run=connections_open, tier=Tier.UNLIMITED, app_token=True),
    "bots.info": Method(run=bots_info, scopes=("users:read",)),
    "team.info": Method(run=team_info, scopes=("team:read",)),
}
