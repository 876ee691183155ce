"""Which file a module specifier means: Node's resolution, TypeScript's paths, the packages of a workspace.

After "Modules: Packages" and "ECMAScript modules" of Node's documentation and "Modules - Theory" of TypeScript's.
What a manifest says of build results (``dist/index.mjs``) is looked for in the sources that they are built from.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from memoryd.globs.paths import PathTest, exact
from memoryd.ingest.link.manifests.bundlers import DOCUMENTS, SCRIPTS, Alias, aliases, of_framework
from memoryd.ingest.link.manifests.json_text import jsonc, member
from memoryd.ingest.link.view import LinkView

CONFIGS = ("tsconfig*.json", "*.tsconfig.json", "jsconfig*.json")
MANIFESTS = frozenset((*CONFIGS, *SCRIPTS, *DOCUMENTS, "package.json", "pnpm-workspace.yaml",
                       "lerna.json"))  # fmt: skip
_ROOT_CONFIGS = ("tsconfig.json", "jsconfig.json")
_TYPED = (".ts", ".tsx", ".d.ts", ".mts", ".cts", ".d.mts", ".d.cts")
_PLAIN = (".js", ".jsx", ".mjs", ".cjs")
_MOST_GLOBBED = 300  # files that one glob means
_OTHERS = (".vue", ".svelte", ".astro", ".json")
_TS_OF_JS = {
    ".js": (".ts", ".tsx", ".d.ts"),
    ".jsx": (".tsx", ".d.ts"),
    ".mjs": (".mts", ".d.mts"),
    ".cjs": (".cts", ".d.cts"),
}
_BUILT = frozenset(
    {"dist", "build", "lib", "out", "output", "es", "esm", "cjs", "types", "node", "umd", "module"}
)
_BUILT_ENDING = re.compile(r"[cm]?[jt]sx?")
_BUILT_WORDS = frozenset("d esm cjs umd min prod dev node browser bundler".split())  # noqa: SIM905
_LOCAL = ("file:", "link:", "portal:")
_DEPENDENCIES = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_WORKSPACE_ITEM = re.compile(r"^[^\S\n]*-\s*([^\n]+)", re.M)
_MAX_LEAVES = 40


class Package(Struct, frozen=True):
    """One package.json."""

    folder: str
    data: Mapping[str, Any]


class Packages(Struct, frozen=True):
    """All of the project by folder; and by name those of a workspace, or at the root."""

    at: dict[str, Package]
    of_workspace: dict[str, list[Package]]


class _Configs(Struct, frozen=True):
    """All configurations of the project, and its packages, which they may extend."""

    texts: Mapping[str, Mapping[str, Any]]
    packages: Packages


class ModuleSettings(Struct, frozen=True):
    """What a tsconfig says of modules, with what it extends. ``base``: folder of baseUrl; ``paths``: pattern →
    targets from the project's root."""

    base: str | None
    paths: tuple[tuple[str, tuple[str, ...]], ...]


def module_file(view: LinkView, folder: str, module: str, *, typed: bool) -> str | None:
    """The file that files in ``folder`` get as ``module``; None: none of the project. ``typed``: they are read by
    TypeScript, so that declarations come before code."""
    key = ("module", folder, module, typed)
    return view.fixpoints(key, lambda: _Search(view, folder, typed).find(module.partition("?")[0]), None)


def files_of_globs(view: LinkView, folder: str, patterns: Sequence[str]) -> tuple[str, ...]:
    """The files that fit one of the patterns as they stand in a file of ``folder``, and none of those that begin with
    ``!`` (Vite's ``import.meta.glob``): the first of them, ordered by path."""
    key = ("glob", folder, *patterns)
    return view.fixpoints(key, lambda: _files_of_globs(view, folder, patterns), ())


