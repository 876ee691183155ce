"""All definitions of one name in one language, in tables: no reference goes through all of them.

A project may define one name in every file. A rule asks for those of one package, folder or qualified name, and gets
no more of them than it takes to know that the name is ambiguous. The order is that of paths, so an answer depends on
the content of the project alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from msgspec import Struct

ENOUGH = (
    6  # definitions: a reference with more than 4 meanings is unknown; who asks may leave out one of its own
)
_TWICE = 2
_MOST = _TWICE * ENOUGH


class DefinitionTarget(Struct, frozen=True):
    """A definition (``qualname`` in ``path``), with ``""`` the file itself; a path that ends with ``/`` is a folder."""

    path: str
    qualname: str = ""


class NamedDefinition(Struct, frozen=True):
    """``target`` is a ``kind``; ``name``: the last part of its qualname; ``package``: the package clause of its
    file."""

    target: DefinitionTarget
    kind: str
    name: str
    package: str

    @property
    def qualname(self) -> str:
        return self.target.qualname


Key = Callable[[NamedDefinition], Hashable]  # None: the definition belongs into no row of the table


def _order(one: NamedDefinition) -> tuple[str, str, str]:
    return one.target.path, one.target.qualname, one.kind


class Definitions:
    """The definitions of one name. ``found``: in any order."""

    def __init__(self, found: Iterable[NamedDefinition] = ()) -> None:
        self._found = sorted(found, key=_order)
        self._tables: dict[Key, dict[Hashable, list[NamedDefinition]]] = {}
        self._files: dict[str, dict[str, list[NamedDefinition]]] | None = None

    def __bool__(self) -> bool:
        return bool(self._found)

    def all(self) -> Sequence[NamedDefinition]:
        """Every one: for what is computed once for the name, never for one reference."""
        return self._found

    def by(self, key: Key, value: Hashable = True) -> Sequence[NamedDefinition]:
        """Those for which ``key``, a function of a module, gives ``value``: all, or at least ENOUGH of them."""
        table = self._tables.get(key)
        if table is None:
            table = self._tables[key] = self._table(key)
        return table.get(value, ())

    def files(self, qualname: str) -> Mapping[str, Sequence[NamedDefinition]]:
        """Path -> those with that qualified name, of every file that has one, ordered by path."""
        if self._files is None:
            self._files = {}
            for one in self._found:
                self._files.setdefault(one.qualname, {}).setdefault(one.target.path, []).append(one)
        return self._files.get(qualname, {})

    def _table(self, key: Key) -> dict[Hashable, list[NamedDefinition]]:
        table: dict[Hashable, list[NamedDefinition]] = {}
        for one in self._found:
            value = key(one)
            if value is None:
                continue
            _add(table.setdefault(value, []), one)
        return table


def enough(found: Iterable[NamedDefinition]) -> Sequence[NamedDefinition]:
    """The first of ``found``, ordered by path: ENOUGH of them, if there are so many."""
    row: list[NamedDefinition] = []
    for one in found:
        if len(row) == _MOST:
            break
        _add(row, one)
    return row


def _add(row: list[NamedDefinition], one: NamedDefinition) -> None:
    """What is written twice counts twice, but not more often."""
    written = sum(one.target == other.target for other in row[-_TWICE:])
    if written < _TWICE and len(row) < _MOST:
        row.append(one)


NO_DEFINITIONS = Definitions()


def of_qualname(one: NamedDefinition) -> str:
    """Rows of one qualified name."""
    return one.qualname


def of_method(one: NamedDefinition) -> bool | None:
    """The functions inside of something else."""
    return (one.kind in ("method", "function") and "." in one.qualname) or None


def of_top_level(one: NamedDefinition) -> str | None:
    """Rows of one file's definitions at its top, by path."""
    return one.target.path if one.qualname == one.name else None
