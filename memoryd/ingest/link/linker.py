"""The link phase: edges for the files of a view that have none, and for those whose edges no longer hold.

A body that changed links one file; a changed definition links the files that looked at it. When the same facts give
other edges, the linker has another version: memoryd/store/index/versions.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from indexers.facts import FileFacts
from indexers.outline import Outline
from memoryd.ingest.job import Run
from memoryd.ingest.link.edges import all_unresolved, link_file
from memoryd.ingest.link.evaluate import Evaluator
from memoryd.ingest.link.fixpoint.key_groups import pack, touched, with_groups
from memoryd.ingest.link.languages import MANIFESTS, RULES
from memoryd.ingest.link.view import LinkedFile, LinkView, PathChange, ViewSources, changed_keys
from memoryd.ingest.units import Units
from memoryd.store.index import reader
from memoryd.store.index.queries import link_queries
from memoryd.store.index.queries.link_queries import Stale
from memoryd.store.index.reader import ViewFile
from memoryd.store.index.writer import IndexWriter

FILES_PER_TRANSACTION = 100  # a run that is overtaken by another stops between two of them
_MANY = 500  # from so many files on everything is read at once


def link_view(writer: IndexWriter, view_id: int, run: Run) -> None:
    """Link what changed in the view and what depends on it."""
    rows = reader.view_files(writer.conn, view_id)
    if all(row.link_id is None for row in rows):
        with writer.transaction():
            link_queries.adopt(writer.conn, view_id)
        rows = reader.view_files(writer.conn, view_id)
    stale = link_queries.stale(writer.conn, view_id)
    todo = [row for row in rows if row.link_id is None]
    if not stale and not todo:
        return
    run.units.end()
    view = _open(writer, view_id, rows, run.units)
    if stale:
        dependents = _dependents(writer, view_id, view, rows, stale)
        with (
            writer.transaction()
        ):  # from here on a missing link is all there is to do, whoever goes on with it
            link_queries.drop(writer.conn, view_id, None if dependents is None else dependents)
        todo = [r for r in rows if r.link_id is None or dependents is None or r.path_id in dependents]
    if len(todo) > _MANY:
        view.load(view.files)
        view.load_names()
    linking = _Linking(writer, view_id, Evaluator(view, RULES), run.units)
    for start in range(0, len(todo), FILES_PER_TRANSACTION):
        run.step("link", start, len(todo))
        linking.link(todo[start : start + FILES_PER_TRANSACTION])


def _open(writer: IndexWriter, view_id: int, rows: Sequence[ViewFile], units: Units) -> LinkView:
    conn, blobs = writer.conn, {row.file_id: row.hash.hex() for row in rows}

    @contextmanager
    def manifest(file: LinkedFile) -> Iterator[str | None]:
        blob = blobs[file.file_id]
        if units.leaves_out("workspace", blob, file.path):
            yield None
            return
        text = reader.file_text(conn, file.file_id).decode("utf-8", "replace")
        with units.at("workspace", blob, file.path, len(text)):
            yield text

    sources = ViewSources(
        outlines=lambda ids: reader.outlines(conn, ids),
        manifest=manifest,
        definitions=lambda name: link_queries.definitions(conn, view_id, name),
        interfaces=lambda: link_queries.interfaces(conn, view_id),
    )
    files = [LinkedFile(row.path, row.path_id, row.file_id, row.language, row.package) for row in rows]
    return LinkView(files, sources, MANIFESTS)


def _dependents(
    writer: IndexWriter, view_id: int, view: LinkView, rows: Iterable[ViewFile], stale: Iterable[Stale]
) -> set[int] | None:
    """Path ids of the linked files that looked at something that changed; None when that cannot be told."""
    if all(row.link_id is None for row in rows):
        return set()
    stale = [row for row in stale if _differs(view, row)]
    before = {row.file_id for row in stale if row.file_id is not None}
    known: dict[int, Outline] = dict(reader.outlines(writer.conn, before))
    if before - known.keys():
        return None  # what the links saw is no longer stored
    now = {row.path: view.files[row.path].file_id for row in stale if row.path in view.files}
    known |= dict(reader.outlines(writer.conn, now.values()))
    changes = [
        PathChange(row.path, known.get(row.file_id or -1), known.get(now.get(row.path, -1))) for row in stale
    ]
    changed = changed_keys(view, changes)
    if not changed:
        return set()
    changed = with_groups(changed, link_queries.key_groups(writer.conn))
    dependency_keys = link_queries.dependency_keys(writer.conn, view_id)
    return {path_id for path_id, keys in dependency_keys if touched(changed, keys)}


def _differs(view: LinkView, row: Stale) -> bool:
    file = view.files.get(row.path)
    return row.file_id != (file.file_id if file else None)


class _Linking:
    """Links the files of one run."""

    def __init__(self, writer: IndexWriter, view_id: int, evaluator: Evaluator, units: Units) -> None:
        self._writer, self._view_id, self._evaluator, self._units = writer, view_id, evaluator, units
        self._stored: set[int] = set()  # the key groups of this run that are in the store by now

    def link(self, rows: Sequence[ViewFile]) -> None:
        """Link these files in one transaction."""
        ids = [row.file_id for row in rows]
        facts = dict(reader.file_facts(self._writer.conn, ids))
        lines = link_queries.symbol_lines(self._writer.conn, ids)
        with self._writer.transaction():
            links = [(row.path_id, self._link(row, facts[row.file_id], lines[row.file_id])) for row in rows]
            link_queries.assign(self._writer.conn, self._view_id, links)

    def _link(self, row: ViewFile, facts: FileFacts, lines: Mapping[str, int]) -> int:
        """The id of the file's link. One that is left out has no edges, and all its references are unresolved."""
        blob, view = row.hash.hex(), self._evaluator.view
        view.seen = set()
        if self._units.leaves_out("link", blob, row.path):
            return self._writer.put_link(
                row.file_id, pack(view.seen), len(facts.references), [], all_unresolved(facts)
            )
        with self._units.at("link", blob, row.path, row.size_bytes):
            found = link_file(self._evaluator, row.path, facts, lines)
            groups = view.groups.within(view.seen, self._stored)
            link_queries.put_key_groups(self._writer.conn, ((key, pack(keys)) for key, keys in groups))
            return self._writer.put_link(
                row.file_id, pack(view.seen), found.unresolved, found.edges, found.unknown
            )
