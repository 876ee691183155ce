"""Gitignore rules in linear time: the patterns come from strangers, so no backtracking regex may meet them.

A pattern is matched name by name; inside one name, ``*`` takes the earliest match of what follows it
(atomic groups), which is exact for globs and cannot explode.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

_NameTest = Callable[[str], object]
_LINE_LIMIT = 4096  # no path is longer
PATTERN_LIMIT = 5000
_POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f", "digit": "0-9",
    "graph": r"!-~", "lower": "a-z", "print": r" -~", "punct": r"!-/:-@\[-`{-~", "space": r"\s",
    "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip


class Pattern(Struct, frozen=True):
    """One line of an ignore file. ``names``: a test per path component, None standing for ``**``.
    ``anchored``: matched from the file's own folder, else against the last component only."""

    names: tuple[_NameTest | None, ...]
    anchored: bool
    negated: bool
    folders_only: bool

    def matches(self, parts: tuple[str, ...], is_folder: bool) -> bool:
        """``parts``: the components below the ignore file's folder."""
        if self.folders_only and not is_folder:
            return False
        if not self.anchored:
            test = self.names[0]
            return test is None or bool(test(parts[-1]))
        return _matches(self.names, parts)


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
    line = _trimmed(line[:_LINE_LIMIT])
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    line = line[negated:]
    folders_only = line.endswith("/")
    line = line.removesuffix("/")
    if not line:
        return None
    anchored = "/" in line
    try:
        segments = _segments(line.removeprefix("/")) if anchored else [line]
    except ValueError:  # an unclosed bracket: matches nothing
        return None
    names = tuple(None if part == "**" else _name_test(part) for part in segments)
    return Pattern(names, anchored, negated, folders_only)


def _segments(glob: str) -> list[str]:
    """Split at the slashes that stand outside of brackets. Raises ValueError for an unclosed bracket."""
    segments, start, at = [], 0, 0
    while at < len(glob):
        if glob[at] == "[":
            at = _bracket(glob, at + 1)[0]
        elif (slash := glob.startswith("/", at)) or glob.startswith("\\/", at):
            segments.append(glob[start:at])
            start = at = at + (1 if slash else 2)
        else:
            at += 2 if glob[at] == "\\" else 1
    return [*segments, glob[start:]]


def _trimmed(line: str) -> str:
    """Without trailing spaces, except one that a backslash protects."""
    bare = line.rstrip(" ")
    backslashes = len(bare) - len(bare.rstrip("\\"))
    return bare + " " if backslashes % 2 and len(bare) < len(line) else bare


def _matches(names: tuple[_NameTest | None, ...], parts: tuple[str, ...]) -> bool:
    """Glob over components: only the last ``**`` ever needs to be widened."""
    at, part, wide, mark = 0, 0, -1, 0
    while part < len(parts):
        test = names[at] if at < len(names) else _never
        if test is None:
            wide, mark, at = at, part, at + 1
            if at == len(names):
                return True
        elif test(parts[part]):
            at, part = at + 1, part + 1
        elif wide >= 0:
            mark += 1
            at, part = wide + 1, mark
        else:
            return False
    return at == len(names)


def _never(_name: str) -> bool:
    return False


def _name_test(glob: str) -> _NameTest:
    if not any(char in glob for char in "*?[\\"):
        return glob.__eq__
    try:
        pieces = _pieces(glob)
        return re.compile(_joined(pieces), re.DOTALL).fullmatch
    except (ValueError, re.error):  # an unclosed bracket or a lone backslash: matches nothing, as in git
        return _never


def _joined(pieces: list[str]) -> str:
    """``pieces``: regexes of fixed length, between stars."""
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    return first + "".join(f"(?>.*?{piece})" for piece in middle if piece) + ".*" + last


def _pieces(glob: str) -> list[str]:
    """The glob as regexes, split at its stars. Raises ValueError when it is malformed."""
    pieces, at = [""], 0
    while at < len(glob):
        char = glob[at]
        at += 1
        if char == "*":
            if pieces[-1] or len(pieces) == 1:
                pieces.append("")
        elif char == "?":
            pieces[-1] += "."
        elif char == "[":
            end, expression = _bracket(glob, at)
            pieces[-1] += expression
            at = end
        elif char == "\\":
            if at == len(glob):
                raise ValueError("lone backslash")
            pieces[-1] += re.escape(glob[at])
            at += 1
        else:
            pieces[-1] += re.escape(char)
    return pieces


def _bracket(glob: str, at: int) -> tuple[int, str]:
    """The class that opens before ``at``: (where it ends, its regex). Raises ValueError when unclosed."""
    negated = glob[at : at + 1] in ("!", "^")
    at += negated
    items: list[str] = []
    first = True
    while first or glob[at : at + 1] != "]":
        first = False
        if at >= len(glob):
            raise ValueError("unclosed bracket")
        if glob.startswith("[:", at) and (end := glob.find(":]", at)) > 0:
            items.append(_POSIX[glob[at + 2 : end]] if glob[at + 2 : end] in _POSIX else _refuse())
            at = end + 2
            continue
        low, at = _literal(glob, at)
        if glob[at : at + 1] == "-" and glob[at + 1 : at + 2] not in ("", "]"):
            high, at = _literal(glob, at + 1)
            # A range that runs backwards still has its first character, as in git.
            items.append(f"{re.escape(low)}-{re.escape(high)}" if low <= high else re.escape(low))
        else:
            items.append(re.escape(low))
    inside = "".join(items)
    if not inside:
        return at + 1, "." if negated else r"(?!)"
    return at + 1, f"[{'^' if negated else ''}{inside}]"


def _literal(glob: str, at: int) -> tuple[str, int]:
    if glob[at] == "\\":
        at += 1
    if at >= len(glob):
        raise ValueError("unclosed bracket")
    return glob[at], at + 1


def _refuse() -> str:
    raise ValueError("unknown character class")
