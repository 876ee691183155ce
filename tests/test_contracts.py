"""Gates: contracts on display, doors of heavy libraries, sizes, import cycles."""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*(ROOT / "memoryd").rglob("*.py"), *(ROOT / "indexers").rglob("*.py")])
MAX_FILE_LINES, MAX_FUNCTION_LINES = 500, 60

DOORS = {
    "tree_sitter": {"indexers/engine/treesitter.py", "indexers/engine/node.py"},
    "watchdog": {"memoryd/ingest/watch/watcher.py"},
    "chromadb": {"memoryd/store/vectors/worker.py", "memoryd/store/vectors/chroma_cache.py"},
    "sentence_transformers": {"memoryd/store/vectors/worker.py"},
    "mcp": "memoryd/server/",
    "starlette": "memoryd/server/",
    "uvicorn": "memoryd/server/",
    "pydantic": "memoryd/server/",
    "rich": "memoryd/cli/terminal/progress.py",
    "sqlite3": "memoryd/store/",
}


def test_a_class_has_a_name_of_its_own() -> None:
    """No public class is called like another one."""
    places: dict[str, list[str]] = {}
    for path in SOURCES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(_name(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_the_committed_schemas_are_what_the_types_say() -> None:
    """`schemas/` and `config.example.toml` are byte for byte what their generator writes."""
    command = [sys.executable, str(ROOT / "schemas" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_contracts_do_not_depend_on_the_release_of_msgspec() -> None:
    """What one release writes with indentation, ``null`` first and empty tuples is the same contract as another's."""
    canonical = runpy.run_path(str(ROOT / "schemas" / "generate.py"))["canonical"]
    indented = {
        "$defs": {
            "Fact": {"description": "One.\n\n    Two.", "prefixItems": [], "minItems": 0},
            "Answer": {"anyOf": [{"type": "null"}, {"type": "string"}]},
        }
    }
    dedented = {
        "$defs": {
            "Fact": {"description": "One.\n\nTwo.", "minItems": 0},
            "Answer": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        }
    }
    assert canonical(indented) == canonical(dedented) == dedented


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(tree: ast.AST) -> Iterator[str]:
    """Modules imported anywhere in the file, lazily too, but not under TYPE_CHECKING."""
    hidden = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("library", DOORS)
def test_a_heavy_library_has_one_door(library: str) -> None:
    """Each heavy library is imported in its room alone (lazy imports counted)."""
    doors = DOORS[library]
    for path in SOURCES:
        if any(module.split(".")[0] == library for module in _imports(ast.parse(path.read_text()))):
            name = _name(path)
            allowed = name.startswith(doors) if isinstance(doors, str) else name in doors
            # values that only carry a connection may name its type
            assert allowed or (
                library == "sqlite3" and name.startswith(("memoryd/query/", "memoryd/daemon/"))
            ), name


def test_no_import_cycles() -> None:
    """No module imports itself over others, lazy imports counted."""
    modules = {_name(path)[:-3].replace("/", ".").removesuffix(".__init__"): path for path in SOURCES}
    graph = {
        module: {
            found for found in _imports(ast.parse(path.read_text())) if found in modules and found != module
        }
        for module, path in modules.items()
    }
    done: set[str] = set()
    while leaves := {m for m in graph if m not in done and graph[m] <= done}:
        done |= leaves
    assert set(graph) - done == set()


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_files_and_functions_are_small(path: Path) -> None:
    """A file has at most 500 lines and a function at most 60."""
    text = path.read_text()
    assert text.count("\n") <= MAX_FILE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= MAX_FUNCTION_LINES, f"{node.name}: {lines} lines"


def test_children_never_import_from_the_working_directory() -> None:
    """Every Python child is started with -P: a repository's `memoryd/` folder must not be imported."""
    for path in SOURCES:
        for match in re.finditer(r"sys\.executable,\s*(\"[^\"]*\")", path.read_text()):
            assert match[1] in ('"-P"', '"-I"'), f"{_name(path)}: {match[0]}"
