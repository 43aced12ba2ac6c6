"""An HTTP proxy on a real socket that makes tunnels, and remembers what it could see."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

_LONGEST_HEAD = 16 * 1024


@dataclass(kw_only=True, slots=True)
class Proxy:
    """`asked` are the places it was asked to reach, `passed` the bytes on their way there.

    Whoever does not show `wanted` as Proxy-Authorization is refused; empty lets everybody.
    """

    wanted: str = ""
    url: str = ""
    asked: list[str] = field(default_factory=list[str])
    passed: bytearray = field(default_factory=bytearray)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._tunnel(reader, writer)
        finally:
            writer.close()

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, place, _ = head.partition("\r\n")[0].split(" ")
        self.asked.append(place)
        if method != "CONNECT":
            writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            return
        if self.wanted and f"proxy-authorization: {self.wanted}".casefold() not in head.casefold():
            writer.write(
                b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n"
                b'Proxy-Authenticate: Basic realm="out"\r\n\r\n'
            )
            return
        host, _, port = place.rpartition(":")
        far, back = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        ways = {
            asyncio.ensure_future(_hand(reader, back, self.passed)),
            asyncio.ensure_future(_hand(far, writer, bytearray())),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            back.close()


async def _hand(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passed: bytearray
) -> None:
    while piece := await reader.read(64 * 1024):
        passed += piece
        writer.write(piece)
        await writer.drain()


@asynccontextmanager
async def proxying(wanted: str = "") -> AsyncGenerator[Proxy]:
    """One on a free port of this machine; tunnels end with it."""
    proxy = Proxy(wanted=wanted)
    tunnels: set[asyncio.Task[None]] = set()

    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tunnel = asyncio.ensure_future(proxy.serve(reader, writer))
        tunnels.add(tunnel)
        await asyncio.wait([tunnel])

    server = await asyncio.start_server(begin, "127.0.0.1", 0, limit=_LONGEST_HEAD)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        for tunnel in tunnels:
            tunnel.cancel()
        await asyncio.gather(*tunnels, return_exceptions=True)
