"""Whether a path fits a pattern: name by name, with ``**`` for any number of names.

Of several ``**`` only the last one ever needs to be widened: what stood before it has taken its earliest place, and
no later one would leave more room. So the time is bounded by names times pieces of the pattern.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from memoryd.globs.names import Dialect, NameTest, bracket, name_test

PathTest = Callable[[str], bool]
GLOB = Dialect(groups=True)
"""What callers, settings of tools and documents write, as bash and minimatch (eslint, workspaces, jest) read it."""
GIT = Dialect(strict=True)
"""One line of a .gitignore, without its ``!`` and its slashes at both ends: see memoryd.globs.ignore."""
MODULES = Dialect(separator=".", classes=False, least=1)
"""import-linter: ``*`` is one name, ``**`` one or more."""
PACKAGES = Dialect(separator=".", classes=False)
"""ArchUnit, once its ``..`` is written as ``.**.``: see ``package_pattern``."""
MAX_PATTERN = 4_096  # characters; no path is longer
_MAX_SPREAD = 64  # patterns that the braces of one pattern may stand for
_WILD = re.compile(r"[*?\[]|\{[^{},]*,[^{}]*\}|[@+!]\([^()|]*\||\\[^\w\s\\]")

Pieces = Sequence[NameTest | None]
"""A test for each name; None: any number of names."""


def is_glob(text: str) -> bool:
    """Whether callers mean a pattern, not a file or folder of this name."""
    return bool(_WILD.search(text))


@lru_cache(4_096)
def matcher(pattern: str) -> PathTest:
    """Whether a path fits what a caller or a rule names: a glob, or a file or folder as it stands, which all that
    is in it fits as well. A glob without ``/`` is about the last name, in whatever folder; with ``./`` or ``/``
    before it, about the root. Every path fits the empty pattern, and itself."""
    plain = pattern.removeprefix("./").strip("/")
    if not is_glob(plain):
        return lambda path: path == plain or path.startswith(f"{plain}/") or not plain
    anywhere = "/" not in plain and not pattern.startswith(("./", "/"))
    fits = exact(f"**/{plain}" if anywhere else plain)
    return lambda path: fits(path) or path == plain


def any_matcher(patterns: Iterable[str]) -> PathTest:
    """Whether a path fits at least one of the patterns; without any, none does."""
    tests = [matcher(pattern) for pattern in patterns]
    return lambda path: any(test(path) for test in tests)


@lru_cache(4_096)
def in_scope(patterns: tuple[str, ...]) -> PathTest:
    """Whether a path fits one of the patterns, or there is none, and none of those that begin with ``!``."""
    wanted = any_matcher(pattern for pattern in patterns if not pattern.startswith("!"))
    unwanted = any_matcher(pattern[1:] for pattern in patterns if pattern.startswith("!"))
    everywhere = all(pattern.startswith("!") for pattern in patterns)
    return lambda path: (everywhere or wanted(path)) and not unwanted(path)


@lru_cache(4_096)
def exact(pattern: str, dialect: Dialect = GLOB) -> PathTest:
    """Whether a path, or a dotted name, is as a whole what the pattern says, from the root on."""
    patterns = _spread(pattern[:MAX_PATTERN]) if dialect.groups else [pattern[:MAX_PATTERN]]
    tests = [pieces(text, dialect) for text in patterns]
    return lambda path: any(fits(test, path.split(dialect.separator)) for test in tests)


def pieces(pattern: str, dialect: Dialect) -> Pieces:
    """Raises Malformed (only in a ``strict`` dialect)."""
    texts = _split(pattern, dialect)
    found: list[NameTest | None] = []
    for at, text in enumerate(texts):
        if text == "**":
            # `a/**` is what is in the folder, not the folder itself
            at_end = dialect.separator == "/" and 0 < at == len(texts) - 1
            found += [_anything] * max(dialect.least, at_end)
        found.append(None if text == "**" else name_test(text, dialect))
    return tuple(found)


def fits(names: Pieces, parts: Sequence[str]) -> bool:
    at, part, wide, mark = 0, 0, -1, 0
    while part < len(parts):
        test = names[at] if at < len(names) else _nothing
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
    return all(test is None for test in names[at:])


def _anything(_name: str) -> bool:
    return True


def _nothing(_name: str) -> bool:
    return False


def _split(pattern: str, dialect: Dialect) -> list[str]:
    """At the separators that no backslash protects; in git's dialect also at none within brackets. Raises Malformed
    for a bracket that is not closed there."""
    if dialect.separator != "/":
        return pattern.split(dialect.separator)
    found, start, at = [], 0, 0
    while at < len(pattern):
        if pattern[at] == "[" and dialect.strict:
            at = bracket(pattern, at + 1)[0]
        elif (slash := pattern.startswith("/", at)) or pattern.startswith("\\/", at):
            found.append(pattern[start:at])
            start = at = at + (1 if slash else 2)
        else:
            at += 2 if pattern[at] == "\\" else 1
    return [*found, pattern[start:]]


# -- braces that reach over several names


def _spread(pattern: str) -> list[str]:
    """The pattern without braces that hold a ``/`` or ``**``: one pattern for each choice. More than 64 of them, and
    the braces are plain characters."""
    done: list[str] = []
    waiting = [pattern]
    while waiting:
        if len(done) + len(waiting) > _MAX_SPREAD:
            return [pattern]
        text = waiting.pop()
        found = next((cuts for cuts in _braces(text) if _reaches(text[cuts[0] : cuts[-1]])), None)
        if found:
            pairs = itertools.pairwise(found)
            waiting += [text[: found[0]] + text[a + 1 : b] + text[found[-1] + 1 :] for a, b in pairs]
        else:
            done.append(text)
    return done


def _reaches(inside: str) -> bool:
    return "/" in inside or "**" in inside


def _braces(text: str) -> Iterable[list[int]]:
    """Where each pair of braces with a choice opens, has its commas and closes, the outer pairs after the inner."""
    opened: list[list[int]] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif char == "{":
            opened.append([at])
        elif char == "," and opened:
            opened[-1].append(at)
        elif char == "}" and opened:
            cuts = [*opened.pop(), at]
            if len(cuts) > 2:
                yield cuts
        at += 1


# -- names with dots


def package_pattern(text: str) -> str:
    """A pattern of ArchUnit in the signs of PACKAGES: ``..`` is any number of packages."""
    return text.replace("..", ".**.").strip(".")
