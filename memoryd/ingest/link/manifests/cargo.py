"""Cargo.toml: the crates that the files of a package may name (The Cargo Book, "The Manifest Format")."""

from __future__ import annotations

import posixpath
import tomllib
from collections.abc import Iterator
from typing import Any, NamedTuple

from memoryd.ingest.link.view import LinkView


class Manifest(NamedTuple):
    """What a Cargo.toml says: its crates by the name that its files use, all its dependencies by theirs, and the
    root files that it names."""

    crates: dict[str, str]
    dependencies: frozenset[str]
    roots: frozenset[str]


_NONE = Manifest({}, frozenset(), frozenset())


def crates_of(view: LinkView, path: str) -> dict[str, str]:
    """Crate name, as the file at ``path`` writes it -> the crate's root file."""
    return manifest_of(view, path).crates


def manifest_of(view: LinkView, path: str) -> Manifest:
    manifests = view.fixpoints("rust manifests", lambda: _read_manifests(view), {})
    folder = posixpath.dirname(path)
    while folder and folder not in manifests:
        folder = posixpath.dirname(folder)
    return manifests.get(folder, _NONE)


def _read_manifests(view: LinkView) -> dict[str, Manifest]:
    """By folder of the package."""
    tables = {posixpath.dirname(path): _toml(text) for path, text in view.texts("Cargo.toml")}
    packages = {folder: table for folder, table in tables.items() if isinstance(table.get("package"), dict)}
    libraries = {
        folder: found for folder, table in packages.items() if (found := _library(view, folder, table))
    }
    manifests = {}
    for folder, table in packages.items():
        names = dict(_dependencies(tables, folder, table))
        crates = {
            name if name != _crate_name(tables[place]["package"].get("name")) else libraries[place][0]: (
                libraries[place][1]
            )
            for name, place in names.items()
            if place is not None and place in libraries
        }  # one that is not renamed goes by the name of its library
        if folder in libraries:
            crates.setdefault(*libraries[folder])
        manifests[folder] = Manifest(crates, frozenset(names), frozenset(_roots(folder, table)))
    return manifests


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _table(value: Any, *keys: str) -> dict[str, Any]:
    """The table under the keys; empty when there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _crate_name(name: object) -> str:
    return str(name or "").replace("-", "_")


def _library(view: LinkView, folder: str, table: dict[str, Any]) -> tuple[str, str] | None:
    """Name and root file of the package's library."""
    written = _table(table, "lib")
    root = view.first(posixpath.normpath(posixpath.join(folder, str(written.get("path") or "src/lib.rs"))))
    return (_crate_name(written.get("name") or table["package"].get("name")), root) if root else None


def _roots(folder: str, table: dict[str, Any]) -> Iterator[str]:
    for kind in ("bin", "test", "example", "bench"):
        targets = table.get(kind)
        for target in targets if isinstance(targets, list) else ():
            if isinstance(target, dict) and target.get("path"):
                yield posixpath.normpath(posixpath.join(folder, str(target["path"])))
    written = _table(table, "lib").get("path")
    if written:
        yield posixpath.normpath(posixpath.join(folder, str(written)))


def _dependencies(
    tables: dict[str, dict[str, Any]], folder: str, table: dict[str, Any]
) -> Iterator[tuple[str, str | None]]:
    """(name in the code, folder of the package or None: it lies elsewhere)."""
    workspace = _workspace(tables, folder)
    shared = _table(tables.get(workspace, {}), "workspace", "dependencies")
    patched = _table(tables.get(workspace, {}), "patch", "crates-io")
    targets = _table(table, "target").values()
    for section in (table, *targets):
        for kind in ("dependencies", "dev-dependencies", "build-dependencies"):
            for name, value in _table(section, kind).items():
                base = folder
                if _table(value).get("workspace"):
                    value, base = shared.get(name), workspace
                if not _table(value).get("path") and name in patched:
                    value, base = patched[name], workspace
                place = _table(value).get("path")
                yield _crate_name(name), _join(base, str(place)) if place else None


def _workspace(tables: dict[str, dict[str, Any]], folder: str) -> str:
    """The folder of the workspace around a package: of the nearest manifest that declares one."""
    while folder and "workspace" not in tables.get(folder, {}):
        folder = posixpath.dirname(folder)
    return folder


def _join(folder: str, path: str) -> str:
    found = posixpath.normpath(posixpath.join(folder, path))
    return "" if found == "." else found
