"""The verbs that change contributed memory, `export` and `import`: what they may be asked, what they answer, and how
that reads."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from memoryd.query.answers import Answer
from memoryd.query.records.answers import records_section
from memoryd.query.records.record_item import RecordItem
from memoryd.query.requests import NOT_BLANK, OptionalText, RecordId, Request, TargetText
from memoryd.query.text.budget import Page, TextSection

RecordKind = Literal["decision", "lesson", "constraint", "convention", "note"]


class RecordRequest(Request, frozen=True, kw_only=True):
    """Remember ``text``. ``supersedes``: the id of the record that it replaces."""

    kind: RecordKind
    text: Annotated[str, Meta(min_length=1, max_length=8_192, pattern=NOT_BLANK)]
    anchors: Annotated[tuple[TargetText, ...], Meta(max_length=20)] = ()
    supersedes: OptionalText = ""


class JudgeRequest(Request, frozen=True, kw_only=True):
    """A person's word on record ``id`` (confirm, restore, forget)."""

    id: RecordId
    reason: OptionalText = ""


class RetractRequest(Request, frozen=True, kw_only=True):
    """Take back record ``id``, or all that client ``by`` wrote since a time or age. ``preview`` only shows what."""

    id: OptionalText = ""
    by: OptionalText = ""
    since: OptionalText = ""
    reason: OptionalText = ""
    preview: bool = False


class SupersedeRequest(Request, frozen=True, kw_only=True):
    """A person says that record ``new`` replaces ``old``."""

    old: RecordId
    new: RecordId


class PublishRequest(Request, frozen=True, kw_only=True):
    """Write record ``id`` to a decision document. ``path``: there instead of where the project keeps them;
    ``preview`` only shows it; ``digest``: of the preview that a person saw, nothing else is written."""

    id: RecordId
    path: OptionalText = ""
    digest: OptionalText = ""
    preview: bool = False


class ExportRequest(Request, frozen=True, kw_only=True):
    """All records with the audit, as JSON lines, or as ``markdown`` for people."""

    markdown: bool = False


class ImportRequest(Request, frozen=True, kw_only=True):
    """``lines`` of an export, the first of them line ``first_line`` of the file ``name``."""

    lines: Annotated[tuple[Annotated[str, Meta(max_length=131_072)], ...], Meta(max_length=1_000)]
    name: Annotated[str, Meta(max_length=255)] = "stdin"
    first_line: Annotated[int, Meta(ge=1)] = 1


class RecordAnswer(Answer, frozen=True):
    """``created`` is false where the record was known already (the same text)."""

    record: RecordItem
    created: bool
    message: str

    def page(self) -> Page:
        return Page(
            head=self.message,
            sections=[TextSection(items=self.record.with_notes(whole=True).splitlines(), main=True)],
            foot=self.freshness.line(),
        )


class RetractedAnswer(Answer, frozen=True):
    """What a client wrote and is retracted. ``records``: its proposals; ``kept``: what a person confirmed since, and
    so stays; ``anchors``: how many it had added to others' records. ``preview``: nothing was changed."""

    by: str
    since: str
    records: tuple[RecordItem, ...]
    kept: tuple[RecordItem, ...]
    anchors: int
    preview: bool
    message: str

    def page(self) -> Page:
        kept = [record.with_notes() for record in self.kept]
        return Page(
            head=self.message,
            sections=[
                records_section(self.records, len(self.records)),
                TextSection(items=kept, total=len(kept), title="confirmed by a person, and kept:", keep=3),
            ],
            foot=self.freshness.line(),
        )


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

    def page(self) -> Page:
        return Page(
            head=f"{self.message}\nform: {self.dialect}",
            sections=[TextSection(items=self.diff.splitlines(), main=True)],
            foot=self.freshness.line(),
        )


class ExportLine(Struct, frozen=True):
    """One line of an export: a JSON document, or Markdown."""

    text: str


class ExportAnswer(Answer, frozen=True):
    """``lines``: all of them where nobody took them as rows before."""

    records: int
    entries: int
    lines: tuple[ExportLine, ...] = ()

    def page(self) -> Page:
        return Page(
            head=f"{self.records} records, {self.entries} entries of the audit",
            sections=[TextSection(items=[line.text for line in self.lines], main=True)],
        )


class ImportAnswer(Answer, frozen=True):
    """``taken``: records that are proposals here now (or stayed out of force); ``known``: were here already."""

    source: str
    taken: int
    known: int
    message: str

    def page(self) -> Page:
        return Page(head=self.message, foot=self.freshness.line())
