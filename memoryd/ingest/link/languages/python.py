"""Python: packages and modules (language reference, sections 5.2 to 5.7), method resolution order (PEP 253, C3)."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Sequence

from indexers.facts import Import
from indexers.outline import NO_ENTRY
from memoryd.ingest.link.definitions import DefinitionTarget
from memoryd.ingest.link.languages.python_types import is_container, part_of
from memoryd.ingest.link.rules import MAX_ANCESTORS, LanguageRules, breadth_first
from memoryd.ingest.link.view import LinkView


class Python(LanguageRules):
    plain_scopes = True
    self_names = frozenset({"self"})
    class_names = frozenset({"cls"})
    invoke = "__call__"
    protocols = True

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        for base in _bases(view, path, item.module):
            found = _member(view, base, item.name)
            if found:
                return found
        return None

    def quoted(self, owner: str, name: str) -> Iterator[tuple[Import, tuple[str, ...]]]:
        parts = (*filter(None, owner.split(".")), name)
        for count in range(len(parts) - 1, 0, -1):
            yield Import(".".join(parts[:count]), parts[count], "", 0), parts[count + 1 :]
        if len(parts) == 1:
            yield Import(name, "", "", 0), ()

    def inside(self, view: LinkView, path: str, name: str) -> DefinitionTarget | None:
        folder, base = posixpath.split(path)
        if base and not base.startswith("__init__."):
            return None
        return _submodule(view, posixpath.join(folder, name))

    def has_parts(self, text: str) -> bool:
        return is_container(text)

    def part(self, text: str, part: str) -> str:
        return part_of(text, part)

    def linear(
        self, owner: DefinitionTarget, bases: Sequence[Sequence[DefinitionTarget]]
    ) -> list[DefinitionTarget]:
        return c3(owner, bases) or breadth_first(owner, bases)


def _member(view: LinkView, base: str, name: str) -> DefinitionTarget | None:
    """``base``: module path without extension, ``""`` for a root itself."""
    module = _module(view, base)
    if not name or name == "*":
        return DefinitionTarget(module) if module else _folder(view, base)
    entry = view.entry(module, name) if module else NO_ENTRY
    if module and entry.kind:
        return DefinitionTarget(module, name)
    submodule = _module(view, posixpath.join(base, name))
    if submodule:  # the package may import it under its own name as well
        return DefinitionTarget(submodule)
    if module and entry.imports:
        return DefinitionTarget(module, name)
    return _folder(view, posixpath.join(base, name)) or (DefinitionTarget(module, name) if module else None)


def _module(view: LinkView, base: str) -> str | None:
    return view.first(f"{base}.py", f"{base}/__init__.py", f"{base}.pyi", f"{base}/__init__.pyi")


def _submodule(view: LinkView, base: str) -> DefinitionTarget | None:
    module = _module(view, base)
    return DefinitionTarget(module) if module else _folder(view, base)


def _folder(view: LinkView, base: str) -> DefinitionTarget | None:
    """A namespace package (PEP 420)."""
    return DefinitionTarget(f"{base}/") if base and view.is_folder(base) else None


def _bases(view: LinkView, path: str, module: str) -> Iterator[str]:
    dots = len(module) - len(module.lstrip("."))
    tail = module.lstrip(".").replace(".", "/")
    folder = posixpath.dirname(path)
    if dots:
        for _ in range(dots - 1):
            folder = posixpath.dirname(folder)
        yield posixpath.join(folder, tail) if tail else folder
        return
    head = tail.partition("/")[0]
    for root in view.fixpoints(("python roots", folder), lambda: tuple(_roots(view, folder)), ()):
        top = posixpath.join(root, head)
        if view.first(f"{top}.py", f"{top}.pyi") or view.is_folder(top):
            yield posixpath.join(root, tail)


def _roots(view: LinkView, folder: str) -> Iterator[str]:
    """Import roots, nearest first, each once: the folder and its parents as far as they are no packages, ``src``
    beside them. The folder of a package is none: what lies beside a module hides nothing of the standard library."""
    found: dict[str, None] = {}
    here = folder
    while True:
        if here and f"{here}/__init__.py" not in view:
            found[here] = None
            if view.is_folder(f"{here}/src"):
                found[f"{here}/src"] = None
        if not here:
            break
        here = posixpath.dirname(here)
    found.update(dict.fromkeys(("", "src", "lib")))
    yield from found


def c3(owner: DefinitionTarget, bases: Sequence[Sequence[DefinitionTarget]]) -> list[DefinitionTarget]:
    """The C3 linearisation (Barrett et al., 1996), of it the first MAX_ANCESTORS; empty when the bases contradict each
    other."""
    found = [owner]
    queues = [list(order) for order in bases if order]
    queues.append([order[0] for order in bases if order])
    in_tails = Counter(target for queue in queues for target in queue[1:])
    heads = [0] * len(queues)
    while len(found) < MAX_ANCESTORS:
        open_ = [
            (queue[at], n) for n, (queue, at) in enumerate(zip(queues, heads, strict=True)) if at < len(queue)
        ]
        if not open_:
            break
        head = next((target for target, _ in open_ if not in_tails[target]), None)
        if head is None:
            return []
        found.append(head)
        for n in (n for target, n in open_ if target == head):
            heads[n] += 1
            if heads[n] < len(queues[n]):
                in_tails[queues[n][heads[n]]] -= 1
    return found
