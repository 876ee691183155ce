"""What to know before a task: rules, decisions, places, consequences, recent changes; silent where nothing fits."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from memoryd.errors import UsageError
from memoryd.query import coupling, decisions, history, impact, reverts, targets, why
from memoryd.query.answers import BriefAnswer, BriefItem, BriefSection, DecisionItem
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.health import examined
from memoryd.query.layout import CHARS_PER_TOKEN
from memoryd.query.requests import BriefRequest
from memoryd.query.rules import relevant, rules
from memoryd.query.safe_text import quote, safe_line
from memoryd.query.search import search
from memoryd.query.search_answers import Hit, SearchRequest
from memoryd.query.targets import Target
from memoryd.store import history_rows

MAX_PLACES = 8
MAX_RULES = 6
MAX_DECISIONS = 6
MAX_RECENT = 5
MAX_CONSTRAINTS = 5
MAX_TRIED = 4
MAX_MESSAGES = 50  # of the closest commits whose messages are read
MIN_CLOSE = 0.5  # of the best score
MAX_TESTS = 8
MAX_COUPLED = 4
MAX_STARTS = 3  # places whose consequences are looked at
_MIN_TERM_SHARE = 0.15  # of the best hit: a place below is noise


def brief(ctx: Context, request: BriefRequest) -> BriefAnswer:
    """Sections in order of authority, cut to the budget. Raises UsageError when a given path means nothing."""
    given = [target for path in request.paths for target in _given(ctx, path)]
    hits = _places(ctx, request)
    paths = list(dict.fromkeys([*(t.path for t in given), *(hit.path for hit in hits if hit.path)]))
    starts = (given or _starts(ctx, hits))[:MAX_STARTS]
    sections = [
        _rules(ctx, request.task, paths),
        _decided(ctx, request.task, [target.path for target in given]),
        _constraints(ctx, starts),
        _where(hits),
        *_consequences(ctx, starts),
        _tried(ctx, request.task),
        _recent(ctx, starts),
    ]
    kept = _budgeted([section for section in sections if section.items], request.max_tokens)
    more = f"memoryd brief {shlex.quote(request.task[:200])} --max-tokens {2 * request.max_tokens}"
    truncated = any(len(section.items) < section.total for section in kept)
    return BriefAnswer(
        ctx.freshness,
        task=request.task,
        sections=tuple(kept),
        searched="" if kept else "rules files, decisions, records, code and history",
        truncated=truncated,
        next=more if truncated else "",
        command=more,
    )


def _given(ctx: Context, path: str) -> Sequence[Target]:
    found = targets.resolve(ctx, path)
    return found.targets or found.candidates


def _places(ctx: Context, request: BriefRequest) -> list[Hit]:
    """Code and documents that the task is about; where paths are given, those first."""
    found = search(ctx, SearchRequest(query=request.task, k=MAX_PLACES, kinds=("code", "doc"))).hits
    best = max((hit.score for hit in found), default=0.0)
    return [hit for hit in found if hit.score >= _MIN_TERM_SHARE * best]


def _starts(ctx: Context, hits: Iterable[Hit]) -> list[Target]:
    """The symbols (else files) of the best places in code."""
    found: list[Target] = []
    for hit in hits:
        if hit.kind != "code":
            continue
        try:
            resolution = targets.resolve(ctx, f"{hit.path}:{hit.symbol}" if hit.symbol else hit.path)
        except UsageError:
            continue  # a piece that is no definition, such as a window of lines
        found += resolution.targets[:1]
    return found


# -- the sections


def _rules(ctx: Context, task: str, paths: Sequence[str]) -> BriefSection:
    known = rules(ctx, paths)
    shown = relevant(known, task, MAX_RULES)
    items = [
        BriefItem(f"“{quote(rule.text, 300)}”", f"{safe_line(rule.path)}:{rule.line}", "rule", 0.9)
        for rule in shown
    ]
    return BriefSection("rules of the project", tuple(items), len(items))


def _decided(ctx: Context, task: str, paths: Sequence[str]) -> BriefSection:
    """Decisions and records about the given paths or the task; what no longer holds is left out."""
    known = [e for e in decisions.entries(ctx) if e.item.status in ("accepted", "proposed", "rejected")]
    on_paths = [entry for path in paths for entry in decisions.about_path(known, path)]
    found = list(dict.fromkeys([*on_paths, *decisions.about(known, task)]))
    found.sort(key=lambda entry: decisions.standing(entry.item))
    shown = decisions.dated(ctx, [entry.item for entry in found[:MAX_DECISIONS]])
    items = [_decision(item) for item in examined(ctx, shown)]
    return BriefSection("decisions", tuple(items), len(found))


def _decision(item: DecisionItem) -> BriefItem:
    doubt = f", in doubt: {item.reason}" if item.health == "in_doubt" else ""
    said = f"[{item.status}{doubt}] {item.title}"
    if item.excerpt and item.excerpt != item.title:
        said += f": “{quote(item.excerpt, 200)}”"
    source = f"{safe_line(item.path)}:{item.line}" if item.path else f"record {item.id} ({item.author})"
    return BriefItem(said, f"{source} {item.date}".strip(), item.kind, item.confidence)


def _constraints(ctx: Context, starts: Sequence[Target]) -> BriefSection:
    """Constraint comments in the likeliest places."""
    found = [item for target in starts for item in why.commented(ctx, target) if item.kind == "constraint"]
    items = [
        BriefItem(
            f"“{quote(item.quote, 240)}”", f"{safe_line(item.path)}:{item.line}", item.kind, item.confidence
        )
        for item in dict.fromkeys(found[:MAX_CONSTRAINTS])
    ]
    return BriefSection("constraints in the code there", tuple(items), len(found))


def _where(hits: Sequence[Hit]) -> BriefSection:
    items = [
        BriefItem(
            safe_line(hit.symbol) or quote(hit.snippet, 100),
            f"{safe_line(hit.path)}:{hit.line}",
            hit.kind,
            round(min(1.0, hit.score), 2),
            "inferred",
        )
        for hit in hits
    ]
    return BriefSection("where to look", tuple(items), len(items))


def _consequences(ctx: Context, starts: Sequence[Target]) -> list[BriefSection]:
    """Tests that reach the likeliest places, and files that change with them though no edge says so."""
    if not starts:
        return []
    walk = impact.walk_back(ctx, starts, 3)
    tests = impact.tests_of(ctx, walk)
    reached = [
        BriefItem(f"{safe_line(test.path)} {safe_line(' '.join(test.symbols[:2]))}".strip(), f"hop {test.hop}", "test",
                  test.confidence, test.method)
        for test in tests[:MAX_TESTS]
    ]  # fmt: skip
    ids = {target.path_id for target in starts}
    found = [c for c in coupling.coupled(ctx, ids, coupling.touched(ctx, ids)) if not c.explained]
    coupled = [
        BriefItem(safe_line(c.path), f"together {c.support} times", "cochange", c.score, "history")
        for c in found[:MAX_COUPLED]
    ]
    return [
        BriefSection(f"tests to run ({walk.nodes} dependents in 3 hops)", tuple(reached), len(tests)),
        BriefSection("usually changes with it", tuple(coupled), len(found)),
    ]


def _tried(ctx: Context, task: str) -> BriefSection:
    """Past commits about the task that undo something or give a reason."""
    ids, scores = history.ranked(ctx, task)
    close = [id_ for id_, score in zip(ids, scores, strict=True) if score >= MIN_CLOSE][:MAX_MESSAGES]
    rows, said = history_rows.commits(ctx.index, close), history.reasons(ctx, close)
    known = reverts.undone(ctx).by_commit
    items = []
    for id_ in close:
        row, undone = rows[id_], any(pair.by == id_ for pair in known.get(id_, ()))
        if undone or id_ in said:
            reason = said.get(id_, "")
            text = row.subject if reason in ("", row.subject) else f"{row.subject} — {reason}"
            kind = "revert" if undone else "commit"
            items.append(
                BriefItem(
                    f"{kind}: “{quote(text, 240)}”", f"{row.sha[:10]} {day(row.time_s)}", kind, 0.6, "history"
                )
            )
    return BriefSection("said in past commits", tuple(items[:MAX_TRIED]), len(items))


def _recent(ctx: Context, starts: Sequence[Target]) -> BriefSection:
    past = coupling.touched(ctx, {target.path_id for target in starts})
    ids = list(dict.fromkeys(touch.commit_id for touch in past))
    rows = history_rows.commits(ctx.index, ids[:MAX_RECENT])
    items = [
        BriefItem(
            f"“{quote(rows[id_].subject, 120)}”",
            f"{rows[id_].sha[:10]} {day(rows[id_].time_s)}",
            "commit",
            1.0,
        )
        for id_ in ids[:MAX_RECENT]
    ]
    return BriefSection("recent changes there", tuple(items), len(ids))


# -- the budget


def _budgeted(sections: Sequence[BriefSection], max_tokens: int) -> list[BriefSection]:
    """The sections' items that fit: in rounds of two, so that no section starves another of less authority."""
    room = max_tokens * CHARS_PER_TOKEN
    taken = [0] * len(sections)
    room -= sum(len(section.title) + 24 for section in sections)
    progress = True
    while progress:
        progress = False
        for i, section in enumerate(sections):
            for item in section.items[taken[i] : taken[i] + 2]:
                size = len(item.text) + len(item.source) + 24
                if size > room:
                    break
                room, taken[i], progress = room - size, taken[i] + 1, True
    return [
        BriefSection(section.title, section.items[:count], section.total)
        for section, count in zip(sections, taken, strict=True)
        if count
    ]
