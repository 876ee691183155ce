"""Length-prefixed frames on pipes: u32 little-endian size, then the bytes."""

from __future__ import annotations

import os
import select
import struct
import time
from typing import IO

_SIZE = struct.Struct("<I")
MAX_FRAME_BYTES = 256 * 1024 * 1024


def write_frame(out: IO[bytes], payload: bytes) -> None:
    out.write(_SIZE.pack(len(payload)))
    out.write(payload)
    out.flush()


def read_frame(source: IO[bytes]) -> bytes | None:
    """The next frame, or None at a clean or torn end of the stream. Blocks."""
    head = source.read(_SIZE.size)
    if len(head) < _SIZE.size:
        return None
    size = _SIZE.unpack(head)[0]
    if size > MAX_FRAME_BYTES:
        return None
    payload = source.read(size)
    return payload if len(payload) == size else None


def read_frame_until(fd: int, deadline_s: float) -> bytes | None:
    """As read_frame on an unbuffered descriptor; None also when time.monotonic() passes ``deadline_s``."""
    head = _read_exactly(fd, _SIZE.size, deadline_s)
    if head is None:
        return None
    size = _SIZE.unpack(head)[0]
    return _read_exactly(fd, size, deadline_s) if size <= MAX_FRAME_BYTES else None


def _read_exactly(fd: int, count: int, deadline_s: float) -> bytes | None:
    parts: list[bytes] = []
    while count:
        left_s = deadline_s - time.monotonic()
        if left_s <= 0 or not select.select([fd], [], [], left_s)[0]:
            return None
        part = os.read(fd, min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
