"""What a path, or the first lines of a file, say by custom of the part that it plays: ``path_facts.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

import msgspec
from identify import identify
from msgspec import Struct

from indexers.profiles import is_lock, is_manifest, names_regex

_MARKED_BYTES = 4_000  # in which marks of a generator are looked for
_BUILD_TAGS = frozenset(("cmake", "meson"))  # CMakeLists.txt, meson_options.txt
_LONG_LINES = (".js", ".mjs", ".cjs", ".css")


class _Places(Struct, frozen=True, forbid_unknown_fields=True):
    """Words of each field are separated by blanks. ``extensions``: without the dot. ``names``: base names with ``*``
    (of documents: how they begin). ``folders``: a folder's name, or the last parts of its path; ``root_folders``: at
    the root alone. ``marks``: so many lines from the top → what stands in one of them. ``mean_line``: in bytes."""

    extensions: str = ""
    names: str = ""
    folders: str = ""
    root_folders: str = ""
    marks: dict[int, tuple[str, ...]] = msgspec.field(default_factory=dict)
    mean_line: int = 0

    def extension_set(self) -> frozenset[str]:
        return frozenset(self.extensions.split())

    def holds(self, path: str) -> bool:
        """Whether the path (in lower case) lies in one of the folders, or its base name is one of the names."""
        folder, _, name = path.rpartition("/")
        inside = f"/{folder}/"
        return (
            any(part in inside for part in _between_slashes(self.folders))
            or inside.startswith(_between_slashes(self.root_folders))
            or _names(self.names).fullmatch(name) is not None
        )


class _PathFacts(Struct, frozen=True, forbid_unknown_fields=True):
    code: _Places
    documents: _Places
    vendored: _Places
    generated: _Places
    binary: _Places
    untracked: _Places
    configuration: _Places


def _read() -> _PathFacts:
    text = resources.files(__package__).joinpath("path_facts.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _PathFacts, strict=False)


@cache
def _between_slashes(folders: str) -> tuple[str, ...]:
    return tuple(f"/{folder}/" for folder in folders.split())


@cache
def _names(names: str) -> re.Pattern[str]:
    return re.compile(names_regex(tuple(names.split())))


_FACTS = _read()
_CODE = _FACTS.code.extension_set()
_PROSE = _FACTS.documents.extension_set()
_BINARY = _FACTS.binary.extension_set()
_DOCUMENT_NAMES = frozenset(_FACTS.documents.names.split())
_MAX_NAME = max(len(name) for name in _DOCUMENT_NAMES)
_MARKS = tuple(
    (lines, tuple(mark.encode() for mark in marks)) for lines, marks in _FACTS.generated.marks.items()
)
TOOL_FOLDERS = frozenset(_FACTS.untracked.folders.split())
"""Folders that tools fill: skipped where git does not say that their contents belong to the project."""


def extension(path: str) -> str:
    """In lower case, without its dot; ``""`` where the base name has none (``.bashrc``)."""
    stem, _, found = path.rpartition("/")[2].rpartition(".")
    return found.lower() if stem else ""


def is_binary_name(path: str) -> bool:
    """The extension is one that never holds text. (Others are looked into when read.)"""
    return extension(path) in _BINARY or "binary" in name_tags(path)


def name_tags(path: str) -> set[str]:
    """What `identify` knows of the base name: ``text`` or ``binary``, and its languages."""
    return identify.tags_from_filename(path)


def is_text_name(path: str) -> bool:
    """The name is one that text has, so that control characters in it are meant."""
    return extension(path) in _CODE | _PROSE or "text" in name_tags(path)


def is_code(path: str) -> bool:
    """The extension is that of a program, a template or a style; or there is none."""
    found = extension(path)
    return found in _CODE if found else not path.rpartition("/")[2].startswith(".")


def is_document(path: str, language: str) -> bool:
    """A text for people: by extension, by a name such as ``ChangeLog`` or ``HISTORY.txt`` in whatever case, or by the
    folder, where it is no program. ``language``: the reader's."""
    found = extension(path)
    if found in _PROSE:
        return not is_manifest(path) and not name_tags(path) & _BUILD_TAGS
    if language not in ("text", "markdown"):
        return (language in ("json", "yaml", "html") or found == "ipynb") and _lies_in_documents(path)
    if found in _CODE:
        return False
    return _is_document_name(path.rpartition("/")[2]) or (bool(found) and _lies_in_documents(path))


def is_foreign(path: str, data: bytes) -> bool:
    """Made by a generator, by the path or by what stands at the top of ``data``; or other people's work."""
    lower = path.lower()
    return (
        _FACTS.generated.holds(lower)
        or _FACTS.vendored.holds(lower)
        or is_lock(path)
        or _is_marked(data[:_MARKED_BYTES].lower())
        or (lower.endswith(_LONG_LINES) and len(data) > _FACTS.generated.mean_line * (data.count(10) + 1))
    )


def is_configuration(path: str) -> bool:
    """A data file whose keys are asked for by name: a manifest, or a configuration by its name or folder."""
    lower = path.lower()
    return not is_lock(path) and (
        is_manifest(path) or lower.startswith(".") or _FACTS.configuration.holds(lower)
    )


def _lies_in_documents(path: str) -> bool:
    inside = f"/{path.lower().rpartition('/')[0]}/"
    places = _FACTS.documents
    return inside.startswith(_between_slashes(places.root_folders)) or any(
        part in inside for part in _between_slashes(places.folders)
    )


def _is_document_name(name: str) -> bool:
    """``NEWS``, ``ChangeLog-2013``, ``README.SSL``, ``HISTORY.1``, ``LICENSE_MIT``; not ``install.cfg``."""
    stem, _, found = name.partition(".")
    if found and not (found.isupper() or found.replace(".", "").isdigit() or found in ("old", "in")):
        return False
    lower = stem.lower()[: _MAX_NAME + 1]
    return any(
        lower == known or (lower.startswith(known) and lower[len(known)] in "-_ ")
        for known in _DOCUMENT_NAMES
    )


def _is_marked(head: bytes) -> bool:
    """``head``: the top of a file in lower case."""
    for lines, marks in _MARKS:
        top = b"\n".join(head.split(b"\n", lines)[:lines])
        if any(mark in top for mark in marks):
            return True
    return False
