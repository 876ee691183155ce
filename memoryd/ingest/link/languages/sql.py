"""SQL: tables, views and routines are those of a database, and no file says which files make up one. The nearest
definition is meant: schemas, migrations and queries of one database lie together."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from memoryd.ingest.link.definitions import DefinitionTarget
from memoryd.ingest.link.places import FolderItems, upwards
from memoryd.ingest.link.resolution import MAX_MEANINGS
from memoryd.ingest.link.rules import LanguageRules
from memoryd.ingest.link.view import LinkView

_SHARED = frozenset({"struct", "function", "type"})
_ANY = "*"  # no schema


class Sql(LanguageRules):
    """A name without schema may be one of any schema (the search path decides), if there is but one of that name."""

    self_names = frozenset()
    super_names = frozenset()
    reexports = False
    body_sees_members = False
    beside_is_sure = False
    spaces = True
    written_out = True

    def outside(self, view: LinkView, path: str, name: str) -> bool:
        """What no file creates comes with the database."""
        return not _by_schema(view, name)

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        found = _nearest(path, by) if (by := _by_schema(view, name).get(_ANY)) else ()
        bare = [target for target in found if "." not in target.qualname]
        schemas = {target.qualname for target in found}
        return bare or (found if len(schemas) == 1 else ())

    def space(self, view: LinkView, path: str, space: str, name: str) -> Sequence[DefinitionTarget]:
        found = _by_schema(view, name).get(space.lower()) if space else None
        return _nearest(path, found) if found else ()

    def absolute(
        self, view: LinkView, path: str, names: Sequence[str]
    ) -> tuple[DefinitionTarget | None, int]:
        found = self.space(view, path, ".".join(names[:-1]), names[-1])
        return (found[0] if len(found) == 1 else None), len(names)


def _by_schema(view: LinkView, name: str) -> Mapping[str, FolderItems[DefinitionTarget]]:
    """Schema (``*``: any) -> what files create in it under that name, in whatever case it is written."""
    return view.fixpoints(("sql", name), lambda: _read_schemas(view, name), {})


def _read_schemas(view: LinkView, name: str) -> Mapping[str, FolderItems[DefinitionTarget]]:
    found: dict[str, dict[DefinitionTarget, None]] = {}
    for spelling in dict.fromkeys((name, name.lower(), name.upper())):
        for one in view.named("sql", spelling).all():
            if one.kind in _SHARED:
                for schema in (one.qualname.rpartition(".")[0].lower(), _ANY):
                    found.setdefault(schema, {})[one.target] = None
    return {
        schema: FolderItems(((posixpath.dirname(t.path), t) for t in targets), MAX_MEANINGS + 1)
        for schema, targets in found.items()
    }


def _nearest(path: str, targets: FolderItems[DefinitionTarget]) -> Sequence[DefinitionTarget]:
    """Those in the nearest folder around the file that has any."""
    return next((row for folder in upwards(posixpath.dirname(path)) if (row := targets.below(folder))), ())
