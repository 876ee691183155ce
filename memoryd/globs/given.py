"""What a caller may mean by the text of a path: the one rule of every verb, tool and door.

A path is absolute, relative to the folder where its caller stands or, failing that, relative to the project's root.
It may be a `file://` address, begin with `@`, and say behind the path a line (`a.py:12`, `a.py#L12-L20`) or a name
(`a.py:Class.method`, `a.py::test_it`). Which reading is meant, only who knows the files can say: the readings come
in the order in which they are to be tried, and a name that exists as it stands comes before any pattern.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote

from msgspec import Struct

from memoryd.errors import NothingThere
from memoryd.globs.paths import PathTest, is_glob, matcher

_FILE_URL = "file://"
_LINE = re.compile(r"(?:#L|:)(\d{1,9})(?:C\d{1,9})?(?:[-:]L?\d{1,9}(?:C\d{1,9})?)?\Z")
_MAX_CUTS = 8  # separators of one text that a path may end at
_SPECIAL = re.compile(r"[*?\[\]{}()!@+,|\\]")
_MAX_NEAR = 3


class Standpoint(Struct, frozen=True):
    """The project's absolute ``root``, and where in it the caller stands: ``""`` at the root, or not in it at all."""

    root: str
    folder: str = ""


class PathReading(Struct, frozen=True):
    """``path``: relative to the root, ``""`` the root itself. ``part``: the name behind it."""

    path: str
    part: str = ""
    line: int | None = None

    @property
    def is_whole(self) -> bool:
        """The file or folder itself is meant."""
        return not self.part and self.line is None


def standpoint(root: str, folder: str) -> Standpoint:
    """``folder``: absolute, as the caller says it. Looks at the disk, because a link may lead into the project."""
    return Standpoint(root, (_inside(root, folder) or "") if folder else "")


def cleaned(text: str) -> str:
    """The text without what people and agents write around a path or name; a `file://` address as a path."""
    text = text.strip().strip("`\"'")
    if text.startswith("“"):  # a name with white space as answers show it, a line behind it or not
        text = text[1:].replace("”", "", 1)
    if text.startswith(_FILE_URL):
        text = unquote("/" + text.removeprefix(_FILE_URL).partition("/")[2])
    return text.removesuffix("()")


def readings(text: str, here: Standpoint) -> tuple[PathReading, ...]:
    """The files, folders and parts of files that ``text`` may name, likeliest first; none where it leads out of the
    project."""
    plain = cleaned(text)
    found = {
        PathReading(path, part, line): None
        for whole in (plain, plain[1:] if plain.startswith("@") else "")
        if whole
        for written, part, line in _splits(whole)
        for path in _places(written, here)
    }
    return tuple(found)


def relative(text: str, here: Standpoint) -> str:
    """The text as it stands, an absolute path in the project relative to the root."""
    plain = cleaned(text)
    return (_inside(here.root, plain) or plain) if plain.startswith("/") else plain


def patterns(text: str, here: Standpoint) -> tuple[str, ...]:
    """The globs that ``text`` may be, from the caller's folder and from the root; none where it is no glob."""
    plain = cleaned(text)
    if not is_glob(plain):
        return ()
    if plain.startswith("/"):
        inside = _inside(here.root, plain)
        return (f"./{inside}",) if inside else ()
    anywhere = "/" not in plain
    above = _SPECIAL.sub(r"\\\g<0>", here.folder)
    near = posixpath.normpath(f"{above}/{'**/' if anywhere else ''}{plain}") if above else plain
    return tuple(dict.fromkeys(one for one in (near, plain) if not one.startswith("../")))


class PathScope(Struct, frozen=True):
    """The files that one argument means. ``text``: a path or glob relative to the root, ``""`` all of the project."""

    text: str
    is_pattern: bool
    fits: PathTest


