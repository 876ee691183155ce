"""The life of the daemon: listen at once, import the rest behind the first clients, end within two seconds."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import gc
import logging
import os
import resource
import signal
import socket
import sys
import time
from typing import Any

import memoryd
from memoryd.config import Config
from memoryd.daemon.processes import logs
from memoryd.daemon.processes.child_process import kill_children
from memoryd.daemon.processes.lock import Lock
from memoryd.daemon.service import DaemonService, ProcessState
from memoryd.errors import MemorydError
from memoryd.paths import Paths
from memoryd.server.connection import Connection
from memoryd.server.gate import Gate
from memoryd.server.service import Peer
from memoryd.server.socket import SocketServer

log = logging.getLogger(__name__)

TICK_S = 1.0
CLOSE_S = 1.5  # of the two seconds that SIGTERM leaves
MEMORY_IDLE_S = 600.0
SWITCH_S = 0.0005  # a thread that computes keeps the others waiting for so long, at each of their queries
SNAPSHOT_EVERY_S = 300.0
READ_AFTER_S = 2.0  # of quiet: agents ask in bursts


def run(paths: Paths, config: Config, lock: Lock, listener: socket.socket) -> int:
    """Serve until told to end. Returns the exit code. The caller leaves by ``os._exit``: threads may be busy."""
    logs.start(paths, config.daemon)
    faulthandler.enable()
    sys.setswitchinterval(SWITCH_S)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is in memory is nobody's to find on the disk
    log.info("memoryd %s begins, pid %d, home %s", memoryd.__version__, os.getpid(), paths.home)
    try:
        # Not asyncio.run: at its end it waits for every thread, and git may take a minute to answer one.
        asyncio.new_event_loop().run_until_complete(_serve(paths, config, lock, listener))
    finally:
        with contextlib.suppress(FileNotFoundError):
            if lock.still_ours():
                paths.socket.unlink()
        kill_children()
        log.info("memoryd ends, pid %d", os.getpid())
    return 0


async def _serve(paths: Paths, config: Config, lock: Lock, listener: socket.socket) -> None:
    daemon = Daemon(paths, config, lock)
    await daemon.serve(listener)


class Daemon:
    """The process around the service: its sockets, its signals, its ticks and its end."""

    def __init__(self, paths: Paths, config: Config, lock: Lock) -> None:
        self._gate = Gate(config.limits)
        self._config = config
        self._service = DaemonService(paths, config, self._gate, self)
        self._lock = lock
        self._stopping = asyncio.Event()
        self._loaded = asyncio.Event()
        self._mcp: Any = None
        self._http: Any = None
        self._http_holders = 0
        self._http_changes = asyncio.Lock()
        self._sockets = SocketServer(self._service, self._serve_mcp)
        self._last_client_s = time.monotonic()
        self._last_compared_s = self._last_snapshot_s = time.monotonic()

    async def serve(self, listener: socket.socket) -> None:
        """Until ``stop`` or a signal."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, lambda: None)  # the terminal that started us was closed
        await self._sockets.start(listener)
        tasks = [asyncio.create_task(self._load()), asyncio.create_task(self._tick())]
        await self._stopping.wait()
        for task in tasks:
            task.cancel()
        await self._close()

    async def _close(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._sockets.close()
                if self._http:
                    await self._http.close()
                await self._service.close()
        except TimeoutError:
            log.warning("something did not end in time; the kernel ends it with us")
        self._gate.close()

    def stop(self) -> None:
        self._stopping.set()

    async def _load(self) -> None:
        """Import what is heavy in a thread, while the light verbs are served already."""
        try:
            self._service.views.embedder = await asyncio.to_thread(_embedder, self._config)
        except MemorydError as error:
            log.error("no vectors: %s", error)
        finally:
            self._service.views.embedder_known.set()
        try:
            self._mcp = await asyncio.to_thread(_mcp_server, self._service)
        except Exception:
            log.exception("MCP cannot be served")
        gc.freeze()  # modules are no garbage
        gc.enable()  # main keeps it off until now
        self._loaded.set()

    async def _serve_mcp(self, connection: Connection, peer: Peer) -> None:
        await self._loaded.wait()
        if self._mcp is None:
            raise ConnectionResetError("MCP cannot be served")
        await self._mcp.serve(connection, peer)

    async def serve_http(self, port: int | None, *, token: bool) -> Any:
        await self._loaded.wait()  # two threads that import the SDK at once may wait for each other
        if self._mcp is None:
            raise MemorydError("MCP cannot be served", next_step="see why in `memoryd daemon logs`")
        from memoryd.server.http.app import HttpDoor

        async with self._http_changes:
            if self._http is None:
                self._http = HttpDoor(self._service, self._mcp)
            self._http_holders += 1
            try:
                return await self._http.open(self._config.http.port if port is None else port, token=token)
            except BaseException:  # also who left while it was opened holds it no more
                await self._leave_http()
                raise

    async def leave_http(self) -> None:
        async with self._http_changes:
            await self._leave_http()

    async def _leave_http(self) -> None:
        """Close the door behind the last command that holds it open."""
        self._http_holders -= 1
        if self._http and not self._http_holders:
            door, self._http = self._http, None
            await door.close()

    def state(self) -> ProcessState:
        address = self._http.address if self._http else ""
        return ProcessState(clients=self._sockets.clients, http=address, ready=self._loaded.is_set())

    async def _tick(self) -> None:
        """Once a second: is anybody there, is the lock still ours, is it time to compare or to tidy?"""
        while True:
            await asyncio.sleep(TICK_S)
            now_s = time.monotonic()
            if not self._lock.still_ours():
                log.warning("the lock file is gone: another daemon may begin, this one ends")
                self.stop()
            if (
                self._sockets.clients
                or self._service.open_projects.busy
                or (self._http and self._http.address)
            ):
                self._last_client_s = now_s
            idle_stop_s = self._config.daemon.idle_stop_s
            if idle_stop_s and now_s - self._last_client_s >= idle_stop_s:
                log.info("no client for %.0f s", now_s - self._last_client_s)
                self.stop()
            self._maintain(now_s)

    def _maintain(self, now_s: float) -> None:
        every_s = self._config.watch.reconcile_s
        if every_s and now_s - self._last_compared_s >= every_s:
            self._last_compared_s = now_s
            self._service.open_projects.compare_all()
        if now_s - self._last_snapshot_s >= SNAPSHOT_EVERY_S:
            self._last_snapshot_s = now_s
            self._service.open_projects.snapshot_records()
        self._service.idle.drop_idle_caches(MEMORY_IDLE_S)
        self._service.idle.tune_when_idle(self._config.vectors.tune_idle_s)
        self._service.idle.read_when_idle(READ_AFTER_S)


def _embedder(config: Config) -> Any:
    if not config.vectors.enabled:
        return None
    from memoryd.embedding.static import StaticEmbedder

    return StaticEmbedder()


def _mcp_server(service: DaemonService) -> Any:
    from memoryd.server.mcp.server import McpServer

    return McpServer(service)
