"""The workspace's whole state in one value that its rules and methods share."""

from dataclasses import dataclass, field

from simulator.channels import Channels
from simulator.clocks import Clock, Timer
from simulator.events import Events
from simulator.faults import Faults
from simulator.files import Files
from simulator.gestures.records import Gestures
from simulator.journal import Journal
from simulator.limits import Limits
from simulator.messages import Messages
from simulator.people import People, User
from simulator.shapes import JsonObject
from simulator.sockets import Sockets
from simulator.triggers import Triggers
from simulator.views import Views

ALL_SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:manage",
        "channels:read",
        "chat:write",
        "chat:write.public",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "metadata.message:read",
        "mpim:history",
        "mpim:read",
        "pins:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A message to be posted at `post_at`, in seconds since the epoch."""

    id: str
    channel: str
    post_at: int
    text: str
    timer: Timer


@dataclass(slots=True, kw_only=True)
class Team:
    """One workspace with one installed app."""

    id: str
    name: str
    domain: str
    app_id: str
    bot_id: str
    bot: User
    bot_token: str
    app_token: str
    scopes: frozenset[str]
    clock: Clock
    journal: Journal
    faults: Faults
    limits: Limits
    sockets: Sockets
    events: Events
    people: People = field(default_factory=People)
    channels: Channels = field(default_factory=Channels)
    messages: Messages = field(default_factory=Messages)
    views: Views = field(default_factory=Views)
    files: Files = field(default_factory=Files)
    triggers: Triggers
    gestures: Gestures = field(default_factory=Gestures)
    scheduled: dict[str, Scheduled] = field(default_factory=dict[str, Scheduled])
    commands: set[str] = field(default_factory=lambda: {"/job"})
    #: what a person chose in a message: {(user, channel, ts): state.values}
    chosen: dict[tuple[str, str, str], JsonObject] = field(
        default_factory=dict[tuple[str, str, str], JsonObject]
    )
    #: seconds after which a message cannot be edited any more, a setting of the workspace
    edit_window: float | None = None
    base_url: str = ""
