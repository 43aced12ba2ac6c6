"""External selects: asking the app for options while somebody types."""

from simulator.blocks import check_options
from simulator.gestures.payloads import interaction, view_part
from simulator.gestures.surfaces import Surface
from simulator.people import User
from simulator.readings import Placed
from simulator.shapes import JsonObject, objects
from simulator.teams import Team
from simulator.views import View

#: characters before Slack asks, where the element does not say
MIN_QUERY = 3


async def suggest(
    team: Team, user: User, surface: Surface, one: Placed, query: str
) -> list[JsonObject]:
    """The app's options or option groups; none for too short a query or without an ack in time."""
    if one.type not in {"external_select", "multi_external_select"}:
        raise LookupError(f"{one.action_id} is a {one.type}, not an external select")
    if len(query) < int(one.element.get("min_query_length", MIN_QUERY)):
        return []
    payload = _payload(team, user, surface, one, query)
    outcome = await team.sockets.deliver("interactive", payload, accepts_payload=True)
    answer = outcome.payload or {}
    if outcome.acked and (problems := check_options(answer)):
        team.journal.violate("ack of block_suggestion", "invalid_options", "; ".join(problems))
        return []
    return objects(answer.get("options")) or objects(answer.get("option_groups"))


def _payload(team: Team, user: User, surface: Surface, one: Placed, query: str) -> JsonObject:
    payload = interaction(team, "block_suggestion", user) | {
        "action_id": one.action_id,
        "block_id": one.block_id,
        "value": query,
    }
    # no dialog can be opened from typing
    del payload["trigger_id"]
    if isinstance(surface, View):
        container = {"type": "view", "view_id": surface.id}
        return payload | {"container": container, "view": view_part(team, surface)}
    container: JsonObject = {
        "type": "message",
        "message_ts": surface.ts,
        "channel_id": surface.channel,
        "is_ephemeral": bool(surface.ephemeral_to),
    }
    channel = team.channels.get(surface.channel)
    return payload | {
        "container": container,
        "channel": {"id": channel.id, "name": channel.label},
    }
