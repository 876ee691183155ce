"""Which definitions and calls of a file are test cases, by what its language's table says of test tools.

Seen in the facts and the source, not guessed from the path: a path only decides where a name proves nothing (a Python
function ``test_x`` is a case in a file that pytest collects, and any function elsewhere).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator
from functools import cache, cached_property

from msgspec import Struct

from indexers.facts import FileFacts, Reference, Symbol, TestCase
from indexers.outline import CLASS_KINDS
from indexers.profiles import TestRules, is_test_folder, names_regex, profile

MAX_CASES = 20_000  # of one file
_BEHIND = 12  # lines between an attribute and what it is of: further attributes, doc comments
_ARGUMENT_BYTES = 400
_MAX_LINE = 400  # characters of a line that are looked at
_DEFINES = frozenset(("function", "method", "macro"))
_TOP_LEVEL = CLASS_KINDS | _DEFINES


class Tests(Struct, frozen=True):
    """``cases`` by line, each once. ``parts``: qualnames of all definitions that are for tests: the cases, the classes
    and modules that hold them, and what else is in those. ``is_file``: the whole file is for tests, whatever it is
    called."""

    cases: tuple[TestCase, ...] = ()
    parts: frozenset[str] = frozenset()
    is_file: bool = False


NONE = Tests()


def find(path: str, source: bytes, facts: FileFacts) -> Tests:
    """The tests of one file. ``source``: what the facts were read from."""
    rules = profile(facts.language).tests
    return _Finder(path, source, facts, rules).tests() if rules != _NO_RULES else NONE


def is_called_so(path: str, language: str) -> bool:
    """Whether a test tool of the language takes the file for a test, or for what goes with tests, by its name."""
    rules = profile(language).tests
    folder, _, name = path.rpartition("/")
    in_folder = bool(rules.folders) and any(_fits(rules.folders, part) for part in folder.split("/"))
    return in_folder or _file_names(rules).fullmatch(name) is not None


_NO_RULES = TestRules()


@cache
def _file_names(rules: TestRules) -> re.Pattern[str]:
    return re.compile(names_regex((*rules.files, *rules.support)))


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


@cache
def _bytes_pattern(text: str) -> re.Pattern[bytes]:
    return re.compile(text.encode())


def _fits(pattern: str, name: str) -> bool:
    return bool(pattern) and _pattern(pattern).fullmatch(name) is not None


class _Finder:
    def __init__(self, path: str, source: bytes, facts: FileFacts, rules: TestRules) -> None:
        self._path, self._source, self._facts, self._rules = path, source, facts, rules
        self._kinds = {symbol.qualname: symbol.kind for symbol in facts.symbols}
        self._scopes = {symbol.qualname for symbol in self._behind(rules.scopes)}
        self._derived = self._classes()

    def tests(self) -> Tests:
        found: dict[tuple[str, int], TestCase] = {}
        for case in (*self._certain(), *(self._of_test_file() if self._is_test_file() else ())):
            found.setdefault((case.qualname, 0 if case.is_definition else case.line), case)
        cases = tuple(sorted(found.values(), key=lambda case: (case.line, case.qualname)))[:MAX_CASES]
        defined = {case.qualname for case in cases if case.is_definition}
        holders = {name.rpartition(".")[0] for name in defined}
        scopes = self._scopes | {name for name in holders if self._kinds.get(name) in CLASS_KINDS}
        scopes |= {case.qualname for case in cases if not case.is_definition} - {""}
        parts = {
            s.qualname for s in self._facts.symbols if s.qualname in defined or _lies_in(s.qualname, scopes)
        }
        return Tests(cases, frozenset(parts), self._is_file(cases, parts))

    def _is_file(self, cases: Collection[TestCase], parts: Collection[str]) -> bool:
        """Where tests may stand beside what they are about, the file must show nothing else."""
        if not self._rules.inline or not cases:
            return bool(cases)
        shown = (
            s for s in self._facts.symbols if s.exported and s.kind in _TOP_LEVEL and "." not in s.qualname
        )
        beside = all(_lies_in(case.qualname, self._scopes) for case in cases)
        return not beside and all(symbol.qualname in parts for symbol in shown)

    # -- wherever they stand

    def _certain(self) -> Iterator[TestCase]:
        rules = self._rules
        for ref in self._references("decorate", rules.decorators):
            if self._kinds.get(ref.scope) not in CLASS_KINDS:
                yield TestCase(ref.scope, ref.line, bool(ref.scope))
        for symbol in self._facts.symbols:
            if symbol.kind == "method" and symbol.qualname.rpartition(".")[0] in self._derived:
                documented = bool(rules.doc) and _pattern(rules.doc).search(symbol.doc)
                if _fits(rules.methods, symbol.name) or documented:
                    yield _of(symbol)
        yield from (_of(symbol) for symbol in self._behind(rules.attributes) if symbol.kind in _DEFINES)
        yield from self._lines()

    def _classes(self) -> frozenset[str]:
        """The classes of the file that derive from one that holds tests."""
        if not self._rules.bases:
            return frozenset()
        inherits = [(ref.scope, _dotted(ref)) for ref in self._facts.references if ref.kind == "inherit"]
        derived = {scope for scope, base in inherits if _fits(self._rules.bases, base)}
        while more := {scope for scope, base in inherits if base in derived} - derived:
            derived |= more
        return frozenset(derived)

    def _behind(self, pattern: str) -> list[Symbol]:
        """The first definition behind each line that begins with ``pattern``."""
        marks = self._marked(pattern)
        if not marks:
            return []
        symbols = sorted(self._facts.symbols, key=lambda symbol: (symbol.line, -symbol.end_line))
        found, at = [], 0
        for line in marks:
            while at < len(symbols) and symbols[at].line < line:
                at += 1
            if at < len(symbols) and symbols[at].line <= line + _BEHIND:
                found.append(symbols[at])
        return found

    def _lines(self) -> Iterator[TestCase]:
        defined = {symbol.line: symbol for symbol in self._facts.symbols if symbol.kind in _DEFINES}
        for line in self._marked(self._rules.lines):
            yield _of(defined[line]) if line in defined else TestCase("", line, False)

    def _marked(self, pattern: str) -> list[int]:
        """The lines, from 1, that begin with ``pattern`` and stand in no comment."""
        if not pattern:
            return []
        begins = _bytes_pattern(rf"\s*(?:{pattern})").match
        lines = [n for n, line in enumerate(self._source.split(b"\n"), 1) if begins(line[:_MAX_LINE])]
        comments = {
            n for c in self._facts.comments if c.end_line > c.line for n in range(c.line, c.end_line + 1)
        }
        return [line for line in lines if line not in comments] if lines else []

    # -- in a file of tests

    def _is_test_file(self) -> bool:
        rules = self._rules
        return (
            is_called_so(self._path, self._facts.language)
            or is_test_folder(posixpath.dirname(self._path))
            or bool(self._derived)
            or any(_fits(rules.frameworks, item.module) for item in self._facts.imports)
            or any(True for _ in self._calls(rules.suites))
        )

    def _of_test_file(self) -> Iterator[TestCase]:
        yield from (_of(symbol) for symbol in self._facts.symbols if self._is_named_so(symbol))
        yield from (TestCase(ref.scope, ref.line, False) for ref in self._calls(self._rules.calls))

    def _is_named_so(self, symbol: Symbol) -> bool:
        rules, owner = self._rules, symbol.qualname.rpartition(".")[0]
        if symbol.kind == "method":
            return _fits(rules.methods, symbol.name) and _fits(rules.classes, owner.rpartition(".")[2])
        if symbol.kind != "function" or owner or not _fits(rules.functions, symbol.name):
            return False
        return not rules.parameter or _pattern(rules.parameter).search(symbol.signature) is not None

    def _calls(self, pattern: str) -> Iterator[Reference]:
        """The calls of a name that is none of the file's own, whose source goes on with ``argument``."""
        goes_on = _bytes_pattern(self._rules.argument).match
        for ref in self._references("call", pattern):
            at = self._start_of_line(ref.line) + ref.column + len(ref.name.encode())
            root = _dotted(ref).partition(".")[0]
            if root not in self._kinds and goes_on(self._source[at : at + _ARGUMENT_BYTES]):
                yield ref

    def _start_of_line(self, line: int) -> int:
        return self._starts[line - 1] if line <= len(self._starts) else len(self._source)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer(rb"\n", self._source))]

    def _references(self, kind: str, pattern: str) -> Iterator[Reference]:
        return (ref for ref in self._facts.references if ref.kind == kind and _fits(pattern, _dotted(ref)))


def _lies_in(qualname: str, scopes: Collection[str]) -> bool:
    """Whether one of the scopes is the definition or one around it."""
    while qualname and qualname not in scopes:
        qualname = qualname.rpartition(".")[0]
    return bool(qualname)


def _dotted(ref: Reference) -> str:
    return f"{ref.receiver}.{ref.name}" if ref.receiver else ref.name


def _of(symbol: Symbol) -> TestCase:
    return TestCase(symbol.qualname, symbol.line, True)
