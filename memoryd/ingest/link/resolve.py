"""From the references of one file to the definitions they mean.

Only what the file and its imports say is followed: scopes, imports and re-exports, ``self``, written types,
constructors, base classes. A method whose receiver stays unknown is linked only when the whole project has
one method of that name, and then as ``name-only``: a hint, never a fact.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from indexers.facts import Import, Reference, Symbol
from memoryd.ingest.link.imports import RESOLVERS
from memoryd.ingest.link.tree import MAX_HOPS, Target, Tree, Unit
from memoryd.store.writer import EdgeRow

_CLASS_KINDS = frozenset({"class", "interface", "struct", "enum", "trait", "type"})
_MEMBERS_IN_SCOPE = frozenset(
    {"java", "cpp"}
)  # elsewhere a class body is no scope for the functions inside it
_SCRIPTS = frozenset({"javascript", "typescript"})
_SELF = frozenset({"self", "cls", "this", "super()", "super", "Self"})
_EDGE_OF = {
    "call": "calls",
    "inherit": "inherits",
    "type": "references",
    "read": "references",
    "decorate": "references",
}
_NAME_ONLY_MIN_LENGTH = 5  # shorter method names collide with the standard library of every language
_WRAPPERS = re.compile(
    r"^(?:typing\.)?(?:Optional|Final|ClassVar|Annotated|type|Type|Box|Rc|Arc|Option)[\[<](.*)[\]>]$"
)


class Found(Struct, frozen=True):
    target: Target
    method: str
    confidence: float


class Resolver:
    """Definition look-ups over a tree; results are cached, so one serves all files of a run."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._named: dict[tuple[str, str, str], Target | None] = {}
        self._closures: dict[str, list[str]] = {}
        self._bases: dict[Target, list[Target]] = {}
        self._definitions: dict[Target, Target | None] = {}
        self._scopes: dict[str, _Scopes] = {}

    def scopes(self, path: str) -> _Scopes:
        found = self._scopes.get(path)
        if found is None:
            found = self._scopes[path] = _Scopes(self.tree.units[path])
        return found

    def imported(self, path: str, item: Import) -> Target | None:
        """What the import names, followed to the definition where there is one."""
        target = self.named(path, item)
        if target is None or not target.qualname:
            return target
        return self.definition(target) or Target(target.path)

    def named(self, path: str, item: Import) -> Target | None:
        """What the import of the file at ``path`` names, as written: the first file, re-exports not followed."""
        key = (path, item.module, item.name)
        if key not in self._named:
            resolve = RESOLVERS.get(self.tree.language(path))
            self._named[key] = resolve(self.tree, path, item) if resolve else None
        return self._named[key]

    def definition(self, wanted: Target) -> Target | None:
        """The file that really defines ``wanted``, through re-exports and package folders; None if nobody."""
        if wanted not in self._definitions:
            self._definitions[wanted] = None  # cuts import cycles
            self._definitions[wanted] = self._define(wanted, MAX_HOPS)
        return self._definitions[wanted]

    def _define(self, wanted: Target, hops: int) -> Target | None:
        for path in self._package_files(wanted.path):
            if wanted.qualname in self.tree.symbols(path):
                return Target(path, wanted.qualname)
        if not hops:
            return None
        for file in (wanted.path, *self._closure(wanted.path)):
            found = self._held(file, wanted.qualname, hops)
            if found:
                return found
        head, _, rest = wanted.qualname.partition(".")
        return self._inherited(wanted, head, rest)

    def _held(self, file: str, qualname: str, hops: int) -> Target | None:
        """``qualname`` as the file itself has it: defined, imported, or handed out under another name."""
        if qualname in self.tree.symbols(file):
            return Target(file, qualname)
        head, _, rest = qualname.partition(".")
        item = self.tree.module_imports(file).get(head)
        if item is not None:
            return self._through(file, item, rest, hops)
        original = self.scopes(file).handed_out.get(
            head
        )  # ``export default Foo``, ``export { Foo as head }``
        return (
            self._define(Target(file, f"{original}.{rest}" if rest else original), hops - 1)
            if original
            else None
        )

    def _closure(self, path: str) -> list[str]:
        """Files reached over star imports, nearest first, without ``path``."""
        found = self._closures.get(path)
        if found is None:
            reached, at = {path: None}, [path]
            for file in at:
                for star in self.scopes(file).stars:
                    target = self.named(file, star)
                    if target and not target.qualname and target.path not in reached:
                        reached[target.path] = None
                        at.append(target.path)
            found = self._closures[path] = at[1:]
        return found

    def _through(self, path: str, item: Import, rest: str, hops: int) -> Target | None:
        target = self.named(path, item)
        if target is None:
            return None
        qualname = ".".join(part for part in (target.qualname, rest) if part)
        return self._define(Target(target.path, qualname), hops - 1) if qualname else target

    def _inherited(self, wanted: Target, head: str, rest: str) -> Target | None:
        if rest and self.tree.symbols(wanted.path).get(head) in _CLASS_KINDS:
            return self.member(Target(wanted.path, head), rest)
        return None

    def _package_files(self, path: str) -> list[str]:
        unit = self.tree.units[path]
        return self.tree.neighbours(unit) if unit.facts.language in ("go", "java") else [path]

    def member(self, owner: Target, name: str) -> Target | None:
        """``name`` in the class ``owner`` or the nearest base that has it (breadth first, cycles cut)."""
        seen, level = {owner}, [owner]
        while level:
            following: list[Target] = []
            for cls in level:
                for path in self._package_files(cls.path):
                    if f"{cls.qualname}.{name}" in self.tree.symbols(path):
                        return Target(path, f"{cls.qualname}.{name}")
                following += [base for base in self.bases(cls) if base not in seen]
                seen.update(following)
            level = following
        return None

    def bases(self, owner: Target) -> list[Target]:
        found = self._bases.get(owner)
        if found is None:
            self._bases[owner] = []
            scopes = self.scopes(owner.path)
            found = self._bases[owner] = [
                hit.target
                for ref in scopes.inherits.get(owner.qualname, ())
                if (hit := self.name(owner.path, _dotted(ref), ref.scope.rpartition(".")[0]))
                and hit.target != owner
            ]
        return found

    def name(self, path: str, dotted: str, scope: str) -> Found | None:
        """What a dotted name means at ``scope`` of the file: own symbol, import, package neighbour."""
        head, _, rest = dotted.partition(".")
        target = self._head(path, head, scope)
        if target is None or not rest:
            return Found(target, "exact", 1.0) if target else None
        return self._attribute(target, rest)

    def _attribute(self, target: Target, rest: str) -> Found | None:
        if target.qualname:
            found = self.member(target, rest)
            return Found(found, "exact", 0.95) if found else None
        found = self.definition(Target(target.path, rest))
        if found is None and target.path.endswith("/__init__.py"):  # ``import pkg`` then ``pkg.module.name``
            folder = posixpath.dirname(target.path)
            head, _, tail = rest.partition(".")
            module = self.tree.first(f"{folder}/{head}.py", f"{folder}/{head}/__init__.py")
            if module:
                return self._attribute(Target(module), tail) if tail else Found(Target(module), "exact", 1.0)
        return Found(found, "exact", 1.0) if found else None

    def _head(self, path: str, head: str, scope: str) -> Target | None:
        scopes = self.scopes(path)
        symbols = self.tree.symbols(path)
        members_visible = self.tree.language(path) in _MEMBERS_IN_SCOPE
        for prefix in _enclosing(scope):
            qualname = f"{prefix}.{head}" if prefix else head
            visible = (
                not prefix or prefix == scope or members_visible or symbols.get(prefix) not in _CLASS_KINDS
            )
            if qualname in symbols and visible:
                return Target(path, qualname)
            item = scopes.imports.get((prefix, head))
            if item is not None:
                return self.imported(path, item)
        for neighbour in self.tree.neighbours(self.tree.units[path]):
            if head in self.tree.symbols(neighbour):
                return Target(neighbour, head)
        held = (self._held(file, head, MAX_HOPS) for file in self._closure(path))
        return next((target for target in held if target), None)

    def reference(self, path: str, ref: Reference) -> Found | None:
        """The definition that ``ref`` means, or None: external, local or unknown."""
        if not ref.receiver:
            return self.name(path, ref.name, ref.scope)
        root, _, middle = ref.receiver.partition(".")
        if root in _SELF:
            owner = self.scopes(path).owner(ref.scope)
            found = self._on_self(path, owner, root, middle, ref.name) if owner else None
        else:
            found = self.name(path, f"{ref.receiver}.{ref.name}", ref.scope)
            found = found or self._on_typed(path, root, middle, ref)
        return found or self._by_name_alone(path, ref)

    def _on_self(self, path: str, owner: str, root: str, middle: str, name: str) -> Found | None:
        cls = Target(path, owner)
        if middle:
            typed = self._typed(path, f"self.{middle}", owner) or self._typed(path, f"this.{middle}", owner)
            target = self.member(typed, name) if typed else None
            return Found(target, "inferred", 0.85) if target else None
        if root.startswith("super"):
            target = next((t for base in self.bases(cls) if (t := self.member(base, name))), None)
        else:
            target = self.member(cls, name)
        return Found(target, "exact", 0.95) if target else None

    def _on_typed(self, path: str, root: str, middle: str, ref: Reference) -> Found | None:
        typed = None if middle else self._typed(path, root, ref.scope)
        target = self.member(typed, ref.name) if typed else None
        return Found(target, "inferred", 0.85) if target else None

    def _typed(self, path: str, name: str, scope: str) -> Target | None:
        """The class that a variable or attribute is said to be, by the nearest binding."""
        scopes = self.scopes(path)
        for prefix in _enclosing(scope):
            for key in ((prefix, name), *scopes.attributes.get((prefix, name), ())):
                text = scopes.types.get(key)
                found = self.name(path, _bare_type(text), key[0]) if text else None
                if found and self.tree.symbols(found.target.path).get(found.target.qualname) in _CLASS_KINDS:
                    return found.target
        return None

    def _by_name_alone(self, path: str, ref: Reference) -> Found | None:
        if ref.kind != "call" or len(ref.name) < _NAME_ONLY_MIN_LENGTH:
            return None
        root = ref.receiver.partition(".")[0]
        if any((prefix, root) in self.scopes(path).imports for prefix in _enclosing(ref.scope)):
            return None  # the receiver is imported: it is known, and known not to have that name here
        candidates = [t for t in self.tree.methods.get(ref.name, ()) if "." in t.qualname]
        same = [t for t in candidates if self.tree.language(t.path) == self.tree.language(path)]
        return Found(same[0], "name-only", 0.3) if len(same) == 1 else None


