"""`symbol`, `refs` and `edges`: what they may be asked, what they answer, and how that reads."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from memoryd.query.answers import Definition, PagedAnswer
from memoryd.query.graph.access import Access, Done, verb
from memoryd.query.graph.accounting_answers import Accounting
from memoryd.query.requests import Limit, Offset, Request, TargetText
from memoryd.query.safe_text import quote, safe_name
from memoryd.query.source_lines import Detail, SourcePart, quoted_line, sources_section
from memoryd.query.text.budget import Page, TextSection
from memoryd.query.text.lines import place, proof

EdgeLevel = Literal["file", "symbol"]
EdgeKindName = Literal["imports", "depends", "calls", "inherits", "references", "overrides"]


class SymbolRequest(Request, frozen=True, kw_only=True):
    """Where is ``name`` defined? ``name``: a bare name, ``Qual.name`` or ``path:Qual.name``."""

    name: TargetText
    detail: Detail = "auto"
    limit: Limit = 100
    offset: Offset = 0


class RefsRequest(Request, frozen=True, kw_only=True):
    """Who uses ``target``? (path, path:line, path:Qual.name, Qual.name, bare name or glob) ``access``: only those who
    read or write it, where the syntax tells."""

    target: TargetText
    access: Access = "any"
    detail: Detail = "auto"
    limit: Limit = 10_000
    offset: Offset = 0


class EdgesRequest(Request, frozen=True, kw_only=True):
    """The graph for export. ``kinds`` empty: imports and depends of files, everything of symbols."""

    level: EdgeLevel = "file"
    kinds: Annotated[tuple[EdgeKindName, ...], Meta(max_length=8)] = ()
    limit: Annotated[int, Meta(ge=1, le=50_000)] = 50_000
    offset: Offset = 0


class ReferenceItem(Struct, frozen=True):
    """One use. ``symbol``: the qualname in which it stands (``""``: the file); ``to``: what is used; ``text``: its line
    (``""``: not asked for). ``access``: whether it reads or writes data; ``""``: the syntax does not tell."""

    path: str
    line: int
    kind: str
    method: str
    confidence: float
    symbol: str = ""
    to: str = ""
    text: str = ""
    access: Done = ""

    def label(self, *, with_target: bool) -> str:
        within = f" in {safe_name(self.symbol)}" if self.symbol else ""
        used = f" → {safe_name(self.to)}" if with_target else ""
        what = verb(self.access, self.kind)
        label = f"{place(self.path, self.line)} {what}{within}{used} {proof(self.method, self.confidence)}"
        return f"{label}{quoted_line(self.text)}"

    def used(self) -> str:
        """What is used, and in which line."""
        what = verb(self.access, self.kind)
        return f"{self.line} {what} {safe_name(self.to)} {proof(self.method, self.confidence)}"


class SymbolAnswer(PagedAnswer, frozen=True):
    """``definition`` is the likeliest of ``definitions`` (None: not found). Of it: ``source``, ``references``: how many
    uses it has, ``callers``: the first of them, and ``uses``: the first of the ``uses_total``
    things that it uses (``to``), each where it does so first. ``accounting``: of a name without a definition, where it
    stands. ``not_followed``: what is to be said of references across files in its language."""

    name: str
    definition: Definition | None
    definitions: tuple[Definition, ...]
    references: int
    total: int
    searched: str = ""
    source: SourcePart | None = None
    callers: tuple[ReferenceItem, ...] = ()
    uses: tuple[ReferenceItem, ...] = ()
    uses_total: int = 0
    accounting: Accounting | None = None
    not_followed: tuple[str, ...] = ()

    def page(self) -> Page:
        if not self.definition:
            return self._none()
        items = [
            d.label() + (f"\n    {quote(d.signature, 160)}" if d.signature and not self._is_shown(d) else "")
            for d in self.definitions
        ]
        if self.source and self.source.lines:
            items[0] += f"\n{self.source.text()}{self._rest_of_source()}"
        address = self.definition.address()
        uses = (
            f"{self.references} resolved references to the first definition: memoryd refs {address}"
            if self.references
            else f"No use of it is resolved; where else its name stands: memoryd refs {address}"
        )
        return Page(
            head=f"{self.total} definitions of {quote(self.name, 100)}" if self.total > 1 else "",
            sections=[
                TextSection(items=items, total=self.total, main=True, before=self.offset),
                TextSection(items=[uses, *self.not_followed] if self.definitions else [], keep=2),
                TextSection(
                    items=[f"  {one.label(with_target=False)}" for one in self.callers],
                    total=self.references,
                    keep=3,
                ),
                TextSection(
                    items=[f"  {one.used()}" for one in self.uses],
                    total=self.uses_total,
                    title="it uses, in line:",
                    keep=3,
                ),
            ],
            foot=self.freshness.line(),
            more=self.rest_from,
        )

    def _none(self) -> Page:
        page = self.absence(f"No definition of `{quote(self.name, 100)}`", self.searched)
        open_ = self.accounting.of_absence(self.freshness.doubts()) if self.accounting else ""
        return msgspec.structs.replace(page, head=f"{page.head}\n{open_}") if open_ else page

    def _is_shown(self, definition: Definition) -> bool:
        return self.source is not None and definition is self.definitions[0] and bool(self.source.lines)

    def _rest_of_source(self) -> str:
        assert self.source
        left = self.source.total - len(self.source.lines)
        kind = " (its members)" if self.source.is_outline else ""
        return f"\n    … {left} more of its {self.source.total} lines{kind}" if left > 0 else ""


class RefsAnswer(PagedAnswer, frozen=True):
    """``candidates``: the definitions meant, when ``target`` names more than one; ``references`` then holds
    the uses of all of them, each with its ``to``. ``accounting``: what is known of all uses of the name; None where the
    targets have several. ``sources``: the first of the ``sources_total``
    definitions in which the uses stand, where they were asked for. ``access``: which uses were asked for: ``total`` are
    those. Of all that are ``known``: how many write, read, do ``both``; of the others the syntax does not tell."""

    target: str
    definition: Definition | None
    references: tuple[ReferenceItem, ...]
    candidates: tuple[Definition, ...]
    total: int
    accounting: Accounting | None = None
    sources: tuple[SourcePart, ...] = ()
    sources_total: int = 0
    access: Access = "any"
    known: int = 0
    writes: int = 0
    reads: int = 0
    both: int = 0

    def page(self) -> Page:
        several = len(self.candidates) > 1
        name = self.definition.address() if self.definition else quote(self.target, 200)
        is_open = self.accounting is not None and self.accounting.is_open
        of = f" of {self.known}" if self.access != "any" else ""
        head = f"{self.total}{of} {'resolved ' if is_open else ''}references to {name}"
        if self.definition and self.definition.qualname:
            head += f" ({self.definition.kind}, line {self.definition.line})"
        if several:
            head += f": {len(self.candidates)} definitions have that name"
        head += self._done()
        if self.accounting:
            head += f"\n{self.accounting.line()}"
        return Page(
            head=head,
            sections=[
                TextSection(items=[d.label() for d in self.candidates], title="definitions:", keep=5),
                TextSection(
                    items=[item.label(with_target=several) for item in self.references],
                    total=self.total,
                    title="references:" if several else "",
                    main=True,
                    before=self.offset,
                ),
                sources_section(self.sources, self.sources_total),
            ],
            foot=self.freshness.line(),
            rest=f"{self.command} --json",
            more=self.rest_from,
        )

    def _done(self) -> str:
        """What the uses do, where that is told of any."""
        told = self.writes + self.reads - self.both
        untold = self.known - told
        if self.access != "any":
            return f" {self.access} it" + (f"; {untold} more may" if untold else "")
        if not told:
            return ""
        only = self.reads - self.both
        return f": {self.writes} write, {only} only read" + (f", {untold} not told" if untold else "")


class EdgeItem(Struct, frozen=True):
    """``src`` depends on ``dst``: paths at file level, ``path:Qual.name`` at symbol level."""

    src: str
    dst: str
    kind: str
    method: str
    confidence: float


class EdgesAnswer(PagedAnswer, frozen=True):
    """One page of the graph, ordered; the last page has ``truncated`` false."""

    edges: tuple[EdgeItem, ...]

    def page(self) -> Page:
        items = [
            f"{safe_name(e.src)} {e.kind} {safe_name(e.dst)} {proof(e.method, e.confidence)}"
            for e in self.edges
        ]
        return Page(
            head="" if items else "No edges.",
            sections=[TextSection(items=items, main=True)],
            foot=self.freshness.line(),
            more=self.rest_from,
        )
