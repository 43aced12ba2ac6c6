"""Messages people write: mentions, direct messages, ordinary talk, edits, reactions."""

import uuid

from simulator.channels import Channel
from simulator.events import Published
from simulator.gestures.records import Gesture
from simulator.gestures.words import as_sent
from simulator.messages import Message
from simulator.people import User
from simulator.postings import appear, change, message_event
from simulator.teams import Team


async def say(
    team: Team, user: User, text: str, channel: Channel, thread_ts: str | None = None
) -> Gesture:
    """Write a message; when the app subscribed to such messages its event is awaited."""
    gesture = _write(team, user, text, channel, thread_ts)
    return await _settled(gesture, [_appear(team, channel, gesture)])


async def mention(
    team: Team, user: User, text: str, channel: Channel, thread_ts: str | None = None
) -> Gesture:
    """Write a message that begins with the bot's mention; unheard where the bot is not."""
    gesture = _write(team, user, f"<@{team.bot.id}> {text}", channel, thread_ts)
    heard = _appear(team, channel, gesture)
    if gesture.message is None or team.bot.id not in channel.members:
        return gesture
    event = message_event(team, channel, gesture.message) | {"type": "app_mention"}
    del event["channel_type"]
    return await _settled(gesture, [heard, team.events.publish("app_mention", event)])


async def edit(team: Team, user: User, message: Message, text: str) -> Gesture:
    """Change one's own message; subscribers get message_changed."""
    if message.user != user.id:
        raise LookupError(f"{user.name} did not write that message")
    gesture = team.gestures.begin(user.id, message.channel)
    channel = team.channels.get(message.channel)
    gesture.message = change(team, channel, message, text=as_sent(team, text, named=False))
    return gesture


def direct(team: Team, user: User) -> Channel:
    """The person's DM with the bot, opened when need be."""
    return team.channels.direct(user.id, team.bot.id, int(team.clock.now()))


def _write(team: Team, user: User, text: str, channel: Channel, thread_ts: str | None) -> Gesture:
    if channel.archived:
        raise LookupError(f"#{channel.name} is archived; nobody can write there")
    if thread_ts is not None and team.messages.find(channel.id, thread_ts) is None:
        raise LookupError(f"there is no message {thread_ts} to answer in {channel.id}")
    gesture = team.gestures.begin(user.id, channel.id)
    gesture.type = "events_api"
    gesture.message = Message(
        ts=team.messages.new_ts(team.clock.now()),
        channel=channel.id,
        user=user.id,
        text=as_sent(team, text, named=False),
        thread_ts=thread_ts,
        client_msg_id=str(uuid.uuid4()),
    )
    return gesture


def _appear(team: Team, channel: Channel, gesture: Gesture) -> Published | None:
    return appear(team, channel, gesture.message) if gesture.message else None


async def _settled(gesture: Gesture, events: list[Published | None]) -> Gesture:
    """Wait for the acks; people are not shown what became of an event."""
    for event in events:
        if event is not None:
            gesture.payload = event.payload
            gesture.settle(await event.delivery)
            gesture.error = None
    return gesture
