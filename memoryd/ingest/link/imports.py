"""Which file an import names: one function per language family, all ``(tree, path, import) -> Target | None``.

``None``: it lies outside the project, or cannot be known. Languages look names up in files, never the
other way round: nothing is guessed from a name alone.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Any

from indexers.facts import Import
from memoryd.ingest.link.tree import Target, Tree

Resolver = Callable[[Tree, str, Import], Target | None]

_SCRIPT_EXTENSIONS = (".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".json")
_TS_OF_JS = {".js": (".ts", ".tsx", ".d.ts"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}


# -- Python (language reference, sections 5.2 to 5.7)


def python(tree: Tree, path: str, imported: Import) -> Target | None:
    for base in _python_bases(tree, path, imported.module):
        if base is None:
            continue
        found = _python_member(tree, base, imported.name)
        if found:
            return found
    return None


def _python_member(tree: Tree, base: str, name: str) -> Target | None:
    """``base``: module path without extension, ``""`` for a root itself."""
    module = tree.first(f"{base}.py", f"{base}/__init__.py", f"{base}.pyi", f"{base}/__init__.pyi")
    if not name or name == "*":
        return Target(module) if module else None
    if module and (name in tree.symbols(module) or name in tree.module_imports(module)):
        return Target(module, name)
    prefix = f"{base}/" if base else ""
    submodule = tree.first(f"{prefix}{name}.py", f"{prefix}{name}/__init__.py", f"{prefix}{name}.pyi")
    if submodule:
        return Target(submodule)
    return Target(module, name) if module else None


def _python_bases(tree: Tree, path: str, module: str) -> Iterator[str | None]:
    dots = len(module) - len(module.lstrip("."))
    tail = module.lstrip(".").replace(".", "/")
    folder = posixpath.dirname(path)
    if dots:
        for _ in range(dots - 1):
            folder = posixpath.dirname(folder)
        yield posixpath.join(folder, tail) if tail else folder
        return
    seen = set()
    for root in (*_python_roots(tree, folder), folder):
        if root not in seen:
            seen.add(root)
            yield posixpath.join(root, tail)


def _python_roots(tree: Tree, folder: str) -> Iterator[str]:
    """Import roots, nearest first: the parents of the folder that are no packages, ``src`` beside them."""
    while True:
        if folder and f"{folder}/__init__.py" not in tree:
            yield folder
            yield posixpath.join(folder, "src")
        if not folder:
            break
        folder = posixpath.dirname(folder)
    yield from ("", "src", "lib")


# -- JavaScript and TypeScript (Node's resolution, tsconfig paths, workspace packages)


def script(tree: Tree, path: str, imported: Import) -> Target | None:
    module = imported.module
    if module.startswith("."):
        base = posixpath.normpath(posixpath.join(posixpath.dirname(path), module))
        file = _script_file(tree, base)
    else:
        file = next((f for b in _script_bases(tree, path, module) if (f := _script_file(tree, b))), None)
    if not file:
        return None
    return Target(file, "" if imported.name in ("", "*") else imported.name)


def _script_file(tree: Tree, base: str) -> str | None:
    base = "" if base == "." else base
    stem, extension = posixpath.splitext(base)
    swapped = tuple(stem + other for other in _TS_OF_JS.get(extension, ()))
    index = f"{base}/index" if base else "index"
    return tree.first(
        base, *swapped, *(base + e for e in _SCRIPT_EXTENSIONS), *(index + e for e in _SCRIPT_EXTENSIONS)
    )


def _script_bases(tree: Tree, path: str, module: str) -> Iterator[str]:
    configs = tree.derive(_tsconfigs)
    folder = posixpath.dirname(path)
    while True:
        if folder in configs:
            yield from _tsconfig_bases(folder, configs[folder], module)
        if not folder:
            break
        folder = posixpath.dirname(folder)
    yield from _workspace_bases(tree.derive(_workspaces), module)


def _tsconfigs(tree: Tree) -> dict[str, dict[str, Any]]:
    """Folder -> compilerOptions of its tsconfig.json."""
    found = {}
    for manifest, text in tree.manifests.items():
        if posixpath.basename(manifest) == "tsconfig.json":
            options = _jsonc(text).get("compilerOptions")
            found[posixpath.dirname(manifest)] = options if isinstance(options, dict) else {}
    return found


def _tsconfig_bases(folder: str, options: dict[str, Any], module: str) -> Iterator[str]:
    base = posixpath.normpath(posixpath.join(folder, str(options.get("baseUrl") or ".")))
    base = "" if base == "." else base
    paths = options.get("paths")
    for pattern, targets in paths.items() if isinstance(paths, dict) else ():
        head, star, tail = pattern.partition("*")
        matches = module.startswith(head) and module.endswith(tail) if star else module == pattern
        if matches and isinstance(targets, list):
            middle = module[len(head) : len(module) - len(tail)] if star else ""
            for target in targets:
                yield posixpath.normpath(posixpath.join(base, str(target).replace("*", middle)))
    if options.get("baseUrl"):
        yield posixpath.normpath(posixpath.join(base, module))


def _workspaces(tree: Tree) -> dict[str, tuple[str, str]]:
    """Package name -> (folder, main file) of every package.json."""
    found = {}
    for manifest, text in sorted(tree.manifests.items()):
        if posixpath.basename(manifest) == "package.json":
            data = _jsonc(text)
            if isinstance(data.get("name"), str):
                main = data.get("main")
                found[data["name"]] = (posixpath.dirname(manifest), main if isinstance(main, str) else "")
    return found


def _workspace_bases(workspaces: dict[str, tuple[str, str]], module: str) -> Iterator[str]:
    parts = module.split("/")
    size = 2 if module.startswith("@") else 1
    name, rest = "/".join(parts[:size]), "/".join(parts[size:])
    if name in workspaces:
        folder, main = workspaces[name]
        for place in (rest, f"src/{rest}") if rest else ("src/index", "src", main, "index"):
            yield posixpath.normpath(posixpath.join(folder, place))


def _jsonc(text: str) -> dict[str, Any]:
    """An object of JSON with comments and trailing commas; ``{}`` when it is none."""
    bare = re.sub(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*.*?\*/', lambda m: m[1] or "", text, flags=re.S)
    try:
        found = json.loads(re.sub(r",(\s*[}\]])", r"\1", bare))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


# -- Go (module path of the nearest go.mod, packages are folders)


def go(tree: Tree, path: str, imported: Import) -> Target | None:
    for module, folder in tree.derive(_go_modules).items():
        if imported.module == module or imported.module.startswith(f"{module}/"):
            found = posixpath.normpath(posixpath.join(folder, imported.module[len(module) + 1 :]))
            return _go_package(tree, "" if found == "." else found)
    return None


def _go_modules(tree: Tree) -> dict[str, str]:
    """Module path -> folder, the longest path first (a nested module wins)."""
    found = {}
    for manifest, text in tree.manifests.items():
        match = re.search(r"^module\s+\"?([^\s\"]+)", text, re.M)
        if posixpath.basename(manifest) == "go.mod" and match:
            found[match[1]] = posixpath.dirname(manifest)
    return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))


def _go_package(tree: Tree, folder: str) -> Target | None:
    files = [f for f in tree.folders.get(folder, ()) if f.endswith(".go") and not f.endswith("_test.go")]
    return Target(min(files)) if files else None


# -- Rust (reference, "Paths" and "Modules"; crates by Cargo.toml)


def rust(tree: Tree, path: str, imported: Import) -> Target | None:
    parts = [part for part in imported.module.split("::") if part]
    if imported.name and imported.name != "*":
        parts.append(imported.name)
    start = _rust_start(tree, path, parts)
    return _rust_walk(tree, *start) if start else None


def _rust_start(tree: Tree, path: str, parts: list[str]) -> tuple[str, list[str]] | None:
    """The file where the path begins, and what remains of it."""
    if not parts:
        return None
    head, rest = parts[0], parts[1:]
    if head == "crate":
        root = _rust_crate_root(tree, path)
        return (root, rest) if root else None
    if head in ("self", "super"):
        here: str | None = path
        while parts and parts[0] in ("self", "super"):
            here = _rust_parent(tree, here) if parts[0] == "super" and here else here
            parts = parts[1:]
        return (here, parts) if here else None
    crates = tree.derive(_rust_crates)
    if head in crates:
        return crates[head], rest
    return (path, parts) if _rust_child(tree, path, head) or head in tree.symbols(path) else None


def _rust_crates(tree: Tree) -> dict[str, str]:
    """Crate name -> its root file."""
    found = {}
    for manifest, text in tree.manifests.items():
        name = re.search(r'^\s*name\s*=\s*"([^"]+)"', text, re.M)
        root = tree.first(posixpath.join(posixpath.dirname(manifest), "src/lib.rs"))
        if posixpath.basename(manifest) == "Cargo.toml" and name and root:
            found[name[1].replace("-", "_")] = root
    return found


def _rust_walk(tree: Tree, file: str, parts: list[str]) -> Target | None:
    for number, part in enumerate(parts):
        child = _rust_child(tree, file, part)
        if child is None:
            return Target(file, ".".join(parts[number:]))
        file = child
    return Target(file)


def _rust_folder(file: str) -> str:
    folder, name = posixpath.split(file)
    return folder if name in ("mod.rs", "lib.rs", "main.rs") else file.removesuffix(".rs")


def _rust_child(tree: Tree, file: str, name: str) -> str | None:
    folder = _rust_folder(file)
    return tree.first(posixpath.join(folder, f"{name}.rs"), posixpath.join(folder, name, "mod.rs"))


def _rust_parent(tree: Tree, file: str) -> str | None:
    folder = posixpath.dirname(_rust_folder(file)) if file.endswith("/mod.rs") else posixpath.dirname(file)
    return tree.first(*(posixpath.join(folder, n) for n in ("mod.rs", "lib.rs", "main.rs")), f"{folder}.rs")


def _rust_crate_root(tree: Tree, path: str) -> str | None:
    folder = posixpath.dirname(path)
    while True:
        root = tree.first(posixpath.join(folder, "lib.rs"), posixpath.join(folder, "main.rs"))
        if root or not folder:
            return root
        folder = posixpath.dirname(folder)


# -- Java (JLS 7: a public type lies in the file of its name)


def java(tree: Tree, path: str, imported: Import) -> Target | None:
    package, name = imported.module, imported.name
    if name == "*":
        files = tree.packages.get(("java", package))
        return Target(min(files)) if files else None
    for file in tree.packages.get(("java", package), ()):
        if name in tree.symbols(file):
            return Target(file, name)
    outer, _, last = package.rpartition(".")  # a static or nested member: the module names a type
    for file in tree.packages.get(("java", outer), ()):
        if last in tree.symbols(file):
            return Target(file, f"{last}.{name}" if name else last)
    return None


# -- C and C++ (the including file's folder, then the one file of the tree that ends so)


def include(tree: Tree, path: str, imported: Import) -> Target | None:
    name = posixpath.normpath(imported.module)
    near = tree.first(posixpath.normpath(posixpath.join(posixpath.dirname(path), name)))
    if near:
        return Target(near)
    matches = [
        f for f in tree.by_basename.get(posixpath.basename(name), ()) if f == name or f.endswith(f"/{name}")
    ]
    return Target(matches[0]) if len(matches) == 1 else None


RESOLVERS: dict[str, Resolver] = {
    "python": python,
    "javascript": script,
    "typescript": script,
    "go": go,
    "rust": rust,
    "java": java,
    "c": include,
    "cpp": include,
}
MANIFESTS = frozenset({"package.json", "tsconfig.json", "go.mod", "Cargo.toml"})
