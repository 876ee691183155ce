"""Opening the Unix socket; imports little, because clients wait for it."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

from memoryd.errors import StoreError

BACKLOG = 512


def listen(path: Path) -> socket.socket:
    """A listening socket at ``path``, 0600 from its first moment. The caller holds the daemon's lock, so
    whatever lies at ``path`` is stale and is removed. Raises StoreError."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    mask = os.umask(0o177)
    try:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        listener.bind(str(path))
    except OSError as error:
        listener.close()
        raise StoreError(
            f"cannot open the daemon's socket: {error.strerror}",
            where=str(path),
            next_step="remove what lies there, or set MEMORYD_HOME to another folder",
        ) from error
    finally:
        os.umask(mask)
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener
