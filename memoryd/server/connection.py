"""One accepted connection, after accept and before its role: bounded lines in, ordered lines out."""

from __future__ import annotations

import asyncio
import select
import socket
from typing import Any

from memoryd.server.callers.process import PeerProcess, caller_of
from memoryd.server.protocol import read_line

GONE_POLL_S = 0.1
SEND_TIMEOUT_S = 60.0  # a client that takes no bytes for so long is treated as gone


class Connection:
    """Reads lines, writes whole lines, and knows whether anybody is still there."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._sending = asyncio.Lock()

    async def read_line(self) -> bytes:
        """See ``protocol.read_line``; ``b""`` also when the connection broke."""
        try:
            return await read_line(self._reader)
        except (ConnectionError, asyncio.IncompleteReadError):
            return b""

    async def send(self, line: bytes) -> None:
        """Write one line and wait while the client is slow. Raises ConnectionError when it has left."""
        async with self._sending:
            self._writer.write(line)
            try:
                async with asyncio.timeout(SEND_TIMEOUT_S):
                    await self._writer.drain()
            except TimeoutError:
                raise ConnectionResetError("the client takes no answers") from None

    async def wait_gone(self) -> None:
        """Returns when the client has closed both directions; one that only ended its input still listens."""
        descriptor = self._descriptor()
        if descriptor < 0:
            return
        poller = select.poll()
        poller.register(descriptor, 0)  # hang-up and error are always reported
        while not poller.poll(0) and not self._writer.transport.is_closing():
            await asyncio.sleep(GONE_POLL_S)

    def caller(self) -> PeerProcess | None:
        """The process that connected, None where the system does not say."""
        sock: socket.socket | None = self._writer.get_extra_info("socket")
        return caller_of(sock) if sock else None

    def _descriptor(self) -> int:
        sock: socket.socket | None = self._writer.get_extra_info("socket")
        return sock.fileno() if sock else -1

    def close(self) -> None:
        self._writer.close()

    def abort(self) -> None:
        """Close without waiting for what is still buffered."""
        transport: Any = self._writer.transport
        transport.abort()
