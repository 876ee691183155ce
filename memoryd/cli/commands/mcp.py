"""``memoryd mcp``: connect to the daemon (starting it if need be) and become the pipe."""

from __future__ import annotations

import os
import socket
from argparse import Namespace

from memoryd.cli.connection import pipe, project
from memoryd.cli.connection.client import hello_line, try_connect, working_folder
from memoryd.paths import default_paths


def run(args: Namespace) -> int:
    """Serve the client until it or the daemon ends. Raises StartFailed, DaemonGone."""
    cwd = project.folder(args._project) if args._project else working_folder()
    paths, parent = default_paths(), os.getppid()

    def connect() -> socket.socket:
        sock = try_connect(paths)
        if sock is None:
            from memoryd.cli.connection import autostart

            sock = autostart.connect(paths, abandon=lambda: os.getppid() != parent)
        return sock

    return pipe.pump(connect, hello_line("mcp", cwd))