def _files_of_globs(view: LinkView, folder: str, patterns: Sequence[str]) -> tuple[str, ...]:
    wanted = [text for pattern in patterns if pattern[:1] != "!" for text in _rooted(view, folder, pattern)]
    unwanted = [
        exact(text)
        for pattern in patterns
        if pattern[:1] == "!"
        for text in _rooted(view, folder, pattern[1:])
    ]
    found: dict[str, None] = {}
    for pattern in wanted:
        fits = exact(pattern)
        for path in view.below(pattern.partition("*")[0].rpartition("/")[0]):
            if fits(path) and not any(test(path) for test in unwanted):
                found[path] = None
    return tuple(sorted(found)[:_MOST_GLOBBED])


def _rooted(view: LinkView, folder: str, pattern: str) -> Iterator[str]:
    """The pattern from the project's root on, in each place that it may begin at."""
    search = _Search(view, folder, typed=True)
    if pattern.startswith("."):
        bases: Iterable[str] = (posixpath.join(folder, pattern),)
    elif pattern.startswith("/"):
        bases = [posixpath.join(package.folder, pattern[1:]) for package in search.manifests()[:1]]
    else:
        bases = search.aliases(pattern)
    yield from (path for base in bases if (path := _normal(base)))


class _Search:
    def __init__(self, view: LinkView, folder: str, typed: bool) -> None:
        self._view, self._folder, self._typed = view, folder, typed
        self._extensions = (*_TYPED, *_PLAIN, *_OTHERS) if typed else (*_PLAIN, *_TYPED, *_OTHERS)

    def find(self, module: str) -> str | None:
        if module in (".", "..") or module.startswith(("./", "../")):
            return self._path(posixpath.join(self._folder, module))
        if module.startswith("/"):
            above = (p.folder for p in self.manifests())
            return next((f for root in above if (f := self._path(root + module))), None)
        if module.startswith("#") and (found := self._internal(module)):
            return found
        found = next((f for base in self.aliases(module) if (f := self._path(base))), None)
        return found or (None if ":" in module else self._of_package(module))

    # -- paths

    def _path(self, written: str) -> str | None:
        """A file, or the file that stands for a folder."""
        path = _normal(written)
        if path is None:
            return None
        found = self._file(path) if path else None
        if found:
            return found
        if path and not self._view.is_folder(path):
            return None
        package = self._packages().at.get(path)
        main = self._main(package) if package else None
        index = f"{path}/index" if path else "index"
        return main or self._view.first(*(index + extension for extension in self._extensions))

    def _file(self, path: str) -> str | None:
        stem, extension = posixpath.splitext(path)
        swapped = [stem + other for other in _TS_OF_JS.get(extension, ())]
        exact = [*swapped, path] if self._typed else [path, *swapped]
        return self._view.first(*exact, *(path + other for other in self._extensions))

    # -- packages

    def _packages(self) -> Packages:
        return self._view.fixpoints("packages", lambda: _read_packages(self._view), Packages({}, {}))

    def manifests(self) -> list[Package]:
        """The packages around the folder, the nearest first."""
        folders = self._packages().at
        return [folders[folder] for folder in _above(self._folder) if folder in folders]

    def _of_package(self, module: str) -> str | None:
        parts = module.split("/")
        size = 2 if module.startswith("@") else 1
        name, rest = "/".join(parts[:size]), "/".join(parts[size:])
        package = self._named(name)
        return self._exported(package, rest) if package else None

    def _named(self, name: str) -> Package | None:
        """The package of that name as the folder sees it: itself, one that its manifest says where to find, or one
        of the workspace."""
        around = self.manifests()
        for package in around:
            if package.data.get("name") == name:
                return package
            said = next((v for of in _DEPENDENCIES if (v := member(package.data, of).get(name))), None)
            if isinstance(said, str) and said.startswith(_LOCAL):
                folder = _normal(posixpath.join(package.folder, said.partition(":")[2]))
                return self._packages().at.get(folder) if folder is not None else None
        named = self._packages().of_workspace.get(name, ())
        return named[0] if len(named) == 1 else None

    def _exported(self, package: Package, rest: str) -> str | None:
        exports = package.data.get("exports")
        if exports is not None:
            leaves = _leaves(exports, f"./{rest}" if rest else ".")
            found = self._first_of(package, leaves)
            if found:
                return found
        if not rest:
            return self._main(package)
        return self._path(f"{package.folder}/{rest}") or self._path(f"{package.folder}/src/{rest}")

    def _main(self, package: Package) -> str | None:
        fields = ("source", "types", "typings", "module", "main", "browser")
        leaves = [(f"types/{f}" if f[:3] == "typ" else f, package.data.get(f)) for f in fields]
        found = self._first_of(package, [(of, leaf) for of, leaf in leaves if isinstance(leaf, str)])
        if found:
            return found
        places = (posixpath.join(package.folder, place) for place in ("index", "src/index", "src/main"))
        return next((f for place in places if (f := self._file(place))), None)

    def _first_of(self, package: Package, leaves: Sequence[tuple[str, str]]) -> str | None:
        """The first of what a manifest names that is there, or has its source there."""
        types_first = sorted(leaves, key=lambda leaf: ("types" in leaf[0]) != self._typed)
        places = [posixpath.join(package.folder, leaf) for _, leaf in types_first]
        for place in places:
            if (path := _normal(place)) and (found := self._file(path)):
                return found
        sources = (source for _, leaf in types_first for source in _sources_of(leaf))
        return next((f for s in sources if (f := self._file(posixpath.join(package.folder, s)))), None)

    def _internal(self, module: str) -> str | None:
        """``#name``: by the ``imports`` of the nearest manifest."""
        for package in self.manifests()[:1]:
            leaves = _leaves(package.data.get("imports"), module)
            return self._first_of(package, leaves)
        return None

    # -- tsconfig

    def aliases(self, module: str) -> Iterator[str]:
        configs = self._view.fixpoints("tsconfigs", lambda: _read_configs(self._view), {})
        for folder in _above(self._folder):
            for config in configs.get(folder, ()):
                yield from _by_paths(config, module)
                if config.base is not None:
                    yield posixpath.join(config.base, module)
        stated = self._view.fixpoints("bundlers", lambda: aliases(self._view), {})
        given = self._view.fixpoints("frameworks", lambda: _of_frameworks(self._view), {})
        for known in (stated, given):
            for folder in _above(self._folder):
                yield from (place for one in known.get(folder, ()) if (place := one.of(module)) is not None)


