"""The Workspace: one local Slack with one app installed, its people, and their keyboards."""

import time
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Self, TypeVar

from aiohttp import web

from simulator import foundings, places, server
from simulator.channels import Channel
from simulator.faults import Faults
from simulator.gestures import talks
from simulator.journal import Changes, Entry, Violation
from simulator.keyboards import Keyboard
from simulator.limits import Limits
from simulator.messages import Message
from simulator.page.routes import add_page
from simulator.people import User, Usergroup, slack_id
from simulator.snapshots import Keeper, restore
from simulator.sockets import Connection, Reason
from simulator.teams import ALL_SCOPES, Team
from simulator.views import View

Seen = TypeVar("Seen")
SHUTDOWN_SECONDS = 1.0


class Workspace(Keyboard):
    """A strict Slack workspace in this process; docs/simulator.md shows how to test with it.

    Whoever asks for something that is not there gets a LookupError listing what is.
    """

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
        hints: Sequence[str] = (),
    ) -> None:
        self.team: Team = foundings.found(
            team_id=team_id,
            team_name=team_name,
            bot_name=bot_name,
            bot_token=bot_token,
            app_token=app_token,
            scopes=scopes,
            source=clock,
        )
        #: things to try, shown on the page
        self.hints = tuple(hints)
        self._keeper: Keeper | None = None
        self._runner: web.AppRunner | None = None
        if state_file is not None:
            restore(self.team, state_file)
            self._keeper = Keeper(self.team, state_file)

    # the server

    @property
    def base_url(self) -> str:
        return self.team.base_url

    @property
    def api_url(self) -> str:
        return f"{self.base_url}/api/"

    @asynccontextmanager
    async def serving(self, host: str = "127.0.0.1", port: int = 0) -> AsyncGenerator[Self]:
        """Serve while the block runs; port 0 takes a free one."""
        await self.start(host, port)
        try:
            yield self
        finally:
            await self.stop()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; raises OSError when the port is taken."""
        app = server.build(self.team)
        add_page(app, self)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        address: tuple[str, int] = runner.addresses[0][:2]
        self.team.base_url = f"http://{address[0]}:{address[1]}"
        if self._keeper is not None:
            self._keeper.start()

    async def stop(self) -> None:
        """Close sockets and server, save the state; returns when all is down."""
        await self.team.events.close()
        await self.team.sockets.close()
        if self._keeper is not None:
            await self._keeper.stop()
        self.team.journal.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        self.team.clock.stop()

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
        """Add somebody, id "U" and the name; another `team_id` makes a Slack Connect stranger."""
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
        return foundings.add_person(self.team, user)

    def change_person(self, user: User) -> User:
        """Put a changed profile, as `dataclasses.replace(user, deleted=True)`."""
        return foundings.change_person(self.team, user)

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
        """Add a channel, id "C" and the name; with `bot` the app's user is a member."""
        channel = Channel(
            id=slack_id("C", name),
            name=name,
            members=self.team.people.ids(members),
            private=private,
            archived=archived,
            topic=topic,
        )
        return foundings.add_channel(self.team, channel, bot=bot)

    def add_group(self, handle: str, *, members: Iterable[str] = ()) -> Usergroup:
        return foundings.add_group(self.team, handle, members)

    def add_command(self, command: str) -> None:
        self.team.commands.add(command)

    def archive(self, channel: str, by: str = "USLACKBOT") -> Channel:
        return places.archive_channel(self.team, self.channel(channel), by)

    def rename(self, channel: str, name: str) -> Channel:
        return places.rename_channel(self.team, self.channel(channel), name)

    def invite(self, who: str, channel: str) -> Channel:
        return places.join_channel(self.team, self.channel(channel), self.person(who).id)

    def invite_bot(self, channel: str) -> Channel:
        return places.join_channel(self.team, self.channel(channel), self.team.bot.id)

    def kick_bot(self, channel: str) -> Channel:
        return places.leave_channel(self.team, self.channel(channel), self.team.bot.id)

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

    def open_dm(self, who: str) -> Channel:
        """The person's conversation with the bot, opened when need be."""
        return talks.direct(self.team, self.person(who))

    # what people see

    def messages(self, channel: str) -> list[Message]:
        """Top-level messages, oldest first."""
        return self.team.messages.top_level(self.channel(channel).id)

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Replies below a message, oldest first."""
        return self.team.messages.replies(self.channel(channel).id, ts)

    def dms(self, who: str) -> list[Message]:
        """The person's direct messages with the bot, top-level, oldest first."""
        return self.team.messages.top_level(self.open_dm(who).id)

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
        return self.team.journal.entries

    @property
    def violations(self) -> list[Violation]:
        return self.team.journal.violations

    def subscribe(self) -> Changes:
        """Entries from now on, to iterate with `async for`; close it afterwards."""
        return self.team.journal.subscribe()

    async def until(
        self, predicate: Callable[[], Seen], timeout: float = 10, why: str = ""
    ) -> Seen:
        """Wait for a true value; AssertionError with the last log entries after `timeout` s."""
        return await self.team.journal.until(predicate, timeout, why)

    def expect_violation(self, *errors: str) -> AbstractContextManager[list[Violation]]:
        """Inside the block these errors are wanted; AssertionError when none came."""
        return self.team.journal.expect(*errors)

    def allow_violation(self, *errors: str) -> AbstractContextManager[list[Violation]]:
        """Inside the block these errors may come or not, as when a race decides."""
        return self.team.journal.allow(*errors)

    def assert_clean(self) -> None:
        """AssertionError when anything was refused that no `expect_violation` asked for."""
        self.team.journal.assert_clean()

    # trouble and time

    @property
    def faults(self) -> Faults:
        return self.team.faults

    @property
    def limits(self) -> Limits:
        return self.team.limits

    @property
    def subscriptions(self) -> set[str]:
        """Events the app subscribed to, as "app_mention" or "message.channels"."""
        return self.team.events.subscriptions

    @subscriptions.setter
    def subscriptions(self, events: Iterable[str]) -> None:
        self.team.events.subscriptions = set(events)

    @property
    def redelivery(self) -> tuple[float, ...]:
        """Seconds after which an unacked event comes again, one for each retry."""
        return self.team.events.redelivery

    @redelivery.setter
    def redelivery(self, seconds: Sequence[float]) -> None:
        self.team.events.redelivery = tuple(seconds)

    @property
    def ack_deadline(self) -> float:
        """Seconds of real time an ack may take."""
        return self.team.sockets.ack_deadline

    @ack_deadline.setter
    def ack_deadline(self, seconds: float) -> None:
        self.team.sockets.ack_deadline = seconds

    @property
    def edit_window(self) -> float | None:
        """Seconds after which chat.update answers edit_window_closed; None is never."""
        return self.team.edit_window

    @edit_window.setter
    def edit_window(self, seconds: float | None) -> None:
        self.team.edit_window = seconds

    @property
    def connections(self) -> list[Connection]:
        """Open Socket Mode connections that still get envelopes."""
        return [one for one in self.team.sockets.open if one.usable]

    async def disconnect(self, reason: str = "refresh_requested", which: int | None = None) -> None:
        """Tell connections to leave; after "link_disabled" none is handed out any more."""
        if reason == Reason.LINK_DISABLED:
            self.team.sockets.enabled = False
        await self.team.sockets.disconnect(Reason(reason), which)

    async def drop_sockets(self) -> None:
        """Break every TCP connection without a goodbye."""
        for connection in list(self.team.sockets.open):
            self.team.sockets.cut(connection)

    def freeze_sockets(self, which: int | None = None) -> None:
        """From now on open connections take frames, and neither send nor answer a ping."""
        self.team.sockets.freeze(which)

    def deafen_sockets(self, which: int | None = None) -> None:
        """From now on open connections answer pings, and swallow every envelope."""
        self.team.sockets.deafen(which)

    def clock_skip(self, seconds: float) -> None:
        """Move the clock of triggers, response URLs, redelivery and schedules forward."""
        self.team.journal.add("clock", "", {"skipped": seconds})
        self.team.clock.skip(seconds)
