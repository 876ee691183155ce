"""The Unix socket: who may connect, which role a connection plays, and the requests of the CLI role."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import memoryd
from memoryd.errors import BusyError, MemorydError, TooManyClients, UsageError
from memoryd.server import protocol, verbs
from memoryd.server.connection import Connection
from memoryd.server.listen import BACKLOG
from memoryd.server.newcomers import ACCEPTED_AT_ONCE, LEAST, Newcomers, bearable
from memoryd.server.protocol import RpcRequest
from memoryd.server.service import Call, Ending, Peer, Progress, Service

log = logging.getLogger(__name__)

HELLO_TIMEOUT_S = 10.0
NEWCOMERS_ONE_IN, CLIENTS_ONE_IN = 4, 3  # of the files that the daemon may have open
FOR_COMMANDS_ONE_IN = 16  # of the places: agents stay for long, and a person must be able to see what goes on
REQUESTS_PER_CONNECTION = 512

ServeMcp = Callable[[Connection, Peer], Awaitable[None]]


class SocketServer:
    """Accepts connections and serves each in its role. ``clients`` counts those that said which it is."""

    def __init__(self, service: Service, serve_mcp: ServeMcp) -> None:
        self._service, self._serve_mcp = service, serve_mcp
        self._tasks: set[asyncio.Task[None]] = set()
        most = service.config.daemon.max_connections
        self._newcomers = Newcomers(bearable(max(most, LEAST), NEWCOMERS_ONE_IN), HELLO_TIMEOUT_S)
        self._limit = bearable(most, CLIENTS_ONE_IN)
        self._server: asyncio.Server | None = None
        self.clients = 0

    async def start(self, listener: socket.socket) -> None:
        self._server = await asyncio.start_unix_server(
            self._accept,
            sock=listener,
            limit=self._service.config.limits.line_bytes,
            backlog=ACCEPTED_AT_ONCE,
        )
        listener.listen(BACKLOG)

    async def close(self) -> None:
        """Stop accepting and end every connection."""
        if self._server:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1.0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        connection = Connection(reader, writer)
        try:
            await self._serve(connection)
        except (ConnectionError, asyncio.CancelledError):
            connection.abort()  # the client left, or the daemon is ending
        except Exception:
            log.exception("a connection failed")
            connection.abort()
        finally:
            self._tasks.discard(task)
            connection.close()

    async def _serve(self, connection: Connection) -> None:
        newcomer = self._newcomers.came(connection.abort)
        try:
            line = await connection.read_line()
            if not line:
                return
            hello = protocol.decode_hello(line)
        except MemorydError as error:
            await connection.send(protocol.error_line(None, error))
            return
        except protocol.LineTooLong:
            return
        finally:
            self._newcomers.left(newcomer)
        if self.clients >= self._limit - (self._limit // FOR_COMMANDS_ONE_IN if hello.role == "mcp" else 0):
            await connection.send(protocol.error_line(None, self._too_many()))
            return
        self.clients += 1
        try:
            await self._play(connection, hello)
        finally:
            self.clients -= 1

    async def _play(self, connection: Connection, hello: protocol.Hello) -> None:
        peer = Peer(
            surface=hello.role,
            cwd=hello.cwd,
            caller=connection.caller() if hello.role == "cli" else None,
            session=uuid.uuid4().hex,
            began_at_s=time.time(),
        )
        if hello.role == "mcp":
            await self._serve_mcp(connection, peer)
        else:
            about = {"version": memoryd.__version__, "pid": os.getpid()}
            await connection.send(protocol.notification_line("hello", about))
            await CliSession(self._service, connection, peer).run()

    def _too_many(self) -> TooManyClients:
        limit = f"daemon.max_connections {self._service.config.daemon.max_connections}"
        is_less = self._limit < self._service.config.daemon.max_connections
        return TooManyClients(
            f"too many clients are connected: {self.clients}",
            where=f"{limit}, of which the limit of open files leaves {self._limit}" if is_less else limit,
            next_step="close some, or raise the limit; `memoryd daemon stop` ends all",
        )


class CliSession:
    """The requests of one CLI connection; they run side by side and end with the connection."""

    def __init__(self, service: Service, connection: Connection, peer: Peer) -> None:
        self._service, self._connection, self._peer = service, connection, peer
        self._tasks: set[asyncio.Task[None]] = set()
        self._endings: list[Ending] = []

    async def run(self) -> None:
        """Until the client ends its input; what it asked is still answered unless it leaves altogether."""
        try:
            while True:
                try:
                    line = await self._connection.read_line()
                except protocol.LineTooLong:
                    await self._connection.send(protocol.error_line(None, _too_long(self._service)))
                    continue
                if not line:
                    break
                await self._take(line)
            await self._finish()
        finally:
            for task in self._tasks:
                task.cancel()
            for ending in self._endings:
                await ending()

    async def _take(self, line: bytes) -> None:
        try:
            request = protocol.decode_request(line)
            if len(self._tasks) >= REQUESTS_PER_CONNECTION:
                raise BusyError("too many requests on one connection", next_step="wait for answers")
        except MemorydError as error:
            await self._connection.send(protocol.error_line(None, error))
            return
        task = asyncio.create_task(self._answer(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(self) -> None:
        if not self._tasks:
            return
        gone = asyncio.create_task(self._connection.wait_gone())
        pending: set[asyncio.Task[None]] = {*self._tasks}
        while pending and not gone.done():
            await asyncio.wait({gone, *pending}, return_when=asyncio.FIRST_COMPLETED)
            pending = {task for task in pending if not task.done()}
        gone.cancel()

    async def _answer(self, request: RpcRequest) -> None:
        notices = _Notices(self._connection)
        call = Call(
            self._peer,
            on_progress=notices.progress,
            on_rows=notices.rows,
            at_end=self._endings.append,
            typed=request.typed,
        )
        try:
            line = protocol.result_line(
                request.id, await verbs.respond(self._service, call, request.method, request.params)
            )
        except MemorydError as error:
            line = protocol.error_line(request.id, error)
        except Exception as error:
            log.exception("the verb %s failed", request.method[:40])
            line = protocol.error_line(request.id, protocol.failure(self._service.paths, error))
        with contextlib.suppress(ConnectionError):  # nobody is there to read it
            await notices.flush()
            if request.id is not None:
                await self._connection.send(line)


class _Notices:
    """Notifications of one request, in order; progress is thinned while the client is slow."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._newest: dict[str, Progress] = {}  # by phase: that a phase began is always said
        self._sender: asyncio.Task[None] | None = None

    def progress(self, progress: Progress) -> None:
        self._newest[progress.phase] = progress
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send())

    async def _send(self) -> None:
        with contextlib.suppress(ConnectionError):
            while self._newest:
                newest, self._newest = self._newest, {}
                lines = [protocol.notification_line("progress", progress) for progress in newest.values()]
                await self._connection.send(b"".join(lines))

    async def rows(self, rows: Sequence[Any]) -> None:
        """Raises ConnectionError when the client has left, which ends the work."""
        await self._connection.send(b"".join(protocol.notification_line("row", row) for row in rows))

    async def flush(self) -> None:
        if self._sender:
            await self._sender


def _too_long(service: Service) -> UsageError:
    return UsageError(
        f"a message of more than {service.config.limits.line_bytes} bytes was dropped",
        where="limits.line_bytes",
        next_step="send less at once",
    )
