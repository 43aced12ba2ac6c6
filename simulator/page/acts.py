"""The gestures a window may ask for: read as typed values, done through the workspace."""

import re
from typing import TYPE_CHECKING, Annotated, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from simulator.channels import Channel
from simulator.gestures.records import Gesture
from simulator.messages import Message
from simulator.page.descriptions import describe_file
from simulator.page.looks import direct_channel, joined
from simulator.people import User
from simulator.postings import message_event
from simulator.shapes import JsonObject
from simulator.views import View

if TYPE_CHECKING:
    from simulator.workspace import Workspace

Id = Annotated[str, Field(max_length=64)]
Name = Annotated[str, Field(max_length=255)]
Line = Annotated[str, Field(min_length=1, max_length=12_000)]


class Refused(Exception):
    """A gesture that cannot be done; `str()` is the sentence the person reads."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OnMessage(_Strict):
    kind: Literal["message"]
    channel: Id
    ts: Id


class OnView(_Strict):
    kind: Literal["view", "home"]
    view: Id


Place = Annotated[OnMessage | OnView, Field(discriminator="kind")]


class _Act(_Strict):
    who: Id


class Send(_Act):
    """A typed line: a slash command, a mention, a direct message or plain talk."""

    do: Literal["send"]
    channel: Id | None
    text: Line
    thread_ts: Id | None = None


class Click(_Act):
    do: Literal["click"]
    surface: Place
    block_id: Name
    action_id: Name
    value: Annotated[str, Field(max_length=2000)] | None = None


class Choose(_Act):
    do: Literal["choose"]
    surface: Place
    block_id: Name
    action_id: Name
    value: JsonValue


class Submit(_Act):
    do: Literal["submit"]
    view: Id
    values: Annotated[dict[Name, JsonValue], Field(max_length=100)]


class Close(_Act):
    do: Literal["close"]
    view: Id
    clear: bool = False


class OpenHome(_Act):
    do: Literal["open_home"]


Act = Annotated[Send | Click | Choose | Submit | Close | OpenHome, Field(discriminator="do")]


class Suggest(_Strict):
    """What somebody typed into an external select."""

    user: Id
    kind: Literal["message", "view", "home"]
    channel: Id = ""
    ts: Id = ""
    view: Id = ""
    block_id: Name
    action_id: Name
    query: Name = ""


async def perform(workspace: "Workspace", act: Act) -> JsonObject:
    """Do it and say what came of it; raises Refused with a sentence when it cannot be done."""
    person = find_person(workspace, act.who)
    match act:
        case Send():
            gesture = await _send(workspace, person, act)
        case Click():
            surface = _surface(workspace, person, act.surface)
            target = (act.block_id, act.action_id)
            gesture = await workspace.click(person.id, surface, target, act.value)
        case Choose():
            surface = _surface(workspace, person, act.surface)
            target = (act.block_id, act.action_id)
            gesture = await workspace.choose(person.id, surface, target, act.value)
        case Submit():
            view = _open_view(workspace, person, act.view)
            gesture = await workspace.submit(person.id, view, act.values)
        case Close():
            view = _open_view(workspace, person, act.view)
            gesture = await workspace.close(person.id, view, clear=act.clear)
        case OpenHome():
            gesture = await workspace.open_home(person.id)
        case _:
            assert_never(act)
    return _outcome(gesture)


async def suggestions(workspace: "Workspace", asked: Suggest) -> JsonObject:
    """The bot's options or option groups for what was typed so far."""
    person = find_person(workspace, asked.user)
    place = (
        OnMessage(kind="message", channel=asked.channel, ts=asked.ts)
        if asked.kind == "message"
        else OnView(kind=asked.kind, view=asked.view)
    )
    surface = _surface(workspace, person, place)
    target = (asked.block_id, asked.action_id)
    found = await workspace.suggest(person.id, surface, target, asked.query)
    grouped = any("options" in one for one in found)
    return {"option_groups": found} if grouped else {"options": found}


def find_person(workspace: "Workspace", who: str) -> User:
    user = workspace.team.people.find(who)
    if user is None or user.is_bot or user.deleted:
        raise Refused(f"There is nobody called {who!r} in this workspace.")
    return user


def keep_upload(workspace: "Workspace", person: User, name: str, content: bytes) -> JsonObject:
    """Store a file somebody chose for a form."""
    return describe_file(workspace.upload(person.id, name, content))


async def _send(workspace: "Workspace", person: User, act: Send) -> Gesture:
    text = act.text.strip()
    channel = _conversation(workspace, person, act.channel)
    command = re.match(r"(/\S+)\s*(.*)", text, re.DOTALL)
    if command is not None:
        if act.thread_ts is not None:
            raise Refused("Slash commands do not work in threads.")
        place = channel.id if channel else None
        return await workspace.slash(person.id, command[1], command[2], place)
    if channel is None or channel.is_im:
        return await workspace.dm(person.id, text, act.thread_ts)
    return await _say(workspace, person, text, channel, act.thread_ts)


async def _say(
    workspace: "Workspace", person: User, text: str, channel: Channel, thread_ts: str | None
) -> Gesture:
    """Talk in a channel; the app hears its name wherever in the line it stands."""
    team = workspace.team
    gesture = await workspace.say(person.id, text, channel.id, thread_ts)
    message = gesture.message
    if message is None or f"<@{team.bot.id}>" not in message.text:
        return gesture
    if team.bot.id in channel.members:
        event = message_event(team, channel, message) | {"type": "app_mention"}
        del event["channel_type"]
        if (published := team.events.publish("app_mention", event)) is not None:
            await published.delivery
    return gesture


def _conversation(workspace: "Workspace", person: User, wanted: str | None) -> Channel | None:
    """The channel somebody writes in; None is their conversation with the app, not yet begun."""
    if wanted is None:
        return direct_channel(workspace, person)
    mine = [*joined(workspace, person), direct_channel(workspace, person)]
    found = next((one for one in mine if one is not None and one.id == wanted), None)
    if found is None:
        raise Refused(f"{person.real_name} is not in that channel.")
    if found.archived:
        raise Refused(f"#{found.name} is archived; nobody can write there.")
    return found


def _surface(workspace: "Workspace", person: User, place: OnMessage | OnView) -> Message | View:
    if isinstance(place, OnView):
        return _open_view(workspace, person, place.view)
    message = workspace.team.messages.find(place.channel, place.ts)
    message = message or workspace.team.messages.find_ephemeral(person.id, place.ts)
    if message is None:
        raise Refused("This message is no longer there.")
    return message


def _open_view(workspace: "Workspace", person: User, view_id: str) -> View:
    mine = [*workspace.modals(person.id), workspace.home(person.id)]
    found = next((one for one in mine if one is not None and one.id == view_id), None)
    if found is None:
        raise Refused("This window is no longer open.")
    return found


def _outcome(gesture: Gesture) -> JsonObject:
    return {"error": gesture.error, "errors": gesture.errors}
