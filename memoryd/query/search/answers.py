"""`search`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from memoryd.query.answers import Answer
from memoryd.query.requests import Limit, LongText, Offset, Path, Request
from memoryd.query.safe_text import quote, safe_name, safe_text
from memoryd.query.text.budget import Page, TextSection
from memoryd.query.text.lines import SHA_CHARS, place

HitKind = Literal["code", "doc", "decision", "commit", "note"]
SearchMode = Literal["meaning", "exact", "regex"]
Language = Annotated[str, Meta(min_length=1, max_length=40)]


class SearchRequest(Request, frozen=True, kw_only=True):
    """Find what ``query`` is about: words, a question, an error text, a whole issue (its first line counts most).
    ``kinds``, ``paths`` (globs) and ``langs`` narrow; empty means all. ``files`` ranks whole files. What of ``query``
    is beyond ``question.MAX_TEXT_CHARS`` is not read.

    ``mode`` exact: every line with that very text (``word``: not as a part of a word; ``ignore_case``), regex: with
    that expression of RE2, in pages by ``limit`` and ``offset``."""

    query: LongText
    k: Annotated[int, Meta(ge=1, le=100)] = 10
    kinds: Annotated[tuple[HitKind, ...], Meta(max_length=5)] = ()
    paths: Annotated[tuple[Path, ...], Meta(max_length=20)] = ()
    langs: Annotated[tuple[Language, ...], Meta(max_length=20)] = ()
    files: bool = False
    mode: SearchMode = "meaning"
    word: bool = False
    ignore_case: bool = False
    limit: Limit = 1_000
    offset: Offset = 0


class Signals(Struct, frozen=True):
    """What each signal adds to a hit's score. ``bm25``: its words; ``path``, ``name``: the words of its path and
    qualified name; ``history``: past commits that sound alike touched the file; ``vector``: its meaning;
    ``mention``: the query names the file, its module or something defined in it; ``quality``: what the quality model
    adds or (below 0) takes away."""

    bm25: float = 0.0
    path: float = 0.0
    name: float = 0.0
    history: float = 0.0
    vector: float = 0.0
    mention: float = 0.0
    quality: float = 0.0

    def strongest(self) -> str:
        """The three that add most."""
        values = ((getattr(self, name), name) for name in self.__struct_fields__)
        found = sorted((pair for pair in values if pair[0] > 0), reverse=True)
        return ", ".join(f"{name} {value:.2f}" for value, name in found[:3])


class RetrievalPaths(Struct, frozen=True):
    """What an answer stands on. ``vectors``: ``exact`` (all compared one by one), ``cache`` (the same scores by way of
    the search cache), ``none``. ``quality``: ``used`` for all of the ``read`` chunks, or while it has not read the
    project for the best ``judged`` finds; otherwise why the quality model has no part in the order."""

    vectors: Literal["none", "exact", "cache"] = "none"
    quality: Literal["off", "starting", "used", "late", "failed"] = "off"
    judged: int = 0
    read: int = 0

    def note(self) -> str:
        """For readers: whether the quality model had its say; nothing where none is wanted."""
        if self.quality == "used":
            part = f"all {self.read:,} chunks that it read" if self.read else f"the best {self.judged} hits"
            return f"; the quality model ranked {part}"
        return "" if self.quality == "off" else f"; ranked without the quality model: {self.quality}"


class Hit(Struct, frozen=True):
    """One find, a piece of a file (a whole one with ``files``; the lines are then those of its best piece), a commit
    or a note. ``score`` compares hits of one answer only. ``sha``: of a commit. ``id``: of a note. ``title``: of a
    commit or decision. ``commits``: up to three past commits behind ``signals.history``. ``note``: of a note, what
    became of its places where they are not as they were."""

    kind: HitKind
    path: str
    line: int
    end_line: int
    symbol: str
    score: float
    signals: Signals
    snippet: str
    sha: str = ""
    id: str = ""
    title: str = ""
    date: str = ""
    author: str = ""
    status: str = ""
    commits: tuple[str, ...] = ()
    assurance: str = ""
    note: str = ""

    def label(self) -> str:
        """Its place, what it is and why it was found; below it the lines that answer best."""
        at = (
            f"{place(self.path, self.line)}-{self.end_line}"
            if self.path and self.line
            else safe_name(self.path)
        )
        name = safe_name(self.symbol) or (f"“{quote(self.title, 160)}”" if self.title else "")
        known = f", {self.assurance}" if self.assurance else ""
        state = f"[{self.status}{known}]" if self.status else ""
        source = (at, self.sha[:SHA_CHARS], self.id, self.date, self.author)
        first = " ".join(part for part in (*source, self.kind, state, name) if part)
        lines = [f"    | {line}" for line in safe_text(self.snippet).splitlines()]
        said = [f"    {self.note}"] if self.note else []
        return "\n".join([f"{first} score {self.score:.2f} ({self.signals.strongest()})", *said, *lines])


class SearchAnswer(Answer, frozen=True):
    """``total``: everything found, before ``k``. ``searched``: what was looked through, in words. ``weak``: even the
    best hit shares next to nothing with the question; most likely the project has no answer."""

    query: str
    hits: tuple[Hit, ...]
    total: int
    searched: str = ""
    truncated: bool = False
    next: str = ""
    legs: RetrievalPaths = RetrievalPaths()
    weak: bool = False

    def page(self) -> Page:
        question = quote(self.query, 100)
        if not self.hits:
            return self.absence(f"Nothing found for {question}", self.searched)
        head = f"{len(self.hits)} of {self.total} for {question}, best first"
        if self.weak:
            head = f"Probably nothing in the project answers {question}. The closest of {self.total}:"
        return Page(
            head=head,
            sections=[TextSection(items=[hit.label() for hit in self.hits], total=len(self.hits), main=True)],
            foot=self.freshness.line() + self.legs.note(),
            more=lambda shown: self.next,
        )
