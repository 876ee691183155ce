"""`status` and `doctor`: what `status` may be asked, what both answer, and how that reads."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from memoryd.query.answers import Answer
from memoryd.query.requests import Request
from memoryd.query.safe_text import safe_line, safe_name
from memoryd.query.text.budget import Page, TextSection


class StatusRequest(Request, frozen=True, kw_only=True):
    """``deep`` checks the audit chain and the stores' integrity as well."""

    deep: bool = False


class SkippedItem(Struct, frozen=True):
    path: str
    reason: str
    detail: str

    def label(self) -> str:
        return f"{safe_name(self.path)} ({self.reason}{f': {self.detail}' if self.detail else ''})"


class LeftOutPart(Struct, frozen=True):
    """What is indexed but for one part of the work (``phase``), which cost too much. ``path``: ``""`` for a commit,
    which ``key`` names."""

    path: str
    phase: str
    key: str
    reason: str

    def label(self) -> str:
        return f"{safe_name(self.path) or self.key[:10]} ({LEFT_OUT[self.phase]}: {self.reason})"


LEFT_OUT = {
    "link": "its uses of other files are not known",
    "workspace": "links take it for empty",
    "embed": "it is found by words alone",
    "commit": "its message is not read",
    "changes": "which files it changed is not known",
    "dependencies": "what it does to dependencies is not known",
    "history": "the commits after it are not read",
}
"""Phase of memoryd.ingest.units → what answers lack where it is left out."""


class Check(Struct, frozen=True):
    """One thing that ``doctor`` looked at. ``state``: ok, warn, fail."""

    name: str
    state: Literal["ok", "warn", "fail"]
    detail: str
    next_step: str = ""

    def label(self) -> str:
        step = f" → {self.next_step}" if self.next_step else ""
        return f"{self.state.upper()} {self.name}: {self.detail}{step}"


class Counts(Struct, frozen=True):
    """Of the answering view, except ``commits_known`` (all ever indexed)."""

    files: int
    symbols: int
    chunks: int
    edges: int
    unresolved: int
    commits: int
    commits_known: int
    decisions: int
    records: int
    proposals: int
    embeddings: int
    redacted: int


class StatusAnswer(Answer, frozen=True):
    """``languages``: (language, files), most first; ``text`` is found by its words, without symbols. ``encodings``:
    what is not certain of files' encodings, and of how many. ``skipped_reasons``: (reason, files). ``skipped``: the
    first 100. The daemon fills ``watch`` (native, polling, off, degraded: …) and ``tuning`` (what questions
    are read by, and why), and appends its own checks. ``left_out``: the first 100 of what cost too much; files
    that could not be parsed are among the skipped ones."""

    root: str
    view: str
    indexed_commit: str
    head: str
    branch: str
    dirty: bool
    pending: int
    indexing: bool
    vectors: str
    watch: str
    indexed_at_s: int
    complete: bool
    counts: Counts
    languages: tuple[tuple[str, int], ...]
    skipped_total: int
    skipped_reasons: tuple[tuple[str, int], ...]
    skipped: tuple[SkippedItem, ...]
    quarantined: int
    index_bytes: int
    records_bytes: int
    checks: tuple[Check, ...] = ()
    tuning: str = ""
    encodings: tuple[tuple[str, int], ...] = ()
    left_out: tuple[LeftOutPart, ...] = ()

    def page(self) -> Page:
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.skipped_reasons)
        return Page(
            head=self._head(),
            sections=[
                TextSection(items=[f"  {check.label()}" for check in self.checks], title="checks:", keep=20),
                TextSection(
                    items=[f"  {item.label()}" for item in self.left_out],
                    title="left out as too costly:",
                    keep=10,
                ),
                TextSection(
                    items=[f"  {item.label()}" for item in self.skipped],
                    total=self.skipped_total,
                    title=f"skipped ({reasons}):",
                    main=True,
                ),
            ],
            foot=self.freshness.line(),
            rest="memoryd status --json",
            more=lambda shown: "memoryd status --json",
        )

    def _head(self) -> str:
        c = self.counts
        records = f"{c.records} records ({c.proposals} proposals)"
        if self.freshness.no_records:
            records = "records that cannot be read"
        if self.freshness.no_index:
            held = f"{records}; nothing else is known"
            return f"{safe_name(self.root) or self.view}\n{held}"
        languages = ", ".join(f"{language} {count}" for language, count in self.languages)
        encodings = ", ".join(f"{safe_line(what)} {count}" for what, count in self.encodings)
        return "\n".join(
            [
                safe_name(self.root) or self.view,
                f"{c.files} files, {c.symbols} symbols, {c.edges} edges, {c.chunks} chunks;"
                f" {c.unresolved} references unresolved",
                f"{c.commits} commits, {c.decisions} decisions, {records}, {c.redacted} secrets redacted",
                f"index {_megabytes(self.index_bytes)}, records {_megabytes(self.records_bytes)},"
                f" watch {self.watch or 'unknown'}, vectors {self.vectors}",
                *([f"vectors: {self.tuning}"] if self.tuning else []),
                *([f"languages: {languages}"] if languages else []),
                *([f"encodings: {encodings}"] if encodings else []),
            ]
        )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