def _of_frameworks(view: LinkView) -> dict[str, tuple[Alias, ...]]:
    """Folder of a package → the aliases that its framework gives it."""
    packages = view.fixpoints("packages", lambda: _read_packages(view), Packages({}, {}))
    found = {folder: tuple(of_framework(view, folder, one.data)) for folder, one in packages.at.items()}
    return {folder: given for folder, given in found.items() if given}


def _normal(path: str) -> str | None:
    """Without ``.`` and ``..``; ``""`` is the root; None: it lies outside."""
    path = posixpath.normpath(path)
    return None if path.startswith(("..", "/")) else "" if path == "." else path


def _above(folder: str) -> Iterator[str]:
    """``folder`` and those around it, the root last."""
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


# -- package.json


def _read_packages(view: LinkView) -> Packages:
    found = [(posixpath.dirname(path), jsonc(text)) for path, text in view.texts("package.json")]
    is_member = _workspaces(view, found)
    packages = Packages({}, {})
    for folder, data in found:
        package = packages.at[folder] = Package(folder, data)
        name = data.get("name")
        if isinstance(name, str) and (not folder or is_member(folder)):
            packages.of_workspace.setdefault(name, []).append(package)
    return packages


def _workspaces(view: LinkView, manifests: Sequence[tuple[str, Mapping[str, Any]]]) -> PathTest:
    """Whether some workspace names a folder, and none excludes it by a pattern that begins with ``!``."""
    patterns = [(folder, p) for folder, data in manifests for p in _patterns(data.get("workspaces"))]
    for path, text in view.texts("pnpm-workspace.yaml"):
        listed = text.partition("packages:")[2]
        block = re.split(r"\n(?=[A-Za-z])", listed, maxsplit=1)[0]
        patterns += [(posixpath.dirname(path), pattern) for pattern in _listed(block)]
    for path, text in view.texts("lerna.json"):
        patterns += [(posixpath.dirname(path), p) for p in _patterns(jsonc(text).get("packages"))]
    named, excluded = (
        [_from_root(*one) for one in patterns if (one[1][:1] == "!") is bang] for bang in (False, True)
    )
    return lambda folder: any(t(folder) for t in named) and not any(t(folder) for t in excluded)


