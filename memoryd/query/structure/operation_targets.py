"""Where in the code an operation's targets are: modules, paths and commands, handlers, controllers by custom."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from indexers.facts import Operation
from indexers.profiles import all_of
from memoryd.globs.paths import is_glob, matcher
from memoryd.query.context import Context
from memoryd.store.index.queries import graph_queries, structure_queries
from memoryd.store.index.queries.graph_queries import SymbolRow
from memoryd.store.index.queries.structure_queries import OutgoingUse

MAX_PLACES = 20  # of one operation
_WORD = re.compile(r"[^\s\"'`;|&()=,<>]+")
_MODULE = re.compile(r"([A-Za-z_]\w*(?:\.\w+)*):([A-Za-z_][\w.]*)?")
_RAILS = re.compile(r"([\w/]+)#(\w+)")
_DOTTED = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
# Programs whose arguments are folders even without a slash.
_TAKES_FOLDERS = frozenset(
    """pytest py.test unittest nose2 coverage ruff mypy pyright flake8 pylint black isort bandit jest vitest mocha
    eslint prettier rspec rubocop phpunit phpstan sphinx-build cd cp tar""".split()  # noqa: SIM905
)
_IN_CODE = frozenset(("route", "flag", "entry_point"))
_MODULES = sorted(all_of("modules"), key=lambda end: (end.startswith("/"), end))  # a file before a folder


class OperationPlace(Struct, frozen=True):
    """A file (``qualname`` ``""``), folder (path ends in ``/``) or definition."""

    path: str
    qualname: str
    method: str

    @property
    def text(self) -> str:
        return f"{self.path}:{self.qualname}" if self.qualname else self.path


class Finder:
    """Looks targets up in one view. Reads of the same file are done once."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._paths = graph_queries.paths_of_view(ctx.index, ctx.view.id)
        self._known = frozenset(self._paths)
        self._folders = frozenset(_folders(self._paths))
        self._by_tail: dict[str, list[str]] = {}
        for path in self._paths:
            if path.endswith((".py", ".rb")):
                self._by_tail.setdefault(posixpath.basename(path), []).append(path)
        self._ids: dict[str, int] = {}
        self._symbols: dict[str, list[SymbolRow]] = {}
        self._uses: dict[str, list[OutgoingUse]] = {}

    def places(self, path: str, operation: Operation) -> tuple[OperationPlace, ...]:
        """The code that the operation declared in ``path`` names, each once, in order."""
        found = dict.fromkeys(
            place for target in operation.targets for place in self._of(path, operation, target)
        )
        return tuple(found)[:MAX_PLACES]

    def _of(self, path: str, operation: Operation, target: str) -> Iterator[OperationPlace]:
        kind = operation.kind
        if kind in ("owner", "dependency", "migration"):
            return
        if kind in _IN_CODE and (controller := _RAILS.fullmatch(target)):
            yield from self._rails(controller[1], controller[2])
            return
        if kind in ("entry_point", "ci_job", "image", "service") and (module := _MODULE.fullmatch(target)):
            yield from self._module(module[1], module[2] or "")
            return
        if kind in _IN_CODE and _DOTTED.fullmatch(target) and target not in self._known:
            found = list(self._handler(path, operation, target))
            if found or "/" not in target:
                yield from found or self._included(path, target)
                return
        yield from self._command(posixpath.dirname(path), target)

    # -- forms

    def _module(self, module: str, qualname: str) -> Iterator[OperationPlace]:
        """``package.module:Class.method``; a name that the module only hands on is found as the module."""
        for path in self._module_files(module):
            if qualname and any(symbol.qualname == qualname for symbol in self.symbols(path)):
                yield OperationPlace(path, qualname, "exact")
            else:
                yield OperationPlace(path, "", "exact" if not qualname else "inferred")
            return

    def _module_files(self, module: str) -> list[str]:
        """Files that the module may be, the shortest path first."""
        stem = module.replace(".", "/")
        tails = (f"{stem}.py", f"{stem}/__init__.py")
        found = [
            path for tail in tails for path in self._by_tail.get(posixpath.basename(tail), ())
            if path == tail or path.endswith(f"/{tail}")
        ]  # fmt: skip
        return sorted(found, key=lambda path: (path.count("/"), path))

    def _rails(self, controller: str, action: str) -> Iterator[OperationPlace]:
        for path in self._by_tail.get(f"{posixpath.basename(controller)}_controller.rb", ()):
            if path.endswith(f"controllers/{controller}_controller.rb"):
                found = [s.qualname for s in self.symbols(path) if s.name == action]
                yield OperationPlace(path, found[0] if found else "", "inferred")
                return

    def _handler(self, path: str, operation: Operation, target: str) -> Iterator[OperationPlace]:
        """In the same file by its name; else what the graph says is used on the operation's lines; else the only
        ``Class.method`` of that name."""
        own = {symbol.qualname for symbol in self.symbols(path)}
        for qualname in (target, f"{operation.scope}.{target}" if operation.scope else target):
            if qualname in own:
                yield OperationPlace(path, qualname, "exact")
                return
        name = target.rpartition(".")[2]
        for use in self.uses(path):
            near = operation.line <= use.line <= max(operation.end_line, operation.line + 10)
            if near and use.qualname.rpartition(".")[2] == name:
                yield OperationPlace(use.path, use.qualname, use.method)
                return
        if target.count(".") == 1 and target[0].isupper():
            rows = graph_queries.symbols_named(self._ctx.index, self._ctx.view.id, name, 200)
            same = [row for row in rows if row.qualname == target or row.qualname.endswith(f".{target}")]
            if len(same) > 1:  # the one whose class the file imports
                owner = target.partition(".")[0]
                used = {use.path for use in self.uses(path) if use.qualname.rpartition(".")[2] == owner}
                same = [row for row in same if row.path in used]
            if len(same) == 1:
                yield OperationPlace(same[0].path, same[0].qualname, "inferred")

    def _included(self, path: str, target: str) -> Iterator[OperationPlace]:
        """The module of ``include("shop.urls")``, a main class."""
        files = self._module_files(target) if "." in target else []
        if files:
            yield OperationPlace(files[0], "", "exact")
            return
        tail = f"/{target.replace('.', '/')}.java"
        found = [known for known in self._paths if known.endswith(tail)] if "." in target else []
        if len(found) == 1:
            yield OperationPlace(found[0], target.rpartition(".")[2], "exact")

    def _command(self, folder: str, target: str) -> Iterator[OperationPlace]:
        """The files and folders that the words of a command are, from the declaring folder or the root."""
        words = _WORD.findall(target)
        takes_folders = len(words) == 1 or not _TAKES_FOLDERS.isdisjoint(words[:4])
        for i, word in enumerate(words[:100]):
            if i and words[i - 1] == "-m" and _DOTTED.fullmatch(word):
                yield from self._module(
                    f"{word}.__main__" if self._module_files(f"{word}.__main__") else word, ""
                )
            elif module := _MODULE.fullmatch(word):
                yield from self._module(module[1], module[2] or "")
            elif takes_folders or "/" in word or "." in word:  # `gh api`, `go test` mean no folders
                yield from self._path(folder, word.rstrip(":"))

    def _path(self, folder: str, word: str) -> list[OperationPlace]:
        word = word.removeprefix("file:").removesuffix("/...").removesuffix("/**")
        if word.startswith(("-", "/", "$", "http")) or not word.strip("./*"):
            return []
        for base in dict.fromkeys(("",) if folder.startswith(".") else (folder, "")):  # jobs run at the root
            joined = posixpath.normpath(posixpath.join(base, word))
            if joined.startswith(".."):
                continue
            if is_glob(joined):
                return self._globbed(joined)
            if joined in self._known:
                return [OperationPlace(joined, "", "exact")]
            if joined in self._folders:
                return [OperationPlace(f"{joined}/", "", "exact")]
            for extension in _MODULES if "/" in word or "." in word else ():
                if joined + extension in self._known:
                    return [OperationPlace(joined + extension, "", "exact")]
        return []

    def _globbed(self, pattern: str) -> list[OperationPlace]:
        fits = matcher(pattern)
        folders = sorted({f"{folder}/" for folder in self._folders if fits(folder)})
        files = [path for path in self._paths if fits(path)] if not folders else []
        return [OperationPlace(path, "", "exact") for path in (folders or files)[:MAX_PLACES]]

    # -- reads, once per file

    def symbols(self, path: str) -> Sequence[SymbolRow]:
        if path not in self._symbols:
            row = graph_queries.file_at(self._ctx.index, self._ctx.view.id, path)
            self._symbols[path] = (
                graph_queries.symbols_of(self._ctx.index, self._ctx.view.id, row.path_id) if row else []
            )
        return self._symbols[path]

    def uses(self, path: str) -> Sequence[OutgoingUse]:
        if path not in self._uses:
            self._uses[path] = structure_queries.uses_from(self._ctx.index, self._ctx.view.id, path)
        return self._uses[path]


def _folders(paths: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        folder = posixpath.dirname(path)
        while folder and folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return found
