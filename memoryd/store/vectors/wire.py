"""What the daemon and the vector worker say to each other: frames of MessagePack on two pipes.

A frame is a little-endian u32 length and that many bytes. Every request has an ``id`` that its answer
repeats; ``State`` comes unasked whenever it changes. Vectors travel as little-endian float32.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import Struct

MAX_FRAME_BYTES = 64 * 1024 * 1024
_LENGTH = struct.Struct("<I")

# Exit codes by which the worker asks for a fresh start (anything else unexpected counts as a crash).
EXIT_DAMAGED = 70  # what Chroma holds or answers is wrong: put the folder aside
EXIT_INDEX = 74  # index.db cannot be read: nothing is wrong with the folder

WorkerState = Literal["starting", "rebuilding", "ready"]


class Message(Struct, frozen=True, array_like=True):
    """Base of all frames."""


class Sync(Message, frozen=True, tag="sync"):
    """Make the collection of ``model`` hold exactly what index.db has. Answered by ``State`` only."""

    model: str


class Query(Message, frozen=True, tag="query"):
    """The ``k`` nearest to ``vector`` (float32). Answered by Nearest, or Failed while not ready."""

    id: int
    model: str
    vector: bytes
    k: int


class JudgeMessage(Message, frozen=True, tag="judge"):
    """What ``model`` makes of the first of ``questions`` (the others say the same in other words). ``texts``:
    (16-byte hash, text) of chunks to be read now if they were not, the likeliest first, for about ``within_s``.
    Answered by Judged; without questions the model is loaded and no more."""

    id: int
    model: str
    questions: list[str]
    texts: list[tuple[bytes, str]]
    within_s: float


class ReadOn(Message, frozen=True, tag="readon"):
    """Read the chunks of index.db that ``model`` has not read, or (``on`` false) stop that at once. Answered by
    Filled every second, and at the end."""

    model: str
    on: bool


class Status(Message, frozen=True, tag="status"):
    """Answered by Report."""

    id: int


class Stop(Message, frozen=True, tag="stop"):
    """End cleanly; so does the end of the input."""


class State(Message, frozen=True, tag="state"):
    """``done`` of ``total`` vectors are in the cache of ``model``."""

    state: WorkerState
    model: str
    done: int
    total: int


class Nearest(Message, frozen=True, tag="nearest"):
    """Chunk hashes with exact cosines, best first. ``generation``: of index.db when the cache last held all of it."""

    id: int
    hashes: list[bytes]
    scores: list[float]
    generation: int


class Judged(Message, frozen=True, tag="judged"):
    """16-byte hashes of all chunks that the model has an opinion of, one after the other, and its scores (float32):
    cosines, or what a cross-encoder says of the first texts."""

    id: int
    keys: bytes
    scores: bytes


class Filled(Message, frozen=True, tag="filled"):
    """``done`` of ``total`` chunks are read. Both 0: the model has no vectors, or failed, as ``detail`` says."""

    model: str
    done: int
    total: int
    detail: str = ""


class WorkerReport(Message, frozen=True, tag="report"):
    """``rss_bytes``: resident memory of the worker. ``quarantined``: a damaged folder was put aside at start,
    with the reason."""

    id: int
    state: WorkerState
    vectors: int
    rss_bytes: int
    quarantined: str


class Failed(Message, frozen=True, tag="failed"):
    """The request cannot be answered; the worker goes on."""

    id: int
    what: str
    next_step: str = ""


Request = Sync | Query | JudgeMessage | ReadOn | Status | Stop
Answer = Nearest | Judged | WorkerReport | Failed
Reply = State | Filled | Answer

_encoder = msgspec.msgpack.Encoder()
decode_request: Callable[[bytes], Request] = msgspec.msgpack.Decoder(Request).decode
decode_reply: Callable[[bytes], Reply] = msgspec.msgpack.Decoder(Reply).decode


def frame(message: Message) -> bytes:
    """One message, ready to be written."""
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


class Frames:
    """Cuts a byte stream into frame bodies."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The bodies completed by ``data``. Raises ValueError for a length beyond MAX_FRAME_BYTES."""
        self._held += data
        bodies = []
        while len(self._held) >= _LENGTH.size:
            length = _LENGTH.unpack_from(self._held)[0]
            if length > MAX_FRAME_BYTES:
                raise ValueError(f"a frame of {length} bytes")
            end = _LENGTH.size + length
            if len(self._held) < end:
                break
            bodies.append(bytes(self._held[_LENGTH.size : end]))
            del self._held[:end]
        return bodies
