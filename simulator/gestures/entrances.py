"""Other ways in: the Home tab, shortcuts, raw and repeated envelopes."""

from simulator.gestures.clicks import place_parts
from simulator.gestures.payloads import interaction, link, view_part
from simulator.gestures.records import Gesture
from simulator.gestures.talks import direct
from simulator.messages import Message
from simulator.people import User
from simulator.shapes import JsonObject, member
from simulator.teams import Team


async def open_home(team: Team, user: User) -> Gesture:
    """Look at the app's Home tab."""
    gesture = team.gestures.begin(user.id)
    gesture.type = "events_api"
    event: JsonObject = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": direct(team, user).id,
        "tab": "home",
        "event_ts": team.messages.new_ts(team.clock.now()),
    }
    if (home := team.views.home(user.id)) is not None:
        event["view"] = view_part(team, home)
    if (published := team.events.publish("app_home_opened", event)) is not None:
        gesture.payload = published.payload
        gesture.settle(await published.delivery)
        gesture.error = None
    return gesture


async def shortcut(team: Team, user: User, callback_id: str, message: Message | None) -> Gesture:
    """A global shortcut, or one of a message; ephemeral messages have none."""
    if message is not None and message.ephemeral_to:
        raise LookupError("ephemeral messages have no shortcuts")
    gesture = team.gestures.begin(user.id, message.channel if message else "")
    gesture.type = "interactive"
    kind = "message_action" if message else "shortcut"
    payload = interaction(team, kind, user) | {
        "callback_id": callback_id,
        "action_ts": team.messages.new_ts(team.clock.now()),
    }
    if message is not None:
        url = team.triggers.response_url(
            user=user.id, channel=message.channel, gesture=gesture.number
        )
        place = place_parts(team, message)
        payload |= {
            "message_ts": message.ts,
            "channel": place["channel"],
            "message": place["message"],
            "response_url": link(team, url),
        }
    return await _sent(team, gesture, payload)


async def send(team: Team, type_: str, payload: JsonObject) -> Gesture:
    """Deliver any envelope as it is; events get their redeliveries too."""
    who = member(payload, "user").get("id") or payload.get("user_id")
    gesture = team.gestures.begin(str(who or ""), str(payload.get("channel_id") or ""))
    gesture.type = type_
    if type_ != "events_api":
        return await _sent(team, gesture, payload)
    gesture.payload = payload
    gesture.settle(await team.events.send(payload).delivery)
    return gesture


async def resend(team: Team, again: Gesture) -> Gesture:
    """The same payload once more in a new envelope, as a replay or a double click would be."""
    return await send(team, again.type, again.payload)


async def _sent(team: Team, gesture: Gesture, payload: JsonObject) -> Gesture:
    gesture.payload = payload
    accepts = gesture.type == "slash_commands" or payload.get("type") in {
        "view_submission",
        "block_suggestion",
    }
    gesture.settle(await team.sockets.deliver(gesture.type, payload, accepts_payload=accepts))
    gesture.view = team.views.top(gesture.user)
    return gesture
