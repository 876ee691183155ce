"""The files of one view as the linker sees them; it notes everything that is looked at.

What linking a file looked at is its list of dependencies: the file is linked again when one of these keys
means something else, and only then (the early cut-off of build systems; A. Mokhov, N. Mitchell,
S. Peyton Jones, "Build systems à la carte", 2018). A key is 32 bits of a hash: two that clash cost one
superfluous link, never a missed one.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from zlib import crc32

from msgspec import Struct

from indexers.facts import Import
from indexers.outline import (
    IMPORTS,
    NO_ENTRY,
    NameEntry,
    Outline,
    by_signal,
    connected_key,
    declared_members,
    entries,
    essence,
    members_key,
)
from indexers.signals import SignalConnection
from memoryd.globs.paths import exact
from memoryd.ingest.link.definitions import NO_DEFINITIONS, Definitions, DefinitionTarget, NamedDefinition
from memoryd.ingest.link.fixpoint.cache import FixpointCache
from memoryd.store.index.queries.link_queries import Defined


class LinkedFile(Struct, frozen=True):
    """One file of the view."""

    path: str
    path_id: int
    file_id: int
    language: str
    package: str


class ViewSources(Struct, frozen=True):
    """Where a view gets its content: outlines by file id, definitions by name (None: all). ``manifest``: a file's text
    while it is read; None for one that is left out. ``interfaces``: the definitions of that kind."""

    outlines: Callable[[Iterable[int]], Iterable[tuple[int, Outline]]]
    manifest: Callable[[LinkedFile], AbstractContextManager[str | None]]
    definitions: Callable[[str | None], Iterable[Defined]]
    interfaces: Callable[[], Iterable[Defined]]


class LinkView(FixpointCache):
    """Look-ups over the files of a view."""

    def __init__(self, files: Iterable[LinkedFile], sources: ViewSources, manifests: frozenset[str]) -> None:
        super().__init__()
        self.files = {file.path: file for file in files}
        self._sources = sources
        self.manifest_names = manifests
        self._paths_of_id = {file.path_id: file.path for file in self.files.values()}
        self._folders: dict[str, list[str]] = defaultdict(list)
        self._by_basename: dict[str, list[str]] = defaultdict(list)
        self._packages: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.manifest_paths: dict[str, list[str]] = defaultdict(list)
        for path, file in sorted(self.files.items()):
            folder, base = posixpath.split(path)
            self._folders[folder].append(path)
            self._by_basename[base].append(path)
            if file.package:
                self._packages[file.language, file.package].append(path)
        self._manifest_patterns = tuple((name, exact(name)) for name in sorted(manifests) if "*" in name)
        for base, paths in self._by_basename.items():
            for name in self.manifests_of(base):
                self.manifest_paths[name] += paths
        self.all_folders = folders_of(self._folders)
        self._outlines: dict[str, Outline] = {}
        self._entries: dict[str, dict[str, NameEntry]] = {}
        self._connected: dict[str, list[tuple[str, SignalConnection]]] | None = None
        self._interfaces: dict[str, list[DefinitionTarget]] | None = None
        self._rows: dict[str, list[Defined]] | None = None
        self._named: dict[str, dict[str, Definitions]] = {}
        self._place_keys: dict[str, int] = {}

    # -- files

    def __contains__(self, path: str) -> bool:
        self.seen.add(self._place_key(path))
        return path in self.files

    def first(self, *paths: str) -> str | None:
        """The first of ``paths`` that is a file of the view."""
        return next((path for path in paths if path in self), None)

    def is_folder(self, folder: str) -> bool:
        """Whether a file lies in ``folder`` or below it; ``""`` is the root."""
        self.seen.add(self._place_key(f"{folder}/"))
        return not folder or folder in self.all_folders

    def folder(self, folder: str) -> list[str]:
        """The files that lie in ``folder`` itself."""
        self.seen.add(crc32(f"{folder}/\0".encode(*_ESCAPE)))
        return self._folders.get(folder, [])

    def below(self, folder: str) -> Iterator[str]:
        """The files that lie in ``folder`` or anywhere below it."""
        inside = (name for name in self.all_folders if name.startswith(f"{folder}/") or not folder)
        for name in (folder, *sorted(inside)):
            yield from self.folder(name)

    def called(self, basename: str) -> list[str]:
        """The files of that base name, anywhere."""
        self.seen.add(crc32(f"\0{basename}".encode(*_ESCAPE)))
        return self._by_basename.get(basename, [])

    def package(self, language: str, name: str) -> list[str]:
        """The files with that package clause, ordered."""
        self.seen.add(crc32(f"{language}\0{name}\0".encode(*_ESCAPE)))
        return self._packages.get((language, name), [])

    def clause(self, path: str) -> str:
        """The package clause of a file."""
        self.seen.add(_whole_key(path))
        return self.files[path].package

    def imports(self, path: str) -> Sequence[Import]:
        """All imports of the file, whatever names they bind."""
        self.seen.add(crc32(IMPORTS.encode(), crc32(path.encode(*_ESCAPE))))
        return self._outline(path).imports

    def manifests_of(self, basename: str) -> list[str]:
        """The names of manifests, as languages list them, that a file called so has."""
        found = [name for name, fits in self._manifest_patterns if fits(basename)]
        return [basename, *found] if basename in self.manifest_names else found

    def texts(self, basename: str) -> Iterator[tuple[str, str]]:
        """(path, text) of the manifests called so, ordered by path; ``basename`` may hold ``*``. Each is to be read
        before the next is taken."""
        assert basename in self.manifest_names, basename
        self.seen.add(crc32(f"\0{basename}\0".encode()))
        for path in sorted(self.manifest_paths.get(basename, ())):
            with self._sources.manifest(self.files[path]) as text:
                if text is not None:
                    yield path, text

    def language(self, path: str) -> str:
        return self.files[path].language

    # -- names

    def load(self, paths: Iterable[str]) -> None:
        """Read the outlines of many files at once."""
        missing = {self.files[path].file_id: path for path in paths if path not in self._outlines}
        for file_id, shown in self._sources.outlines(missing):
            self._outlines[missing[file_id]] = shown

    def entry(self, path: str, name: str) -> NameEntry:
        """What a dotted name means in a file of the view."""
        self.seen.add(crc32(name.encode(*_ESCAPE), crc32(path.encode(*_ESCAPE))))
        return self.entries(path).get(name, NO_ENTRY)

    def anywhere(self, name: str) -> None:
        """Note a dotted name in all files at once: its entry is looked for in files that take each other in. ``.name``:
        below whatever name it stands."""
        self.seen.add(crc32(name.encode(*_ESCAPE), _ANYWHERE))

    def binding(self, language: str, name: str) -> Iterator[tuple[str, Import]]:
        """(path, import) of every import in files of that language that binds ``name``, ordered by path."""
        self.anywhere(name)
        paths = sorted(path for path, file in self.files.items() if file.language == language)
        self.load(paths)
        for path in paths:
            yield from ((path, item) for item in self._outline(path).imports if item.alias == name)

    def connected(self, signal: str) -> Sequence[tuple[str, SignalConnection]]:
        """(path, what is connected there) to any signal called so, ordered by path."""
        self.anywhere(connected_key(signal))
        if self._connected is None:
            self._connected = defaultdict(list)
            paths = sorted(path for path, file in self.files.items() if file.language == "python")
            self.load(paths)
            for path in paths:
                for name, found in by_signal(self._outline(path).connections).items():
                    self._connected[name] += [(path, one) for one in found]
        return self._connected.get(signal, ())

    def entries(self, path: str) -> dict[str, NameEntry]:
        """All that the file binds. Not noted: for the file that is being linked, whose change is seen anyway."""
        found = self._entries.get(path)
        if found is None:
            found = self._entries[path] = entries(self._outline(path))
        return found

    def members(self, path: str, interface: str) -> tuple[str, ...]:
        """The names of the methods that an interface of the file declares itself."""
        self.seen.add(crc32(members_key(interface).encode(*_ESCAPE), crc32(path.encode(*_ESCAPE))))
        return declared_members(self._outline(path)).get(interface, ())

    def outline(self, path: str) -> Outline:
        """The whole file's star imports, includes, list of exports and package; its names by ``entry``."""
        self.seen.add(_whole_key(path))
        return self._outline(path)

    def _outline(self, path: str) -> Outline:
        found = self._outlines.get(path)
        if found is None:
            self.load([path])
            found = self._outlines[path]
        return found

    def load_names(self) -> None:
        """Read all definitions by name at once: many files will be linked."""
        self._rows = defaultdict(list)
        for row in self._sources.definitions(None):
            self._rows[row.name].append(row)

    def named(self, language: str, name: str) -> Definitions:
        """Everything called ``name`` (its last component) in files of that language."""
        self.seen.add(crc32(f"{language}:{name}".encode(*_ESCAPE)))
        found = self._named.get(name)
        if found is None:
            rows = self._sources.definitions(name) if self._rows is None else self._rows.pop(name, ())
            found = self._named[name] = self._by_language(rows)
        return found.get(language, NO_DEFINITIONS)

    def interfaces(self, language: str) -> Sequence[DefinitionTarget]:
        """All interfaces in files of that language, ordered by path."""
        self.seen.add(_interfaces_key(language))
        if self._interfaces is None:
            found = self._by_language(self._sources.interfaces())
            self._interfaces = {name: [one.target for one in of.all()] for name, of in found.items()}
        return self._interfaces.get(language, ())

    def _by_language(self, rows: Iterable[Defined]) -> dict[str, Definitions]:
        found: dict[str, list[NamedDefinition]] = defaultdict(list)
        for row in rows:
            file = self.files[self._paths_of_id[row.path_id]]
            target = DefinitionTarget(file.path, row.qualname)
            found[file.language].append(NamedDefinition(target, row.kind, row.name, file.package))
        return {language: Definitions(of) for language, of in found.items()}

    # -- keys

    def _place_key(self, path: str) -> int:
        """Files of one folder that share a stem share a key, and so does all below a folder that is missing."""
        key = self._place_keys.get(path)
        if key is None:
            folder, base = posixpath.split(path.lstrip("/"))  # "/__init__.py": above a module at the root
            while folder and folder not in self.all_folders:
                folder, base = posixpath.split(folder)
            key = self._place_keys[path] = place_key(folder, base)
        return key


