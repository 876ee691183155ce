"""Takes the answers of `git cat-file --batch` apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator


def blob_hash(data: bytes, algorithm: str = "sha1") -> str:
    """git's object id for a file with this content, hex. ``algorithm``: the repository's object_format."""
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


class Answers:
    """One answer per request, in order. Holds one object at a time in memory."""

    def __init__(self, chunks: Iterator[bytes], max_bytes: int) -> None:
        self._chunks, self._max_bytes = chunks, max_bytes
        self._buffer = bytearray()
        self.count = 0  # answers begun so far, the skipped ones included
        self.torn = False  # the content of the last one has not come whole (yet)

    def __iter__(self) -> Iterator[bytes | None]:
        """The content, or None for an object that is missing, no blob, or larger than ``max_bytes``.
        Ends early when the input does."""
        while header := self._line():
            self.count += 1
            _id, kind, *size = header.split(b" ")
            if not size:  # "<id> missing"
                yield None
                continue
            self.torn = True
            length = int(size[0])
            wanted = kind == b"blob" and length <= self._max_bytes
            content = self._take(length + 1) if wanted else self._skip(length + 1)  # git adds a newline
            if content is None:
                return
            self.torn = False
            yield content[:-1] if wanted else None

    def _more(self) -> bool:
        chunk = next(self._chunks, b"")
        self._buffer += chunk
        return bool(chunk)

    def _line(self) -> bytes:
        """The next line without its end, ``b""`` at the end of the input."""
        while (end := self._buffer.find(b"\n")) < 0:
            if not self._more():
                return b""
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _take(self, size: int) -> bytes | None:
        while len(self._buffer) < size:
            if not self._more():
                return None
        content = bytes(self._buffer[:size])
        del self._buffer[:size]
        return content

    def _skip(self, size: int) -> bytes | None:
        while len(self._buffer) < size:
            size -= len(self._buffer)
            self._buffer.clear()
            if not self._more():
                return None
        del self._buffer[:size]
        return b""
