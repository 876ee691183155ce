"""What modules are called, by each language's own rule: of files, of import statements, of the names in a contract."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec import Struct

from indexers.facts import FileFacts, Import
from memoryd.globs.ignore import Ignore, of_items
from memoryd.globs.paths import MODULES, PACKAGES, exact, is_glob, package_pattern

PYTHON = (".py", ".pyi")
SCRIPTS = frozenset(("javascript", "typescript"))
_PYTHON_ONLY, _SCRIPTS_ONLY = frozenset(("python",)), SCRIPTS
_LANGUAGES = {
    "import-linter": _PYTHON_ONLY,
    "ruff": _PYTHON_ONLY,
    "flake8-tidy-imports": _PYTHON_ONLY,
    "deptry": _PYTHON_ONLY,
    "eslint": _SCRIPTS_ONLY,
    "dependency-cruiser": _SCRIPTS_ONLY,
    "depguard": frozenset(("go",)),
    "archunit": frozenset(("java", "kotlin")),
}
DOTTED = frozenset(tool for tool, languages in _LANGUAGES.items() if languages == _PYTHON_ONLY)
"""Tools whose contracts name modules as Python does."""
_SCRIPT_ENDS = (
    ".ts",
    ".tsx",
    ".d.ts",
    ".mts",
    ".cts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".vue",
    ".svelte",
    ".astro",
    ".json",
)
_ROOTS = ("", "src", "lib", "python")


def is_for_language(tool: str, language: str) -> bool:
    """Whether the tool that a rule is written for looks at files of this language."""
    return tool not in _LANGUAGES or language in _LANGUAGES[tool]


class Imported(Struct, frozen=True):
    """One imported name of a file. ``module``: of the importing file, ``""`` unknown; ``base``: the module that is
    imported, absolute where that is known; ``name``: with the imported name, in the language's own spelling."""

    statement: Import
    module: str
    base: str
    name: str


class Modules:
    """Which Python modules there are. ``paths``: of the view and of the change."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = [path for path in paths if path.endswith(PYTHON)]
        self._known = frozenset(self._paths)
        self._root: dict[str, str | None] = {}

    def root(self, top: str) -> str | None:
        """The folder from which the top-level package or module ``top`` is imported; None: it is not here."""
        if top not in self._root:
            self._root[top] = self._find_root(top)
        return self._root[top]

    def _find_root(self, top: str) -> str | None:
        folders: dict[str, int] = {}
        inside = f"/{top}/"
        for path in self._paths:
            at = f"/{path}".find(inside)
            if at >= 0:
                folders[path[: max(at - 1, 0)]] = folders.get(path[: max(at - 1, 0)], 0) + 1
            elif posixpath.splitext(posixpath.basename(path))[0] == top:
                folders.setdefault(posixpath.dirname(path), 0)
        return min(folders, key=lambda folder: self._rank(folder, top, folders[folder]), default=None)

    def _rank(self, folder: str, top: str, files: int) -> tuple[bool, bool, int, int, str]:
        """A package by its ``__init__`` first, then where packages usually lie, then the larger one."""
        package = posixpath.join(folder, top, "__init__.py") in self._known
        return not package, folder not in _ROOTS, folder.count("/"), -files, folder

    def name(self, path: str, top: str) -> str:
        """The dotted name of the file if it is ``top`` or lies in it, else ``""``."""
        root = self.root(top)
        if root is None or not path.endswith(PYTHON):
            return ""
        inner = path[len(root) + 1 :] if root and path.startswith(f"{root}/") else path if not root else ""
        dotted = posixpath.splitext(inner)[0].replace("/", ".").removesuffix(".__init__")
        return dotted if dotted == top or dotted.startswith(f"{top}.") else ""

    def packages(self, top: str) -> frozenset[str]:
        """All modules of ``top`` and the packages that they are in."""
        found: set[str] = set()
        for path in self._paths:
            name = self.name(path, top)
            while name and name not in found:
                found.add(name)
                name = name.rpartition(".")[0]
        return frozenset(found)

    def own_name(self, path: str) -> str:
        """The dotted name by the nearest folder that is no package."""
        parts = posixpath.splitext(path)[0].split("/")
        start = len(parts) - 1
        while start > 0 and f"{'/'.join(parts[:start])}/__init__.py" in self._known:
            start -= 1
        return ".".join(parts[start:]).removesuffix(".__init__")

    def path(self, name: str) -> str:
        """The file of the module ``name``, ``""`` when it is none of the project's."""
        root = self.root(name.partition(".")[0])
        if root is None:
            return ""
        base = posixpath.join(root, name.replace(".", "/"))
        tried = (f"{base}.py", f"{base}/__init__.py", f"{base}.pyi", f"{base}/__init__.pyi")
        return next((path for path in tried if path in self._known), "")


