"""pytest's fixtures: a test or fixture asks for another by the name of a parameter.

The rule (pytest, "Fixture availability"): the name is looked up in the class, in the file, then in ``conftest.py``
of the folder and of each folder above; the first that has it wins. Names that only strings give
(``usefixtures("db")``, ``fixture(name="db")``) are not read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from msgspec import Struct

from indexers.facts import FIXTURE, FileFacts
from indexers.outline import join
from memoryd.ingest.link.definitions import DefinitionTarget
from memoryd.ingest.link.view import LinkView


class FixtureParameter(Struct, frozen=True):
    """``scope`` (at ``line``) has a parameter ``name`` that ``fixture`` fills."""

    scope: str
    name: str
    line: int
    fixture: DefinitionTarget


def asked(view: LinkView, path: str, facts: FileFacts) -> Iterator[FixtureParameter]:
    """Every fixture that the file's tests and fixtures ask for, as far as the project defines it."""
    for argument in facts.arguments:
        if argument.callee == FIXTURE:
            found = _visible(view, path, argument.scope, argument.value)
            if found:
                yield FixtureParameter(argument.scope, argument.value, argument.line, found)


def _visible(view: LinkView, path: str, scope: str, name: str) -> DefinitionTarget | None:
    for owner in dict.fromkeys((scope.rpartition(".")[0], "")):
        qualname = join(owner, name)
        if qualname != scope and view.entry(path, qualname).kind in ("function", "method"):
            return DefinitionTarget(path, qualname)
    for conftest in _conftests(path):
        if conftest in view and view.entry(conftest, name).kind == "function":
            return DefinitionTarget(conftest, name)
    return None


def _conftests(path: str) -> Iterator[str]:
    """The nearest first; a ``conftest.py`` that overrides a fixture asks for the one above."""
    folder = posixpath.dirname(path)
    while True:
        conftest = posixpath.join(folder, "conftest.py")
        if conftest != path:
            yield conftest
        if not folder:
            return
        folder = posixpath.dirname(folder)
