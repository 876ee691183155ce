"""What search may be asked and what it answers."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from memoryd.query.answers import Answer
from memoryd.query.requests import NOT_BLANK, Path, Request

HitKind = Literal["code", "doc", "decision", "commit", "note"]
# A whole issue with its logs may be pasted; what is beyond question.MAX_TEXT_CHARS is not read.
Query = Annotated[str, Meta(min_length=1, max_length=61_440, pattern=NOT_BLANK)]
Language = Annotated[str, Meta(min_length=1, max_length=40)]


class SearchRequest(Request, frozen=True, kw_only=True):
    """Find what ``query`` is about: words, a question, an error text, a whole issue (its first line counts most).
    ``kinds``, ``paths`` (globs) and ``langs`` narrow; empty means all. ``files`` ranks whole files."""

    query: Query
    k: Annotated[int, Meta(ge=1, le=100)] = 10
    kinds: Annotated[tuple[HitKind, ...], Meta(max_length=5)] = ()
    paths: Annotated[tuple[Path, ...], Meta(max_length=20)] = ()
    langs: Annotated[tuple[Language, ...], Meta(max_length=20)] = ()
    files: bool = False


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


class Legs(Struct, frozen=True):
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
            part = f"read {self.read:,} chunks" if self.read else f"judged the best {self.judged}"
            return f"; the quality model {part}"
        return "" if self.quality == "off" else f"; default order: the quality model is {self.quality}"


class Hit(Struct, frozen=True):
    """One find, a piece of a file (a whole one with ``files``; the lines are then those of its best piece), a commit
    or a note. ``score`` compares hits of one answer only. ``sha``: of a commit. ``id``: of a note. ``title``: of a
    commit or decision. ``commits``: up to three past commits behind ``signals.history``."""

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


class SearchAnswer(Answer, frozen=True):
    """``total``: everything found, before ``k``. ``searched``: what was looked through, in words. ``weak``: even the
    best hit shares next to nothing with the question; most likely the project has no answer."""

    query: str
    hits: tuple[Hit, ...]
    total: int
    searched: str = ""
    truncated: bool = False
    next: str = ""
    legs: Legs = Legs()
    weak: bool = False