_ESCAPE = ("utf-8", "surrogateescape")
_ANYWHERE = crc32(b"\0anywhere\0")


def folders_of(folders: Iterable[str]) -> set[str]:
    """These folders and all above them, without the root."""
    found: set[str] = set()
    for folder in folders:
        while folder and folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return found


def place_key(folder: str, base: str) -> int:
    return crc32(f"{folder}/{base.partition('.')[0] or base}".encode(*_ESCAPE))


def _interfaces_key(language: str) -> int:
    return crc32(f"{language}\0interfaces\0\0".encode())


def _whole_key(path: str) -> int:
    """Of what is said of a file as a whole (see ``essence``)."""
    return crc32(b"*", crc32(path.encode(*_ESCAPE)))


class PathChange(Struct, frozen=True):
    """A path whose content differs. ``before``/``after``: its outline (None: no file), ``manifest``: it is one."""

    path: str
    before: Outline | None
    after: Outline | None


def changed_keys(view: LinkView, changes: Iterable[PathChange]) -> frozenset[int]:
    """Every key that may mean something else in ``view`` than it did before ``changes``."""
    changes = list(changes)
    keys: set[int] = set()
    for change in changes:
        keys.update(_names_changed(change))
        base = posixpath.basename(change.path)
        for name in view.manifests_of(base):
            keys.add(crc32(f"\0{name}\0".encode(*_ESCAPE)))
    keys.update(_places_changed(view, changes))
    return frozenset(keys)


