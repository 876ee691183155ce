"""One file of one version -> everything memoryd keeps of it. Pure: what a parse worker runs per blob."""

from __future__ import annotations

import codecs

import msgspec

from indexers import chunks, found_tests, operations, registry, roles, secrets, terms
from indexers.constraints import read
from indexers.decisions import adr, changelog, comments, deprecations
from indexers.facts import Chunk, ParsedFile, Problem

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DOCUMENTS = ("markdown", "text", "yaml")  # the languages in which decisions are written


def parse_file(path: str, language: str, data: bytes) -> ParsedFile:
    """The facts, chunks and terms of ``data``. Offsets and lines refer to ``ParsedFile.text``: the bytes of
    the file with secrets overwritten (UTF-16 becomes UTF-8 first). Bytes that are no UTF-8 are kept, and
    reported as a Problem ``encoding``. Line ends stay as they are."""
    data, problem = _as_utf8(data)
    text, redacted = secrets.redact(data)
    facts = registry.extract(language, text)
    if problem:
        facts = msgspec.structs.replace(facts, problems=(problem, *facts.problems))
    pieces = chunks.chunk(language, text, facts)
    tests = found_tests.find(path, text, facts)
    document = text.decode("utf-8-sig", "replace") if language in _DOCUMENTS else ""
    return ParsedFile(
        facts=facts,
        chunks=pieces,
        forward=terms.encode(_indexed_text(path, text, piece) for piece in pieces),
        text=text,
        decision=adr.extract(path, document) if document else None,
        redacted=redacted,
        constraints=read.constraints(path, text, facts),
        evidence=(
            *comments.evidence(path, facts, text),
            *deprecations.evidence(path, facts, text),
            *(changelog.entries(path, document) if document else ()),
        ),
        operations=operations.operations(path, text, facts),
        role=roles.role_of(path, language, tests),
        test_cases=tests.cases,
        test_parts=tuple(sorted(tests.parts)),
    )


def _indexed_text(path: str, text: bytes, piece: Chunk) -> str:
    body = text[piece.start_byte : piece.end_byte].decode("utf-8", "replace")
    return f"{path}\n{piece.qualname}\n{body}"


def _as_utf8(data: bytes) -> tuple[bytes, Problem | None]:
    """UTF-16 with a byte order mark as UTF-8 without one; anything else as it is."""
    if data.startswith(_UTF16):
        try:
            return data.decode("utf-16").encode("utf-8"), None
        except UnicodeError:  # an odd byte at the end, a lone surrogate
            text = data.decode("utf-16", "replace").encode("utf-8", "replace")
            return text, Problem(code="encoding", line=1, message="invalid UTF-16")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return data, Problem(code="encoding", line=line, message=f"no UTF-8 at byte {error.start}")
    return data, None
