"""The link phase: edges for every file of a view that has none under what it can see of the others."""

from __future__ import annotations

import posixpath
from hashlib import blake2b
from pathlib import Path

import msgspec

from indexers.facts import FileFacts
from memoryd.ingest.job import Run
from memoryd.ingest.link.imports import MANIFESTS
from memoryd.ingest.link.resolve import Resolver, link_file
from memoryd.ingest.link.tree import Tree, Unit
from memoryd.store import reader
from memoryd.store.reader import ViewFile
from memoryd.store.writer import IndexWriter

LINKER_VERSION = 1  # raise when the same facts give other edges
FILES_PER_TRANSACTION = 100  # a run that is overtaken by another stops between two of them


def link_view(writer: IndexWriter, view_id: int, root: Path, run: Run) -> None:
    """Link what changed. A body that changed links one file; a changed surface (what a file shows to
    others, or which files there are) links the view, through the links it already has where they fit."""
    rows = reader.view_files(writer.conn, view_id)
    surface_known = reader.meta(writer.conn, f"surface:{view_id}")
    same_files = surface_known.split(" ")[0] == str(len(rows))
    if same_files and all(row.link_id is not None for row in rows):
        return
    tree = load_tree(writer, rows)
    surface = view_surface(tree)
    resolver = Resolver(tree)
    if surface_known.endswith(surface.hex()):
        todo = [row for row in rows if row.link_id is None]
    else:
        todo = rows
        with (
            writer.transaction()
        ):  # a run that stops halfway leaves old links: the next one must not trust them
            writer.set_meta(f"surface:{view_id}", "")
    for start in range(0, len(todo), FILES_PER_TRANSACTION):
        run.step("link", start, len(todo))
        with writer.transaction():
            links = [
                _link(writer, resolver, row, surface) for row in todo[start : start + FILES_PER_TRANSACTION]
            ]
            writer.set_links(view_id, links)
    with writer.transaction():
        writer.set_meta(f"surface:{view_id}", f"{len(rows)} {surface.hex()}")


def _link(writer: IndexWriter, resolver: Resolver, row: ViewFile, surface: bytes) -> tuple[int, int]:
    link_id = writer.find_link(row.file_id, surface)
    if link_id is None:
        edges, unresolved = link_file(resolver, resolver.tree.units[row.path])
        link_id = writer.add_link(row.file_id, surface, unresolved, edges)
    return row.path_id, link_id


def load_tree(writer: IndexWriter, rows: list[ViewFile]) -> Tree:
    facts = dict(reader.file_facts(writer.conn, {row.file_id for row in rows}))
    units = [Unit(row.path, row.path_id, row.file_id, facts[row.file_id]) for row in rows]
    manifests = {
        row.path: reader.file_text(writer.conn, row.file_id).decode("utf-8", "replace")
        for row in rows
        if posixpath.basename(row.path) in MANIFESTS
    }
    return Tree(units, manifests)


def view_surface(tree: Tree) -> bytes:
    """Digest of all that linking one file may look at in the others."""
    digest = blake2b(digest_size=16)
    for path, unit in sorted(tree.units.items()):
        digest.update(path.encode("utf-8", "surrogateescape") + b"\0" + _surface(unit.facts))
    for path, text in sorted(tree.manifests.items()):
        digest.update(
            path.encode("utf-8", "surrogateescape") + b"\0" + text.encode("utf-8", "surrogateescape")
        )
    return digest.digest()


def _surface(facts: FileFacts) -> bytes:
    """What a file shows to others: its definitions, imports, written types and bases; no lines, no bodies."""
    shown = (
        [(s.qualname, s.kind) for s in facts.symbols],
        [(i.module, i.name, i.alias, i.scope) for i in facts.imports],
        [(b.scope, b.name, b.type_text) for b in facts.bindings],
        [(r.name, r.receiver, r.scope) for r in facts.references if r.kind == "inherit"],
        facts.exports,
        facts.package,
        facts.language,
    )
    return msgspec.msgpack.encode(shown)
