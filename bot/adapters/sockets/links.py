"""One connection to Slack: opened once, ended once, never opened again."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from aiohttp import ClientWebSocketResponse, WSMsgType
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_errors import port_error
from bot.adapters.sockets.frames import HELLO, Hello, Reason, read_frame, read_hello, read_reason
from bot.domain.errors import PortError, Temporary

log = structlog.get_logger(__name__)

REFUSALS = frozenset(
    {
        "access_denied",
        "account_inactive",
        "forbidden_team",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
"""Errors of apps.connections.open that no further try mends: the token or the app was changed."""

CLOSE_OK = (1_000).to_bytes(2, "big")
"""The body of a close frame: normal closure (RFC 6455, section 7.4.1)."""

STALE_AFTER = 2.5
"""Times `ping` without any frame, PONG among them, after which a socket counts as half-dead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """Seconds: between pings, to open, for unanswered envelopes, to close, for an ack to leave."""

    ping: float = 10.0
    open: float = 10.0
    drain: float = 2.0
    close: float = 1.0
    ack: float = 2.0


class NotOpened(Exception):
    """A connection did not come about; `asked` is Retry-After in seconds."""

    def __init__(
        self, reason: Reason, *, code: str = "", asked: float = 0.0, refused: bool = False
    ) -> None:
        super().__init__(f"{reason}: {code}")
        self.reason = reason
        self.code = code
        self.asked = asked
        self.refused = refused


