"""A wire to a server that a test can cut, at any byte."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress


class Wire:
    """Carries bytes to `port` of this machine; `cut_at` ends it when a client says that.

    With `carries_last` the server still hears what was said; its answer is lost.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.cut_at = b""
        self.carries_last = False
        self.stays_cut = False

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._joined, "127.0.0.1", 0)

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self._cut()
        await self._server.wait_closed()

    async def _joined(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if self.stays_cut:
            back.close()
            return
        far, forth = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers |= {back, forth}
        with suppress(OSError):
            await asyncio.gather(self._said(near, forth), self._answered(far, back))
        for writer in (back, forth):
            writer.close()
            self._writers.discard(writer)

    async def _said(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65_536):
            if self.cut_at and self.cut_at in said:
                if self.carries_last:
                    writer.write(said)
                    await writer.drain()
                self.cut_at = b""
                self._cut(but=writer if self.carries_last else None)
                return
            writer.write(said)
            await writer.drain()
        writer.close()

    @staticmethod
    async def _answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65_536):
            writer.write(said)
            await writer.drain()
        writer.close()

    def _cut(self, *, but: asyncio.StreamWriter | None = None) -> None:
        """No goodbye; the server reads what is already on its way."""
        for writer in self._writers - {but}:
            writer.transport.abort()


@asynccontextmanager
async def wire(port: int) -> AsyncGenerator[Wire]:
    """A wire, cut afterwards."""
    opened = Wire(port)
    await opened.open()
    yield opened
    await opened.close()