class _Scopes:
    """The names that one file binds, by scope."""

    def __init__(self, unit: Unit) -> None:
        facts = unit.facts
        self.symbols: dict[str, Symbol] = {s.qualname: s for s in facts.symbols}
        self.imports: dict[tuple[str, str], Import] = {
            (i.scope, i.alias): i for i in facts.imports if i.alias
        }
        self.stars = [i for i in facts.imports if i.name == "*" or facts.language in ("c", "cpp")]
        self.types = {(b.scope, b.name): b.type_text for b in facts.bindings}
        scripts = facts.language in _SCRIPTS
        self.handed_out = {
            b.name: b.type_text for b in facts.bindings if scripts and not b.scope and b.how == "alias"
        }
        self.attributes: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for scope, name in self.types:  # self.x bound in one method is seen from all of its class
            if name.startswith(("self.", "this.")) and (owner := self.owner(scope)):
                self.attributes[owner, name].append((scope, name))
        self.inherits: dict[str, list[Reference]] = defaultdict(list)
        for ref in facts.references:
            if ref.kind == "inherit":
                self.inherits[self.owner(ref.scope) or ref.scope].append(ref)

    def owner(self, scope: str) -> str | None:
        """The class around ``scope``, itself included."""
        for prefix in _enclosing(scope):
            symbol = self.symbols.get(prefix)
            if symbol is not None and symbol.kind in _CLASS_KINDS:
                return prefix
        head, dot, _ = scope.partition(".")  # Go and C++: methods may stand outside their type's file
        return head if dot and head not in self.symbols else None


