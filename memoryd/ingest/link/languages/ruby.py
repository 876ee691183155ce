"""Ruby: constants of modules that any file may reopen, and methods of classes that it may (The Ruby Language, "Constant
lookup")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indexers.outline import join
from memoryd.ingest.link.definitions import DefinitionTarget, NamedDefinition, of_qualname
from memoryd.ingest.link.languages.paths import PathImports
from memoryd.ingest.link.view import LinkView

_CONSTANTS = frozenset({"class", "module", "constant"})
_TYPES = frozenset({"class", "module"})


class Ruby(PathImports):
    """Constants are known to all files once the one that defines them is loaded."""

    members_in_scope = True
    self_names = frozenset({"self"})
    beside_is_sure = False
    members_of_values = False
    types_capitalised = True
    spaces = True
    reopened = True
    written_out = True
    creators = frozenset({"new"})
    calls_bare = True

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        return _others(view, path, name)

    def space(self, view: LinkView, path: str, space: str, name: str) -> Sequence[DefinitionTarget]:
        return _others(view, path, join(space, name)) if space and name[:1].isupper() else ()

    def homes(self, view: LinkView, owner: DefinitionTarget, name: str) -> Iterable[str]:
        return (part.path for part in self.parts(view, owner))

    def parts(self, view: LinkView, owner: DefinitionTarget) -> Iterable[DefinitionTarget]:
        return dict.fromkeys((owner, *_types(view, owner.qualname)))

    def absolute(
        self, view: LinkView, path: str, names: Sequence[str]
    ) -> tuple[DefinitionTarget | None, int]:
        for count in range(len(names), 1, -1):
            rows = view.named("ruby", names[count - 1]).by(_of_constant, ".".join(names[:count]))
            found = dict.fromkeys(one.target for one in rows)
            if len(found) == 1:
                return next(iter(found)), count
        return None, 0


def _others(view: LinkView, path: str, qualname: str) -> list[DefinitionTarget]:
    """The constants of that qualified name in other files; of a class that several files open, the first."""
    name = qualname.rpartition(".")[2]
    rows = [one for one in view.named("ruby", name).by(_of_constant, qualname) if one.target.path != path]
    types = [one.target for one in rows if one.kind in _TYPES]
    return types or [one.target for one in rows]


def _types(view: LinkView, qualname: str) -> list[DefinitionTarget]:
    found = view.named("ruby", qualname.rpartition(".")[2]).by(of_qualname, qualname)
    return list(dict.fromkeys(one.target for one in found if one.kind in _TYPES))


def _of_constant(one: NamedDefinition) -> str | None:
    """Rows of one qualified name of a class, module or constant."""
    return one.qualname if one.kind in _CONSTANTS else None


RUBY = Ruby(".rb", "", roots=("lib", "", "test", "spec", "app"))
