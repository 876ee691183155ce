"""How the answers about the past read."""

from __future__ import annotations

from collections.abc import Sequence

from memoryd.query.history.answers import (
    ChangesAnswer,
    CommitItem,
    ConventionItem,
    ConventionsAnswer,
    DependencyItem,
    HistoryAnswer,
    HotspotItem,
    HotspotsAnswer,
    RevertItem,
    RevertsAnswer,
    WhyAnswer,
    WhyItem,
)
from memoryd.query.safe_text import quote, safe_line
from memoryd.query.text.budget import Page, Section
from memoryd.query.text.texts import (
    ambiguous,
    decision_line,
    definition_line,
    freshness,
    missing,
    more,
    place,
    proof,
    record_line,
)

_SHA_CHARS = 10


def why(answer: WhyAnswer) -> Page:
    if answer.candidates:
        return ambiguous(answer, answer.candidates)
    name = ", ".join(definition_line(d) for d in answer.definitions[:3]) or quote(answer.target, 200)
    if not answer.items:
        return missing(answer, f"No reason is written for {name}", answer.searched)
    items = [_reason(item) for item in answer.items]
    return Page(
        head=f"why {name}",
        sections=[Section(items=items, total=answer.total, main=True, before=answer.offset)],
        foot=freshness(answer.freshness),
        more=more(answer),
    )


def _reason(item: WhyItem) -> str:
    at = place(item.path, item.line) if item.path else ""
    source = ", ".join(part for part in (at, item.sha[:_SHA_CHARS], item.date, item.author) if part)
    tier = " (proposed, not confirmed)" if item.tier == "proposed" else ""
    note = f" ({item.note})" if item.note else ""
    return f"{item.kind}{tier}: “{item.quote}”{note} — {source} {proof(item.method, item.confidence)}"


def history(answer: HistoryAnswer) -> Page:
    if not (answer.commits or answer.total or answer.reverts or answer.dependencies):
        return missing(answer, f"No commit about {quote(answer.query, 100)}", answer.searched)
    return Page(
        head=_heading(answer),
        sections=[
            _reverts(answer.reverts, len(answer.reverts), keep=3),
            _dependencies(answer.dependencies, len(answer.dependencies), keep=2),
            Section(
                items=_commits(answer),
                total=answer.total,
                title="commits:" if answer.reverts or answer.dependencies else "",
                main=True,
                before=answer.offset,
            ),
        ],
        foot=freshness(answer.freshness),
        rest=f"{answer.command} --json",
        more=more(answer),
    )


def _heading(answer: HistoryAnswer) -> str:
    if answer.mode == "path":
        former = f", formerly {', '.join(map(safe_line, answer.names[1:4]))}" if len(answer.names) > 1 else ""
        return f"{answer.total} commits changed {safe_line(answer.names[0])}{former}"
    if answer.mode == "commit":
        return f"commit {answer.commits[0].sha}"
    return f"{answer.total} commits about {quote(answer.query, 100)}, best first"


def _commits(answer: HistoryAnswer) -> list[str]:
    if answer.mode != "path":
        return [_commit(c, f" [history {c.score:.2f}]" if c.score else "", c.body) for c in answer.commits]
    return [
        _commit(c, f" as {safe_line(c.path)}" if c.path != answer.names[0] else "", c.body)
        for c in answer.commits
    ]


def _commit(commit: CommitItem, note: str = "", body: str = "") -> str:
    lost = "" if commit.reachable else " (no longer in this history)"
    first = f"{commit.sha[:_SHA_CHARS]} {commit.date} {commit.author}: “{commit.subject}”{note}{lost}"
    return f"{first}\n    “{body}”" if body else first


def _reverts(found: Sequence[RevertItem], total: int, keep: int) -> Section:
    return Section(items=[_revert(r) for r in found], total=total, title="tried and undone:", keep=keep)


def _revert(r: RevertItem) -> str:
    state = "still out" if r.parity == "out" else "back in since"
    target = f" “{r.target_subject}” of {r.target_date}" if r.target_subject else " (not in this history)"
    chain = f"; {len(r.chain)} commits back and forth, ends {r.ends.upper()}" if len(r.chain) > 2 else ""
    what = f"{r.date} {r.author} undoes {r.target[:_SHA_CHARS]}{target}"
    first = f"  {r.by[:_SHA_CHARS]} {what}: {state}{chain} [{r.how}]"
    return f"{first}\n    “{r.reason}”" if r.reason else first