def _names_changed(change: PathChange) -> Iterator[int]:
    before, after = ({} if shown is None else essence(shown) for shown in (change.before, change.after))
    seed = crc32(change.path.encode(*_ESCAPE))
    other_language = change.before and change.after and change.before.language != change.after.language
    for name in before.keys() | after.keys():
        if other_language or before.get(name) != after.get(name):
            yield crc32(name.encode(*_ESCAPE), seed)
            yield crc32(name.encode(*_ESCAPE), _ANYWHERE)
            around, _, last = name.rpartition(".")
            if around:
                yield crc32(f".{last}".encode(*_ESCAPE), _ANYWHERE)
    shown = [
        {(outline.language, s.qualname, s.kind) for s in outline.symbols} if outline else set()
        for outline in (change.before, change.after)
    ]
    for language, qualname, kind in shown[0] ^ shown[1]:
        yield crc32(f"{language}:{qualname.rpartition('.')[2]}".encode(*_ESCAPE))
        if kind == "interface":
            yield _interfaces_key(language)
    clauses = {(o.language, o.package) if o else None for o in (change.before, change.after)}
    if len(clauses) > 1:
        for clause in clauses - {None}:
            yield crc32(f"{clause[0]}\0{clause[1]}\0".encode(*_ESCAPE))  # type: ignore[index]


def _places_changed(view: LinkView, changes: Iterable[PathChange]) -> Iterator[int]:
    added = {c.path for c in changes if c.before is None}
    removed = {c.path for c in changes if c.after is None}
    if not added and not removed:
        return
    before = folders_of({posixpath.dirname(p) for p in (view.files.keys() - added) | removed})
    for path in added | removed:
        folder, base = posixpath.split(path)
        yield place_key(folder, base)
        yield crc32(f"{folder}/\0".encode(*_ESCAPE))
        yield crc32(f"\0{base}".encode(*_ESCAPE))
    for folder in before ^ view.all_folders:
        yield place_key(*posixpath.split(folder))
        yield place_key(folder, "")
        yield crc32(f"{posixpath.dirname(folder)}/\0".encode(*_ESCAPE))
