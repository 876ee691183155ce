"""What a path says by its form: globs that callers give, and whether a file is a test."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

_WILD = re.compile(r"[*?\[]")
_TEST = re.compile(
    r"(^|/)(tests?|testing|__tests__|spec|specs|testdata|e2e)/"
    r"|(^|/)(test_[^/]*|[^/]*_test|conftest|tests)\.py$"
    r"|_test\.(go|rs|c|cc|cpp)$|\.(test|spec)\.[cm]?[jt]sx?$|(^|/)[^/]*(Test|Tests|IT)\.(java|kt)$|_spec\.rb$"
)
_Component = Callable[[str], object]


def is_glob(text: str) -> bool:
    return bool(_WILD.search(text))


@lru_cache(maxsize=1 << 16)  # a walk asks for thousands of paths, the next walk for the same
def is_test(path: str) -> bool:
    """Whether the file looks like a test by the customs of its language."""
    return bool(_TEST.search(path))


def is_inner_test(path: str, qualname: str) -> bool:
    """Whether a definition is in the tests that Rust keeps in the file that they are about: ``mod tests``."""
    return path.endswith(".rs") and qualname.partition(".")[0] in ("test", "tests")


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a path matches: a glob (``*`` stays in a folder, ``**`` does not), or a file or folder as it
    stands. A glob without ``/`` is matched against the last component.

    Time is linear in the path: components are matched one by one, and after a ``**`` or a ``*`` the first
    fit is as good as any, so nothing is tried twice.
    """
    pattern = pattern.removeprefix("./").strip("/")
    if not is_glob(pattern):
        return lambda path: path == pattern or path.startswith(f"{pattern}/") or not pattern
    components = ["**", pattern] if "/" not in pattern else pattern.split("/")
    runs = [[_component(text) for text in run] for run in _split(components)]
    return lambda path: _matches(runs, path.split("/"))


def any_matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path matches at least one of ``patterns``; without patterns, always."""
    tests = [matcher(pattern) for pattern in patterns]
    return lambda path: not tests or any(test(path) for test in tests)


def _component(text: str) -> _Component:
    return re.compile(fnmatch.translate(text)).match


def _split(components: Iterable[str]) -> list[list[str]]:
    """The runs of components between the ``**``."""
    runs: list[list[str]] = [[]]
    for component in components:
        if component == "**":
            runs.append([])
        else:
            runs[-1].append(component)
    return runs


def _matches(runs: Sequence[Sequence[_Component]], parts: Sequence[str]) -> bool:
    head, *middle = runs
    if not _fits(head, parts, 0):
        return False
    if not middle:
        return len(parts) == len(head)
    at = len(head)
    for run in middle[:-1]:
        while not _fits(run, parts, at):
            if at >= len(parts):
                return False
            at += 1
        at += len(run)
    tail = middle[-1]
    return len(parts) - len(tail) >= at and _fits(tail, parts, len(parts) - len(tail))


def _fits(run: Sequence[_Component], parts: Sequence[str], at: int) -> bool:
    return at + len(run) <= len(parts) and all(
        test(part) for test, part in zip(run, parts[at:], strict=False)
    )
