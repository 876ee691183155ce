"""One file -> the rules that it declares. Which reader a file gets is a matter of its name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from indexers.constraints import (
    archunit,
    cargodeny,
    cruiser,
    declared,
    depguard,
    deptry,
    eslint,
    importlinter,
    owners,
    prose,
    tidy,
)
from indexers.facts import Constraint, FileFacts
from indexers.operations.source import OperationSource

MAX_RULES = 400  # of one file
_Reader = Callable[[OperationSource], Iterator[Constraint]]

BY_NAME: dict[str, tuple[_Reader, ...]] = {
    ".importlinter": (importlinter.from_ini,),
    "setup.cfg": (importlinter.from_ini, tidy.flake8),
    "pyproject.toml": (importlinter.from_toml, tidy.ruff_in_pyproject, deptry.deptry),
    "ruff.toml": (tidy.ruff,),
    ".ruff.toml": (tidy.ruff,),
    ".flake8": (tidy.flake8,),
    "tox.ini": (tidy.flake8,),
    "deny.toml": (cargodeny.cargo_deny,),
    ".deny.toml": (cargodeny.cargo_deny,),
    "codeowners": (owners.owners,),
    ".golangci.yml": (depguard.golangci,),
    ".golangci.yaml": (depguard.golangci,),
    ".eslintrc": (eslint.script,),
    ".eslintrc.json": (eslint.script,),
    ".eslintrc.yml": (eslint.yaml,),
    ".eslintrc.yaml": (eslint.yaml,),
    "package.json": (eslint.script,),
}
BY_PATTERN: tuple[tuple[re.Pattern[str], tuple[_Reader, ...]], ...] = (
    (re.compile(r"^(?:\.eslintrc|eslint\.config|eslint\.base\.config)\.[cm]?[jt]s$"), (eslint.script,)),
    (re.compile(r"^\.?dependency-cruiser(?:\.config)?\.(?:[cm]?js|json)$"), (cruiser.cruiser,)),
    (re.compile(r"(?i)(?:arch|test|rules)\w{0,100}\.(?:java|kt)$"), (archunit.archunit,)),
)


def constraints(path: str, text: bytes, facts: FileFacts) -> tuple[Constraint, ...]:
    """The rules of the file at ``path`` in its order, at most 400. ``text``: its bytes, perhaps broken."""
    readers = _readers(path)
    if not readers and not any("DECISION" in comment.text for comment in facts.comments):
        return ()
    source = OperationSource(path, text, facts)
    found = [rule for reader in (*readers, declared.declared) for rule in reader(source)]
    return tuple(found[:MAX_RULES])


def _readers(path: str) -> tuple[_Reader, ...]:
    name = posixpath.basename(path).lower()
    if prose.FILE.search(path):
        return (prose.prose,)
    if name in BY_NAME:
        return BY_NAME[name]
    return next((readers for pattern, readers in BY_PATTERN if pattern.search(name)), ())
