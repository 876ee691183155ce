"""The HTTP server: MCP over streamable HTTP on 127.0.0.1, behind the guard."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from msgspec import Struct
from starlette.middleware.cors import CORSMiddleware

from memoryd.errors import StoreError, UsageError
from memoryd.server.http import token
from memoryd.server.http.access import App, Guard, Rules
from memoryd.server.http.sessions import Sessions
from memoryd.server.http.visitors import HEAD_BYTES, HttpVisit, Visitors
from memoryd.server.listen import BACKLOG
from memoryd.server.mcp.server import McpServer
from memoryd.server.newcomers import ACCEPTED_AT_ONCE
from memoryd.server.service import Service

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
PATH = "/mcp"
START_S = 5.0
CLOSE_S = 1.0


class HttpAnswer(Struct, frozen=True):
    """Where MCP is served. ``token_file``: holds the bearer token, empty when none is asked for."""

    url: str
    token_required: bool
    token_file: str
    warning: str = ""


class _Uvicorn(uvicorn.Server):
    """Leaves the process's signals alone: they are the daemon's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HttpDoor:
    """Opened at most once in a daemon's life."""

    def __init__(self, service: Service, mcp: McpServer) -> None:
        self._service, self._mcp = service, mcp
        self._server: _Uvicorn | None = None
        self._task: asyncio.Task[None] | None = None
        self._answer: HttpAnswer | None = None

    @property
    def address(self) -> str:
        """The URL, ``""`` while closed."""
        return self._answer.url if self._answer else ""

    async def open(self, port: int, *, token: bool) -> HttpAnswer:
        """Listen on ``port`` (0: any free one). Raises UsageError when the port is taken or the server runs
        with other options already."""
        if self._answer is None:
            self._answer = await self._listen(port, token)
        elif (port and not self._answer.url.endswith(f":{port}{PATH}")) or (
            token != self._answer.token_required
        ):
            raise UsageError(
                "the HTTP server runs already, with other options",
                where=self._answer.url,
                next_step="`memoryd daemon stop` first",
            )
        return self._answer

    async def _listen(self, port: int, token_required: bool) -> HttpAnswer:
        listener = _bind(port)
        port = listener.getsockname()[1]
        file = self._service.paths.token
        secret = token.read_or_create(file) if token_required else ""
        if not token_required:
            log.warning("HTTP on port %d asks for NO TOKEN: every local program may call", port)
        visitors = Visitors()
        self._server = _Uvicorn(
            uvicorn.Config(
                self._app(port, secret, visitors),
                http=cast("Any", partial(HttpVisit, visitors)),
                h11_max_incomplete_event_size=HEAD_BYTES,
                backlog=ACCEPTED_AT_ONCE,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=0,  # open streams end at once
                ws="none",
            )
        )
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        await self._started()
        listener.listen(BACKLOG)
        return HttpAnswer(
            url=f"http://{HOST}:{port}{PATH}",
            token_required=token_required,
            token_file=str(file) if token_required else "",
            warning="" if token_required else "NO TOKEN: every program and user of this machine may call",
        )

    async def _started(self) -> None:
        assert self._server is not None
        assert self._task is not None
        try:
            async with asyncio.timeout(START_S):
                while not self._server.started and not self._task.done():
                    await asyncio.sleep(0.005)
        except TimeoutError:
            self._task.cancel()
        if not self._server.started:
            raise StoreError("HTTP did not start", next_step="see `memoryd daemon logs`")

    def _app(self, port: int, secret: str, visitors: Visitors) -> App:
        settings = self._service.config.http
        hosts = [f"{HOST}:{port}", f"localhost:{port}"]
        origins = [*(f"http://{host}" for host in hosts), *settings.allowed_origins]
        app = self._mcp.server.streamable_http_app(
            streamable_http_path=PATH,
            host=HOST,
            max_request_body_size=settings.body_bytes,
            max_sessions=settings.max_sessions,
            transport_security=TransportSecuritySettings(
                enable_dns_rebinding_protection=True, allowed_hosts=hosts, allowed_origins=origins
            ),
        )
        if settings.allowed_origins:
            app.add_middleware(
                CORSMiddleware,
                allow_origins=list(settings.allowed_origins),
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=["*"],
                expose_headers=["Mcp-Session-Id"],
            )
        pages = frozenset(settings.allowed_origins)
        rules = Rules(frozenset(hosts), frozenset(origins), secret, pages)
        return Guard(Sessions(app, settings.max_sessions), rules, visitors)

    async def close(self) -> None:
        """Stop listening and end the open sessions."""
        if self._server and self._task:
            self._server.should_exit = True
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(self._task, CLOSE_S)
        self._answer = None


def _bind(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise UsageError(
            f"cannot listen on port {port}: {error.strerror}",
            where=f"{HOST}:{port}",
            next_step="choose another: `memoryd serve --http --port N` (0 = any free one)",
        ) from error
    return listener
