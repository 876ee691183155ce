"""`impact`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from memoryd.query.answers import Definition, PagedAnswer
from memoryd.query.graph.access import Done, verb
from memoryd.query.graph.accounting_answers import Accounting
from memoryd.query.graph.implementors import Implementor
from memoryd.query.graph.open_ends import OpenEnd
from memoryd.query.history.cochange_answers import CochangeItem
from memoryd.query.history.hotspots_answers import OwnerItem
from memoryd.query.requests import Limit, Offset, Request, TargetText
from memoryd.query.safe_text import quote, safe_line, safe_name
from memoryd.query.source_lines import Detail, SourcePart, quoted_line, sources_section
from memoryd.query.structure.operations_answers import OperationReach
from memoryd.query.text.budget import Page, TextSection
from memoryd.query.text.lines import place, proof

MAX_HOPS = 12
MAX_ENDS = 3  # dependents that nothing is known to use, of those that are named in a text


class ImpactRequest(Request, frozen=True, kw_only=True):
    """What depends on ``target``, up to ``hops`` steps away."""

    target: TargetText
    hops: Annotated[int, Meta(ge=1, le=MAX_HOPS)] = 3
    detail: Detail = "auto"
    limit: Limit = 1_000
    offset: Offset = 0


class Dependent(Struct, frozen=True):
    """Something that depends on the target. ``via``: ``kind path:symbol`` of the step towards the target;
    ``method`` is that step's, ``confidence`` the product along the chain; ``line`` is where it uses it.
    ``overridden_by``: it uses a method that this one (``path:symbol``) overrides, and so may run it; ``method`` is then
    ``override``. ``text``: its line, of direct dependents (``""``: not asked for). ``access``: what a direct dependent
    does with data; ``line`` is then where it writes, if it does."""

    path: str
    symbol: str
    via: str
    method: str
    confidence: float
    line: int = 0
    overridden_by: str = ""
    text: str = ""
    access: Done = ""


class ReachingTest(Struct, frozen=True):
    """A test file to run. ``hop``: its distance; ``symbols``: up to five of its tests that reach it."""

    path: str
    hop: int
    method: str
    confidence: float
    symbols: tuple[str, ...] = ()


class PlainMention(Struct, frozen=True):
    """A file in a language without a reader that has the very name ``name``, first at ``line``."""

    path: str
    line: int
    name: str


class ImpactTotals(Struct, frozen=True):
    """Exact counts, before any truncation. ``hops``: dependents at each distance. ``writers``, ``readers``: of the
    direct ones so many write the target, so many only read it, as far as the syntax tells."""

    dependents: int
    hops: tuple[int, ...]
    files: int
    tests: int
    cochange: int
    writers: int = 0
    readers: int = 0


class Beyond(Struct, frozen=True):
    """What lies further away than was asked for. ``hops``: how far there are dependents, as far as was looked;
    ``tests``: test files that are not nearer; ``is_whole``: nothing lies further than that."""

    hops: int = 0
    dependents: int = 0
    tests: int = 0
    nearest_test_hop: int = 0
    nearest_test: str = ""
    is_whole: bool = True


class ImpactAnswer(PagedAnswer, frozen=True):
    """``hops[0]`` are the direct dependents. ``candidates`` is filled, and nothing else, when ``target`` is
    ambiguous. ``operations``: entry points, routes, CI jobs, images, flags, owners that run, serve or own it.
    ``mentions``: files in languages without a reader that name it; whether they use it is not known. ``accounting``:
    what is known of all uses of the target's name; None where several things are meant. ``sources``: the definitions in
    which the direct uses stand, where they were asked for. ``open_ends``: dependents that nothing is known to use
    though their name is used, so that more may depend on the target through them. ``implementors``: of a type, those
    that implement or extend it; a text leaves out the single members that override its own."""

    target: str
    definitions: tuple[Definition, ...]
    hops: tuple[tuple[Dependent, ...], ...]
    tests: tuple[ReachingTest, ...]
    cochange: tuple[CochangeItem, ...]
    owners: tuple[OwnerItem, ...]
    totals: ImpactTotals
    candidates: tuple[Definition, ...] = ()
    operations: tuple[OperationReach, ...] = ()
    operations_total: int = 0
    mentions: tuple[PlainMention, ...] = ()
    mentions_total: int = 0
    beyond: Beyond = Beyond()
    accounting: Accounting | None = None
    sources: tuple[SourcePart, ...] = ()
    sources_total: int = 0
    open_ends: tuple[OpenEnd, ...] = ()
    open_ends_total: int = 0
    implementors: tuple[Implementor, ...] = ()
    implementors_total: int = 0

    def page(self) -> Page:
        if self.candidates:
            return self.ambiguity(self.target, self.candidates)
        return Page(
            head=self._head(),
            sections=[
                TextSection(
                    items=[f"  {one.label()}" for one in self.implementors],
                    total=self.implementors_total,
                    title=f"implemented or extended by {self.implementors_total} types:",
                    keep=8,
                ),
                TextSection(items=self._tests(), total=self.totals.tests, title="tests to run:", keep=5),
                TextSection(
                    items=self._dependents(),
                    total=self.totals.dependents
                    - sum(len(hop) - len(self._listed(hop)) for hop in self.hops),
                    main=True,
                    before=self.offset,
                ),
                sources_section(self.sources, self.sources_total),
                TextSection(
                    items=[f"  {place(one.path, one.line)} {safe_line(one.name)}" for one in self.mentions],
                    total=self.mentions_total,
                    title="named in files whose language is not read (they may use it):",
                    keep=3,
                ),
                TextSection(
                    items=[f"  {item.label()}" for item in self.cochange],
                    total=self.totals.cochange,
                    title="changed with it in past commits:",
                    keep=3,
                ),
                TextSection(
                    items=[f"  {reach.label()}" for reach in self.operations],
                    total=self.operations_total,
                    title="run, served or owned by:",
                    keep=4,
                ),
                TextSection(
                    items=[f"  {owner.label()}" for owner in self.owners],
                    title="most commits by:",
                    keep=1,
                ),
            ],
            foot=self.freshness.line(),
            rest=f"{self.command} --json",
            more=self.rest_from,
        )

    def _head(self) -> str:
        totals = self.totals
        name = ", ".join(d.label() for d in self.definitions[:3]) or quote(self.target, 200)
        counts = " + ".join(map(str, totals.hops)) or "0"
        head = (
            f"impact of {name}\n{totals.dependents} dependents ({counts} by hop) in {totals.files} files;"
            f" {self._reaching()}{self._limit()}"
        )
        if totals.writers + totals.readers:
            head += f"; {totals.writers} of the direct write it, {totals.readers} only read"
        if not totals.dependents and self.accounting and not self.accounting.is_open:
            rest = "all uses of the name are of other definitions" if self.accounting.others else ""
            head += f"\nNothing in the index uses it; {rest or 'its name stands nowhere else'}."
        elif not totals.dependents:
            head += "\nNo use of it is resolved; dynamic uses are not seen."
        if self.accounting:
            head += f"\n{self.accounting.line({one.path for one in self.mentions})}"
        if self.open_ends:
            head += f"\n{self._lost()}"
        return head

    def _reaching(self) -> str:
        """How many test files reach it; that none does is said only where every use is known."""
        known = self.accounting
        is_open = self.open_ends or (known and (known.unresolved or known.gaps))
        if not self.totals.tests and is_open:
            return "no test file is known to reach it"
        return f"{self.totals.tests} test files reach it"

    def _lost(self) -> str:
        """Through what more may depend on it."""
        shown = ", ".join(end.label() for end in self.open_ends[:MAX_ENDS])
        more = self.open_ends_total - len(self.open_ends[:MAX_ENDS])
        rest = f" and of {more} more" if more else ""
        return f"more may depend on it through uses that are not known of {shown}{rest}"

    def _limit(self) -> str:
        """How far that was looked, where more lies further away."""
        beyond, hops = self.beyond, len(self.totals.hops)
        if not beyond.dependents and beyond.is_whole:
            return ""
        if not beyond.dependents:
            return f" within {hops} hops; further away was not looked"
        said = f" within {hops} hops; further away (up to hop {beyond.hops}) are {beyond.dependents} more dependents"
        if beyond.tests:
            where = f"hop {beyond.nearest_test_hop}: {safe_name(beyond.nearest_test)}"
            said += f" and {beyond.tests} more test files, the nearest at {where}"
        return said if beyond.is_whole else f"{said}, and more beyond"

    def _tests(self) -> list[str]:
        return [
            f"  {safe_name(t.path)} hop {t.hop} {proof(t.method, t.confidence)} {safe_line(' '.join(t.symbols[:3]))}"
            for t in self.tests
        ]

    def _listed(self, hop: Sequence[Dependent]) -> list[Dependent]:
        """Without implementors and their members, which are told before."""
        told = ("overrides ", "inherits ") if self.implementors else ()
        return [one for one in hop if not one.via.startswith(told)]

    def _hop(self, number: int, above: int) -> str:
        rest = f", {above} of them the types above and their members" if above else ""
        return f"hop {number} ({self.totals.hops[number - 1]}{rest}):"

    def _dependents(self) -> list[str]:
        """One line each, under its hop and under what it uses."""
        items = []
        for number, hop in enumerate(self.hops, 1):
            used = ("", "")
            shown = self._listed(hop)
            for i, d in enumerate(shown):
                kind, _, target = d.via.partition(" ")
                title = f"{self._hop(number, len(hop) - len(shown))}\n" if i == 0 else ""
                if (target, d.overridden_by) != used:
                    through = f", which {safe_name(d.overridden_by)} overrides" if d.overridden_by else ""
                    title += f"  uses {safe_name(target)}{through}\n"
                    used = (target, d.overridden_by)
                symbol = safe_name(d.symbol) or "(top level)"
                what = f"{verb(d.access, kind)} {proof(d.method, d.confidence)}"
                items.append(f"{title}    {place(d.path, d.line)} {symbol} {what}{quoted_line(d.text)}")
        return items
