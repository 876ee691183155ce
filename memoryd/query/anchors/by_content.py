"""Where the code of an anchor is now: in its place, elsewhere in its file, or in one of the few files that an index
points to: by a rename, by the symbol's name, by its words. Never by reading the project."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

import numpy as np

from memoryd.query.anchors import candidates
from memoryd.query.anchors.anchor_place import AnchorPlace, here
from memoryd.query.anchors.code_at import CodeFile, code_file
from memoryd.query.anchors.renames import Renames
from memoryd.query.anchors.verdict import Seen, name_of, settled, verdict
from memoryd.query.context import Context
from memoryd.store.index.queries import graph_queries
from memoryd.store.records.anchor_content import AnchorContent

MAX_FILES = 8  # elsewhere, that are looked into
MAX_KEPT = 64  # files, so that a large answer keeps no large project in memory
_SAME_NAME = 20


class ContentSearch:
    """One view, looked at for many anchors."""

    def __init__(self, ctx: Context, renames: Renames) -> None:
        self._ctx, self._renames = ctx, renames
        self._known: dict[str, CodeFile | None] = {}

    def unchanged(self, content: AnchorContent) -> AnchorPlace:
        """Of a file that is as it was, byte for byte."""
        return here(content.anchor, name_of(content))

    def place(self, content: AnchorContent) -> AnchorPlace:
        home = self._file(content.path)
        near = candidates.of_file(content, home) if home else []
        return (settled(content, home, near) if home else None) or self._elsewhere(content, home, near)

    def _elsewhere(
        self, content: AnchorContent, home: CodeFile | None, near: Sequence[candidates.AnchorCandidate]
    ) -> AnchorPlace:
        others = [file for path in self._files(content) if (file := self._file(path))]
        found = [*near, *(one for file in others for one in candidates.of_file(content, file))]
        files = [*([home] if home else []), *others]
        return verdict(Seen(content, self._renames.newest(content.path), home, files, found))

    # -- the few files in which it may be

    def _file(self, path: str) -> CodeFile | None:
        """Many anchors are in few files; of the many files that a large answer may meet not all are kept."""
        if path not in self._known:
            if len(self._known) >= MAX_KEPT:
                self._known.clear()
            self._known[path] = code_file(self._ctx, path)
        return self._known[path]

    def _files(self, content: AnchorContent) -> Sequence[str]:
        found = dict.fromkeys([self._renames.newest(content.path), *self._by_name(content)])
        found |= dict.fromkeys(self._by_words(content))
        return [path for path in found if path and path != content.path][:MAX_FILES]

    def _by_name(self, content: AnchorContent) -> Iterator[str]:
        """Files with a symbol of the name, those of the whole name first; of a file those that are called so."""
        conn, view = self._ctx.index, self._ctx.view.id
        if not content.qualname:
            name = posixpath.basename(content.path)
            yield from (row.path for row in graph_queries.files_ending(conn, view, name, MAX_FILES // 2))
            return
        name = content.qualname.rpartition(".")[2]
        rows = graph_queries.symbols_named(conn, view, name, _SAME_NAME)
        rows = sorted(rows, key=lambda row: row.qualname != content.qualname)
        yield from list(dict.fromkeys(row.path for row in rows))[: MAX_FILES // 2]

    def _by_words(self, content: AnchorContent) -> Iterator[str]:
        """Files with a piece that has the most of its rare words."""
        if not content.words:
            return
        lexical = self._ctx.lexical.refresh(self._ctx.index, self._ctx.view.id, self._ctx.embedder)
        scores = lexical.text.scores(dict.fromkeys(content.words, 1.0))
        most = min(4 * MAX_FILES, len(scores))
        best = np.argpartition(-scores, most - 1)[:most] if most else np.zeros(0, np.int64)
        ranked = sorted((-float(scores[n]), lexical.slots[lexical.chunk_slot[n]].path) for n in best.tolist())
        yield from dict.fromkeys(path for score, path in ranked if score < 0)
