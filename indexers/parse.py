"""One file of one version -> everything memoryd keeps of it. Pure: what a parse worker runs per blob."""

from __future__ import annotations

import msgspec

from indexers import chunks, found_tests, operations, registry, roles, secrets, terms
from indexers.constraints import read
from indexers.decisions import adr, changelog, comments, deprecations
from indexers.facts import Chunk, FileFacts, ParsedFile
from indexers.files import notebooks
from indexers.files.decoding import decode
from indexers.files.path_facts import is_configuration

_DOCUMENTS = ("markdown", "text", "yaml")  # the languages in which decisions are written
_DATA = ("json", "toml", "yaml")


def parse_file(path: str, language: str, data: bytes) -> ParsedFile:
    """The facts, chunks and terms of ``data``. Offsets and lines refer to ``ParsedFile.text``: the file as UTF-8 with
    secrets overwritten; of a notebook, the sources of its cells on their lines. What is not certain of its encoding is
    a Problem ``encoding``; bytes that fit none are kept. Line ends stay as they are."""
    decoded = decode(data)
    if path.lower().endswith(notebooks.EXTENSION):
        text, redacted, facts, pieces = _notebook(language, decoded.text)
    else:
        text, redacted = secrets.redact(decoded.text)
        facts = registry.extract(language, text)
        pieces = chunks.chunk(language, text, facts)
    if decoded.problem:
        facts = msgspec.structs.replace(facts, problems=(decoded.problem, *facts.problems))
    tests = found_tests.find(path, text, facts)
    document = text.decode("utf-8-sig", "replace") if language in _DOCUMENTS else ""
    forward = terms.encode(_indexed_text(path, text, piece) for piece in pieces)
    words = terms.file_words(text.decode("utf-8", "replace"), forward)
    return ParsedFile(
        facts=_referable(path, facts),
        chunks=pieces,
        forward=forward,
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
        role=roles.role_of(path, language, tests, text),
        test_cases=tests.cases,
        test_parts=tuple(sorted(tests.parts)),
        words=words.known,
        words_apart=words.apart,
    )


def _notebook(language: str, data: bytes) -> tuple[bytes, int, FileFacts, tuple[Chunk, ...]]:
    """Code cells as code of the kernel's language, the others as Markdown, in one text."""
    notebook = notebooks.read(data)
    text, redacted = secrets.redact(notebook.text)
    code, prose = notebook.only(text, "code"), notebook.only(text, "prose")
    facts = registry.extract(language, notebooks.without_magic(code))
    sections = chunks.chunk("markdown", prose, registry.extract("markdown", prose))
    pieces = (
        *notebook.cut(text, chunks.chunk(language, code, facts), "code"),
        *notebook.cut(text, sections, "prose"),
    )
    return text, redacted, facts, tuple(sorted(pieces, key=lambda piece: piece.start_byte))


def _referable(path: str, facts: FileFacts) -> FileFacts:
    """Keys of data are symbols only where something may ask for them: thousands of manifests would be nothing else."""
    if facts.language not in _DATA or is_configuration(path):
        return facts
    return msgspec.structs.replace(facts, symbols=())


def _indexed_text(path: str, text: bytes, piece: Chunk) -> str:
    body = text[piece.start_byte : piece.end_byte].decode("utf-8", "replace")
    return f"{path}\n{piece.qualname}\n{body}"
