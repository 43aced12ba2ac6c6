"""Channels and direct messages: who is in them and how Slack describes them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from simulator.people import slack_id
from simulator.shapes import JsonObject


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """A conversation; `user` is the person of a direct message with the bot, else empty."""

    id: str
    name: str
    members: tuple[str, ...] = ()
    private: bool = False
    archived: bool = False
    topic: str = ""
    user: str = ""
    created: int = 0
    creator: str = ""

    @property
    def is_im(self) -> bool:
        return bool(self.user)

    @property
    def kind(self) -> str:
        """Slack's word for it: im, private_channel or public_channel."""
        if self.is_im:
            return "im"
        return "private_channel" if self.private else "public_channel"

    @property
    def label(self) -> str:
        """The name in payloads: Slack calls every DM "directmessage"."""
        if self.is_im:
            return "directmessage"
        return "privategroup" if self.private else self.name


def channel_object(channel: Channel, *, bot_user: str, team_id: str) -> JsonObject:
    """The object of conversations.info as the bot's token sees it."""
    shared: JsonObject = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.is_im,
        "is_org_shared": False,
        "context_team_id": team_id,
        "updated": channel.created * 1000,
    }
    if channel.is_im:
        return shared | {"user": channel.user, "is_user_deleted": False, "priority": 0}
    topic = {"value": channel.topic, "creator": channel.creator, "last_set": channel.created}
    return shared | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_mpim": False,
        "is_private": channel.private,
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_member": bot_user in channel.members,
        "unlinked": 0,
        "creator": channel.creator,
        "topic": topic,
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
        "num_members": len(channel.members),
    }


class Channels:
    """Every conversation by id and name."""

    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}
        self._by_name: dict[str, str] = {}

    def put(self, channel: Channel) -> Channel:
        before = self._channels.get(channel.id)
        if before is not None and self._by_name.get(before.name) == before.id:
            del self._by_name[before.name]
        self._channels[channel.id] = channel
        if not channel.is_im:
            self._by_name[channel.name] = channel.id
        return channel

    def find(self, channel: str) -> Channel | None:
        """By id, "#name" or "name"."""
        found = self._channels.get(channel)
        return found or self._channels.get(self._by_name.get(channel.removeprefix("#"), ""))

    def get(self, channel: str) -> Channel:
        if (found := self.find(channel)) is None:
            names = ", ".join(f"#{name}" for name in self._by_name)
            raise LookupError(f"no channel {channel!r}; there are {names}")
        return found

    def join(self, channel: Channel, members: Iterable[str]) -> Channel:
        together = dict.fromkeys((*channel.members, *members))
        return self.put(replace(channel, members=tuple(together)))

    def leave(self, channel: Channel, member: str) -> Channel:
        left = tuple(one for one in channel.members if one != member)
        return self.put(replace(channel, members=left))

    def direct(self, user: str, bot_user: str, created: int) -> Channel:
        """The DM between a person and the bot, opened when need be."""
        channel_id = slack_id("D", user.removeprefix("U"))
        found = self._channels.get(channel_id)
        members = (user, bot_user)
        return found or self.put(
            Channel(id=channel_id, name="", user=user, members=members, created=created)
        )

    @property
    def all(self) -> list[Channel]:
        return list(self._channels.values())
