"""The shared engine of all languages with a grammar, and the only importer of tree_sitter.

A language is a ``Rules`` value: a grammar, one or more ``.scm`` queries beside the language module, and few
hooks. ``Grammar(rules).extract(source)`` parses, runs the query once and turns its captures into FileFacts.
Every capture is taken as a byte span; relations between captures follow from their positions alone (what
encloses what, what comes next), never from a walk over the tree. So write patterns that end early (capture
``(call function: (_) @call)``, not the parts of the function) and let the engine read the text.

Captures that build scopes and symbols
  @def.KIND      a definition, KIND a SymbolKind. It is a scope and, with a name, a Symbol; ``function`` inside
                 a class-like scope (or with an owner) becomes ``method``.
  @container     names its members but is no symbol (Rust ``impl Foo``); needs @name
  @name          the name: goes to the innermost enclosing definition/container without one. ``A::b`` counts
                 as owner A and name b.
  @owner         text put before the name in the qualname (Go's receiver type)
  @body          start of the body: the signature is the text before it
  @outer         wrapper (decorators, ``export``) whose first definition takes over its span
  @scope @block  nameless function (lambda, comprehension) / plain block; their locals end with them
  @variable      name bound by assignment: a Symbol in a file, class or namespace (the first time there; later
                 times are a ``read`` reference), else a local
  @declaration   statement around @variable: gives the Symbol's end
  @hoisted       like @variable, but belongs to the enclosing function, not block (``var``)
  @local         name bound here (parameter, loop variable, type parameter), never a symbol
  @global        name that this function takes from the file
  @doc           doc string at a body's start; @doc.file for the file (becomes a Comment with scope "")
  @comment       any comment. Directly above a definition and starting with one of ``doc_prefixes`` it is its doc
Captures that build references
  @id            every plain identifier that may be a use. Binding positions may be included: names, locals,
                 variables, @skip and the last part of a @member are left out by position.
  @id.type       the same for identifiers that the grammar itself calls types: kind ``type``
  @member        a whole member expression ``a.b.c`` (also ``::``, ``->``, ``?.``): one reference for its last
                 part. Inner members are captured as well, so every part of a chain becomes a reference.
  @call @inherit @decorate   an identifier or member expression in that position: sets the kind. For @call give
                 every called expression, whatever it is: chains over calls (``f(x).g()``) need it.
  @type          text inside of which plain uses are of kind ``type``
  @skip          identifier that is no use (keyword argument, label)
  @opaque        span inside which no identifier is a use (import statements)
Problems
  @error         ERROR or MISSING node
Any other capture ``@x`` needs a hook ``x`` in ``Rules.hooks``: called once per node, in order of position, with
the File and the Node; hooks run in the order of ``Rules.hooks``. A name without hook may also be capture-only
data for a hook: it must be listed in ``Rules.data``; then ``file.spans[name]`` has its spans.

Which uses are reported: a plain name is unless a local binding hides it or it is in ``builtins`` (and the file does
not bind it); a member is unless its root is a builtin; a plain read on a local root is reported only where a
Binding tells its type or kind (``x: Foo``), a call always. Names in ``self_names`` are never reported alone.
Limits: expressions nested deeper than 10,000 and chains longer than 200 characters are not followed.
"""

from __future__ import annotations

import importlib
import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from importlib import resources
from operator import itemgetter
from typing import cast

from msgspec import Struct
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from indexers.chains import Chains
from indexers.facts import (
    Binding,
    Comment,
    FileFacts,
    Import,
    Problem,
    Reference,
    ReferenceKind,
    Symbol,
    SymbolKind,
)
from indexers.remarks import clean_comment, clean_docstring, comments, join_blocks
from indexers.scopes import (
    CLASS_KINDS,
    TRANSPARENT_KINDS,
    Positions,
    Scope,
    Segment,
    Span,
    build_scopes,
    build_segments,
    hide_names,
)

__all__ = ["File", "Grammar", "Hook", "Node", "Rules", "Scope", "Span"]

