"""The ignore rules of a project, read from its files: .memoryignore, .gitignore, the user's patterns."""

from __future__ import annotations

from collections.abc import Sequence

from memoryd.globs.ignore import PATTERN_LIMIT, Ignore, of_items, parse
from memoryd.ingest.files.rooted_files import RootedFiles, Unreadable

MEMORYIGNORE = ".memoryignore"
GITIGNORE = ".gitignore"
SIZE_LIMIT_BYTES = 1024 * 1024


class Narrowing:
    """What is left out on top of git's rules: ``exclude`` (the user's patterns), ``project_exclude`` (those of the
    project's own settings) and the text of its .memoryignore. Rule sets of their own, so that the repository cannot
    lift what the user excluded."""

    def __init__(self, exclude: Sequence[str], project_exclude: Sequence[str], memoryignore: str) -> None:
        sets = (of_items(exclude), of_items(project_exclude[:PATTERN_LIMIT]), parse(memoryignore))
        self._rules = [Ignore({"": patterns}) for patterns in sets if patterns]

    def ignored(self, path: str, is_folder: bool = False) -> bool:
        return any(rules.ignored(path, is_folder) for rules in self._rules)


class Gitignores:
    """The .gitignore files of a tree without git, read as their folders are first asked about."""

    def __init__(self, rooted: RootedFiles) -> None:
        self._rooted = rooted
        self._rules = Ignore({})
        self._read: set[str] = set()

    def ignored(self, path: str, is_folder: bool = False) -> bool:
        parts = path.split("/")
        for depth in range(len(parts)):
            folder = "/".join(parts[:depth])
            if folder not in self._read:
                self._read.add(folder)
                self._rules.add(folder, parse(read_rules(self._rooted, join(folder, GITIGNORE))))
        return self._rules.ignored(path, is_folder)


def read_rules(rooted: RootedFiles, path: str) -> str:
    """Of an ignore file; ``""`` when there is none that can be read."""
    try:
        return rooted.read(path, SIZE_LIMIT_BYTES).decode("utf-8", "replace")
    except Unreadable:
        return ""


def join(folder: str, name: str) -> str:
    """``folder`` may be ``""``, the root."""
    return f"{folder}/{name}" if folder else name
