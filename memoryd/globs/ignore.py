"""Rules of .gitignore files, and of lists that tools read as such: the last line that fits decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from memoryd.globs.names import Malformed
from memoryd.globs.paths import GIT, MAX_PATTERN, Pieces, fits, pieces

PATTERN_LIMIT = 5000


class Pattern(Struct, frozen=True):
    """One line of an ignore file. ``anchored``: matched from the file's own folder, else against the last name
    only."""

    names: Pieces
    anchored: bool
    negated: bool
    folders_only: bool

    def matches(self, parts: tuple[str, ...], is_folder: bool) -> bool:
        """``parts``: the names below the ignore file's folder."""
        if self.folders_only and not is_folder:
            return False
        if not self.anchored:
            test = self.names[0]
            return test is None or bool(test(parts[-1]))
        return fits(self.names, parts)


class Ignore:
    """The ignore files of a tree, the deeper ones deciding first.

    ``files``: patterns by folder (``""`` or ``a/b``). A folder that is ignored takes all it contains with it.
    """

    def __init__(self, files: Mapping[str, tuple[Pattern, ...]]) -> None:
        self._patterns: dict[str, tuple[Pattern, ...]] = {}
        self._folders: dict[str, bool] = {"": False}
        for folder, patterns in files.items():
            self.add(folder, patterns)

    def add(self, folder: str, patterns: tuple[Pattern, ...]) -> None:
        """Take in one more ignore file, before anything below its folder is asked."""
        self._patterns[folder] = patterns

    def ignored(self, path: str, is_folder: bool = False) -> bool:
        """``path`` or a folder above it is excluded."""
        if not self._patterns:
            return False
        if is_folder:
            return self._folder_ignored(path)
        folder, _slash, _name = path.rpartition("/")
        return self._folder_ignored(folder) or self._decide(path, False)

    def _folder_ignored(self, path: str) -> bool:
        missing = []
        while path not in self._folders:
            missing.append(path)
            path = path.rpartition("/")[0]
        verdict = self._folders[path]
        for folder in reversed(missing):
            verdict = verdict or self._decide(folder, True)
            self._folders[folder] = verdict
        return verdict

    def _decide(self, path: str, is_folder: bool) -> bool:
        parts = tuple(path.split("/"))
        for depth in range(len(parts) - 1, -1, -1):
            patterns = self._patterns.get("/".join(parts[:depth]))
            if not patterns:
                continue
            for pattern in reversed(patterns):
                if pattern.matches(parts[depth:], is_folder):
                    return not pattern.negated
        return False


def parse(text: str) -> tuple[Pattern, ...]:
    """The patterns of an ignore file. Lines that are no valid pattern match nothing, as in git."""
    lines = text.removeprefix("\ufeff").split("\n")[:PATTERN_LIMIT]
    return of_items(line.removesuffix("\r") for line in lines)


def of_items(lines: Iterable[str]) -> tuple[Pattern, ...]:
    """The patterns of a list of lines, each of them whole, whatever characters are in it."""
    return tuple(pattern for line in lines if (pattern := _pattern(line)))


def _pattern(line: str) -> Pattern | None:
    line = _trimmed(line[:MAX_PATTERN])
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    line = line[negated:]
    folders_only = line.endswith("/")
    line = line.removesuffix("/")
    if not line:
        return None
    anchored = "/" in line
    plain = line.removeprefix("/")
    try:
        return Pattern(pieces(plain, GIT), anchored, negated, folders_only)
    except Malformed:
        return None


def _trimmed(line: str) -> str:
    """Without trailing spaces, except one that a backslash protects."""
    bare = line.rstrip(" ")
    backslashes = len(bare) - len(bare.rstrip("\\"))
    return bare + " " if backslashes % 2 and len(bare) < len(line) else bare
