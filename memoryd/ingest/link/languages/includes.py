"""C and C++: what a file includes, directly or not, and which file an include means."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from indexers.facts import Import
from indexers.outline import join
from memoryd.ingest.link.fixpoint.reach import Reach, bits, numbers
from memoryd.ingest.link.places import FolderItems, upwards
from memoryd.ingest.link.view import LinkView

T = TypeVar("T", bound=Hashable)
LANGUAGES = ("c", "cpp")
COMMANDS = "compile_commands.json"
_STANDARD = re.compile(
    r"(?:assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|signal|stdalign|stdarg"
    r"|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings|tgmath|threads|time|uchar|unistd|wchar"
    r"|wctype|fcntl|dirent|poll|pthread|dlfcn|netdb|pwd|termios)\.h"
)
_FLAG = re.compile(r"(?:-I|-isystem|-iquote|/I)(.*)", re.S)
_MAX_COMMANDS = 20_000
_HEADERS = ("include", "inc", "src", "lib", "")  # folders in which a header's path begins


class Usings(NamedTuple):
    """Of one file. By namespace: those opened in it; by qualified name: the scope and text of what it stands for."""

    spaces: dict[str, tuple[str, ...]]
    names: dict[str, tuple[tuple[str, str], ...]]


class Sight:
    """What the files of a view see: themselves and all that they include. Sets of files are bits, ordered by path."""

    def __init__(self, view: LinkView) -> None:
        self._view = view
        self._paths = sorted(path for path, file in view.files.items() if file.language in LANGUAGES)
        self._numbers = {path: number for number, path in enumerate(self._paths)}
        self._reach: Reach[str] = Reach(view, lambda path: _includes(view, path), self._marks, self._numbers)

    def sees(self, path: str, other: str) -> bool:
        return path == other or self._reach.has(path, other)

    def bits(self, paths: Iterable[str]) -> int:
        return bits(self._numbers[path] for path in paths)

    def seen(self, path: str, wanted: int) -> int:
        """Those of the bits that the file sees."""
        return self._reach.within(path, wanted) | wanted & (1 << self._numbers[path])

    def paths(self, wanted: int) -> Iterator[str]:
        return (self._paths[number] for number in numbers(wanted))

    def opened(self, path: str, space: str) -> Iterator[tuple[str, ...]]:
        """The namespaces that files in sight open in the namespace ``space``, file by file, each list once."""
        return self._distinct(path, ("opened", space), lambda usings: usings.spaces.get(space, ()))

    def brought(self, path: str, qualname: str) -> Iterator[tuple[tuple[str, str], ...]]:
        """What files in sight say that the name stands for, file by file, each list once."""
        return self._distinct(path, ("brought", qualname), lambda usings: usings.names.get(qualname, ()))

    def _distinct(self, path: str, mark: Hashable, said: Callable[[Usings], T]) -> Iterator[T]:
        left = self._reach.having(path, mark)
        if said(self._usings(path)):
            left |= 1 << self._numbers[path]
        while left:
            number = next(numbers(left))
            found = said(self._usings(self._paths[number]))
            yield found
            left &= ~(self._reach.holding((mark, found)) | 1 << number)

    def _marks(self, path: str) -> Iterator[Hashable]:
        usings = self._usings(path)
        tables: tuple[tuple[str, Mapping[str, Hashable]], ...] = (
            ("opened", usings.spaces),
            ("brought", usings.names),
        )
        for kind, table in tables:
            for name, said in table.items():
                yield kind, name
                yield (kind, name), said

    def _usings(self, path: str) -> Usings:
        view = self._view
        return view.fixpoints(("c using", path), lambda: _read_usings(view, path), _NO_USINGS)


def sight_of(view: LinkView) -> Sight:
    """The one of the view."""
    return view.fixpoints("c sight", lambda: Sight(view), None)


_NO_USINGS = Usings({}, {})


def _read_usings(view: LinkView, path: str) -> Usings:
    if view.language(path) != "cpp":
        return _NO_USINGS
    spaces: dict[str, dict[str, None]] = {}
    names: dict[str, dict[tuple[str, str], None]] = {}
    for item in view.outline(path).imports:
        if item.name == "*":
            spaces.setdefault(item.scope, {})[item.module] = None
        elif item.alias:
            written = "::".join(filter(None, (item.module, item.name)))
            names.setdefault(join(item.scope, item.alias), {})[item.scope, written] = None
    return Usings({s: tuple(f) for s, f in spaces.items()}, {n: tuple(f) for n, f in names.items()})


# -- includes


def brings_file(item: Import) -> bool:
    """Whether it is an include, and no ``using``."""
    return not item.name and not item.alias


def _includes(view: LinkView, path: str) -> Iterator[str]:
    folder = posixpath.dirname(path)
    items = view.outline(path).imports
    found = (included(view, folder, item.module) for item in items if brings_file(item))
    yield from (file for file in found if file and view.language(file) in LANGUAGES)


def included(view: LinkView, folder: str, module: str) -> str | None:
    """The file that files in ``folder`` get by an include."""
    return view.fixpoints(("c include", folder, module), lambda: _included(view, folder, module), None)


def _included(view: LinkView, folder: str, module: str) -> str | None:
    """The file that an include means: beside the including file, in a folder that the build searches, else the one
    that ends so, the nearest of those that lie in a folder of headers."""
    name = posixpath.normpath(module)
    near = view.first(posixpath.normpath(posixpath.join(folder, name)))
    if near:
        return near
    searched = view.fixpoints("c folders", lambda: tuple(_searched(view)), ())
    found = view.first(*(posixpath.normpath(posixpath.join(place, name)) for place in searched))
    if found or _STANDARD.fullmatch(name):
        return found
    matches = _ending_so(view, name)
    if len(matches) < 2:
        return matches[0] if matches else None
    places = view.fixpoints(("c places", name), lambda: _places(name, _ending_so(view, name)), ())
    return _nearest(places, folder)


def _ending_so(view: LinkView, name: str) -> Sequence[str]:
    """The files whose paths end so, ordered."""
    base, depth = posixpath.basename(name), name.count("/") + 1
    key = ("c endings", base, depth)
    endings: Mapping[str, list[str]] = view.fixpoints(key, lambda: _endings(view, base, depth), {})
    return endings.get(name, ())


def _endings(view: LinkView, base: str, depth: int) -> dict[str, list[str]]:
    """The files of a base name, by the last ``depth`` parts of their paths."""
    found: dict[str, list[str]] = {}
    for file in sorted(view.called(base)):
        found.setdefault("/".join(file.split("/")[-depth:]), []).append(file)
    return found


def _places(name: str, files: Iterable[str]) -> tuple[FolderItems[str], FolderItems[str]]:
    """Those that begin in a folder of headers, and the others."""
    roots = [(file.removesuffix(name).rstrip("/"), file) for file in files]
    found = [
        FolderItems(((r, f) for r, f in roots if (posixpath.basename(r) in _HEADERS) is wanted), 2)
        for wanted in (True, False)
    ]
    return found[0], found[1]


def _nearest(places: Iterable[FolderItems[str]], folder: str) -> str | None:
    """The one that shares most folders with ``folder``; of several the one in a folder of headers."""
    for around in upwards(folder):
        rows = [row for row in (of.below(around) for of in places) if row]
        if rows:
            return rows[0][0] if len(rows[0]) == 1 else None
    return None


def _searched(view: LinkView) -> Iterator[str]:
    """The folders that compile_commands.json has searched, the most frequent first, as paths of the project."""
    counts: Counter[str] = Counter()
    for _, text in view.texts(COMMANDS):
        try:
            commands = json.loads(text)
        except (ValueError, RecursionError):
            continue
        entries = (
            [c for c in commands[:_MAX_COMMANDS] if isinstance(c, dict)] if isinstance(commands, list) else []
        )
        root = next((r for entry in entries[:20] if (r := _root(view, entry)) is not None), None)
        for entry in entries if root is not None else ():
            for folder in _flags(entry):
                if folder == root or folder.startswith(f"{root}/"):
                    counts[folder.removeprefix(str(root)).strip("/")] += 1
    yield from (folder for folder, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _root(view: LinkView, entry: dict[str, Any]) -> str | None:
    """Where the project lay when it was built: the part of the file's path that is not its path here."""
    file = posixpath.normpath(posixpath.join(str(entry.get("directory", "")), str(entry.get("file", ""))))
    parts = file.split("/")
    for start in range(1, len(parts)):
        if "/".join(parts[start:]) in view:
            return "/".join(parts[:start])
    return None


def _flags(entry: dict[str, Any]) -> Iterator[str]:
    """The folders that one command searches for headers."""
    directory = str(entry.get("directory", ""))
    for folder in _written_folders(_words(entry)):
        yield posixpath.normpath(posixpath.join(directory, folder))


def _words(entry: dict[str, Any]) -> list[str]:
    words = entry.get("arguments")
    if isinstance(words, list):
        return [str(word) for word in words]
    try:
        return shlex.split(str(entry.get("command", "")))
    except ValueError:  # a quote without its partner
        return str(entry.get("command", "")).split()


def _written_folders(words: Iterable[str]) -> Iterator[str]:
    is_next = False
    for word in words:
        flag = _FLAG.fullmatch(word)
        if is_next:
            yield word
        elif flag and flag[1]:
            yield flag[1]
        is_next = flag is not None and not flag[1] and not is_next
