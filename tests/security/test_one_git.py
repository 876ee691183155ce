"""The protections hold only if nobody goes around them."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

_PROJECT = Path(__file__).parents[2]
_SOURCES = [
    path for package in ("memoryd", "indexers") for path in sorted((_PROJECT / package).rglob("*.py"))
]
_GIT_LIBRARIES = {"git", "dulwich", "pygit2"}


@functools.cache
def _nodes() -> list[tuple[str, ast.AST]]:
    return [
        (str(path.relative_to(_PROJECT)), node)
        for path in _SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    ]


def _imported(node: ast.AST) -> set[str]:
    """Top-level packages that an import statement names."""
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return {(node.module or "").partition(".")[0]}
    return set()


def test_git_is_started_in_one_module() -> None:
    """No command line that begins with git, no git library and no use of its path anywhere else."""
    found = set()
    for path, node in _nodes():
        if isinstance(node, ast.List | ast.Tuple) and node.elts:
            first = node.elts[0]
            command = isinstance(first, ast.Constant) and first.value == "git"
            call = (
                isinstance(first, ast.Call)
                and isinstance(first.func, ast.Name)
                and first.func.id == "git_path"
            )
            if command or call:
                found.add(path)
        if _imported(node) & _GIT_LIBRARIES:
            found.add(path)
    assert found == {"memoryd/ingest/git/process.py"}


def test_no_command_goes_through_a_shell() -> None:
    """os.system, os.popen and shell=True are found nowhere."""
    for path, node in _nodes():
        if isinstance(node, ast.Call):
            assert not any(ast.unparse(keyword) == "shell=True" for keyword in node.keywords), path
            name = ast.unparse(node.func)
            assert name not in ("os.system", "os.popen", "subprocess.getoutput", "pty.spawn"), path


def test_watchdog_has_one_door() -> None:
    """Only the watcher imports it."""
    assert {path for path, node in _nodes() if "watchdog" in _imported(node)} == {
        "memoryd/ingest/watch/watcher.py"
    }
