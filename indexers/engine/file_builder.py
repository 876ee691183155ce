"""One file while its facts are collected: what hooks of languages work with, and the order of the passes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import cast

from msgspec import Struct

from indexers.engine import apart, references
from indexers.engine.comments import clean_comment, clean_docstring, comments, join_blocks, stands_alone
from indexers.engine.dotted_chains import DottedChains
from indexers.engine.node import Node
from indexers.engine.scopes import (
    CLASS_KINDS,
    TRANSPARENT_KINDS,
    Scope,
    Span,
    build_scopes,
    build_segments,
    hide_names,
    variable_kind,
)
from indexers.engine.spans import Spans, innermost, within
from indexers.facts import (
    Argument,
    Binding,
    Comment,
    FileFacts,
    Import,
    Problem,
    ReferenceKind,
    Symbol,
    SymbolKind,
)

_MAX_PROBLEMS = 20
_MAX_SIGNATURE = 400
_PLAIN_USES: tuple[tuple[str, ReferenceKind | None], ...] = (
    ("id.type", "type"),
    ("id", None),
)  # the first counts
_NOT_SYMBOLS = TRANSPARENT_KINDS | {"container"}


Hook = Callable[["FileBuilder", Node], None]


class GrammarRules(Struct, frozen=True, kw_only=True):
    """A language as data.

    ``grammar``: module of the grammar wheel; ``entry``: its function. ``queries``: file names in
    indexers/languages, joined. ``dropped_owners``: parts of dotted names left out of qualnames (``prototype``).
    ``literals``: members that are no uses but say what their owner is taken as (``Foo::class``).
    ``max_line``: bytes in a line beyond which the file is not read (0: any), for grammars whose parse is quadratic
    in the length of a statement that never ends.
    ``doc_prefixes``: how a comment starts that documents what follows.
    ``local_calls``: calls of local names are references. ``locals_proven``: which
    local names are surely none. ``members_in_scope``: a method sees its class's names
    without receiver. ``header_outside``: decorators, defaults and annotations see the names outside of the
    definition. ``kind``: the language's own kind of a definition (default: the captured one).
    ``exported(file, name, parent, span)``: its own rule of visibility, for definitions and variables (default: not
    inside a function). ``classify``: first word on the captures, for a language whose grammar does not tell
    definitions from calls: it adds nodes to them by what their text says. ``parameters``: the names of a function's
    parameters in order. ``finish``: last word on the facts."""

    name: str
    grammar: str
    queries: tuple[str, ...]
    entry: str = "language"
    hooks: Mapping[str, Hook] = {}
    data: frozenset[str] = frozenset()
    builtins: frozenset[bytes] = frozenset()
    self_names: frozenset[bytes] = frozenset()
    literals: frozenset[str] = frozenset()
    max_line: int = 0
    dropped_owners: frozenset[str] = frozenset()
    doc_prefixes: tuple[bytes, ...] = ()
    members_in_scope: bool = False
    header_outside: bool = False
    local_calls: bool = False
    locals_proven: apart.Proven = "none"
    kind: Callable[[FileBuilder, Scope], SymbolKind] | None = None
    exported: Callable[[FileBuilder, str, Scope, Span], bool] | None = None
    classify: Callable[[bytes, dict[str, list[Node]]], None] | None = None
    parameters: Callable[[FileBuilder, Scope], Iterable[str]] | None = None
    finish: Callable[[FileBuilder, FileFacts], FileFacts] | None = None


class FileBuilder:
    """One file. ``spans``: the captures as byte spans, sorted; ``nodes``: the same as nodes, unsorted.
    ``scopes``: parents before children, the first is the file. A hook may set ``exports`` and ``package``,
    say in ``kinds`` what the name or member that ends at an offset is used for, in ``accesses`` what is done with it,
    and keep in ``memory`` what it must know at the next node.
    ``type_parameters``: by the qualname of their scope what bounds each, ``?`` for nothing."""

    def __init__(self, rules: GrammarRules, source: bytes, nodes: Mapping[str, Sequence[Node]]) -> None:
        self.rules, self.source, self.nodes = rules, source, nodes
        self.spans = Spans(nodes)
        self._add_invocations(nodes.get("invocation", ()))
        self._names = {node.end_byte: node.children[0].end_byte for node in nodes.get("generic", ())}
        for capture in ("call", "member", "indexed") if self._names else ():
            self.spans[capture] = sorted(
                {(start, self._names.get(end, end)) for start, end in self.spans[capture]}
            )
        self.scopes, marks = build_scopes(source, self.spans, nodes, rules.dropped_owners)
        self._starts: dict[str, dict[int, int]] = {}
        self._ends: dict[str, dict[int, int]] = {}
        self._docs = dict(self.spans.in_any_order("doc"))
        self.memory: dict[str, int] = {}
        self.kinds: dict[int, ReferenceKind] = {}
        self.accesses = references.Accesses(nodes)
        self.exports: list[str] | None = None
        self.package = ""
        self.type_parameters: dict[str, dict[str, str]] = {}
        self.chains = DottedChains(source, self.spans, self._names)
        self._mark_starts = [start for start, _ in marks]
        self._mark_scopes = [scope for _, scope in marks]
        self._line_starts = list(accumulate([len(line) + 1 for line in source.split(b"\n")[:-1]], initial=0))
        self._imports: list[Import] = []
        self._bindings: list[Binding] = []
        self._arguments: list[Argument] = []
        self._symbols: list[Symbol] = []
        self._uses: list[references.Use] = []
        self._met: list[apart.Met] = []
        self._qualnames = {
            scope.qualname for scope in self.scopes if scope.name and scope.kind != "container"
        }
        self._comment_blocks = join_blocks(source, self.spans["comment"], self._line_starts)
        self._docs_above = self._doc_comments()

    # -- what hooks use

    def line(self, byte: int) -> int:
        """The 1-based line of a byte offset."""
        return bisect_right(self._line_starts, byte)

    def line_start(self, line: int) -> int:
        """The byte offset of a 1-based line."""
        return self._line_starts[line - 1]

    def text(self, where: Node | Span) -> str:
        """The source text of a node or span."""
        start, end = where if isinstance(where, tuple) else where.byte_range
        return self.source[start:end].decode("utf-8", "replace")

    def scope_at(self, byte: int) -> Scope:
        """The innermost scope (named or not) at an offset; its ``qualname`` is what facts call scope."""
        return self._mark_scopes[bisect_right(self._mark_starts, byte) - 1]

    def chain(self, where: Node | Span) -> str:
        """The expression as a dotted chain, calls without arguments (``a.b().c``); ``?`` when it is none."""
        start, end = where if isinstance(where, tuple) else where.byte_range
        return self.chains.text(start, end)

    def starts(self, capture: str) -> Mapping[int, int]:
        """Where nodes captured as ``capture`` start, and where each ends."""
        if capture not in self._starts:
            self._starts[capture] = dict(self.spans[capture])
        return self._starts[capture]

    def ends(self, capture: str) -> Mapping[int, int]:
        """Where nodes captured as ``capture`` end, and where each starts."""
        if capture not in self._ends:
            self._ends[capture] = {end: start for start, end in self.spans[capture]}
        return self._ends[capture]

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
        """Record an import; unless it is a reexport, ``alias`` becomes a name of the scope at ``byte``."""
        scope = self.scope_at(byte)
        line = bisect_right(self._line_starts, byte)
        self._imports.append(Import(module, name, alias, line, scope.qualname, reexport, type_only))
        if alias and not reexport:
            scope.names.add(alias.encode())

    def add_binding(self, byte: int, name: str, type_text: str, how: str, scope: str | None = None) -> None:
        """Record that ``name`` is a ``type_text`` in the scope of that qualname (default: the one at ``byte``); a
        local name of a nameless scope is one only until that ends."""
        around = self.scope_at(byte)
        qualname = around.qualname if scope is None else scope
        is_passing = around.kind in TRANSPARENT_KINDS and "." not in name
        if not type_text.isidentifier():
            type_text = " ".join(type_text.split())[:_MAX_SIGNATURE]
        until = self.line(around.end - 1) if is_passing else 0
        self._bindings.append(Binding(qualname, name, type_text, self.line(byte), how, until))  # type: ignore[arg-type]

    def add_argument(self, byte: int, callee: str, value: str, position: int, keyword: str) -> None:
        """Record that ``value`` is handed to a call of ``callee``; it is kept if it is a name of the file."""
        scope = self.scope_at(byte).qualname
        self._arguments.append(Argument(scope, callee, value, self.line(byte), position, keyword))

    def add_symbol(
        self,
        parent: Scope,
        name: str,
        kind: SymbolKind,
        name_at: int,
        span: Span,
        *,
        owner: str = "",
        is_declaration: bool = False,
    ) -> bool:
        """Record a symbol that opens no scope, ``owner`` put before its name in the qualname. False when the
        file has a symbol of that qualname already: then nothing is recorded. The same where broken source has
        no name."""
        qualname = ".".join(part for part in (parent.qualname, owner, name) if part)
        if not name or qualname in self._qualnames:
            return False
        self._qualnames.add(qualname)
        start, end = span
        head = self.source[start : min(end, start + _MAX_SIGNATURE)].partition(b"\n")[0]
        rule = self.rules.exported
        self._symbols.append(
            Symbol(
                name=name,
                qualname=qualname,
                kind=kind,
                line=self.line(name_at),
                end_line=self.line(end - 1),
                start_byte=start,
                end_byte=end,
                signature=_one_line(head),
                doc=self._doc_above(start),
                exported=rule(self, name, parent, span) if rule else not parent.in_function,
                is_declaration=is_declaration,
            )
        )
        return True

    def add_use(
        self,
        at: int,
        name: str,
        receiver: str,
        kind: ReferenceKind,
        *,
        local: bool | None = None,
        access: int = 0,
    ) -> None:
        """Record a use that no capture shows (a name inside of a string); ``at``: where the name is. Broken
        source may have no name there: then nothing is recorded. ``local``, ``access``: as in Reference, where they
        are known."""
        if name:
            scope = self.scope_at(at)
            is_local = scope.binds(references.ROOT.split(receiver, 1)[0].encode()) if local is None else local
            self._uses.append((at, name, receiver, kind, scope.qualname, is_local, access))

    def add_doc(self, start: int, doc: Span) -> None:
        """The text (or string literal) at ``doc`` documents the definition that starts at ``start``."""
        self._docs_above[self.line(start)] = doc

    # -- the passes

    def facts(self) -> FileFacts:
        """Run all passes, once: bind names, hooks, symbols, uses, remarks."""
        rules = self.rules
        skip = self._bind_names()
        for name, hook in rules.hooks.items():
            for node in sorted(self.nodes.get(name, ()), key=_outer_first):
                hook(self, node)
        for scope in self.scopes:
            if scope.name and scope.kind not in _NOT_SYMBOLS:
                self._add_definition(scope)
        hide_names(self.scopes, rules.members_in_scope)
        self._collect_uses(skip)
        for found in (self._imports, self._bindings):
            found.sort(key=attrgetter("line"))
        facts = FileFacts(
            language=rules.name,
            symbols=self._own_symbols(),
            references=references.references(self._uses, self._line_starts),
            imports=tuple(self._imports),
            bindings=tuple(self._bindings),
            comments=self._comments(),
            problems=self._problems(),
            exports=None if self.exports is None else tuple(self.exports),
            package=self.package,
            arguments=self._known_arguments(),
            parameters=self._called_parameters(),
        )
        facts = apart.added(self, facts, self._met, self._uses)
        return rules.finish(self, facts) if rules.finish else facts

    def _add_invocations(self, nodes: Sequence[Node]) -> None:
        """Calls without a node for what is called: it ends with the field ``name`` or ``method``."""
        if not nodes:
            return
        names = [(node, references.invoked(node)) for node in nodes]
        spans = [
            (node.start_byte, name.end_byte, name.start_byte) for node, name in names if name is not None
        ]
        called = self.spans.get("call", []) + [(start, end) for start, end, _ in spans]
        members = self.spans.get("member", []) + [(start, end) for start, end, at in spans if start != at]
        self.spans["call"], self.spans["member"] = sorted(called), sorted(members)

    def _own_symbols(self) -> tuple[Symbol, ...]:
        """The symbols in order, without variables that only stand in for a name imported in the same scope."""
        imported = {(item.scope, item.alias) for item in self._imports if item.alias and not item.reexport}
        own = [
            symbol
            for symbol in self._symbols
            if symbol.kind not in ("variable", "constant")
            or (symbol.qualname.rpartition(".")[0], symbol.name) not in imported
        ]
        own.sort(key=_symbol_order)
        return tuple(own)

    def _known_arguments(self) -> tuple[Argument, ...]:
        """Those whose value begins with a name that the file defines, imports or binds, or with the object itself."""
        own = {name for scope in self.scopes for name in scope.names}
        own |= {binding.name.encode() for binding in self._bindings} | self.rules.self_names
        return tuple(a for a in self._arguments if a.value.partition(".")[0].encode() in own)

    def _called_parameters(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The parameters' names of functions that the file's own calls may mean."""
        called = {argument.callee.rpartition(".")[2] for argument in self._arguments}
        return tuple(
            (scope.qualname, tuple(self.rules.parameters(self, scope)))
            for scope in self.scopes
            if self.rules.parameters
            and (scope.name in called or (scope.parent and scope.parent.name in called))
            and scope.kind in ("function", "method")
        )

    def _bind_names(self) -> set[int]:
        """Bind variables and locals in their scopes; the starts of identifiers that are no uses."""
        spans, source = self.spans, self.source
        skip = {start for start, _ in spans["skip"]}
        containers = {scope.name_start for scope in self.scopes if scope.kind == "container"}
        skip.update([scope.name_start for scope in self.scopes if scope.kind != "container"])
        for start, end in spans["global"]:
            self.scope_at(start).globals.add(source[start:end])
        for capture in ("constant", "variable", "hoisted"):
            for span in spans[capture]:
                if span[0] not in skip and not self._bind_variable(span, capture):
                    self.add_use(span[0], self.text(span), "", "read", access=self.accesses.get(span[1], 0))
                skip.add(span[0])
        skip |= containers
        for start, end in spans["local"]:
            if start not in skip:
                skip.add(start)
                scope, name = self.scope_at(start), source[start:end]
                if name not in scope.names:
                    scope.locals.add(name)
        for start, end in spans["local.header"]:
            skip.add(start)
            self.scope_at(start).header_locals.add(source[start:end])
        return skip

    def _bind_variable(self, span: Span, capture: str) -> bool:
        """Whether this is where the name is bound; else it is one more use of it."""
        start, end = span
        scope = self.scope_at(start)
        if scope.name_start == start and scope.parent:  # the name of a container stands outside of it
            scope = scope.parent
        while capture == "hoisted" and scope.kind == "block" and scope.parent:
            scope = scope.parent
        name = self.source[start:end]
        if not scope.is_open:
            if name in scope.globals:
                return False
            scope.locals.add(name)
            return True
        scope.names.add(name)
        text = name.decode("utf-8", "replace")
        declared = innermost(self.spans["declaration"], span)
        return self.add_symbol(scope, text, variable_kind(scope, text, capture), start, declared)

    def _add_definition(self, scope: Scope) -> None:
        rules, parent = self.rules, scope.parent
        assert parent is not None  # only the file has none, and it has no name
        span = (scope.outer_start, scope.end)
        kind = rules.kind(self, scope) if rules.kind else cast(SymbolKind, scope.kind)
        exported = not parent.in_function
        if rules.exported:
            exported = rules.exported(self, scope.name, parent, span)
        line, end_line = self.line(scope.name_start), self.line(scope.end - 1)
        signature, doc = self._signature(scope), self._doc(scope)
        self._symbols.append(
            Symbol(scope.name, scope.qualname, kind, line, end_line, *span, signature, doc, exported)
        )

    def _signature(self, scope: Scope) -> str:
        start = scope.start
        header = self.source[start : min(scope.body_start, start + 4 * _MAX_SIGNATURE)]
        if scope.body_start == scope.end:
            return _one_line(header.partition(b"\n")[0])
        if b"\n" in header:
            for first, last in within(self.spans["comment"], start, start + len(header)):
                blank = b" " * (min(last, start + len(header)) - first)
                header = header[: first - start] + blank + header[first - start + len(blank) :]
        return _one_line(header)

    def _doc(self, scope: Scope) -> str:
        end = self._docs.get(scope.body_start)
        return (
            clean_docstring(self.text((scope.body_start, end))) if end else self._doc_above(scope.outer_start)
        )

    def _collect_uses(self, skip: set[int]) -> None:
        spans, source = self.spans, self.source
        segments = build_segments(self.scopes, spans["opaque"], spans["type"], self.rules.header_outside)
        kinds = references.kinds_by_end(self.nodes, self._names) | self.kinds
        members = spans.in_any_order("member")
        found = references.member_uses(source, members, segments, self.chains, kinds, self.accesses)
        literals = self.rules.literals
        ignored = self._ignored_names()
        self._uses += [
            use
            for use in found
            if use[0] not in skip and use[1] not in literals and (use[2] or use[1].encode() not in ignored)
        ]
        skip.update([use[0] for use in found])
        for capture, kind in _PLAIN_USES:
            names = spans.in_any_order(capture)
            plain = references.plain_uses(
                source,
                names,
                segments,
                ignored,
                kinds,
                kind,
                self.accesses,
                self._met,
                self.rules.local_calls,
            )
            self._uses += [use for use in plain if use[0] not in skip]

    def _ignored_names(self) -> frozenset[bytes]:
        """Built-in names, less those that the file gives a meaning of its own."""
        own = [scope.names for scope in self.scopes if scope.names and scope.kind not in CLASS_KINDS]
        return self.rules.builtins.difference(*own) | self.rules.self_names

    # -- remarks and problems

    def _doc_comments(self) -> dict[int, Span]:
        """Documentation comments by the line after them."""
        prefixes = self.rules.doc_prefixes
        docs = {
            self.line(end - 1) + 1: (start, end)
            for start, end in self._comment_blocks
            if prefixes
            and self.source.startswith(prefixes, start)
            and stands_alone(self.source, self._line_starts[self.line(start) - 1], start)
        }
        for start, end in self.spans["attribute"]:
            if self.line(start) in docs:
                docs.setdefault(self.line(end - 1) + 1, docs[self.line(start)])
        return docs

    def _doc_above(self, start: int) -> str:
        span = self._docs_above.get(self.line(start)) if self._docs_above else None
        text = self.text(span) if span else ""
        return clean_docstring(text) if text.startswith(('"', "'")) else clean_comment(text)

    def _comments(self) -> tuple[Comment, ...]:
        found = comments(self.source, self._comment_blocks, self.line, self.scope_at)
        for start, end in self.spans["doc.file"]:
            text = clean_docstring(self.text((start, end)))
            if text:
                found.append(Comment(text, self.line(start), self.line(end - 1)))
        found.sort(key=attrgetter("line", "end_line"))
        return tuple(found)

    def _problems(self) -> tuple[Problem, ...]:
        found = []
        for start, end in self.spans["error"][:_MAX_PROBLEMS]:
            snippet = _one_line(self.source[start : min(end, start + 60)])
            message = f"cannot read: {snippet}" if snippet else "something is missing"
            found.append(Problem("syntax", self.line(start), message))
        return tuple(found)


def _outer_first(node: Node) -> tuple[int, int]:
    """The order of hooks. A query gives its captures in an order that differs from run to run."""
    start, end = node.byte_range
    return start, -end


def _one_line(text: bytes) -> str:
    return b" ".join(text.split()).rstrip(b":{=; \\")[:_MAX_SIGNATURE].decode("utf-8", "replace")


def _symbol_order(symbol: Symbol) -> tuple[int, int, str]:
    return symbol.start_byte, -symbol.end_byte, symbol.qualname
