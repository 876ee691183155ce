"""What linking needs to know of a language. The defaults hold for a language of which little is known."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexers.facts import Import
from memoryd.ingest.link.view import Target, View

_NO_TYPE = frozenset({"None", "null", "undefined", "void", "nil"})


class Rules:
    """One language's own rules of names. Stateless: all look-ups go through the view, which notes them.

    ``members_in_scope``: a method sees the members of its class, inherited ones included, without receiver.
    ``self_names``/``class_names``/``super_names``: how a method calls its object, its class, its bases.
    ``invoke``: the method that is run when an instance is called, ``""`` for none.
    ``reexports``: what a file imports can be imported from it."""

    members_in_scope = False
    self_names: frozenset[str] = frozenset({"self", "this"})
    class_names: frozenset[str] = frozenset()
    super_names: frozenset[str] = frozenset({"super"})
    invoke = ""
    reexports = True
    manifests: frozenset[str] = frozenset()

    def resolve(self, view: View, path: str, item: Import) -> Target | None:
        """What the import of the file at ``path`` names, as written: the first file (or folder), re-exports not
        followed. None: it lies outside the project."""
        return None

    def stars(self, view: View, path: str) -> Sequence[Import]:
        """The imports that bring all names of another file."""
        return [item for item in view.outline(path).imports if item.name == "*"]

    def neighbours(self, view: View, path: str) -> Sequence[str]:
        """The other files whose top-level names need no import."""
        return ()

    def homes(self, view: View, owner: Target) -> Sequence[str]:
        """The files where members of the type ``owner`` may be defined, the nearest first."""
        return (owner.path,)

    def inside(self, view: View, path: str, name: str) -> Target | None:
        """What lies below a file or folder (path ends with ``/``) under that name: a submodule."""
        return None

    def linear(self, owner: Target, bases: Sequence[Sequence[Target]]) -> list[Target]:
        """The order in which classes are searched. ``bases``: the linear order of each base, as written."""
        return breadth_first(owner, bases)

    def type_texts(self, text: str) -> tuple[str, ...]:
        """The dotted names of the types that a written type may be."""
        return bare_types(text)


def breadth_first(owner: Target, bases: Sequence[Sequence[Target]]) -> list[Target]:
    """``owner``, then its bases level by level, each once."""
    found = {owner: None}
    for level in range(max((len(order) for order in bases), default=0)):
        for order in bases:
            if level < len(order):
                found.setdefault(order[level], None)
    return list(found)


_WRAPPERS = re.compile(
    r"^(?:typing\.)?(?:Optional|Final|ClassVar|Annotated|type|Type|Box|Rc|Arc|Option)[\[<](.*)[\]>]$"
)


def bare_types(text: str) -> tuple[str, ...]:
    """``Optional["a.B"]``, ``*pkg.B``, ``B | None``, ``B<T>`` → the dotted names of the types."""
    found = []
    for part in text.split("|") if "[" not in text.partition("|")[0] else [text]:
        bare = _bare_type(part)
        if bare and bare not in _NO_TYPE:
            found.append(bare)
    return tuple(found)


def _bare_type(text: str) -> str:
    text = text.strip().strip("\"'").lstrip("*&").removeprefix("mut ").strip()
    match = _WRAPPERS.match(text)
    if match:
        return _bare_type(match[1].partition("|")[0])
    bare = re.split(r"[\[<(]", text, maxsplit=1)[0]
    return bare.strip().strip("\"'").replace("::", ".")