_MAX_DEPTH = 10_000  # beyond 65,535 the library's own counter wraps and queries turn quadratic
_MAX_ERROR_CHILDREN = 20_000  # a query is quadratic in the unnamed children of one ERROR node
_MAX_PROBLEMS = 20
_MAX_SIGNATURE = 400
_CONSTANT = re.compile(r"_*[A-Z][A-Z0-9_]*\Z")
_SPACES = re.compile(r"\s+")

_KNOWN = frozenset(
    """container name owner body outer scope block variable declaration hoisted local global doc doc.file comment
    id id.type member call inherit decorate type skip opaque error""".split()  # noqa: SIM905
)

Hook = Callable[["File", Node], None]


class Rules(Struct, frozen=True, kw_only=True):
    """A language as data. ``grammar``: module of the grammar wheel; ``entry``: its function. ``queries``: file
    names in indexers/languages, joined. ``members_in_scope``: a method sees its class's names without receiver.
    ``header_outside``: decorators, parameters' defaults and annotations see the names outside the definition.
    ``kind``/``exported``: the language's own rule per definition; default: the captured kind, and exported
    unless inside a function. ``finish``: last word on the facts."""

    name: str
    grammar: str
    queries: tuple[str, ...]
    entry: str = "language"
    hooks: Mapping[str, Hook] = {}
    data: frozenset[str] = frozenset()
    builtins: frozenset[bytes] = frozenset()
    self_names: frozenset[bytes] = frozenset()
    doc_prefixes: tuple[bytes, ...] = ()
    members_in_scope: bool = False
    header_outside: bool = False
    kind: Callable[[File, Scope], SymbolKind] | None = None
    exported: Callable[[File, Scope], bool] | None = None
    finish: Callable[[File, FileFacts], FileFacts] | None = None


