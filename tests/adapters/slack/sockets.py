"""The app's sockets on a workspace, with short times, and what they said meanwhile."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.sockets import Backoff, Fatal, Sockets, Times
from simulator import Workspace
from simulator.sockets import Connection

PATIENT = Times(ping=60.0, open=10.0, drain=5.0, close=5.0, ack=5.0)
"""No ping is due while a test lasts, so that a busy machine makes no connection stale."""

SHORT = Backoff(first=0.02, most=0.1, steady=0.5)


@dataclass(kw_only=True)
class Bench:
    """Sockets with all they tell; `app` answers `/job` with `back`."""

    workspace: Workspace
    app: AsyncApp
    sockets: Sockets
    events: Counter[str] = field(default_factory=Counter[str])
    fatal: list[Fatal] = field(default_factory=list[Fatal])
    envelopes: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    seizes: Callable[[Mapping[str, Any]], bool] = lambda frame: False

    def socket_event(self, reason: str) -> None:
        self.events[reason] += 1

    def saw(self, frame: Mapping[str, Any]) -> bool:
        self.envelopes.append(frame)
        return self.seizes(frame)

    async def until(self, seen: Callable[[], object], why: str) -> None:
        """Wait for something that the workspace may know nothing of."""
        try:
            async with asyncio.timeout(10):
                while not seen():  # noqa: ASYNC110 - what is looked at lies in the sockets
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"never came: {why}; {dict(self.events)}") from None

    async def connected(self, count: int) -> list[Connection]:
        await self.until(
            lambda: self.sockets.connected() == count == len(self.workspace.connections),
            f"{count} connections",
        )
        return self.workspace.connections

    async def asks(self) -> str:
        """What `/job` is answered, or Slack's error."""
        gesture = await self.workspace.slash("ana", "/job", channel="#ops")
        return gesture.error or gesture.responses[0].text


@asynccontextmanager
async def bench(
    workspace: Workspace,
    count: int = 2,
    token: str = "xapp-local",
    times: Times = PATIENT,
    backoff: Backoff = SHORT,
) -> AsyncGenerator[Bench]:
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient(
            token="xoxb-local", base_url=workspace.api_url, session=session, retry_handlers=[]
        )
        app = AsyncApp(client=web)

        @app.command("/job")
        async def job(ack: AsyncAck) -> None:
            await ack("back")

        made: list[Bench] = []
        sockets = Sockets(
            app,
            token,
            count=count,
            meters=_Meters(made),
            on_fatal=lambda why: made[0].fatal.append(why),
            on_envelope=lambda frame: made[0].saw(frame),
            times=times,
            backoff=backoff,
        )
        made.append(Bench(workspace=workspace, app=app, sockets=sockets))
        try:
            yield made[0]
        finally:
            await sockets.close()


class _Meters:
    def __init__(self, made: list[Bench]) -> None:
        self._made = made

    def socket_event(self, reason: str) -> None:
        self._made[0].socket_event(reason)

    def acked(self, kind: str, seconds: float) -> None:
        return None
