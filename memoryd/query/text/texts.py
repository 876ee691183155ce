"""How each answer reads: one function per answer, to a Page of short lines. Each item names its place and proof."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from memoryd.query.answers import (
    BriefAnswer,
    BriefItem,
    CochangeAnswer,
    CochangeItem,
    DecisionItem,
    DecisionsAnswer,
    Definition,
    EdgesAnswer,
    Freshness,
    ImpactAnswer,
    OperationReach,
    RecordItem,
    RefsAnswer,
    StatusAnswer,
    SymbolAnswer,
)
from memoryd.query.history.coupling import is_often
from memoryd.query.safe_text import quote, safe_line, safe_text
from memoryd.query.text.budget import Page, Section

_SHA_CHARS = 10
_PLACES = frozenset(("code", "file", "dependent", "test"))  # kinds of items of a brief


def freshness(fresh: Freshness) -> str:
    """One line: what the answer is as of, and whether that is what the project is now."""
    if not fresh.indexed_commit and not fresh.head:
        parts = ["indexed files, no commit"]
    elif fresh.indexed_commit == fresh.head:
        parts = [f"{fresh.head[:_SHA_CHARS]} = HEAD"]
    elif fresh.rev:
        parts = [f"as of {fresh.rev[:_SHA_CHARS]}, as asked; HEAD is {fresh.head[:_SHA_CHARS] or 'unborn'}"]
    else:
        parts = [
            f"STALE: indexed {fresh.indexed_commit[:_SHA_CHARS] or 'nothing'}, HEAD {fresh.head[:_SHA_CHARS]}"
        ]
    parts += [quote(fresh.branch, 60)] if fresh.branch else []
    parts += ["with uncommitted changes"] if fresh.dirty else []
    parts += [f"{fresh.pending} files pending"] if fresh.pending else []
    parts += ["indexing now"] if fresh.indexing else []
    parts += [f"no history: {fresh.no_history}"] if fresh.no_history else []
    parts += [f"vectors: {fresh.vectors}"] if fresh.vectors not in ("", "ready") else []
    return f"freshness: {', '.join(parts)}"


# -- symbols


def symbol(answer: SymbolAnswer) -> Page:
    if not answer.definition:
        return missing(answer, f"No definition of `{quote(answer.name, 100)}`", answer.searched)
    items = [
        definition_line(d) + (f"\n    {quote(d.signature, 160)}" if d.signature else "")
        for d in answer.definitions
    ]
    uses = f"{answer.references} uses of the first: memoryd refs {_text(answer.definition)}"
    return Page(
        head=f"{answer.total} definitions of {quote(answer.name, 100)}" if answer.total > 1 else "",
        sections=[
            Section(items=items, total=answer.total, main=True, before=answer.offset),
            Section(items=[uses] if answer.references else [], keep=1),
        ],
        foot=freshness(answer.freshness),
        more=more(answer),
    )


def refs(answer: RefsAnswer) -> Page:
    several = len(answer.candidates) > 1
    name = _text(answer.definition) if answer.definition else quote(answer.target, 200)
    head = f"{answer.total} references to {name}"
    if answer.definition and answer.definition.qualname:
        head += f" ({answer.definition.kind}, line {answer.definition.line})"
    if several:
        head += f": {len(answer.candidates)} definitions have that name"
    items = [
        f"{place(r.path, r.line)} {r.kind}{_in(r.symbol)}{f' → {safe_line(r.to)}' if several else ''} "
        f"{proof(r.method, r.confidence)}"
        for r in answer.references
    ]
    return Page(
        head=head,
        sections=[
            Section(items=[definition_line(d) for d in answer.candidates], title="definitions:", keep=5),
            Section(
                items=items,
                total=answer.total,
                title="references:" if several else "",
                main=True,
                before=answer.offset,
            ),
        ],
        foot=freshness(answer.freshness),
        rest=f"{answer.command} --json",
        more=more(answer),
    )


def edges(answer: EdgesAnswer) -> Page:
    items = [
        f"{safe_line(e.src)} {e.kind} {safe_line(e.dst)} {proof(e.method, e.confidence)}"
        for e in answer.edges
    ]
    return Page(
        head="" if items else "No edges.",
        sections=[Section(items=items, main=True)],
        foot=freshness(answer.freshness),
        more=more(answer),
    )


# -- impact


def impact(answer: ImpactAnswer) -> Page:
    if answer.candidates:
        return ambiguous(answer, answer.candidates)
    totals = answer.totals
    name = ", ".join(definition_line(d) for d in answer.definitions[:3]) or quote(answer.target, 200)
    counts = " + ".join(map(str, totals.hops)) or "0"
    head = (
        f"impact of {name}\n{totals.dependents} dependents ({counts} by hop) in {totals.files} files;"
        f" {totals.tests} test files reach it"
    )
    if not totals.dependents:
        head += "\nNothing in the graph depends on it; dynamic uses are not seen."
    tests = [
        f"  {safe_line(t.path)} hop {t.hop} {proof(t.method, t.confidence)} {safe_line(' '.join(t.symbols[:3]))}"
        for t in answer.tests
    ]
    owners = [f"  {o.name} {o.commits} commits ({o.share:.0%}), last {o.last_date}" for o in answer.owners]
    coupled = coupled_lines(answer.cochange)
    return Page(
        head=head,
        sections=[
            Section(items=tests, total=totals.tests, title="tests to run:", keep=5),
            Section(items=_dependents(answer), total=totals.dependents, main=True, before=answer.offset),
            Section(items=coupled, total=totals.cochange, title="also changes with it (history):", keep=3),
            Section(
                items=_operations(answer.operations), total=answer.operations_total, title="run, served, owned by:",
                keep=4,
            ),
            Section(items=owners, title="owners:", keep=1),
        ],
        foot=freshness(answer.freshness),
        rest=f"{answer.command} --json",
        more=more(answer),
    )  # fmt: skip


def _operations(items: Iterable[OperationReach]) -> list[str]:
    """One line per operation that an impact comes to."""
    return [
        f"  {r.kind} {quote(r.name, 80)}{f' {r.detail}' if r.detail else ''} {safe_line(r.path)}:{r.line}"
        f" {'itself' if r.hop == 0 else f'hop {r.hop}'}"
        f"{f' by {safe_line(r.via)}' if r.hop else ''} [{r.method}]"
        for r in items
    ]


def _dependents(answer: ImpactAnswer) -> list[str]:
    """One line each, under its hop and under what it uses."""
    items = []
    for number, hop in enumerate(answer.hops, 1):
        used = ""
        for i, d in enumerate(hop):
            kind, _, target = d.via.partition(" ")
            title = f"hop {number} ({answer.totals.hops[number - 1]}):\n" if i == 0 else ""
            if target != used:
                title += f"  uses {safe_line(target)}\n"
                used = target
            symbol = safe_line(d.symbol) or "(top level)"
            items.append(
                f"{title}    {place(d.path, d.line)} {symbol} {kind} {proof(d.method, d.confidence)}"
            )
    return items


def coupled_lines(items: Iterable[CochangeItem]) -> list[str]:
    return [
        f"  {safe_line(c.path)} together {c.support} times{'' if c.explained else ', no edge explains it'}"
        f" {proof('history', c.score)}"
        for c in items
    ]


def cochange(answer: CochangeAnswer) -> Page:
    if not answer.files:
        return missing(answer, f"Nothing changes together with {quote(answer.target, 200)}", answer.searched)
    hidden_first = sorted(answer.files, key=lambda item: item.explained or not is_often(item))
    return Page(
        head=f"{answer.total} files changed with {quote(answer.target, 200)} in its {answer.commits} commits",
        sections=[Section(items=coupled_lines(hidden_first), total=answer.total, main=True)],
        foot=freshness(answer.freshness),
        more=lambda shown: f"{answer.command} -k {min(1_000, answer.total)} --json",
    )


# -- why, history, decisions


def decisions(answer: DecisionsAnswer) -> Page:
    if len(answer.decisions) == 1 and answer.decisions[0].text:
        return _in_full(answer, answer.decisions[0])
    if not answer.decisions and not answer.total:
        what = f"No decision about {quote(answer.topic, 100)}" if answer.topic else "No decision"
        return missing(answer, what, answer.searched)
    return Page(
        head=f"{answer.total} decisions" + (f" about {quote(answer.topic, 100)}" if answer.topic else ""),
        sections=[
            Section(
                items=[decision_line(d) for d in answer.decisions],
                total=answer.total,
                main=True,
                before=answer.offset,
            )
        ],
        foot=freshness(answer.freshness),
        more=more(answer),
    )


def decision_line(d: DecisionItem) -> str:
    implied = " (implied by merge)" if d.status_source == "implied_by_merge" else ""
    links = "".join(f", superseded by {safe_line(new)}" for new in d.superseded_by[:2])
    source = place(d.path, d.line) if d.path else f"record {d.id} by {d.author}"
    kind = f" {d.kind}" if d.kind in ("constraint", "rule") else ""
    first = f"[{d.status}{implied}{links}]{kind} {d.title} — {source} {d.date} {d.tier} {d.confidence:.2f}"
    if d.health in ("in_doubt", "violated"):
        first += f"\n    {d.health.replace('_', ' ')}: {safe_line(d.reason)}"
    return f"{first}\n    “{d.excerpt}”" if d.excerpt and d.excerpt != d.title else first


def _in_full(answer: DecisionsAnswer, d: DecisionItem) -> Page:
    links = [f"supersedes {safe_line(', '.join(d.supersedes))}"] if d.supersedes else []
    links += [f"superseded by {safe_line(', '.join(d.superseded_by))}"] if d.superseded_by else []
    links += [f"amended by {safe_line(', '.join(d.amended_by))}"] if d.amended_by else []
    links += [f"conflicts with {safe_line(', '.join(d.conflicts_with))}"] if d.conflicts_with else []
    links += [f"turned down: {safe_line('; '.join(d.alternatives))}"] if d.alternatives else []
    links += [f"health: {d.health.replace('_', ' ')}{f', {safe_line(d.reason)}' if d.reason else ''}"]
    named = [link.to for link in d.links] or d.scope
    scope = [f"about {safe_line(', '.join(named[:10]))}"] if named else []
    lines = [f"  | {line}" for line in safe_text(d.text).splitlines()]
    return Page(
        head="\n".join([decision_line(d).partition("\n")[0], *links, *scope]),
        sections=[Section(items=[_clip(line) for line in lines], main=True)],
        foot=freshness(answer.freshness),
        more=lambda shown: f"memoryd decision show {shlex.quote(d.id)} --json",
    )


# -- records


def record_line(r: RecordItem) -> str:
    about = f" about {', '.join(r.anchors[:5])}" if r.anchors else ""
    return f"{r.id} {r.kind} [{r.status}] {r.date} {r.actor}{about}\n    “{quote(r.text, 400)}”"


# -- brief, changes, status, search


def brief(answer: BriefAnswer) -> Page:
    if not answer.sections:
        return missing(answer, f"Nothing is known about: {quote(answer.task, 100)}", answer.searched)
    return Page(
        head=f"brief: {quote(answer.task, 160)}",
        sections=[
            Section(
                items=[_brief_line(item) for item in section.items],
                total=section.total,
                title=f"{section.title}:",
                keep=4,
            )
            for section in answer.sections
        ],
        foot=freshness(answer.freshness),
        more=lambda shown: answer.command,
    )


def _brief_line(item: BriefItem) -> str:
    """Places first name themselves, sayings are followed by who says so."""
    parts = (item.source, item.text) if item.kind in _PLACES else (item.text, item.source)
    return f"  {' — '.join(part for part in parts if part)} {proof(item.method, item.confidence)}"


def status(answer: StatusAnswer) -> Page:
    c = answer.counts
    head = "\n".join(
        [
            safe_line(answer.root) or answer.view,
            f"{c.files} files, {c.symbols} symbols, {c.edges} edges, {c.chunks} chunks;"
            f" {c.unresolved} references unresolved",
            f"{c.commits} commits, {c.decisions} decisions, {c.records} records ({c.proposals} proposals),"
            f" {c.redacted} secrets redacted",
            f"index {_megabytes(answer.index_bytes)}, records {_megabytes(answer.records_bytes)},"
            f" watch {answer.watch or 'unknown'}, vectors {answer.vectors}",
            *([f"vectors: {answer.tuning}"] if answer.tuning else []),
        ]
    )
    checks = [
        f"  {k.state.upper()} {k.name}: {k.detail}{f' → {k.next_step}' if k.next_step else ''}"
        for k in answer.checks
    ]
    skipped = [f"  {s.path} ({s.reason}{f': {s.detail}' if s.detail else ''})" for s in answer.skipped]
    reasons = ", ".join(f"{count} {reason}" for reason, count in answer.skipped_reasons)
    languages = ", ".join(f"{language} {count}" for language, count in answer.languages)
    return Page(
        head=f"{head}\nlanguages: {languages}" if languages else head,
        sections=[
            Section(items=checks, title="checks:", keep=20),
            Section(items=skipped, total=answer.skipped_total, title=f"left out ({reasons}):", main=True),
        ],
        foot=freshness(answer.freshness),
        rest="memoryd status --json",
        more=lambda shown: "memoryd status --json",
    )  # fmt: skip


def search(answer: Any) -> Page:
    """``answer``: a SearchAnswer, whose module is not loaded for other verbs."""
    if not answer.hits:
        return missing(answer, f"Nothing found for {quote(answer.query, 100)}", answer.searched)
    head = f"{len(answer.hits)} of {answer.total} for {quote(answer.query, 100)}, best first"
    if answer.weak:
        head = (
            f"Probably nothing here answers {quote(answer.query, 100)}. The least unlike of {answer.total}:"
        )
    return Page(
        head=head,
        sections=[Section(items=[_hit(hit) for hit in answer.hits], total=len(answer.hits), main=True)],
        foot=freshness(answer.freshness) + answer.legs.note(),
        more=lambda shown: answer.next,
    )


def _hit(hit: Any) -> str:
    at = f"{place(hit.path, hit.line)}-{hit.end_line}" if hit.path and hit.line else safe_line(hit.path)
    source = [at, hit.sha[:_SHA_CHARS], hit.id, hit.date, hit.author]
    name = safe_line(hit.symbol) or (f"“{quote(hit.title, 160)}”" if hit.title else "")
    signals = sorted(((value, key) for key, value in _fields(hit.signals) if value > 0), reverse=True)
    why_found = ", ".join(f"{key} {value:.2f}" for value, key in signals[:3])
    state = f"[{hit.status}]" if hit.status else ""
    first = " ".join(part for part in (*source, hit.kind, state, name) if part)
    lines = [f"    | {line}" for line in safe_text(hit.snippet).splitlines()]
    return "\n".join([f"{first} score {hit.score:.2f} ({why_found})", *lines])


# -- pieces


def _fields(value: Any) -> list[tuple[str, float]]:
    return [(key, getattr(value, key)) for key in value.__struct_fields__]


def missing(answer: Any, what: str, searched: str) -> Page:
    where = f" Searched {searched}." if searched else ""
    return Page(head=f"{what}.{where}", foot=freshness(answer.freshness))


def ambiguous(answer: Any, candidates: Sequence[Definition]) -> Page:
    return Page(
        head=f"`{quote(answer.target, 200)}` may mean {len(candidates)} things; name one:",
        sections=[Section(items=[f"  {definition_line(d)}" for d in candidates], main=True)],
        foot=freshness(answer.freshness),
        more=lambda shown: answer.next,
    )


def more(answer: Any) -> Callable[[int], str]:
    """The command for what the text does not show: the answer's own, from where the text stops."""
    return lambda shown: (
        f"{answer.command} --offset {answer.offset + shown}" if answer.command else answer.next
    )


def definition_line(d: Definition) -> str:
    if not d.qualname:
        return safe_line(d.path) + (f":{d.line}" if d.line > 1 else "")
    return f"{place(d.path, d.line)} {d.kind} {safe_line(d.qualname)}"


def _text(d: Definition) -> str:
    return safe_line(f"{d.path}:{d.qualname}" if d.qualname else d.path)


def place(path: str, line: int) -> str:
    return f"{safe_line(path)}:{line}" if line else safe_line(path)


def _in(qualname: str) -> str:
    return f" in {safe_line(qualname)}" if qualname else ""


def proof(method: str, confidence: float) -> str:
    return f"[{method} {confidence:.2f}]"


def _clip(line: str) -> str:
    return line if len(line) <= 400 else f"{line[:399]}…"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