def imported(path: str, facts: FileFacts, modules: Modules, top: str = "") -> list[Imported]:
    """The file's imports under the names that a contract has for them. ``top``: the package that the contract is
    about; by it the file's own name is known where folders have no ``__init__``."""
    if facts.language == "python":
        own = (modules.name(path, top) if top else "") or modules.own_name(path)
        package = posixpath.basename(path).startswith("__init__.")
        return [_python(statement, own, package) for statement in facts.imports]
    join = {"java": ".", "rust": "::"}.get(facts.language, "")
    found = []
    for statement in facts.imports:
        member = join and statement.name not in ("", "*")
        name = f"{statement.module}{join}{statement.name}" if member else statement.module
        found.append(Imported(statement, facts.package, statement.module, name))
    return found


def _python(statement: Import, own: str, package: bool) -> Imported:
    tail = statement.module.lstrip(".")
    dots = len(statement.module) - len(tail)
    base = tail
    if dots:
        parts = own.split(".")
        parts = parts[: len(parts) - dots + package]
        base = ".".join([*parts, tail] if tail else parts)
    full = f"{base}.{statement.name}" if statement.name not in ("", "*") else base
    return Imported(statement, own, base, full.lstrip("."))


# -- names in contracts


def covers(pattern: str) -> Callable[[str], bool]:
    """Whether a dotted name is the pattern's or lies below it; ``*`` is one name, ``**`` one or more."""
    if is_glob(pattern):
        itself, below = exact(pattern, MODULES), exact(f"{pattern}.**", MODULES)
        return lambda name: itself(name) or below(name)
    inside = f"{pattern}."
    return lambda name: name == pattern or name.startswith(inside)


def exactly(pattern: str) -> Callable[[str], bool]:
    """Whether a dotted name is the pattern's."""
    return exact(pattern, MODULES)


def package(pattern: str) -> Callable[[str], bool]:
    """ArchUnit: whether a package is the pattern's; ``..`` is any number of packages."""
    return exact(package_pattern(pattern), PACKAGES)


def prefix(pattern: str) -> Callable[[str], bool]:
    """depguard: an import path or one below it; ``$`` at the end: itself alone."""
    if pattern.endswith("$"):
        return lambda name: name == pattern[:-1]
    return lambda name: (
        name == pattern or name.startswith(pattern if pattern.endswith("/") else f"{pattern}/")
    )


def specifiers(patterns: Sequence[str]) -> Callable[[str, str], bool]:
    """eslint: whether (specifier, imported name) is restricted. Plain entries are exact; those that begin with
    ``glob:`` are lines of a .gitignore; ``…#name`` is about that name alone."""
    plain: set[tuple[str, str]] = set()
    lines: dict[str, list[str]] = {}
    for pattern in patterns:
        head, mark, member = pattern.rpartition("#")
        if not mark or head in ("", "glob:", "glob:!"):  # `#internal/x` is a specifier of its own
            head, member = pattern, ""
        if head.startswith("glob:"):
            lines.setdefault(member, []).append(head.removeprefix("glob:"))
        else:
            plain.add((head, member))
    ignores = {member: Ignore({"": of_items(listed)}) for member, listed in lines.items()}

    def test(name: str, imported_name: str) -> bool:
        return any(
            (name, member) in plain or (member in ignores and ignores[member].ignored(name))
            for member in {"", imported_name}
        )

    return test


def script_path(paths: Collection[str], path: str, specifier: str) -> str:
    """The project's file that a relative specifier of ``path`` names, ``""`` for packages and aliases."""
    if not specifier.startswith("."):
        return ""
    base = posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier))
    stem = posixpath.splitext(base)[0] if base.endswith((".js", ".jsx", ".mjs", ".cjs")) else base
    tried = (base, *(f"{s}{end}" for s in (stem, base, f"{base}/index") for end in _SCRIPT_ENDS))
    return next((name for name in tried if name in paths), base)
