"""pytest's fixtures by name: which are defined where, and which a test or another fixture asks for by a parameter.

The rule (pytest, "fixture availability"): a name is looked up in the class, then in the file, then in ``conftest.py``
of the folder and of each folder above; the first that has it wins. Names that only strings give
(``usefixtures("db")``, ``fixture(name="db")``) are not in the facts and not found.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from indexers.facts import FileFacts, Symbol

_PARAMETER = re.compile(r"(?:^|,)\s*\*{0,2}([A-Za-z_]\w*)")
_NESTED = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|\{[^{}]*\}|\"[^\"]*\"|'[^']*'")
_NEVER = frozenset(("self", "cls", "request", "monkeypatch", "tmp_path", "capsys", "caplog"))


class FixtureUse(Struct, frozen=True):
    """The test or fixture ``qualname`` (at ``line`` of the file asked about) asks for ``fixture`` of ``path``."""

    qualname: str
    line: int
    path: str
    fixture: str


def fixtures(facts: FileFacts) -> dict[str, str]:
    """Name → qualname of the fixtures that a file defines; a class's fixtures under ``Class.name``."""
    marked = {
        use.scope for use in facts.references
        if use.kind == "decorate" and use.name in ("fixture", "yield_fixture", "async_fixture") and use.scope
    }  # fmt: skip
    return {symbol.qualname: symbol.qualname for symbol in facts.symbols if symbol.qualname in marked}


def conftests(path: str) -> Iterator[str]:
    """The files whose fixtures the file at ``path`` sees, the nearest first."""
    folder = posixpath.dirname(path)
    while True:
        candidate = posixpath.join(folder, "conftest.py")
        if candidate != path:
            yield candidate
        if not folder:
            return
        folder = posixpath.dirname(folder)


def uses(
    path: str, facts: FileFacts, fixtures_at: Callable[[str], Mapping[str, str]]
) -> Iterator[FixtureUse]:
    """Every (test or fixture → fixture) of a Python file, in order. ``fixtures_at``: the ``fixtures`` of another file,
    empty where there is none."""
    own = fixtures(facts)
    for symbol in facts.symbols:
        is_test = symbol.name.startswith("test") and symbol.kind in ("function", "method")
        if not (is_test or symbol.qualname in own):
            continue
        for name in _parameters(symbol):
            found = _visible(name, symbol, path, own, fixtures_at)
            if found:
                yield FixtureUse(symbol.qualname, symbol.line, *found)


def _visible(
    name: str, symbol: Symbol, path: str, own: Mapping[str, str], fixtures_at: Callable[[str], Mapping[str, str]]
) -> tuple[str, str] | None:  # fmt: skip
    in_class = f"{symbol.qualname.rpartition('.')[0]}.{name}"
    for qualname in (in_class, name):
        if qualname in own and qualname != symbol.qualname:
            return path, own[qualname]
    for conftest in conftests(path):
        qualname = fixtures_at(conftest).get(name, "")
        if qualname:
            return conftest, qualname
    return None


def _parameters(symbol: Symbol) -> list[str]:
    """The names of the parameters, defaults and annotations taken off."""
    text = symbol.signature.partition("(")[2].rpartition(")")[0][:2000]
    for _ in range(4):
        text = _NESTED.sub("", text)
    return [name for name in _PARAMETER.findall(text) if name not in _NEVER]
