"""daemon.log: rotating, 0600, never more than its configured size, never a secret, never a flood."""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys
import time
from collections.abc import Callable

from memoryd.config import DaemonSection
from memoryd.paths import Paths
from memoryd.query.safe_text import safe_line

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# These libraries log what they are sent: at their default levels arguments would land in the log.
SAID_AT_MOST, PERIOD_S = 30, 60.0  # what one line of code may log; callers of every kind can make it speak
_TALKATIVE = ("mcp", "uvicorn", "asyncio", "anyio", "httpx", "watchdog", "chromadb")


class _PrivateHandler(logging.handlers.RotatingFileHandler):
    """Creates each file 0600, also after a rotation and under any umask."""

    def _open(self) -> object:  # type: ignore[override]
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")


class NoFlood(logging.Filter):
    """Lets each line of code say ``SAID_AT_MOST`` things in ``PERIOD_S``; the first of the next period tells how many
    were left out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._said: dict[tuple[str, int], tuple[float, int]] = {}  # by place: since when, how often

    def filter(self, record: logging.LogRecord) -> bool:
        place, now_s = (record.pathname, record.lineno), self._clock()
        since_s, said = self._said.get(place, (now_s, 0))
        if now_s - since_s >= PERIOD_S:
            if said > SAID_AT_MOST:
                record.msg = f"{record.getMessage()} ({said - SAID_AT_MOST} more like this were left out)"
                record.args = ()
            since_s, said = now_s, 0
        self._said[place] = (since_s, said + 1)
        return said < SAID_AT_MOST


class _OneLine(logging.Formatter):
    """Keeps a message to its line: it may quote an error, and an error the repository."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return safe_line(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        """Without secrets, its trace too. What is said while the daemon begins is our own: the rules are not read for
        that."""
        text = super().format(record)
        if record.levelno < logging.WARNING and "indexers.secrets" not in sys.modules:
            return text
        from indexers.secrets import redact_text

        return redact_text(text)


def start(paths: Paths, section: DaemonSection) -> None:
    """Send all logging of this process to daemon.log; a crash's trace goes to stderr and so beside it."""
    handler = _PrivateHandler(paths.log, maxBytes=section.log_max_bytes, backupCount=section.log_files)
    handler.setFormatter(_OneLine(FORMAT))
    handler.addFilter(NoFlood())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(section.log_level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.raiseExceptions = False  # a full disk must not turn each log line into a trace
    sys.excepthook = _log_uncaught


def _log_uncaught(kind: type[BaseException], value: BaseException, trace: object) -> None:
    logging.getLogger("memoryd").critical("the daemon ends", exc_info=(kind, value, trace))  # type: ignore[arg-type]