def reverts(answer: RevertsAnswer) -> Page:
    if not answer.reverts and not answer.total:
        return missing(answer, "Nothing was reverted", answer.searched)
    items = [_revert(r) for r in answer.reverts]
    return Page(
        head=f"{answer.total} reverts, newest first",
        sections=[Section(items=items, total=answer.total, main=True, before=answer.offset)],
        foot=freshness(answer.freshness),
        more=more(answer),
    )


def _dependencies(found: Sequence[DependencyItem], total: int, keep: int) -> Section:
    return Section(items=[_dependency(d) for d in found], total=total, title="dependencies:", keep=keep)


def _dependency(d: DependencyItem) -> str:
    what = f"{d.how} {safe_line(d.package)} ({safe_line(d.requirement)})"
    return f"  {d.sha[:_SHA_CHARS]} {d.date} {d.author} {what}: “{d.reason}”"


def changes(answer: ChangesAnswer) -> Page:
    totals = answer.totals
    if not any((totals.commits, totals.files, totals.decisions, totals.records)):
        return missing(answer, f"Nothing changed since {quote(answer.since, 100)}", "the commits and records")
    head = (
        f"since {quote(answer.since, 100)}: {totals.commits} commits, {totals.files} files,"
        f" {totals.decisions} decisions, {totals.records} records"
    )
    decided = [decision_line(d) for d in answer.decisions]
    records = [record_line(r) for r in answer.records]
    commits = [_commit(c, body=c.body) for c in answer.commits]
    files = [f"  {f.status} {safe_line(f.path)} ({f.commits} commits)" for f in answer.files]
    return Page(
        head=head,
        sections=[
            Section(items=decided, total=totals.decisions, title="decisions:", keep=3),
            Section(items=records, total=totals.records, title="records:", keep=3),
            _reverts(answer.reverts, totals.reverts, keep=2),
            _dependencies(answer.dependencies, totals.dependencies, keep=3),
            Section(items=commits, total=totals.commits, title="commits:", main=True, before=answer.offset),
            Section(items=files, total=totals.files, title="files:", keep=8),
        ],
        foot=freshness(answer.freshness),
        rest=f"{answer.command} --json",
        more=more(answer),
    )


def conventions(answer: ConventionsAnswer) -> Page:
    where = f" of {safe_line(answer.path)}" if answer.path else ""
    if not answer.conventions:
        return missing(answer, f"No convention{where} holds widely enough to be named", answer.searched)
    return Page(
        head=f"conventions{where}, mined from {answer.files} files; what holds nearly everywhere",
        sections=[Section(items=[_convention(c) for c in answer.conventions], total=answer.total, main=True)],
        foot=freshness(answer.freshness),
        more=lambda shown: "memoryd conventions --json",
    )


def _convention(c: ConventionItem) -> str:
    language = f" ({c.language})" if c.language else ""
    examples = f"\n    e.g. {', '.join(map(safe_line, c.examples))}" if c.examples else ""
    exceptions = f"; but {', '.join(map(safe_line, c.exceptions))}" if c.exceptions else ""
    return f"{c.topic}{language}: {safe_line(c.rule)} — {c.share:.0%} of {c.seen}{examples}{exceptions}"


def hotspots(answer: HotspotsAnswer) -> Page:
    where = f" of {safe_line(answer.path)}" if answer.path else ""
    if not answer.hotspots:
        return missing(answer, f"No hot spot{where}", answer.searched)
    owners = [f"  {o.name} {o.commits} commits ({o.share:.0%}), last {o.last_date}" for o in answer.owners]
    return Page(
        head=f"hot spots{where}: recent changes × size, relative to the worst",
        sections=[
            Section(items=[_hotspot(h) for h in answer.hotspots], total=answer.total, main=True),
            Section(items=owners, title="owners:", keep=3),
        ],
        foot=freshness(answer.freshness),
        more=lambda shown: "memoryd hotspots --json",
    )


def _hotspot(h: HotspotItem) -> str:
    owner = f", mostly {h.owners[0].name} ({h.owners[0].share:.0%})" if h.owners else ""
    return f"{place(h.path, 0)} {h.commits} commits, {h.lines} lines, last {h.last_date}{owner} [history {h.score:.2f}]"
