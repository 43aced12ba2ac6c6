"""Messages people write: mentions, direct messages, ordinary talk."""

import uuid

from simulator.channels import Channel
from simulator.gestures.records import Gesture
from simulator.gestures.words import as_sent
from simulator.messages import Message
from simulator.people import User
from simulator.postings import appear, message_event
from simulator.teams import Team


async def say(
    team: Team, user: User, text: str, channel: Channel, thread_ts: str | None = None
) -> Gesture:
    """Write a message; whatever events the app subscribed to are delivered and awaited."""
    gesture = team.gestures.begin(user.id, channel.id)
    gesture.type = "events_api"
    message = _written(team, user, text, channel, thread_ts)
    gesture.message = message
    if not team.people.get(user.id).deleted:
        appear(team, channel, message)
    return gesture


async def mention(
    team: Team, user: User, text: str, channel: Channel, thread_ts: str | None = None
) -> Gesture:
    """Write a message that begins with the bot's mention."""
    gesture = await say(team, user, f"<@{team.bot.id}> {text}", channel, thread_ts)
    message = gesture.message
    if message is None or team.bot.id not in channel.members:
        return gesture
    event = message_event(team, channel, message) | {"type": "app_mention"}
    del event["channel_type"]
    gesture.payload = event
    if (delivery := team.events.publish("app_mention", event)) is not None:
        gesture.settle(await delivery)
        gesture.error = None
    return gesture


def _written(team: Team, user: User, text: str, channel: Channel, thread_ts: str | None) -> Message:
    return Message(
        ts=team.messages.new_ts(team.clock.now()),
        channel=channel.id,
        user=user.id,
        text=as_sent(team, text, named=False),
        thread_ts=thread_ts,
        client_msg_id=str(uuid.uuid4()),
    )
