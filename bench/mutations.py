"""Tests to run, tried: break a function, run the suite, and compare what fails with what `impact` named.

    python bench/mutations.py REPOSITORY --python PYTHON [--functions 12] [--seed 1] [--tests tests] [--show]

PYTHON is an interpreter in which the repository's suite runs (the work tree itself is imported, by an editable install
or PYTHONPATH). From each work tree so many functions and methods with a body are drawn, outside of tests. Each gets a
``raise`` as its first statement, the suite runs, and the file is put back. Compared are test files: of those that fail
the share that `impact` names (recall), and of those that it names the share that fails (precision). Functions whose
breaking fails no test are counted apart: nothing is named rightly there. Nothing of the repository runs but its own
suite, by the given interpreter.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from measure import Home, load_line  # noqa: E402

HOPS = "12"
_FAILED = re.compile(r"^(?:FAILED|ERROR) ([^\s:]+\.py)", re.MULTILINE)


class Broken(NamedTuple):
    """A function to break: its file, name and the line (0-based) before which the ``raise`` goes, with its indent."""

    path: str
    name: str
    line: int
    indent: int


class Trial(NamedTuple):
    """Test files that failed, and those that were named."""

    what: Broken
    failed: frozenset[str]
    named: frozenset[str]


def functions(root: Path, tests: str) -> Iterator[Broken]:
    """Every function of the tracked Python files outside of tests, but for trivial ones and stubs."""
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "*.py"], capture_output=True, text=True, check=True
    )
    for path in listed.stdout.split():
        parts = Path(path).parts
        if (
            tests in parts
            or "docs" in parts
            or "examples" in parts
            or Path(path).name.startswith(("test_", "setup"))
        ):
            continue
        yield from _of_file(path, (root / path).read_text())


def _of_file(path: str, text: str) -> Iterator[Broken]:
    def visit(node: ast.AST, names: tuple[str, ...]) -> Iterator[Broken]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                yield from visit(child, (*names, child.name))
            elif isinstance(child, ast.FunctionDef) and len(child.body) > 1:
                first = child.body[1] if _is_docstring(child.body[0]) else child.body[0]
                yield Broken(path, ".".join((*names, child.name)), first.lineno - 1, first.col_offset)

    yield from visit(ast.parse(text), ())


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def failing(root: Path, python: str, tests: str) -> frozenset[str]:
    """The test files with a failure or error."""
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider", tests],
        cwd=root,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
        timeout=900,
    )
    return frozenset(_FAILED.findall(done.stdout))


def trial(root: Path, home: Home, what: Broken, python: str, tests: str, before: frozenset[str]) -> Trial:
    answer = json.loads(
        home.run("impact", f"{what.path}:{what.name}", "--hops", HOPS, "--json", "-C", str(root))
    )
    named = frozenset(one["path"] for one in answer["tests"] if Path(one["path"]).name != "conftest.py")
    file = root / what.path
    text = file.read_text()
    lines = text.split("\n")
    lines.insert(what.line, f"{' ' * what.indent}raise RuntimeError('broken on purpose')")
    try:
        file.write_text("\n".join(lines))
        failed = failing(root, python, tests) - before
    finally:
        file.write_text(text)
    return Trial(what, failed, named)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repository", type=Path)
    parser.add_argument("--python", required=True)
    parser.add_argument("--functions", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tests", default="tests")
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    root = asked.repository.resolve()
    every = list(functions(root, asked.tests))
    drawn = random.Random(asked.seed).sample(every, min(asked.functions, len(every)))
    with tempfile.TemporaryDirectory() as folder, Home(Path(folder) / "m") as home:
        home.run("up", str(root))
        before = failing(root, asked.python, asked.tests)
        trials = []
        for what in drawn:
            trials.append(trial(root, home, what, asked.python, asked.tests, before))
            if asked.show:
                one = trials[-1]
                print(f"  {what.path}:{what.name} failed {len(one.failed)}, named {len(one.named)},"
                      f" both {len(one.failed & one.named)}; missed {sorted(one.failed - one.named)[:3]}")  # fmt: skip
    _report(root.name, every, trials, before)


def _report(name: str, every: list[Broken], trials: list[Trial], before: frozenset[str]) -> None:
    telling = [one for one in trials if one.failed]
    failed = sum(len(one.failed) for one in telling)
    named = sum(len(one.named) for one in telling)
    both = sum(len(one.failed & one.named) for one in telling)
    whole = sum(one.failed <= one.named for one in telling)
    silent = [one for one in trials if not one.failed]
    print(
        f"{name}: {len(trials)} of {len(every)} functions broken, {len(telling)} fail tests; of {failed} failing test"
        f" files {both} named ({both / max(1, failed):.2f}), all of them for {whole} functions; of {named} named"
        f" {both} fail ({both / max(1, named):.2f}); {len(silent)} functions fail none,"
        f" {sum(not one.named for one in silent)} of them named none; {len(before)} test files failed before;"
        f" {load_line()}"
    )


if __name__ == "__main__":
    main()
