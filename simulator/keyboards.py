"""A person at the keyboard: every act of theirs becomes a real envelope on a real socket."""

from collections.abc import Mapping

from simulator.channels import Channel
from simulator.files import File
from simulator.gestures import clicks, commands, entrances, fillings, modals, suggestions, talks
from simulator.gestures.records import Gesture
from simulator.gestures.surfaces import Target, current, current_view, find, open_to
from simulator.messages import Message
from simulator.people import User
from simulator.reacting import react
from simulator.shapes import JsonObject
from simulator.teams import Team
from simulator.views import View


class Keyboard:
    """What people do; the Workspace is one, so that tests read `ws.click("bo", card, "Approve")`.

    People are given by name or id, channels as "#ops", "ops" or an id, surfaces as the Message or
    View itself (acted on as it is now), a ts, a view id, or "home".
    """

    team: Team

    async def slash(
        self, who: str, command: str, text: str = "", channel: str | None = None
    ) -> Gesture:
        """Run a slash command; without a channel in the DM with the bot."""
        user = self._actor(who)
        place = self._open(user, channel) if channel else talks.direct(self.team, user)
        return await commands.slash(self.team, user, command, text, place)

    async def mention(
        self, who: str, text: str, channel: str, thread_ts: str | None = None
    ) -> Gesture:
        user = self._actor(who)
        return await talks.mention(self.team, user, text, self._open(user, channel), thread_ts)

    async def dm(self, who: str, text: str, thread_ts: str | None = None) -> Gesture:
        user = self._actor(who)
        return await talks.say(self.team, user, text, talks.direct(self.team, user), thread_ts)

    async def say(self, who: str, text: str, channel: str, thread_ts: str | None = None) -> Gesture:
        user = self._actor(who)
        return await talks.say(self.team, user, text, self._open(user, channel), thread_ts)

    async def edit(self, who: str, message: Message, text: str) -> Gesture:
        return await talks.edit(self.team, self._actor(who), message, text)

    def react(self, who: str, message: Message, name: str) -> Message:
        channel = self.team.channels.get(message.channel)
        return react(self.team, channel, message, self._actor(who), name)

    async def click(
        self, who: str, surface: Message | View | str, target: Target, value: str | None = None
    ) -> Gesture:
        """Press a button, by action_id, (block_id, action_id) or its words, as it is now."""
        user = self._actor(who)
        now = current(self.team, user, surface)
        return await clicks.click(self.team, user, now, target, value)

    async def choose(
        self, who: str, surface: Message | View | str, target: Target, value: object
    ) -> Gesture:
        """Change a select, picker, box or text field on a message, "home" or the open modal."""
        user = self._actor(who)
        now = current(self.team, user, surface)
        return await clicks.choose(self.team, user, now, target, value)

    async def type(
        self, who: str, surface: Message | View | str, target: Target, text: str
    ) -> Gesture:
        """`choose` for text fields; Enter counts as pressed."""
        return await self.choose(who, surface, target, text)

    async def suggest(
        self, who: str, surface: Message | View | str, target: Target, query: str
    ) -> list[JsonObject]:
        """Type into an external select: the options or option groups the app answered."""
        user = self._actor(who)
        now = current(self.team, user, surface)
        one = find(now, user, target)
        return await suggestions.suggest(self.team, user, now, one, query)

    async def submit(
        self, who: str, view: View | str, values: Mapping[str, object] | None = None
    ) -> Gesture:
        """Fill in by block_id or action_id and submit; `errors` without `acked` are Slack's own."""
        user = self._actor(who)
        now = current_view(self.team, user, view)
        return await modals.submit(self.team, user, now, values or {})

    async def close(self, who: str, view: View | str, clear: bool = False) -> Gesture:
        """Cancel the modal on top, or with `clear` all of the stack by its x."""
        user = self._actor(who)
        now = current_view(self.team, user, view)
        return await modals.close(self.team, user, now, clear=clear)

    async def open_home(self, who: str) -> Gesture:
        return await entrances.open_home(self.team, self._actor(who))

    async def shortcut(self, who: str, callback_id: str, message: Message | None = None) -> Gesture:
        return await entrances.shortcut(self.team, self._actor(who), callback_id, message)

    def upload(self, who: str, name: str, content: bytes) -> File:
        """A file this person can put into a file input."""
        return fillings.upload(self.team, self._actor(who), name, content)

    async def send(self, type_: str, payload: JsonObject) -> Gesture:
        """Deliver any envelope: type_ is slash_commands, interactive or events_api."""
        return await entrances.send(self.team, type_, payload)

    async def resend(self, gesture: Gesture) -> Gesture:
        """Deliver the payload of a gesture again in a new envelope."""
        return await entrances.resend(self.team, gesture)

    def _actor(self, who: str) -> User:
        user = self.team.people.get(who)
        if user.is_bot or user.deleted:
            raise LookupError(f"{user.name} cannot act here any more")
        return user

    def _open(self, user: User, channel: str) -> Channel:
        place = self.team.channels.get(channel)
        if not open_to(user, place):
            raise LookupError(f"{user.name} cannot see {channel}")
        return place
