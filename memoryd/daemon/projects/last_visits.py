"""When each client last asked what changed: the meaning of ``changes --since last``."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import msgspec

from memoryd.paths import replace_private

log = logging.getLogger(__name__)

MAX_CLIENTS = 100


def mark(folder: Path, client: str) -> int:
    """The time (UTC epoch seconds, 0: never) that ``client`` was last marked; from now on it is this moment.

    A file that cannot be read or written costs only the memory of the last visit.
    """
    file = folder / "seen.json"
    try:
        seen = msgspec.json.decode(file.read_bytes(), type=dict[str, int])
    except FileNotFoundError:
        seen = {}
    except (OSError, msgspec.DecodeError) as error:
        log.warning("visits are forgotten, %s cannot be read: %s", file, error)
        seen = {}
    last_s = seen.pop(client, 0)
    seen[client] = int(time.time())
    newest = dict(list(seen.items())[-MAX_CLIENTS:])
    try:
        replace_private(file, msgspec.json.encode(newest))
    except OSError as error:
        log.warning("this visit is not noted in %s: %s", file, error)
    return last_s
