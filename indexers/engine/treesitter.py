"""The shared engine of all languages with a grammar, and the only room that imports tree_sitter.

A language is a ``GrammarRules`` value: a grammar, one or more ``.scm`` queries beside the language module, and few
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
  @outer         wrapper (decorators, ``export``) of one definition, which takes over its span; capture it only
                 where a definition follows directly inside
  @scope @block  nameless function (lambda, comprehension) / plain block; their locals end with them
  @variable      name bound by assignment: a Symbol in a file, class or namespace (the first time there; later
                 times are a ``read`` reference), else a local. A name that the same scope imports is no Symbol
  @declaration   statement around @variable: gives the Symbol's end
  @constant      the same for a name that the language declares constant, in whatever case it is written
  @hoisted       like @variable, but belongs to the enclosing function, not block (``var``)
  @local         name bound here (parameter, loop variable, type parameter), never a symbol
  @local.header  the same, seen in the header too where ``header_outside`` (type parameters)
  @global        name that this function takes from the file
  @attribute     what may stand between a definition and the comment that documents it (Rust ``#[…]``)
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
  @indexed       an expression of which an element is taken (``a`` of ``a[i]``): chains over it are ``a[].b``
  @invocation    a call whose callee is no node of its own (Java ``a.b(x)``): it is a @member and @call from the
                 start of the node to the end of its field ``name`` (or ``method``)
  @generic       a name with type arguments (C# ``Foo<T>``) that ends what is captured as @member, @call, @inherit or
                 @decorate: such a span ends with the first child, the name
  @write         an identifier or member expression, written out by node type (no two that may end together), that is
                 assigned to; in a query that has it every other use of a value reads
  @update        the same for one that is read and written: ``+=``, ``++``, an element of it is assigned
  @either        the same where syntax does not tell: its address is taken, a macro, an argument by reference
  @text          what stands in a string, without its quotes and what is computed in it
  @binds         a statement that binds local names, which hold behind it; @region: what ends them (a block)
  @label         the name of a keyword argument
  @loose         around names that are taken for local ones without being surely so
  @unproven      an identifier that is a local name and names something else as well (``{ name }``), or may (macros)
  @type          text inside of which plain uses are of kind ``type``
  @skip          identifier that is no use (keyword argument, label)
  @opaque        span inside which no identifier is a use (import statements)
A hook ``x`` in ``GrammarRules.hooks`` is called once per node captured as ``@x`` (one of the above or its own),
in order of position (outer before inner), with the FileBuilder and the Node; hooks run in the order of the mapping. A
capture that is but data for hooks is listed in ``GrammarRules.data``; ``file.spans[name]``, ``file.starts(name)`` and
``file.ends(name)`` tell where it is; a hook may add spans of its own. Predicates (``#match?`` …) raise on bytes that
are no UTF-8: not used.

Which uses are reported: a plain name unless a local binding hides it or it is in ``builtins`` (and the file does
not bind it) or in ``self_names``; every member, whatever its root. Column and line are those of the name itself.
Speed: each captured node costs about a microsecond. Where a grammar has supertypes, ``(expression/identifier)`` is
cheaper than every identifier and exact.
Limits: expressions nested deeper than 10,000 and chains longer than 200 characters are not followed.
"""

from __future__ import annotations

import gc
import importlib
from functools import cached_property
from importlib import resources

from tree_sitter import Language, Parser, Query, QueryCursor

from indexers.engine.file_builder import FileBuilder, GrammarRules, Hook
from indexers.engine.node import Node
from indexers.engine.scopes import Scope, Span
from indexers.facts import FileFacts, Problem

__all__ = ["FileBuilder", "Grammar", "GrammarRules", "Hook", "Node", "Scope", "Span"]

_MAX_DEPTH = 10_000  # beyond 65,535 the library's own counter wraps and queries turn quadratic
_MAX_ERROR_CHILDREN = 20_000  # a query is quadratic in the unnamed children of one ERROR node
_KNOWN = frozenset(
    """container name owner body outer scope block variable constant declaration hoisted local local.header global
    attribute doc doc.file comment id id.type member call inherit decorate indexed invocation generic type skip opaque
    write update either text label binds region loose unproven error""".split()  # noqa: SIM905
)


class Grammar:
    """A compiled language; compiles on first use."""

    def __init__(self, rules: GrammarRules) -> None:
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
        text = "\n".join(folder.joinpath(name).read_text("utf-8") for name in self.rules.queries)
        query = Query(self._language, text)
        for index in range(query.capture_count):
            name = query.capture_name(index)
            known = name in _KNOWN or name.startswith("def.") or name in self.rules.data
            if not known and name not in self.rules.hooks:
                raise ValueError(f"{self.rules.queries}: capture @{name} has no hook")
        return query

    @cached_property
    def _tells_access(self) -> bool:
        names = (self._query.capture_name(index) for index in range(self._query.capture_count))
        return "write" in names

    @cached_property
    def _error_query(self) -> Query:
        return Query(self._language, "[(ERROR) (MISSING)] @error")

    def extract(self, source: bytes) -> FileFacts:
        """The facts of one file; any bytes are accepted, nothing is raised for broken source."""
        collecting = gc.isenabled()
        gc.disable()  # many small values and no cycles: the collector would find nothing, again and again
        try:
            return self._read(source)
        finally:
            if collecting:
                gc.enable()

    def _read(self, source: bytes) -> FileFacts:
        limit = self.rules.max_line
        if limit and len(source) > limit and max(map(len, source.split(b"\n"))) > limit:
            return FileFacts(
                self.rules.name, problems=(Problem("limit", 1, "a line is too long to be read"),)
            )
        root = self._parser.parse(source).root_node
        if root.has_error and _is_hopeless(root):
            return FileFacts(self.rules.name, problems=(Problem("limit", 1, "too broken to be read"),))
        captures = self._captures(self._query, root)
        if self._tells_access:
            captures.setdefault("write", [])
        if root.has_error:
            captures |= self._captures(self._error_query, root)
        if self.rules.classify:
            self.rules.classify(source, captures)
        return FileBuilder(self.rules, source, captures).facts()

    @staticmethod
    def _captures(query: Query, root: Node) -> dict[str, list[Node]]:
        cursor = QueryCursor(query)
        cursor.set_max_start_depth(_MAX_DEPTH)
        return cursor.captures(root)


def _is_hopeless(root: Node) -> bool:
    return any(node.is_error and node.child_count > _MAX_ERROR_CHILDREN for node in (root, *root.children))
