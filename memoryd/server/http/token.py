"""The bearer token of the HTTP server: 256 random bits in a file that only its owner can read."""

from __future__ import annotations

import hmac
import logging
import os
import re
import secrets
import stat
from pathlib import Path

from memoryd.errors import StoreError
from memoryd.paths import replace_private

log = logging.getLogger(__name__)

_BYTES = 32
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")


def read_or_create(file: Path) -> str:
    """The token in ``file`` (0600). A new one is made when there is none, or when others could have read or
    written it. Raises StoreError."""
    try:
        known = _read(file)
        if known:
            return known
        token = secrets.token_urlsafe(_BYTES)
        replace_private(file, f"{token}\n".encode())
    except OSError as error:
        raise StoreError(
            f"the token cannot be kept: {error.strerror}",
            where=str(file),
            next_step="repair the rights of memoryd's home folder",
        ) from error
    return token


def _read(file: Path) -> str:
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    with os.fdopen(descriptor, encoding="ascii", errors="replace") as stream:
        status = os.fstat(descriptor)
        private = stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077
        text = stream.read(100).strip() if private else ""
    if not _FORM.fullmatch(text):
        log.warning("the token in %s was not private or not whole: a new one is made", file)
        return ""
    return text


def matches(given: str, token: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