def scope(
    text: str, here: Standpoint, is_there: Callable[[str], bool], paths: Callable[[], Iterable[str]]
) -> PathScope | None:
    """The files that ``text`` means, None when it means none. ``is_there``: there is a file or folder of this name;
    ``paths``: all files, asked for where it is a pattern."""
    for reading in readings(text, here):
        if is_there(reading.path):
            return PathScope(reading.path, False, literal(reading.path))
    for pattern in patterns(text, here):
        fits = matcher(pattern)
        if any(map(fits, paths())):
            return PathScope(pattern, True, fits)
    return None


def literal(path: str) -> PathTest:
    """Whether a path is this file, or lies in this folder, whatever signs its name has."""
    return lambda other: other == path or other.startswith(f"{path}/") or not path


EVERYTHING = PathScope("", False, literal(""))
"""What no path narrows."""


def as_pattern(path: str) -> str:
    """The path as a pattern that fits it alone and what lies in it."""
    return _SPECIAL.sub(r"\\\g<0>", path) if is_glob(path) else path


def near(text: str, paths: Iterable[str]) -> list[str]:
    """The paths that are nearly called so: another case, another folder, a letter or two."""
    from difflib import get_close_matches

    plain = posixpath.basename(cleaned(text).rstrip("/")).partition(":")[0].partition("#")[0].casefold()
    by_name: dict[str, list[str]] = {}
    for path in paths:
        by_name.setdefault(posixpath.basename(path).casefold(), []).append(path)
    if plain not in by_name and len(plain) > 2:
        alike = [name for name in by_name if abs(len(name) - len(plain)) <= 2]
        return [by_name[name][0] for name in get_close_matches(plain, alike[:5_000], _MAX_NEAR, 0.8)]
    wanted = cleaned(text).casefold()
    return sorted(by_name.get(plain, ()), key=lambda path: (not path.casefold().endswith(wanted), path))[
        :_MAX_NEAR
    ]


def absent(text: str, here: Standpoint, paths: Iterable[str]) -> NothingThere:
    """That none of the ``paths`` is called so, and which nearly are."""
    if cleaned(text) and not readings(text, here):
        return NothingThere(
            f"`{text[:200]}` lies outside the project",
            where=here.root,
            next_step="name a path in it, or the other project (-C PATH, or the argument `project`)",
        )
    alike = near(text, paths)
    step = f"did you mean {' or '.join(f'`{path}`' for path in alike)}?" if alike else ""
    return NothingThere(
        f"no file of the project fits the path `{text[:200]}`",
        where="path",
        next_step=step
        or "give a file, a folder or a glob, absolute or relative to where you are or to the root",
    )


def _splits(text: str) -> Iterator[tuple[str, str, int | None]]:
    """(path, part, line) for every place where the path may end, the longest path first."""
    yield text, "", None
    if (line := _LINE.search(text)) and line.start():
        yield text[: line.start()], "", int(line[1])
    at, cuts = len(text), 0
    while (at := max(text.rfind(":", 0, at), text.rfind("#", 0, at))) > 0 and cuts < _MAX_CUTS:
        part = text[at + 1 :].lstrip(":")
        if part and text[at - 1] != ":":
            yield text[:at], part, None
        cuts += 1


def _places(path: str, here: Standpoint) -> Iterator[str]:
    if path.startswith("/"):
        inside = _inside(here.root, path)
        if inside is not None:
            yield inside
        return
    for folder in (here.folder, ""):
        place = posixpath.normpath(posixpath.join(folder, path))
        if place != ".." and not place.startswith("../"):
            yield "" if place == "." else place


def _inside(root: str, path: str) -> str | None:
    """An absolute path relative to the root, ``""`` the root; None where it lies outside."""
    if "\0" in path:
        return None
    as_written = _below(root, posixpath.normpath(path))
    return _below(root, os.path.realpath(path)) if as_written is None else as_written


def _below(root: str, path: str) -> str | None:
    if path == root:
        return ""
    return path.removeprefix(f"{root}/") if path.startswith(f"{root}/") else None