class Link(SocketModeClient):
    """slack_sdk's client without its reconnecting, whose holes are told in docs/decisions/0006.

    Each link asks for its own address, so no ticket is used twice. `over` is done with the reason
    as soon as it should be left; until `close` it still sends and receives. Made inside a running
    loop.
    """

    def __init__(
        self,
        app_token: str,
        web: AsyncWebClient,
        times: Times,
        *,
        seize: Callable[["Link", Mapping[str, Any]], bool],
        elsewhere: Callable[[str], Awaitable[bool]],
    ) -> None:
        """`seize` sees each envelope first, and whether it is done with; `elsewhere` sends."""
        super().__init__(
            app_token=app_token,
            web_client=web,
            auto_reconnect_enabled=False,
            ping_interval=times.ping,
        )
        self.over: asyncio.Future[Reason] = asyncio.get_running_loop().create_future()
        self.hello: asyncio.Future[Hello] = asyncio.get_running_loop().create_future()
        self.missed = 0
        self.opened_at = self.heard_at = 0.0
        self._times = times
        self._seize = seize
        self._elsewhere = elsewhere
        self._leaving = self._last = False
        self._under_way: set[asyncio.Task[None]] = set()
        self._receiving: asyncio.Task[None] | None = None
        self._pinging: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can send, also when it should be left."""
        session = self.current_session
        return session is not None and not (session.closed or self._leaving or self.closed)

    @property
    def is_well(self) -> bool:
        """Whether Slack greeted it and nothing has spoken against it since."""
        return self.is_open and self.hello.done() and not self.over.done()

    async def is_connected(self) -> bool:
        return self.is_well

    async def connect(self) -> None:
        """Open it and wait for Slack's hello; raises `NotOpened`, within a bound."""
        try:
            async with asyncio.timeout(self._times.open):
                await self._open()
                await asyncio.wait({self.hello, self.over}, return_when=asyncio.FIRST_COMPLETED)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NotOpened(Reason.NOT_OPENED, code=repr(error)) from error
        if not self.hello.done() or self.over.done():
            raise NotOpened(self.over.result())

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """What slack_sdk calls to reconnect: here it only says that this link is over."""
        self.leave(Reason.CLOSED)

    def leave(self, reason: Reason) -> None:
        """Say that this link should be left; the first reason counts."""
        if not self.over.done():
            self.over.set_result(reason)

    async def issue_new_wss_url(self) -> str:
        try:
            answer = await self.web_client.apps_connections_open(app_token=self.app_token)
        except SlackClientError as error:
            failed: PortError = port_error(error)
            asked = failed.retry_after if isinstance(failed, Temporary) else None
            raise NotOpened(
                Reason.NOT_OPENED,
                code=failed.code,
                asked=asked or 0.0,
                refused=failed.code in REFUSALS,
            ) from error
        return str(answer.get("url"))

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        url = await self.issue_new_wss_url()
        session = await self.aiohttp_client_session.ws_connect(
            url,
            autoping=False,
            proxy=self.proxy,
            ssl=self.web_client.ssl if self.web_client.ssl is not None else True,
        )
        self.current_session = session
        self.opened_at = self.heard_at = loop.time()
        self._receiving = asyncio.create_task(self._receive(session))
        self._pinging = asyncio.create_task(self._ping(session))

    async def _receive(self, session: ClientWebSocketResponse) -> None:
        loop = asyncio.get_running_loop()
        try:
            async for message in session:
                self.heard_at = loop.time()
                match message.type:
                    case WSMsgType.TEXT:
                        self._read(message.data)
                    case WSMsgType.PING:
                        await session.pong(message.data)
                    case WSMsgType.PONG:
                        pass  # That something was heard is all that it says.
                    case _:
                        log.debug("socket_frame_ignored", type=message.type)
        except (aiohttp.ClientError, OSError) as error:
            log.info("socket_broke", error=repr(error))
        finally:
            self.leave(Reason.CLOSED)

    def _read(self, text: str) -> None:
        frame = read_frame(text)
        if frame is None:
            log.warning("socket_frame_is_no_json", start=text[:80])
        elif frame.get("type") == HELLO:
            if not self.hello.done():
                self.hello.set_result(read_hello(frame))
        elif frame.get("type") == "disconnect":
            self.leave(read_reason(frame))
        elif not self._last:
            # Kept until done: the loop itself holds tasks only weakly.
            task = asyncio.create_task(self._work(frame, text))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _work(self, frame: dict[str, Any], text: str) -> None:
        if self._seize(self, frame):
            await self.send_message(json.dumps({"envelope_id": frame.get("envelope_id")}))
        else:
            await self.run_message_listeners(frame, text)

    async def _ping(self, session: ClientWebSocketResponse) -> None:
        loop = asyncio.get_running_loop()
        try:
            while loop.time() - self.heard_at < self._times.ping * STALE_AFTER:
                async with asyncio.timeout(self._times.ping):
                    await session.ping(b"jobthread")
                await asyncio.sleep(self._times.ping)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("socket_ping_failed", error=repr(error))
        self.leave(Reason.STALE)

    async def send_message(self, message: str) -> None:
        """Send an ack; over another connection of the app when this one cannot any more."""
        if not (await self.sends(message) or await self._elsewhere(message)):
            log.warning("ack_not_sent", message=message[:80])

    async def sends(self, message: str) -> bool:
        """Whether this connection took the message."""
        session = self.current_session
        if session is None or not self.is_open:
            return False
        try:
            async with asyncio.timeout(self._times.ack):
                await session.send_str(message)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("socket_send_failed", error=repr(error))
            return False
        return True

    async def close(self, *, last: bool = False) -> None:
        """Let what was taken be acked, then close; never longer than `drain` and `close`.

        What Slack had sent when it read our goodbye is still taken, and acked over another
        connection; but not by the `last` one, for there nobody could ack it any more.
        """
        self.leave(Reason.CLOSED)
        await self._drained()
        self._leaving, self._last = True, last
        self.message_processor.cancel()
        if self._pinging is not None:
            self._pinging.cancel()
        await self._say_goodbye()
        self.closed = True
        await self._drained()
        # Closing the session cuts the connection, whatever became of the goodbye.
        await self.aiohttp_client_session.close()

    async def _drained(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=self._times.drain)

    async def _say_goodbye(self) -> None:
        session, receiving = self.current_session, self._receiving
        if session is None or receiving is None:
            return
        try:
            async with asyncio.timeout(self._times.close):
                # session.close() would throw away what Slack sent before it read the goodbye.
                await session.send_frame(CLOSE_OK, WSMsgType.CLOSE)
                await asyncio.wait({receiving})
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("socket_closed_without_goodbye", error=repr(error))
        receiving.cancel()
        await asyncio.gather(receiving, return_exceptions=True)


class Handler(AsyncSocketModeHandler):
    """Bolt's handler for one AsyncApp, over a link instead of slack_sdk's own client."""

    def __init__(self, app: AsyncApp, link: Link, acked: Callable[[str, float], None]) -> None:
        # Bolt's own __init__ would open a second client only to be thrown away.
        self.app = app
        self.app_token = link.app_token
        self.client = link

        async def handle(_: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
            began = asyncio.get_running_loop().time()
            await self.handle(link, request)
            acked(request.type, asyncio.get_running_loop().time() - began)

        link.socket_mode_request_listeners.append(handle)
