"""What the verbs about contributed memory answer, beside a single record."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.answers import Answer, RecordItem


class RetractedAnswer(Answer, frozen=True):
    """What a client wrote and is taken back. ``records``: its proposals; ``kept``: what a person confirmed since, and
    so stays; ``anchors``: how many it had added to others' records. ``preview``: nothing was changed."""

    by: str
    since: str
    records: tuple[RecordItem, ...]
    kept: tuple[RecordItem, ...]
    anchors: int
    preview: bool
    message: str


class AuditItem(Struct, frozen=True):
    """Who did what, when. ``status``: the record's after it; ``hash``: covers this entry and all before it."""

    seq: int
    at: str
    actor: str
    action: str
    record_id: str
    status: str
    reason: str
    hash: str


class AuditAnswer(Answer, frozen=True):
    """``ok``: the chain is whole and every record is as it was left; ``state`` says so in words."""

    entries: tuple[AuditItem, ...]
    total: int
    ok: bool
    state: str
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0


class ExportLine(Struct, frozen=True):
    """One line of an export: a JSON document, or Markdown."""

    text: str


class ExportAnswer(Answer, frozen=True):
    """``lines``: all of them where nobody took them as rows before."""

    records: int
    entries: int
    lines: tuple[ExportLine, ...] = ()


class ImportAnswer(Answer, frozen=True):
    """``taken``: records that are proposals here now (or stayed out of force); ``known``: were here already."""

    source: str
    taken: int
    known: int
    message: str


class PublishAnswer(Answer, frozen=True):
    """A decision document: ``path`` relative to the project's root, ``text`` its content, ``dialect`` in words with
    what it was taken from, ``digest`` of path and text. ``written``: it is on the disk now."""

    record: RecordItem
    path: str
    text: str
    dialect: str
    diff: str
    digest: str
    written: bool
    message: str