class Grammar:
    """A compiled language; compiles on first use."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    @cached_property
    def _language(self) -> Language:
        return Language(getattr(importlib.import_module(self.rules.grammar), self.rules.entry)())

    @cached_property
    def _parser(self) -> Parser:
        return Parser(self._language)

    @cached_property
    def _query(self) -> Query:
        folder = resources.files("indexers.languages")
        query = Query(
            self._language, "\n".join(folder.joinpath(n).read_text("utf-8") for n in self.rules.queries)
        )
        for index in range(query.capture_count):
            name = query.capture_name(index)
            known = name in _KNOWN or name.startswith("def.") or name in self.rules.data
            if not known and name not in self.rules.hooks:
                raise ValueError(f"{self.rules.queries}: capture @{name} has no hook")
        return query

    def extract(self, source: bytes) -> FileFacts:
        """The facts of one file; any bytes are accepted, nothing is raised for broken source."""
        root = self._parser.parse(source).root_node
        if root.has_error and any(
            c.is_error and c.child_count > _MAX_ERROR_CHILDREN for c in [root, *root.children]
        ):
            return FileFacts(self.rules.name, problems=(Problem("limit", 1, "too broken to be read"),))
        cursor = QueryCursor(self._query)
        cursor.set_max_start_depth(_MAX_DEPTH)
        return File(self.rules, source, cursor.captures(root)).facts()


class File:
    """One file while its facts are collected; what hooks work with."""

    def __init__(self, rules: Rules, source: bytes, nodes: Mapping[str, Sequence[Node]]) -> None:
        self.rules, self.source, self.nodes = rules, source, nodes
        self.spans: dict[str, list[Span]] = {
            name: sorted({node.byte_range for node in found}) for name, found in nodes.items()
        }
        self._line_starts = [0, *(match.end() for match in re.finditer(b"\n", source))]
        self.scopes = build_scopes(source, self.spans)
        self.positions = Positions(self.scopes)
        self.chains = Chains(source, self.spans.get("call", ()))
        self.exports: list[str] | None = None
        self.package = ""
        self._imports: list[Import] = []
        self._bindings: list[Binding] = []
        self._symbols: list[Symbol] = []
        self._qualnames: set[str] = set()
        self._extra: list[tuple[int, Reference]] = []

    # ---- what hooks use -------------------------------------------------------------------------------

    def line(self, byte: int) -> int:
        """The 1-based line of a byte offset."""
        return bisect_right(self._line_starts, byte)

    def text(self, where: Node | Span) -> str:
        """The source text of a node or span."""
        start, end = where if isinstance(where, tuple) else where.byte_range
        return self.source[start:end].decode("utf-8", "replace")

    def scope_at(self, byte: int) -> Scope:
        """The innermost scope (named or not) at an offset; ``.qualname`` is what facts call scope."""
        return self.positions.scope_at(byte)

    def chain(self, where: Node | Span) -> str:
        """The expression as a dotted chain, calls without arguments (``a.b().c``); ``?`` when it is none."""
        start, end = where if isinstance(where, tuple) else where.byte_range
        return self.chains.text(start, end)

    def add_import(
        self,
        byte: int,
        module: str,
        name: str,
        alias: str,
        *,
        reexport: bool = False,
        type_only: bool = False,
    ) -> None:
        """Record an import and bind ``alias`` (its first part) in the scope at ``byte``."""
        scope = self.scope_at(byte)
        self._imports.append(
            Import(module, name, alias, self.line(byte), scope.qualname, reexport, type_only)
        )
        if alias and not reexport:
            scope.names.add(alias.encode())

    def add_binding(
        self, byte: int, name: str, type_text: str, how: str, scope: Scope | str | None = None
    ) -> None:
        """Record that ``name`` is a ``type_text`` in ``scope`` (or its qualname), else in the one at ``byte``."""
        qualname = scope if isinstance(scope, str) else (scope or self.scope_at(byte)).qualname
        type_text = _SPACES.sub(" ", type_text).strip()[:_MAX_SIGNATURE]
        self._bindings.append(Binding(qualname, name, type_text, self.line(byte), how))  # type: ignore[arg-type]

    def add_symbol(
        self, owner: Scope, name: str, kind: SymbolKind, name_at: int, span: Span, exported: bool
    ) -> bool:
        """Record a symbol that is no scope, unless ``owner`` already has one of this name."""
        qualname = f"{owner.qualname}.{name}" if owner.qualname else name
        if qualname in self._qualnames:
            return False
        self._qualnames.add(qualname)
        start, end = span
        signature = _one_line(self.text((start, min(end, start + _MAX_SIGNATURE))).partition("\n")[0])
        doc = self._doc_above(start)
        self._symbols.append(
            Symbol(
                name,
                qualname,
                kind,
                self.line(name_at),
                self.line(end - 1),
                start,
                end,
                signature,
                doc,
                exported,
            )
        )
        return True

    def add_reference(self, start: int, name: str, receiver: str, kind: ReferenceKind) -> None:
        """Record a use that no capture shows (a name inside of a string); ``start``: where the name is."""
        self._extra.append(
            (start, self._reference(start, name, receiver, kind, self.scope_at(start).qualname))
        )

    # ---- the passes -----------------------------------------------------------------------------------

    def facts(self) -> FileFacts:
        """Run all passes. Called once."""
        comment_blocks = join_blocks(self.source, self.spans.get("comment", ()), self.line)
        self._docs_above = self._doc_comments(comment_blocks)
        self._qualnames.update(scope.qualname for scope in self.scopes if scope.name)
        skip = self._bind_names()
        for name, hook in self.rules.hooks.items():
            for node in sorted(self.nodes.get(name, ()), key=_start_byte):
                hook(self, node)
        self._add_definitions()
        ignored = self.rules.builtins - self.scopes[0].names | self.rules.self_names
        hide_names(self.scopes, ignored, self.rules.members_in_scope)
        facts = FileFacts(
            language=self.rules.name,
            symbols=tuple(sorted(self._symbols, key=_symbol_order)),
            references=self._references(skip),
            imports=tuple(self._imports),
            bindings=tuple(self._bindings),
            comments=tuple(self._comments(comment_blocks)),
            problems=self._problems(),
            exports=None if self.exports is None else tuple(self.exports),
            package=self.package,
        )
        return self.rules.finish(self, facts) if self.rules.finish else facts

    def _bind_names(self) -> set[int]:
        """Bind variables and locals in their scopes; returns the starts of identifiers that are no uses."""
        spans = self.spans
        skip = {start for start, _ in spans.get("skip", ())}
        skip.update(scope.name_start for scope in self.scopes)
        source = self.source
        for start, end in spans.get("global", ()):
            self.scope_at(start).globals.add(source[start:end])
        declarations = spans.get("declaration", [])
        for start, end in sorted(spans.get("variable", []) + spans.get("hoisted", [])):
            if self._bind_variable((start, end), declarations):
                skip.add(start)
        for start, end in spans.get("local", ()):
            if start not in skip:
                skip.add(start)
                scope = self.scope_at(start)
                if source[start:end] not in scope.names:
                    scope.locals.add(source[start:end])
        return skip

    def _bind_variable(self, span: Span, declarations: Sequence[Span]) -> bool:
        """Whether this is where the name is bound; else it is one more use of it."""
        start, end = span
        scope = self.scope_at(start)
        if span in self._hoisted:
            while scope.kind == "block" and scope.parent:
                scope = scope.parent
        if scope.is_open:
            return self._add_variable(scope, span, _enclosing(declarations, start, end))
        name = self.source[start:end]
        if name in scope.globals:
            return False
        scope.locals.add(name)
        return True

    @cached_property
    def _hoisted(self) -> frozenset[Span]:
        return frozenset(self.spans.get("hoisted", ()))

    def _add_variable(self, scope: Scope, name_span: Span, declaration: Span) -> bool:
        name = self.text(name_span)
        scope.names.add(name.encode())
        kind: SymbolKind = "constant" if _CONSTANT.match(name) else "variable"
        if scope.kind in CLASS_KINDS:
            kind = "field"
        span = (min(declaration[0], name_span[0]), declaration[1])
        return self.add_symbol(scope, name, kind, name_span[0], span, not scope.in_function)

    def _add_definitions(self) -> None:
        docs = dict(self.spans.get("doc", ()))
        rules = self.rules
        for scope in self.scopes[1:]:
            if not scope.name or scope.kind in TRANSPARENT_KINDS or scope.kind == "container":
                continue
            assert scope.parent is not None  # only the file has none
            kind = rules.kind(self, scope) if rules.kind else cast(SymbolKind, scope.kind)
            exported = rules.exported(self, scope) if rules.exported else not scope.parent.in_function
            doc_end = docs.get(scope.body_start)
            doc = clean_docstring(self.text((scope.body_start, doc_end))) if doc_end else ""
            self._symbols.append(
                Symbol(
                    scope.name, scope.qualname, kind, self.line(scope.name_start), self.line(scope.end - 1),
                    scope.outer_start, scope.end, self._signature(scope),
                    doc or self._doc_above(scope.outer_start), exported,
                )
            )  # fmt: skip

    def _signature(self, scope: Scope) -> str:
        header = self.source[scope.start : min(scope.body_start, scope.start + 4 * _MAX_SIGNATURE)]
        if scope.body_start == scope.end:
            header = header.partition(b"\n")[0]
        elif b"\n" in header:
            header = self._without_comments(scope.start, header)
        return _one_line(header.decode("utf-8", "replace"))

    def _without_comments(self, start: int, text: bytes) -> bytes:
        found = self.spans.get("comment", [])
        index = bisect_right(found, (start,))
        while index < len(found) and found[index][0] < start + len(text):
            first, last = found[index][0] - start, found[index][1] - start
            text = text[:first] + b" " * (last - first) + text[last:]
            index += 1
        return text

    def _references(self, skip: set[int]) -> tuple[Reference, ...]:
        spans = self.spans
        types = spans.get("type", ())
        segments = build_segments(self.scopes, spans.get("opaque", ()), types, self.rules.header_outside)
        kinds: dict[int, ReferenceKind] = {}
        for capture in ("call", "inherit", "decorate"):
            kinds.update((end, cast(ReferenceKind, capture)) for _, end in spans.get(capture, ()))
        found = self._extra
        found += self._members(segments, kinds)
        member_ends = {end for _, end in spans.get("member", ())}
        found += self._plain_names(spans.get("id", ()), segments, skip, member_ends, kinds, "")
        found += self._plain_names(spans.get("id.type", ()), segments, skip, member_ends, kinds, "type")
        found.sort(key=itemgetter(0))
        return tuple(reference for _, reference in found)

    def _plain_names(
        self, spans: Iterable[Span], segments: Sequence[Segment], skip: set[int], member_ends: set[int],
        kinds: Mapping[int, ReferenceKind], default: str,
    ) -> list[tuple[int, Reference]]:  # fmt: skip
        source, found = self.source, []
        walk = _Walk(segments)
        limit = -1
        for start, end in spans:
            if start >= limit:
                segment, limit = walk.to(start)
                hidden, label, kind = segment.hidden, segment.label.qualname, default or segment.kind
            name = source[start:end]
            if name in hidden or start in skip or end in member_ends:
                continue
            use = kinds.get(end) or cast(ReferenceKind, kind)
            found.append((start, self._reference(start, name.decode("utf-8", "replace"), "", use, label)))
        return found

    def _members(
        self, segments: Sequence[Segment], kinds: Mapping[int, ReferenceKind]
    ) -> list[tuple[int, Reference]]:
        typed = {binding.name.encode() for binding in self._bindings}
        self_names, member, found = self.rules.self_names, self.chains.member, []
        walk = _Walk(segments)
        limit = -1
        for start, end in self.spans.get("member", ()):
            if start >= limit:
                segment, limit = walk.to(start)
                hidden, label, kind = segment.hidden, segment.label.qualname, segment.kind
            name, receiver, root = member(start, end)
            use = kinds.get(end) or cast(ReferenceKind, kind)
            if use == "read" and root in hidden and root not in self_names and root not in typed:
                continue
            if name:
                at = end - len(name.encode())
                found.append((at, self._reference(at, name, receiver, use, label)))
        return found

    def _reference(self, at: int, name: str, receiver: str, kind: ReferenceKind, scope: str) -> Reference:
        line = bisect_right(self._line_starts, at)
        return Reference(name, receiver, kind, line, at - self._line_starts[line - 1], scope)

    def _doc_comments(self, blocks: Sequence[Span]) -> dict[int, Span]:
        """Documentation comments by the line after them."""
        prefixes = self.rules.doc_prefixes
        found = {}
        for start, end in blocks:
            if prefixes and self.source.startswith(prefixes, start):
                found[self.line(end - 1) + 1] = (start, end)
        return found

    def _doc_above(self, start: int) -> str:
        span = self._docs_above.get(self.line(start))
        return clean_comment(self.text(span)) if span else ""

    def _comments(self, blocks: Sequence[Span]) -> list[Comment]:
        found = comments(self.source, blocks, self.line, lambda byte: self.scope_at(byte).qualname)
        for start, end in self.spans.get("doc.file", ()):
            text = clean_docstring(self.text((start, end)))
            found += [] if not text else [Comment(text, self.line(start), self.line(end - 1))]
        found.sort(key=_comment_order)
        return found

    def _problems(self) -> tuple[Problem, ...]:
        found = []
        for start, end in self.spans.get("error", ())[:_MAX_PROBLEMS]:
            snippet = _one_line(self.text((start, min(end, start + 60))))
            message = f"cannot read: {snippet}" if snippet else "something is missing"
            found.append(Problem("syntax", self.line(start), message))
        return tuple(found)


class _Walk:
    """A forward walk over segments: ``to(byte)`` gives the segment there and where it ends."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._starts = [segment.start for segment in segments]

    def to(self, byte: int) -> tuple[Segment, int]:
        index = bisect_right(self._starts, byte)
        limit = self._starts[index] if index < len(self._starts) else sys.maxsize
        return self._segments[index - 1], limit


def _enclosing(declarations: Sequence[Span], start: int, end: int) -> Span:
    """The innermost declaration around the span, or the span itself. Looks at few neighbours only."""
    index = bisect_right(declarations, (start, sys.maxsize))
    for candidate in reversed(declarations[max(0, index - 8) : index]):
        if candidate[1] >= end:
            return candidate
    return start, end


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip().rstrip(":{=; ")[:_MAX_SIGNATURE]


def _start_byte(node: Node) -> int:
    return node.start_byte


def _symbol_order(symbol: Symbol) -> tuple[int, int, str]:
    return symbol.start_byte, -symbol.end_byte, symbol.qualname


def _comment_order(comment: Comment) -> tuple[int, int]:
    return comment.line, comment.end_line