def link_file(resolver: Resolver, unit: Unit) -> tuple[list[EdgeRow], int]:
    """All edges that start in the file, and how many references inside the project stayed unresolved."""
    edges = dict.fromkeys(_import_edges(resolver, unit))
    unresolved = 0
    for ref in unit.facts.references:
        found = resolver.reference(unit.path, ref)
        if found is None:
            unresolved += 1
        elif found.target != Target(unit.path, ref.scope) or ref.kind == "call":
            edges[
                EdgeRow(
                    ref.scope,
                    _EDGE_OF[ref.kind],
                    found.target.path,
                    found.target.qualname,
                    ref.line,
                    found.method,
                    found.confidence,
                )
            ] = None
    return list(edges), unresolved


def _import_edges(resolver: Resolver, unit: Unit) -> Iterator[EdgeRow]:
    resolve = RESOLVERS.get(unit.facts.language)
    if resolve is None:
        return
    for item in unit.facts.imports:
        target = resolve(resolver.tree, unit.path, item)
        if target is None:
            continue
        if target.path != unit.path:
            yield EdgeRow("", "imports", target.path, "", item.line, "exact", 1.0)
        defined = resolver.definition(target) if target.qualname else None
        if defined and defined.path != unit.path:
            yield EdgeRow(item.scope, "references", defined.path, defined.qualname, item.line, "exact", 1.0)


def _enclosing(scope: str) -> Iterator[str]:
    """``a.b`` → ``a.b``, ``a``, ````."""
    while scope:
        yield scope
        scope = scope.rpartition(".")[0]
    yield ""


def _dotted(ref: Reference) -> str:
    return f"{ref.receiver}.{ref.name}" if ref.receiver else ref.name


def _bare_type(text: str) -> str:
    """``Optional["a.B"]``, ``*pkg.B``, ``B | None``, ``B<T>`` → the dotted name of the type."""
    text = text.strip().strip("\"'").lstrip("*&").removeprefix("mut ").strip()
    match = _WRAPPERS.match(text)
    if match:
        return _bare_type(match[1])
    parts = [part.strip() for part in text.split("|") if part.strip() not in ("None", "null", "undefined")]
    bare = re.split(r"[\[<(]", parts[0], maxsplit=1)[0] if parts else ""
    return bare.strip().strip("\"'").replace("::", ".")