def _from_root(folder: str, pattern: str) -> PathTest:
    return exact(posixpath.normpath(posixpath.join(folder, pattern.removeprefix("!").strip("/"))))


def _listed(block: str) -> Iterator[str]:
    """The plain or quoted items of a YAML list. ``block``: its lines."""
    for item in _WORKSPACE_ITEM.findall(block):
        text = item.strip()
        text = text[1:] if text[:1] in ("'", '"') else text
        text = text[:-1] if text[-1:] in ("'", '"') else text
        if text and not any(mark in text for mark in "'\"#"):
            yield text


def _patterns(said: object) -> list[str]:
    listed = said.get("packages") if isinstance(said, dict) else said
    return [text for text in listed if isinstance(text, str)] if isinstance(listed, list) else []


def _leaves(said: object, wanted: str) -> list[tuple[str, str]]:
    """(its conditions, path) of all that ``exports`` or ``imports`` may give for a subpath, in their order."""
    if not isinstance(said, dict) or not any(key.startswith((".", "#")) for key in said):
        return list(_conditional(said, "", "")) if wanted == "." else []
    if wanted in said and "*" not in wanted:
        return list(_conditional(said[wanted], "", ""))[:_MAX_LEAVES]
    best: tuple[int, str] | None = None
    for key in said:
        head, star, tail = key.partition("*")
        fits = star and wanted.startswith(head) and wanted.endswith(tail) and len(wanted) >= len(key) - 1
        if fits and (best is None or len(head) > best[0]):
            best = len(head), key
    if best is None:
        return []
    head, _, tail = best[1].partition("*")
    middle = wanted[len(head) : len(wanted) - len(tail)]
    return list(_conditional(said[best[1]], "", middle))[:_MAX_LEAVES]


