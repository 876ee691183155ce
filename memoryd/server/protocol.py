"""The lines on the Unix socket: a hello, then newline-delimited JSON-RPC 2.0. No I/O here but reading a line."""

from __future__ import annotations

import asyncio
import errno
from typing import Any, Literal

import msgspec
from msgspec import Struct

from memoryd.errors import BusyError, MemorydError, UsageError
from memoryd.paths import Paths
from memoryd.server.callers.passphrase import Typed
from memoryd.server.redaction import clean

PARSE_ERROR, FAILED, BUSY = -32700, -32000, -32001


class Hello(Struct, frozen=True):
    """The first line of a connection. ``cwd``: absolute, picks the project; ``""`` when unknown. What else a client
    says of itself is not looked at: who asks is what the kernel says."""

    memoryd: int
    role: Literal["cli", "mcp"]
    cwd: str = ""
    version: str = ""


class RpcRequest(Struct, frozen=True):
    """One call. ``id`` None: nobody waits for the answer. ``typed``: what a person typed at the terminal; it is no
    argument, because errors may quote those."""

    method: str
    params: dict[str, Any] = {}
    id: int | str | None = None
    jsonrpc: str = "2.0"
    typed: Typed = Typed()


_HELLO = msgspec.json.Decoder(Hello)
_REQUEST = msgspec.json.Decoder(RpcRequest)
_ENCODER = msgspec.json.Encoder()


class LineTooLong(Exception):
    """A line exceeded the limit; it was read to its end and dropped, the next line can be read."""


def decode_hello(line: bytes) -> Hello:
    """Raises UsageError when the line is no hello of a protocol we speak."""
    try:
        hello = _HELLO.decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UsageError(
            "the first line of a connection must be a hello",
            where=str(error)[:200],
            next_step='send {"memoryd":1,"role":"cli","cwd":"…","version":"…"}',
        ) from error
    if hello.memoryd != 1:
        raise UsageError(
            f"this daemon speaks protocol 1, the client {hello.memoryd}",
            next_step="run `memoryd daemon stop`; the next command starts the daemon of its own version",
        )
    return hello


def decode_request(line: bytes) -> RpcRequest:
    """Raises UsageError when the line is no JSON-RPC request."""
    try:
        return _REQUEST.decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UsageError(
            "this line is no JSON-RPC request",
            where=str(error)[:200],
            next_step='send one object per line: {"jsonrpc": "2.0", "id": …, "method": …, "params": {…}}',
        ) from error


def encode(message: Any) -> bytes:
    """One line of JSON, newline included."""
    return _ENCODER.encode(message) + b"\n"


def result_line(request_id: int | str | None, result: Any) -> bytes:
    return encode({"jsonrpc": "2.0", "id": request_id, "result": result})


def notification_line(method: str, params: Any) -> bytes:
    return encode({"jsonrpc": "2.0", "method": method, "params": params})


def error_line(request_id: int | str | None, error: MemorydError, code: int | None = None) -> bytes:
    """The one place where an error becomes JSON-RPC. It may quote what the client sent."""
    data = {name: clean(value) if isinstance(value, str) else value for name, value in error.values.items()}
    body = {"code": code or error_code(error), "message": data["what"], "data": data}
    return encode({"jsonrpc": "2.0", "id": request_id, "error": body})


def error_code(error: MemorydError) -> int:
    return BUSY if isinstance(error, BusyError) else FAILED


async def read_line(reader: asyncio.StreamReader) -> bytes:
    """The next line without its newline; ``b""`` at the end of the stream (blank lines are skipped).

    Memory stays within twice the reader's limit whatever arrives. Raises LineTooLong after dropping a line.
    """
    while True:
        try:
            line = await reader.readuntil(b"\n")
        except asyncio.IncompleteReadError:
            return b""  # a last line without newline was cut off; nobody can say where
        except asyncio.LimitOverrunError as overrun:
            await _drop_line(reader, overrun.consumed)
            raise LineTooLong from None
        if line := line.strip():
            return line


async def _drop_line(reader: asyncio.StreamReader, consumed: int) -> None:
    while True:
        await reader.readexactly(consumed)
        try:
            await reader.readuntil(b"\n")
            return
        except asyncio.LimitOverrunError as overrun:
            consumed = overrun.consumed
        except asyncio.IncompleteReadError:
            return


_REFUSED = {
    errno.EMFILE: (
        "the daemon has as many open files as it may",
        "close some clients, or raise the limit (`ulimit -n`) and begin anew: `memoryd daemon stop`",
    ),
    errno.ENFILE: ("the system has as many open files as it may", "close some programs, then try again"),
    errno.ENOSPC: ("the disk is full", "free disk space, then try again"),
    errno.EROFS: ("the disk cannot be written", "make it writable, then try again"),
}


def failure(paths: Paths, error: Exception) -> MemorydError:
    """What the caller learns of an error that nobody foresaw: what the system refused, or that it is a bug of memoryd
    and where its trace lies."""
    if isinstance(error, OSError) and error.errno in _REFUSED:
        what, next_step = _REFUSED[error.errno]
        return BusyError(what, where=str(paths.home), next_step=next_step)
    return MemorydError(
        "internal error: this is a bug of memoryd",
        where=str(paths.log),
        next_step="see `memoryd daemon logs`, and report it with the trace",
    )
