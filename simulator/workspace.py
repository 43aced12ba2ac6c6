"""The Workspace: one local Slack with one app installed, its people, and their keyboards."""

import time
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Self, TypeVar

from aiohttp import web

from simulator import server
from simulator.channels import Channel
from simulator.clocks import Clock
from simulator.events import Events
from simulator.faults import Faults
from simulator.gestures import clicks, commands, modals, talks
from simulator.gestures.records import Gesture
from simulator.journal import Changes, Entry, Journal, Violation
from simulator.messages import Message
from simulator.page import add_page
from simulator.people import User, Usergroup, slack_id
from simulator.sockets import Connection, Reason, Sockets
from simulator.teams import ALL_SCOPES, Team
from simulator.triggers import Triggers
from simulator.views import View

Seen = TypeVar("Seen")


class Workspace:
    """A strict Slack workspace in this process; see docs/simulator.md for how to test with it."""

    def __init__(
        self,
        team_id: str = "T0LOCAL",
        team_name: str = "Acme",
        bot_token: str = "xoxb-local",  # noqa: S107 - a token of this workspace only
        app_token: str = "xapp-local",  # noqa: S107 - likewise
        scopes: frozenset[str] = ALL_SCOPES,
        state_file: Path | None = None,
        clock: Callable[[], float] = time.time,
        bot_name: str = "bot",
    ) -> None:
        self._clock = Clock(clock)
        self._journal = Journal(self._clock)
        self.faults = Faults()
        app_id = "A0LOCAL"
        bot = User(
            id="UBOT",
            name=bot_name,
            team_id=team_id,
            real_name=bot_name.title(),
            email="",
            is_bot=True,
        )
        sockets = Sockets(
            journal=self._journal, clock=self._clock, faults=self.faults, app_id=app_id
        )
        self.team = Team(
            id=team_id,
            name=team_name,
            domain=team_name.lower(),
            app_id=app_id,
            bot_id="B0LOCAL",
            bot=bot,
            bot_token=bot_token,
            app_token=app_token,
            scopes=scopes,
            clock=self._clock,
            journal=self._journal,
            faults=self.faults,
            sockets=sockets,
            events=Events(
                journal=self._journal,
                clock=self._clock,
                sockets=sockets,
                team_id=team_id,
                app_id=app_id,
                bot_user=bot.id,
            ),
            triggers=Triggers(self._clock),
        )
        self.team.people.put(bot)
        #: sentences the page shows in an empty conversation: things to try
        self.hints: list[str] = []
        self._state_file = state_file
        self._runner: web.AppRunner | None = None

    # the server

    @property
    def base_url(self) -> str:
        return self.team.base_url

    @property
    def api_url(self) -> str:
        return f"{self.base_url}/api/"

    @asynccontextmanager
    async def serving(self, host: str = "127.0.0.1", port: int = 0) -> AsyncGenerator[Self]:
        await self.start(host, port)
        try:
            yield self
        finally:
            await self.stop()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. Raises OSError when the port is taken."""
        app = server.build(self.team)
        add_page(app, self)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        bound: tuple[str, int] = self._runner.addresses[0][:2]
        self.team.base_url = f"http://{bound[0]}:{bound[1]}"

    async def stop(self) -> None:
        """Close sockets and server; waits until both are down."""
        await self.team.events.close()
        await self.team.sockets.close()
        self._journal.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._clock.stop()

    # people and places

    def add_person(
        self,
        name: str,
        *,
        real_name: str = "",
        email: str = "",
        tz: str = "UTC",
        locale: str = "en-US",
        team_id: str | None = None,
        is_restricted: bool = False,
        deleted: bool = False,
        title: str = "",
    ) -> User:
        """Add somebody, id "U" and the name; an existing person is returned as they are."""
        if (known := self.team.people.find(name)) is not None:
            return known
        user = User(
            id=slack_id("U", name),
            name=name,
            team_id=team_id or self.team.id,
            real_name=real_name or name.title(),
            email=email or f"{name}@example.com",
            tz=tz,
            locale=locale,
            title=title,
            is_restricted=is_restricted,
            deleted=deleted,
        )
        self._journal.add("person", user.id, {"change": "added"})
        return self.team.people.put(user)

    def add_channel(
        self,
        name: str,
        *,
        members: Iterable[str] = (),
        private: bool = False,
        bot: bool = True,
        archived: bool = False,
        topic: str = "",
    ) -> Channel:
        """Add a channel, id "C" and the name; an existing one is returned as it is."""
        if (known := self.team.channels.find(name)) is not None:
            return known
        inside = self.team.people.ids(members) + ((self.team.bot.id,) if bot else ())
        channel = Channel(
            id=slack_id("C", name),
            name=name,
            members=inside,
            private=private,
            archived=archived,
            topic=topic,
            created=int(self._clock.now()),
        )
        self._journal.add("channel", channel.id, {"change": "added"})
        return self.team.channels.put(channel)

    def add_group(self, handle: str, *, members: Iterable[str] = ()) -> Usergroup:
        known = self.team.people.group(handle)
        return known or self.team.people.put_group(
            Usergroup(
                id=slack_id("S", handle),
                handle=handle,
                name=handle,
                team_id=self.team.id,
                members=self.team.people.ids(members),
                date_create=int(self._clock.now()),
            )
        )

    @property
    def people(self) -> list[User]:
        """Everybody, the bot among them."""
        return self.team.people.users

    @property
    def channels(self) -> list[Channel]:
        """Every conversation, DMs with the bot among them."""
        return self.team.channels.all

    def person(self, who: str) -> User:
        return self.team.people.get(who)

    def channel(self, channel: str) -> Channel:
        return self.team.channels.get(channel)

    # a person at the keyboard

    async def slash(self, who: str, command: str, text: str = "", *, channel: str) -> Gesture:
        return await commands.slash(
            self.team, self.person(who), command, text, self.channel(channel)
        )

    async def mention(
        self, who: str, text: str, *, channel: str, thread_ts: str | None = None
    ) -> Gesture:
        place = self.channel(channel)
        return await talks.mention(self.team, self.person(who), text, place, thread_ts)

    async def click(
        self,
        who: str,
        message: Message | View,
        target: str | tuple[str, str],
        value: str | None = None,
    ) -> Gesture:
        return await clicks.click(self.team, self.person(who), message, target, value)

    async def submit(
        self, who: str, view: View, values: Mapping[str, object] | None = None
    ) -> Gesture:
        return await modals.submit(self.team, self.person(who), view, values or {})

    # what people see

    def messages(self, channel: str) -> list[Message]:
        """Top-level messages, oldest first."""
        return self.team.messages.top_level(self.channel(channel).id)

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Replies below a message, oldest first."""
        return self.team.messages.replies(self.channel(channel).id, ts)

    def dms(self, who: str) -> list[Message]:
        """The person's direct messages with the bot, top-level, oldest first."""
        user = self.person(who).id
        found = [one for one in self.team.channels.all if one.user == user]
        return self.team.messages.top_level(found[0].id) if found else []

    def ephemerals(self, who: str, channel: str | None = None) -> list[Message]:
        """What only this person sees, oldest first."""
        mine = self.team.messages.ephemerals(self.person(who).id)
        place = self.channel(channel).id if channel else None
        return [one for one in mine if place in {None, one.channel}]

    def modal(self, who: str) -> View | None:
        """The modal on top."""
        return self.team.views.top(self.person(who).id)

    def modals(self, who: str) -> list[View]:
        """The stack, bottom first."""
        return self.team.views.stack(self.person(who).id)

    def home(self, who: str) -> View | None:
        return self.team.views.home(self.person(who).id)

    def file_bytes(self, file_id: str) -> bytes:
        return self.team.files.content(file_id)

    # what happened

    @property
    def log(self) -> list[Entry]:
        return self._journal.entries

    @property
    def violations(self) -> list[Violation]:
        return self._journal.violations

    def subscribe(self) -> Changes:
        """Entries from now on, to iterate with `async for`; close it afterwards."""
        return self._journal.subscribe()

    async def until(
        self, predicate: Callable[[], Seen], timeout: float = 10, why: str = ""
    ) -> Seen:
        """Wait for a true value; AssertionError with the last log entries after `timeout` s."""
        return await self._journal.until(predicate, timeout, why)

    def expect_violation(self, *errors: str) -> AbstractContextManager[list[Violation]]:
        return self._journal.expect(*errors)

    def assert_clean(self) -> None:
        """AssertionError when anything was refused that no `expect_violation` asked for."""
        self._journal.assert_clean()

    # connections

    @property
    def connections(self) -> list[Connection]:
        return [one for one in self.team.sockets.open if one.usable]

    async def disconnect(self, reason: str = "refresh_requested", which: int | None = None) -> None:
        await self.team.sockets.disconnect(Reason(reason), which)
