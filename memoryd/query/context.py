"""What every question is answered from: one view of one project, opened for reading."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from memoryd.globs.given import Standpoint
from memoryd.store.index.reader import View

if TYPE_CHECKING:
    from indexers.facts import FileEffect, LineOrigins
    from memoryd.embedding.base import Embedder
    from memoryd.errors import MemorydError
    from memoryd.query.answers import Freshness
    from memoryd.query.retrieval.ann_candidates import Near
    from memoryd.query.retrieval.lexical import LexicalIndex
    from memoryd.query.retrieval.quality_model import Model
    from memoryd.store.records.reader import RecordReader


Lines = Sequence[tuple[int, str]]  # (line, text)


class BlamedLines(Struct, frozen=True):
    """``count`` lines from ``first_line`` (1-based) were last touched by ``sha``."""

    sha: str
    first_line: int
    count: int


class Context(Struct, frozen=True):
    """``index``: read-only connection to index.db. ``records``: None where they cannot be opened, and
    ``records_problem`` says why. ``blame(path, head)``: spans of the file at a commit,
    with a third argument only those about the lines (first, last), or None where the project has no git.
    ``line_origins(sha, path, text, (first, last))``: the commits behind these lines of the file, which reads ``text``
    now (None: as at ``sha``), by what ``sha`` has. ``lines(sha, path)``: what that
    commit added to the file and removed from it.
    ``text_at(sha, path)``: the file at that commit, secrets included, so it is only compared, never shown.
    ``behind(rev)``: the commits that a branch, tag, sha or ``HEAD~n`` reaches, the one it names first, empty when it
    names none; None without git. ``branches_with(shas)``: commit → a branch that has it, of those that one has;
    None where git cannot say.
    ``patches(shas)``: for each, keys of what it does to lines and of what would undo it.
    ``effects(shas)``: what each commit did to lines, without those that cannot be read. ``texts_at(sha, paths)``: the
    texts of the files that the commit has; None where they cannot be read. ``uncommitted()``: path → (A, M or D, the
    blob) of what the work tree has and its commit has not.
    ``left_out_text(path, max_bytes)``: a file of the work tree that is not indexed, secrets included, so that it is
    only asked for whole words; None where it cannot be read or is longer.
    ``root``: the project's absolute root; ``folder``: where in it the caller stands, relative to it. ``near``: the
    search cache over the vectors; None where comparing all of them is cheaper, or the cache cannot be asked now.
    ``quality``: the quality model, None when none is wanted."""

    index: sqlite3.Connection
    records: RecordReader | None
    view: View
    lexical: LexicalIndex
    embedder: Embedder | None
    freshness: Freshness
    root: str
    blame: Callable[..., Sequence[BlamedLines]] | None = None
    line_origins: Callable[[str, str, bytes | None, tuple[int, int]], LineOrigins] | None = None
    lines: Callable[[str, str], tuple[Lines, Lines]] | None = None
    text_at: Callable[[str, str], bytes] | None = None
    behind: Callable[[str], Sequence[str]] | None = None
    branches_with: Callable[[Sequence[str]], Mapping[str, str] | None] | None = None
    patches: Callable[[Sequence[str]], Mapping[str, tuple[int, int]]] | None = None
    effects: Callable[[Sequence[str]], Mapping[str, Sequence[FileEffect]]] | None = None
    texts_at: Callable[[str, Sequence[str]], Mapping[str, bytes] | None] | None = None
    uncommitted: Callable[[], Mapping[str, tuple[str, str]]] | None = None
    left_out_text: Callable[[str, int], bytes | None] | None = None
    near: Near | None = None
    quality: Model | None = None
    records_problem: MemorydError | None = None
    folder: str = ""

    @property
    def here(self) -> Standpoint:
        """Where the paths that the caller gives begin."""
        return Standpoint(self.root, self.folder)

    def with_problems_said(self) -> Context:
        """Where there are no records every answer says so: nobody may take that for there being none."""
        if self.records is not None or self.records_problem is None:
            return self
        said = structs.replace(self.freshness, no_records=in_one_line(self.records_problem))
        return structs.replace(self, freshness=said)


def in_one_line(error: MemorydError) -> str:
    """What is wrong and what to do."""
    return f"{error.what}; {error.next_step}" if error.next_step else error.what
