"""Go: packages are folders (specification, "Packages"), modules by go.mod (Go Modules Reference)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from indexers.facts import Import
from indexers.languages.go import package_name
from indexers.profiles import profile
from memoryd.ingest.link.definitions import DefinitionTarget, NamedDefinition
from memoryd.ingest.link.places import upwards
from memoryd.ingest.link.rules import LanguageRules
from memoryd.ingest.link.type_text import closing, split_list
from memoryd.ingest.link.view import LinkView

_MODULE = re.compile(r"^[ \t]*module[ \t]+\"?([^\s\"]+)", re.M)
_REPLACE = re.compile(r"^[ \t]*(?:replace[ \t]+)?([^\s(]+)(?:[ \t]+v\S+)?[ \t]+=>[ \t]+(\.\.?/?[^\s]*)", re.M)
_ARRAY = re.compile(r"\[[^\]\[]*\]")
_NAMED = re.compile(r"(?!chan\b|func\b|struct\b|interface\b)\w+\s+(.+)", re.S)
_PREDECLARED = frozenset(
    """any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint
    uint8 uint16 uint32 uint64 uintptr""".split()  # noqa: SIM905
)
_COMPOSED = ("[", "(", "map[", "chan ", "<-chan", "func(", "struct{", "interface{")


class Go(LanguageRules):
    self_names: frozenset[str] = frozenset()
    super_names: frozenset[str] = frozenset()
    reexports = False
    files_are_modules = False
    body_sees_members = False
    types_apart = True
    declared_first = True
    implicit_interfaces = True
    manifests = frozenset({"go.mod"})
    common_methods = frozenset(profile("go").common_methods)

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        folder = posixpath.dirname(path)
        found = view.fixpoints(
            ("go import", folder, item.module), lambda: _resolve(view, folder, item.module), None
        )
        return DefinitionTarget(found) if found else None

    def _package(self, view: LinkView, path: str) -> frozenset[str]:
        """The files of the folder with the same package clause; tests are seen by tests only."""
        key = ("go beside", posixpath.dirname(path), view.clause(path), path.endswith("_test.go"))
        return view.fixpoints(key, lambda: _neighbours(view, *key[1:]), frozenset())

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        return self._defined(view, path, name)

    def unbound(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """What a dot import defines, or the import whose package calls itself so, whatever its path ends with."""
        for item in view.imports(path):
            is_dot, is_guess = item.name == "*", item.alias == package_name(item.module)
            if not ((is_dot and name[:1].isupper()) or (is_guess and item.alias != name)):
                continue
            target = self.resolve(view, path, item)
            if target and is_dot and (found := self._defined(view, target.path, name)):
                return found
            if target and is_guess and view.clause(target.path) == name:
                return (target,)
        return ()

    def _defined(self, view: LinkView, path: str, qualname: str) -> tuple[DefinitionTarget, ...]:
        """The definitions under that qualname in the package of the file."""
        key = ("go", posixpath.dirname(path), view.clause(path), path.endswith("_test.go"), qualname)
        return view.fixpoints(key, lambda: _defined(view, self._package(view, path), path, qualname), ())

    def stars(self, view: LinkView, path: str) -> Sequence[Import]:
        return ()  # dot imports bring a package, not a file: see ``beside``

    def homes(self, view: LinkView, owner: DefinitionTarget, name: str) -> Sequence[str]:
        """Methods may stand in any file of the package."""
        qualname = f"{owner.qualname}.{name}"
        return [target.path for target in self._defined(view, owner.path, qualname)]

    def twins(self, view: LinkView, target: DefinitionTarget) -> Sequence[DefinitionTarget]:
        """Files for one system each define the same name."""
        return self._defined(view, target.path, target.qualname) or (target,)

    def type_texts(self, text: str) -> tuple[str, ...]:
        text = text.lstrip("*& ")
        if text.startswith(_COMPOSED) or not text:
            return ()
        name = text.partition("[")[0].strip("*) ")
        return (name,) if name and name not in _PREDECLARED else ()

    def has_parts(self, text: str) -> bool:
        return text.lstrip("* ").startswith(_COMPOSED) or "[" in text

    def is_builtin(self, text: str) -> bool:
        return text in _PREDECLARED

    def part(self, text: str, part: str) -> str:
        text = text.strip()
        if part[:1] == "[" and part[1:-1].isdigit():
            return _result(text, int(part[1:-1]))
        text = text.lstrip("*")
        if part == "()":
            return _function_result(text)
        if part not in ("[]", "[key]"):
            return ""
        if text.startswith("iter.Seq"):  # the functions that ``range`` runs over, in the standard library
            arguments = split_list(text[text.find("[") + 1 : -1])
            return arguments[0 if part == "[key]" else -1] if arguments else ""
        return _key(text) if part == "[key]" else _element(text)


class _GoModule(NamedTuple):
    path: str
    folder: str
    replaced: dict[str, str]  # module path -> folder, as the go.mod says


class _Modules(NamedTuple):
    """Those of the project, by folder and by path."""

    at: dict[str, _GoModule]
    called: dict[str, list[_GoModule]]


def _modules(view: LinkView) -> _Modules:
    return view.fixpoints("go modules", lambda: _by_place(_read_modules(view)), _Modules({}, {}))


def _by_place(modules: Iterable[_GoModule]) -> _Modules:
    found = _Modules({}, {})
    for module in modules:
        found.at[module.folder] = module
        found.called.setdefault(module.path, []).append(module)
    return found


def _read_modules(view: LinkView) -> Iterator[_GoModule]:
    for manifest, text in view.texts("go.mod"):
        match, folder = _MODULE.search(text), posixpath.dirname(manifest)
        replaced = {name: _join(folder, local) for name, local in _REPLACE.findall(text)}
        if match:
            yield _GoModule(match[1], folder, replaced)


def _resolve(view: LinkView, folder: str, module: str) -> str | None:
    """The file that stands for the package imported as ``module`` in ``folder``: its first."""
    for place in _places(view, folder, module):
        found = _package_file(view, place)
        if found:
            return found
    return None


def _places(view: LinkView, folder: str, module: str) -> Iterator[str]:
    """Where the package may lie, as the go command looks: its own module, replaced ones, other modules of the
    project (the longest path wins, then the nearest). Vendored copies are not part of a project."""
    if module.startswith("."):
        yield _join(folder, module)
        return
    modules = _modules(view)
    own = next((modules.at[around] for around in upwards(folder) if around in modules.at), None)
    for name in _prefixes(module):
        if own and name in own.replaced:
            yield _join(own.replaced[name], module[len(name) + 1 :])
        if own and name == own.path:
            yield _join(own.folder, module[len(name) + 1 :])
        others = (m for m in modules.called.get(name, ()) if m is not own)
        for found in sorted(others, key=lambda m: -_common(folder, m.folder)):
            yield _join(found.folder, module[len(name) + 1 :])


def _prefixes(module: str) -> Iterator[str]:
    """``a/b/c``, ``a/b``, ``a``."""
    while module:
        yield module
        module = module.rpartition("/")[0]


def _packages(view: LinkView, folder: str) -> dict[str, tuple[str, ...]]:
    """Package clause -> the Go files of the folder that have it."""
    return view.fixpoints(("go package", folder), lambda: _clauses(view, folder), {})


def _neighbours(view: LinkView, folder: str, clause: str, is_test: bool) -> frozenset[str]:
    files = _packages(view, folder).get(clause, ())
    return frozenset(file for file in files if is_test or not file.endswith("_test.go"))


def _clauses(view: LinkView, folder: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for file in sorted(view.folder(folder)):
        if file.endswith(".go"):
            found.setdefault(view.clause(file), []).append(file)
    return {clause: tuple(files) for clause, files in found.items()}


def _package_file(view: LinkView, folder: str) -> str | None:
    """The first file of the folder's package: not of a test, nor of a program that lies beside it."""
    return view.fixpoints(("go first file", folder), lambda: _first_file(view, folder), None)


