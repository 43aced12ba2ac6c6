"""Socket Mode: connections, envelopes to exactly one of them, acks with their deadline."""

import asyncio
import itertools
import json
import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from aiohttp import ClientConnectionResetError, WSMsgType, web

from simulator.clocks import Clock
from simulator.faults import Fault, Faults, Trouble
from simulator.journal import Journal
from simulator.shapes import JsonObject, is_object

ACK_SECONDS = 3.0
CONNECTIONS_ALLOWED = 10
CLOSE_SECONDS = 1.0
CONNECTION_TIME = 18_060


class Reason(StrEnum):
    """Why Slack sends a disconnect frame."""

    WARNING = "warning"
    REFRESH_REQUESTED = "refresh_requested"
    LINK_DISABLED = "link_disabled"
    TOO_MANY_WEBSOCKETS = "too_many_websockets"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of one envelope; `latency` in seconds, `error` as Slack would show it."""

    envelope_id: str
    acked: bool
    payload: JsonObject | None = None
    latency: float | None = None
    error: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Connection:
    """One open WebSocket; a draining one gets no more envelopes, a frozen one answers nothing.

    A deaf one answers pings, but of the envelopes sent to it none arrives.
    """

    number: int
    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    opened: float
    draining: bool = False
    frozen: bool = False
    deaf: bool = False

    @property
    def usable(self) -> bool:
        return not self.draining and not self.socket.closed


@dataclass(slots=True, kw_only=True)
class _Pending:
    outcome: asyncio.Future[Outcome]
    sent_at: float
    deadline: asyncio.TimerHandle | None = None


@dataclass(slots=True, kw_only=True)
class Sockets:
    """The app's connections and the envelopes under way."""

    journal: Journal
    clock: Clock
    faults: Faults
    app_id: str
    ack_deadline: float = ACK_SECONDS
    enabled: bool = True
    open: list[Connection] = field(default_factory=list[Connection])
    _tickets: set[str] = field(default_factory=set[str])
    _pending: dict[str, _Pending] = field(default_factory=dict[str, _Pending])
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _turn: int = 0

    def issue_ticket(self) -> str:
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket endpoint: hello, then acks until either side leaves."""
        if not self.enabled or request.query.get("ticket") not in self._tickets:
            return web.Response(status=401, text="invalid ticket")
        refusal = self.faults.for_socket()
        if refusal is not None and not refusal.error:
            self._log_fault(refusal, request.query["ticket"])
            return web.Response(status=refusal.status, text="try again")
        self._tickets.discard(request.query["ticket"])
        # PING is answered by hand, because a frozen connection must not
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        if refusal is not None:
            return await self._turned_away(socket, Reason(refusal.error))
        if len([one for one in self.open if not one.draining]) >= CONNECTIONS_ALLOWED:
            return await self._turned_away(socket, Reason.TOO_MANY_WEBSOCKETS)
        connection = Connection(
            number=next(self._numbers),
            socket=socket,
            transport=request.transport,
            opened=self.clock.now(),
        )
        self.open.append(connection)
        self._log(connection, "opened")
        try:
            await socket.send_json(self._hello())
            await self._listen(connection)
        finally:
            self._forget(connection)
        return socket

    async def _turned_away(
        self, socket: web.WebSocketResponse, reason: Reason
    ) -> web.StreamResponse:
        await socket.send_json(_farewell(reason))
        await socket.close()
        self._log_disconnect("refused", reason)
        return socket

    async def deliver(
        self,
        type_: str,
        payload: JsonObject,
        *,
        accepts_payload: bool,
        retry: tuple[int, str] | None = None,
    ) -> Outcome:
        """Send to one connection, wait for the ack. Returns also when nobody is connected."""
        troubles = self.faults.for_envelope(type_)
        if (delay := troubles.get(Trouble.DELAY_ENVELOPE)) is not None:
            self._log_fault(delay, type_)
            await asyncio.sleep(delay.seconds)
        if (double := troubles.get(Trouble.DUPLICATE_ENVELOPE)) is not None:
            self._log_fault(double, type_)
            await self._send(type_, payload, accepts_payload, retry, None)
        drop = troubles.get(Trouble.DROP_SOCKET)
        return await self._send(type_, payload, accepts_payload, retry, drop, wait=True)

    async def _send(
        self,
        type_: str,
        payload: JsonObject,
        accepts_payload: bool,
        retry: tuple[int, str] | None,
        drop: Fault | None,
        wait: bool = False,
    ) -> Outcome:
        envelope_id = str(uuid.uuid4())
        envelope: JsonObject = {
            "envelope_id": envelope_id,
            "type": type_,
            "accepts_response_payload": accepts_payload,
            "payload": payload,
        }
        if type_ == "events_api":
            envelope["retry_attempt"], envelope["retry_reason"] = retry or (0, "")
        text = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
        pending = self._await_ack(envelope_id)
        while (connection := self._next()) is not None:
            if await self._write(connection, text, drop):
                break
        else:
            self._settle(envelope_id, error="dispatch_failed")
        self.journal.add(
            "envelope",
            type_,
            {
                "envelope_id": envelope_id,
                "connection": connection.number if connection else None,
                "retry": retry[0] if retry else 0,
                "payload": payload,
            },
        )
        if not wait:
            return Outcome(envelope_id=envelope_id, acked=False)
        return await pending.outcome

    async def _write(self, connection: Connection, text: str, drop: Fault | None) -> bool:
        if drop is not None:
            self._log_fault(drop, f"connection {connection.number}")
        try:
            hears = not (connection.frozen or connection.deaf)
            if hears and (drop is None or drop.delivered):
                await connection.socket.send_str(text)
        except (ClientConnectionResetError, ConnectionError, RuntimeError):
            self._forget(connection)
            return False
        if drop is not None:
            self.cut(connection)
        return True

    def _next(self) -> Connection | None:
        usable = [one for one in self.open if one.usable]
        if not usable:
            return None
        self._turn += 1
        return usable[self._turn % len(usable)]

    def _await_ack(self, envelope_id: str) -> _Pending:
        loop = asyncio.get_running_loop()
        pending = _Pending(outcome=loop.create_future(), sent_at=loop.time())
        self._pending[envelope_id] = pending
        pending.deadline = loop.call_later(
            self.ack_deadline, lambda: self._settle(envelope_id, error="operation_timeout")
        )
        return pending

    def _settle(
        self, envelope_id: str, *, payload: JsonObject | None = None, error: str | None = None
    ) -> float | None:
        pending = self._pending.pop(envelope_id, None)
        if pending is None:
            return None
        if pending.deadline is not None:
            pending.deadline.cancel()
        latency = asyncio.get_running_loop().time() - pending.sent_at
        if not pending.outcome.done():
            pending.outcome.set_result(
                Outcome(
                    envelope_id=envelope_id,
                    acked=error is None,
                    payload=payload,
                    latency=None if error else latency,
                    error=error,
                )
            )
        return latency

    async def _listen(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if connection.frozen:
                continue
            if frame.type is WSMsgType.PING:
                await connection.socket.pong(frame.data)
            elif frame.type is WSMsgType.TEXT:
                self._heard(connection, frame.data)

    def _heard(self, connection: Connection, text: str) -> None:
        try:
            ack: object = json.loads(text)
        except ValueError:
            ack = None
        if not is_object(ack) or not isinstance(ack.get("envelope_id"), str):
            self.journal.violate("socket", "malformed_ack", text[:200])
            return
        payload = ack.get("payload")
        payload = payload if is_object(payload) else None
        latency = self._settle(ack["envelope_id"], payload=payload)
        self.journal.add(
            "ack",
            f"connection {connection.number}",
            {"envelope_id": ack["envelope_id"], "latency": latency, "payload": payload},
        )

    async def disconnect(self, reason: Reason, which: int | None) -> None:
        """Send the frame to all connections or the one of that number; then they must leave."""
        for connection in [one for one in self.open if which in {None, one.number}]:
            self._log_disconnect(f"connection {connection.number}", reason)
            if reason is not Reason.WARNING:
                connection.draining = True
            if not connection.frozen:
                await connection.socket.send_json(_farewell(reason))
            if reason is not Reason.WARNING:
                loop = asyncio.get_running_loop()
                loop.call_later(CLOSE_SECONDS, self.cut, connection)

    def cut(self, connection: Connection) -> None:
        """Break the TCP connection without a goodbye."""
        self._forget(connection)
        if connection.transport is not None:
            connection.transport.abort()

    def freeze(self, which: int | None) -> None:
        """Half-dead sockets: they stay open, take frames, and neither send nor answer."""
        for connection in [one for one in self.open if which in {None, one.number}]:
            connection.frozen = True
            self._log(connection, "frozen")

    def deafen(self, which: int | None) -> None:
        """Half-dead sockets that answer pings: what is sent to them is swallowed on the way."""
        for connection in [one for one in self.open if which in {None, one.number}]:
            connection.deaf = True
            self._log(connection, "deaf")

    async def close(self) -> None:
        for connection in list(self.open):
            await connection.socket.close()
        for envelope_id in list(self._pending):
            self._settle(envelope_id, error="dispatch_failed")

    def _forget(self, connection: Connection) -> None:
        if connection in self.open:
            self.open.remove(connection)
            self._log(connection, "closed")

    def _hello(self) -> JsonObject:
        return {
            "type": "hello",
            "num_connections": len(self.open),
            "debug_info": {
                "host": "applink-local",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_TIME,
            },
            "connection_info": {"app_id": self.app_id},
        }

    def _log(self, connection: Connection, what: str) -> None:
        facts = {"state": what, "open": len(self.open)}
        self.journal.add("connection", f"connection {connection.number}", facts)

    def _log_disconnect(self, who: str, reason: Reason) -> None:
        self.journal.add("disconnect", who, {"reason": str(reason)})

    def _log_fault(self, fault: Fault, who: str) -> None:
        self.journal.add("fault", who, {"trouble": str(fault.trouble)})


def _farewell(reason: Reason) -> JsonObject:
    return {"type": "disconnect", "reason": str(reason), "debug_info": {"host": "applink-local"}}