def _conditional(said: object, of: str, middle: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(said, str):
        yield of, said.replace("*", middle)
    elif isinstance(said, list | dict) and depth < 8:
        for key, value in said.items() if isinstance(said, dict) else (("", v) for v in said):
            yield from _conditional(value, f"{of}/{key}", middle, depth + 1)


def _sources_of(built: str) -> Iterator[str]:
    """``dist/esm/a.d.mts`` → ``src/a``, ``a``, ``src/index`` for a file of a built package."""
    parts = posixpath.normpath(built).split("/")
    stem = [*parts[:-1], _built_stem(parts[-1])]
    inner = list(stem)
    while len(inner) > 1 and inner[0] in _BUILT:
        inner = inner[1:]
    if len(inner) < len(stem):
        yield from (
            posixpath.join("src", *inner),
            posixpath.join(*inner),
            posixpath.join("src", *inner, "index"),
        )
        if len(inner) == 1:
            yield from ("src/index", "src/main", "index")


def _built_stem(name: str) -> str:
    """``a.d.mts`` → ``a``"""
    stem, dot, ending = name.rpartition(".")
    name = stem if dot and _BUILT_ENDING.fullmatch(ending) else name
    while (ending := name.rpartition(".")[2]) in _BUILT_WORDS and "." in name:
        name = name.rpartition(".")[0]
    return name


# -- tsconfig.json


def _read_configs(view: LinkView) -> dict[str, tuple[ModuleSettings, ...]]:
    """Folder → its configurations: those that a reference names after the one that names them."""
    texts = {path: jsonc(text) for name in CONFIGS for path, text in view.texts(name)}
    packages = view.fixpoints("packages", lambda: _read_packages(view), Packages({}, {}))
    referenced = {named for path in texts for named in _referenced(texts, path)}
    found: dict[str, list[ModuleSettings]] = {}
    for path in sorted(texts, key=lambda p: (posixpath.basename(p) not in _ROOT_CONFIGS, p)):
        folder, base = posixpath.split(path)
        if base in _ROOT_CONFIGS or path in referenced:
            found.setdefault(folder, []).append(_config(_Configs(texts, packages), path, folder))
    return {folder: tuple(configs) for folder, configs in found.items()}


def _referenced(texts: Mapping[str, Mapping[str, Any]], path: str) -> Iterator[str]:
    """The configurations that one refers to; a folder means its tsconfig.json, which counts anyway."""
    listed = texts[path].get("references")
    for item in listed if isinstance(listed, list) else ():
        name = item.get("path") if isinstance(item, dict) else None
        if isinstance(name, str) and (place := _normal(posixpath.join(posixpath.dirname(path), name))):
            yield place


def _config(known: _Configs, path: str, root: str, depth: int = 0) -> ModuleSettings:
    """``root``: the folder of the configuration that all began with."""
    data, folder = known.texts[path], posixpath.dirname(path)
    options = member(data, "compilerOptions")
    extended = data.get("extends")
    above = ModuleSettings(None, ())
    others = extended if isinstance(extended, list) else [extended]
    files = (_extended(known, folder, other) for other in reversed(others) if isinstance(other, str))
    named = next((file for file in files if file), None)  # the last one holds; the others are not read
    if named and depth < 8:
        above = _config(known, named, root, depth + 1)
    base = (
        _folder(folder, root, options["baseUrl"]) if isinstance(options.get("baseUrl"), str) else above.base
    )
    if not isinstance(options.get("paths"), dict):
        return ModuleSettings(base, above.paths)
    start = base if base is not None else folder
    paths = tuple(
        (pattern, tuple(_folder(start, root, t) for t in targets if isinstance(t, str)))
        for pattern, targets in options["paths"].items()
        if isinstance(targets, list)
    )
    return ModuleSettings(base, paths)


def _folder(folder: str, root: str, text: str) -> str:
    if text.startswith("${configDir}"):
        folder, text = root, "." + text.removeprefix("${configDir}")
    return posixpath.normpath(posixpath.join(folder, text))


def _extended(known: _Configs, folder: str, name: str) -> str | None:
    """The file that ``extends`` names: a path, or one of a package of the workspace."""
    if name.startswith("."):
        path = posixpath.normpath(posixpath.join(folder, name))
    else:
        parts = name.split("/")
        size = 2 if name.startswith("@") else 1
        named = known.packages.of_workspace.get("/".join(parts[:size]), ())
        if len(named) != 1:
            return None
        stated = named[0].data.get("tsconfig")
        rest = "/".join(parts[size:]) or (stated if isinstance(stated, str) else "tsconfig.json")
        path = posixpath.normpath(posixpath.join(named[0].folder, rest))
    return next((p for p in (path, f"{path}.json", f"{path}/tsconfig.json") if p in known.texts), None)


def _by_paths(config: ModuleSettings, module: str) -> Iterator[str]:
    """The targets of the pattern that matches most exactly."""
    best: tuple[int, str, tuple[str, ...]] | None = None
    for pattern, targets in config.paths:
        head, star, tail = pattern.partition("*")
        if pattern == module:
            best = len(module) + 1, "", targets
        elif star and module.startswith(head) and module.endswith(tail) and len(module) >= len(pattern) - 1:
            middle = module[len(head) : len(module) - len(tail)]
            if best is None or len(head) > best[0]:
                best = len(head), middle, targets
    for target in best[2] if best else ():
        yield target.replace("*", best[1] if best else "")