def _first_file(view: LinkView, folder: str) -> str | None:
    packages = [
        (clause == "main", -len(files), files[0])
        for clause, all_ in _packages(view, folder).items()
        if (files := [f for f in all_ if not f.endswith("_test.go")])
    ]
    return min(packages)[2] if packages else None


def _defined(view: LinkView, files: frozenset[str], path: str, qualname: str) -> tuple[DefinitionTarget, ...]:
    """What ``files``, which are those of the package of ``path``, define under that qualname."""
    if not files:
        return ()
    rows = _of_tested_package if path.endswith("_test.go") else _of_package
    place = (posixpath.dirname(path), view.clause(path), qualname)
    named = view.named("go", qualname.rpartition(".")[2]).by(rows, place)
    return tuple(dict.fromkeys(one.target for one in named))


def _of_tested_package(one: NamedDefinition) -> tuple[str, str, str]:
    """Rows of one qualname in one package, as its tests see it."""
    return posixpath.dirname(one.target.path), one.package, one.qualname


def _of_package(one: NamedDefinition) -> tuple[str, str, str] | None:
    """The same without tests."""
    return None if one.target.path.endswith("_test.go") else _of_tested_package(one)


def _join(folder: str, path: str) -> str:
    found = posixpath.normpath(posixpath.join(folder, path))
    return "" if found == "." else found


def _common(one: str, other: str) -> int:
    """How many folders two paths share at their start."""
    return len(posixpath.commonpath([one, other]).split("/")) if one and other else 0


def _result(text: str, index: int) -> str:
    """The n-th of ``(a A, err error)``; a single type is its own first."""
    if not text.startswith("("):
        return "" if index else text
    parts = split_list(text[1 : closing(text, 0)])
    named = [_NAMED.match(part) for part in parts]
    if not any(named):
        return parts[index] if index < len(parts) else ""
    return next((match[1] for match in named[index:] if match), "")  # ``a, b T``: both are a T


def _function_result(text: str) -> str:
    if not text.startswith("func("):
        return ""
    return text[closing(text, 4) + 1 :].strip()


def _element(text: str) -> str:
    if text.startswith("map["):
        return text[closing(text, 3) + 1 :]
    if match := _ARRAY.match(text):
        return text[match.end() :]
    for prefix in ("<-chan", "chan<-", "chan"):
        if text.startswith(prefix):
            return text[len(prefix) :].strip()
    return ""


def _key(text: str) -> str:
    if text.startswith("map["):
        return text[4 : closing(text, 3)]
    return _element(text) if "chan" in text[:6] else ""  # what a channel gives comes first
