"""A parse worker: reads jobs from stdin, writes packed results to stdout, dies with its parent.

It has no access to the store and needs none to the disk: bytes in, bytes out. Anything that crashes,
hangs or eats memory here costs one file, never the index.
"""

from __future__ import annotations

import gc
import signal
import sys
import time
import traceback
import zlib
from hashlib import blake2b

import msgspec
from msgspec import Struct

from indexers.facts import Chunk, FileRole, ParsedFile
from indexers.outline import outline
from indexers.parse import parse_file
from memoryd.ingest.parse.child_limits import die_with_parent, limit_memory
from memoryd.ingest.parse.framing import read_frame, write_frame

CHUNK_HASH_BYTES = 16


class ParseJob(Struct, frozen=True, array_like=True):
    """``cpu_s``: processor time that the file may take; the kernel ends a worker that takes more. 0: no limit."""

    path: str
    language: str
    data: bytes
    cpu_s: float = 0.0


class PackedFile(Struct, frozen=True, array_like=True):
    """A ParsedFile ready for its rows. ``outline``, ``facts``, ``text``: zlib. ``symbols`` and ``chunks`` are the
    rows of those tables without ids; ``references`` and ``test_cases`` are counts. ``cpu_s``: the worker's total so
    far. ``findings``: (kind, MessagePack) of constraints, evidence, operations and doubts of the encoding, in order."""

    facts: bytes
    text: bytes
    forward: bytes
    symbols: tuple[tuple[str, str, str, int, int, str, bool, bool], ...]
    chunks: tuple[tuple[str, str, int, int, int, int, bytes], ...]
    decision: bytes
    decision_row: tuple[str, str, str, str, int] | None
    references: int
    redacted: int
    cpu_s: float
    error: str = ""
    findings: tuple[tuple[str, bytes], ...] = ()
    outline: bytes = b""
    package: str = ""
    role: FileRole = "code"
    test_cases: int = 0
    words: tuple[tuple[str, int], ...] = ()
    words_apart: str | None = ""


def chunk_hash(path: str, chunk: Chunk, text: bytes) -> bytes:
    """Key of the chunk's embeddings: it covers exactly what an embedder is given."""
    key = blake2b(digest_size=CHUNK_HASH_BYTES)
    for part in (path.encode("utf-8", "surrogateescape"), chunk.qualname.encode("utf-8", "surrogateescape")):
        key.update(part + b"\0")
    key.update(text[chunk.start_byte : chunk.end_byte])
    return key.digest()


def pack(path: str, parsed: ParsedFile) -> PackedFile:
    facts, decision, tests = parsed.facts, parsed.decision, frozenset(parsed.test_parts)
    rest = msgspec.structs.replace(facts, symbols=(), imports=(), bindings=(), exports=None, package="")
    return PackedFile(
        facts=zlib.compress(msgspec.msgpack.encode(rest), 1),
        text=zlib.compress(parsed.text, 1),
        forward=parsed.forward,
        symbols=tuple(
            (s.name, s.qualname, s.kind, s.line, s.end_line, s.signature, s.exported, s.qualname in tests)
            for s in facts.symbols
        ),
        chunks=tuple(
            (
                c.kind,
                c.qualname,
                c.line,
                c.end_line,
                c.start_byte,
                c.end_byte,
                chunk_hash(path, c, parsed.text),
            )
            for c in parsed.chunks
        ),
        decision=msgspec.msgpack.encode(decision) if decision else b"",
        decision_row=(decision.title, decision.status, decision.status_source, decision.date, decision.line)
        if decision
        else None,
        references=len(facts.references),
        redacted=parsed.redacted,
        cpu_s=time.process_time(),
        findings=tuple(
            (kind, msgspec.msgpack.encode(fact))
            for kind, found in (
                ("constraint", parsed.constraints),
                ("evidence", parsed.evidence),
                ("operation", parsed.operations),
                ("problem", [problem for problem in facts.problems if problem.code == "encoding"]),
            )
            for fact in found
        ),
        outline=zlib.compress(msgspec.msgpack.encode(outline(parsed.facts)), 1),
        package=facts.package,
        role=parsed.role,
        test_cases=len(parsed.test_cases),
        words=parsed.words,
        words_apart=parsed.words_apart,
    )


def in_short(error: Exception) -> str:
    """What and where, in one line: it is shown for as long as the file is left out."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({'/'.join(place.filename.split('/')[-2:])}:{place.lineno})"


def _failed(message: str) -> PackedFile:
    return PackedFile(b"", b"", b"", (), (), b"", None, 0, 0, time.process_time(), message)


def main() -> int:
    """argv: parent pid, memory limit in bytes."""
    die_with_parent(int(sys.argv[1]))
    limit_memory(int(sys.argv[2]))
    gc.set_threshold(200_000, 20, 20)  # facts hold no cycles; by default the collector takes 5 % of the time
    decoder = msgspec.msgpack.Decoder(ParseJob)
    warm: set[str] = set()
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        job = decoder.decode(frame)
        if job.language not in warm:  # loading a grammar is not the file's to pay for
            warm.add(job.language)
            parse_file("", job.language, b"")
        signal.setitimer(signal.ITIMER_PROF, job.cpu_s)
        try:
            packed = pack(job.path, parse_file(job.path, job.language, job.data))
        except MemoryError:
            packed = _failed("out of memory")
        except Exception as error:  # noqa: BLE001 - the outer loop: hostile input costs one file; the text is reported
            packed = _failed(in_short(error))
        signal.setitimer(signal.ITIMER_PROF, 0)
        write_frame(sys.stdout.buffer, msgspec.msgpack.encode(packed))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
