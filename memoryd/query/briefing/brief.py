"""What to know before a task: rules, decisions, warnings, places, consequences, conventions, changes; silent where
nothing fits."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import numpy as np

from memoryd.globs.given import PathScope, literal
from memoryd.query import targets
from memoryd.query.answers import shortened
from memoryd.query.briefing import why
from memoryd.query.briefing.brief_answers import BriefAnswer, BriefItem, BriefRequest, BriefSection
from memoryd.query.briefing.brief_code import SHA_CHARS, dependents, others, tests, where
from memoryd.query.briefing.brief_places import Places, places
from memoryd.query.briefing.brief_precedent import followed, precedent_section, precedents
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.decision_item import DecisionItem
from memoryd.query.decisions import listing
from memoryd.query.decisions.health import examined
from memoryd.query.history import cochange, history, reverts
from memoryd.query.history.conventions import conventions
from memoryd.query.history.conventions_answers import ConventionsRequest
from memoryd.query.history.similar import SimilarCommits, similar
from memoryd.query.retrieval.top_k import order
from memoryd.query.rules.project_rules import relevant, rules
from memoryd.query.safe_text import quote, safe_name
from memoryd.query.targets import Target
from memoryd.query.text.budget import CHARS_PER_TOKEN
from memoryd.query.text.lines import recorded_on
from memoryd.store.index.queries import graph_queries, history_queries

MAX_RULES = 6
MAX_DECISIONS = 6
MAX_WARNINGS = 3  # of each sort
MAX_CONVENTIONS = 3
MAX_FOLDER = 60  # files of a folder that are read for its conventions
MAX_SAID = 4
MAX_RECENT = 4
MAX_MESSAGES = 50  # of the closest commits whose messages are read
MIN_CLOSE = 0.5  # of the best score
# Share of the best score, and number, of the files that are named; measured by bench/eval_precedent.py.
LIKELY, LESS_LIKELY = (0.3, 12), (0.15, 30)
USUAL_TOKENS = 1_500
_HEAD_CHARS = 420  # of the text around the sections, the command for more left out
_TITLE_CHARS, _PROOF_CHARS = 24, 24  # around a section's title, with what is left off; around an item


def brief(ctx: Context, request: BriefRequest) -> BriefAnswer:
    """Sections in order of authority, cut to the budget. Raises UsageError when a given path means nothing."""
    given = [target for path in request.paths for target in _given(ctx, path)]
    found = places(ctx, request.task, given)
    past = similar(ctx, request.task) if found.hits else None
    known = precedents(ctx, past) if past else None
    found = _likeliest(followed(found, known) if known else found, request.max_tokens)
    paths = list(dict.fromkeys([*(t.path for t in given), *(hit.path for hit in found.functions)]))
    close = _close(past) if past else []
    sections = [
        _rules(ctx, request.task, paths),
        _decided(ctx, request.task, [target.path for target in given]),
        precedent_section(known) if known else BriefSection("precedent", (), 0),
        _warnings(ctx, found, close),
        where(ctx, found),
        others(found),
        dependents(ctx, found),
        tests(found),
        _conventions(ctx, paths),
        _said(ctx, close),
        _recent(ctx, found),
    ]
    more = f"memoryd brief {shlex.quote(request.task)} --max-tokens {2 * request.max_tokens}"
    head = _HEAD_CHARS + len(shortened(more, request.task))
    room = request.max_tokens * CHARS_PER_TOKEN - min(head, request.max_tokens * 2)
    kept = _budgeted([section for section in sections if section.items], room)
    truncated = sum(len(section.items) for section in kept) < sum(section.total for section in sections)
    return BriefAnswer(
        ctx.freshness,
        task=request.task,
        sections=tuple(kept),
        searched="" if kept else "rules files, decisions, records, code and history",
        truncated=truncated,
        next=more if truncated else "",
        command=more,
    )


def _likeliest(found: Places, max_tokens: int) -> Places:
    """A short list misses little and misleads less; who asks for a longer text gets the less likely ones, too."""
    return found.likeliest(*(LIKELY if max_tokens <= USUAL_TOKENS else LESS_LIKELY))


def _given(ctx: Context, path: str) -> Sequence[Target]:
    found = targets.resolve(ctx, path)
    return found.targets or found.candidates


# -- the sections


def _rules(ctx: Context, task: str, paths: Sequence[str]) -> BriefSection:
    known = rules(ctx, paths)
    shown = relevant(known, task, MAX_RULES)
    items = [
        BriefItem(f"“{quote(rule.text, 300)}”", f"{safe_name(rule.path)}:{rule.line}", "rule", 0.9)
        for rule in shown
    ]
    return BriefSection("rules of the project", tuple(items), len(items))


def _decided(ctx: Context, task: str, paths: Sequence[str]) -> BriefSection:
    """Decisions and records about the given paths or the task; what no longer holds is left out."""
    known = [e for e in listing.entries(ctx) if e.item.status in ("accepted", "proposed", "rejected")]
    on_paths = [
        entry
        for path in paths
        for entry in listing.about_path(ctx, known, PathScope(path, False, literal(path)))
    ]
    found = list(dict.fromkeys([*on_paths, *listing.about(known, task)]))
    found.sort(key=lambda entry: listing.standing(entry.item))
    shown = listing.dated(ctx, [entry.item for entry in found[:MAX_DECISIONS]])
    items = [_decision(item) for item in examined(ctx, shown)]
    return BriefSection("decisions", tuple(items), len(found))


def _decision(item: DecisionItem) -> BriefItem:
    doubt = f", in doubt: {item.reason}" if item.health == "in_doubt" else ""
    doubt += f", {recorded_on(item.branch)}" if item.branch else ""
    said = f"[{item.status}{doubt}] {item.title}"
    if item.excerpt and item.excerpt != item.title:
        said += f": “{quote(item.excerpt, 200)}”"
    source = f"{safe_name(item.path)}:{item.line}" if item.path else f"record {item.id} ({item.author})"
    method = "inferred" if item.health == "in_doubt" or item.branch else "exact"
    return BriefItem(said, f"{source} {item.date}".strip(), item.kind, item.confidence, method)


def _warnings(ctx: Context, found: Places, close: Sequence[int]) -> BriefSection:
    """What was undone about the task, and what the comments in the likeliest places forbid or owe."""
    said = dict.fromkeys(item for target in found.starts for item in why.commented(ctx, target))
    items = _undone(ctx, close)[:MAX_WARNINGS]
    for kind in ("constraint", "deprecation", "debt"):
        items += [
            BriefItem(
                f"{kind}: “{quote(item.quote, 200)}”",
                f"{safe_name(item.path)}:{item.line}",
                kind,
                item.confidence,
            )
            for item in said
            if item.kind == kind
        ][:MAX_WARNINGS]
    return BriefSection("warnings", tuple(items), len(items))


def _conventions(ctx: Context, paths: Sequence[str]) -> BriefSection:
    """What is done nearly everywhere in the folder of the likeliest place; names last, since they are seen at once."""
    folder = paths[0].rpartition("/")[0] if paths else ""
    near = graph_queries.paths_under(ctx.index, ctx.view.id, f"{folder}/", MAX_FOLDER + 1) if folder else []
    if not 1 < len(near) <= MAX_FOLDER:
        return BriefSection("conventions of that folder", (), 0)
    mined = conventions(ctx, ConventionsRequest(path=folder)).conventions
    known = sorted(mined, key=lambda item: item.topic == "names")
    items = [
        BriefItem(
            item.rule,
            f"{item.seen} cases under {safe_name(folder)}/",
            "convention",
            round(item.share, 2),
            "mined",
        )
        for item in known[:MAX_CONVENTIONS]
    ]
    return BriefSection("conventions of that folder", tuple(items), len(known))


def _close(past: SimilarCommits) -> list[int]:
    """Ids of the commits whose messages sound most like the task."""
    numbers = order(np.where(past.messages >= MIN_CLOSE, past.messages, 0.0), MAX_MESSAGES, np.negative)
    close: list[int] = past.ids[numbers].tolist()
    return close


def _undone(ctx: Context, close: Sequence[int]) -> list[BriefItem]:
    """The reverts that these commits are in, one for each chain: its last."""
    pairs = {one.chain or (one.by,): one for one in reverts.items(ctx, history.pairs_of(ctx, close))}
    return [
        BriefItem(
            (
                f"revert: “{one.target_subject or one.target[:SHA_CHARS]}” was reverted"
                + (f" by “{one.subject}”" if one.target_subject not in one.subject else "")
                + f": it {one.effect()}"
                if one.how != "words"
                else f"revert: “{one.subject}”"
            )
            + (f" — “{one.reason}”" if one.reason not in ("", one.subject) else ""),
            f"{one.by[:SHA_CHARS]} {one.date}",
            "revert",
            0.9 if one.how in ("stated", "pull", "patch") else 0.6,
            "history",
        )
        for one in pairs.values()
    ]


def _said(ctx: Context, close: Sequence[int]) -> BriefSection:
    """The reasons that these commits give."""
    said = history.reasons(ctx, close)
    rows = history_queries.commits(ctx.index, said)
    items = []
    for id_ in (id_ for id_ in close if id_ in said):
        row, reason = rows[id_], said[id_]
        text = row.subject if reason in ("", row.subject) else f"{row.subject} — {reason}"
        source = f"{row.sha[:SHA_CHARS]} {day(row.time_s)}"
        items.append(BriefItem(f"“{quote(text, 240)}”", source, "commit", 0.6, "history"))
    return BriefSection("reasons given in past commits", tuple(items[:MAX_SAID]), len(items))


def _recent(ctx: Context, found: Places) -> BriefSection:
    past = cochange.touched(ctx, {target.path_id for target in found.starts})
    ids = list(dict.fromkeys(touch.commit_id for touch in past))
    rows = history_queries.commits(ctx.index, ids[:MAX_RECENT])
    items = [
        BriefItem(
            f"“{quote(rows[id_].subject, 120)}”",
            f"{rows[id_].sha[:SHA_CHARS]} {day(rows[id_].time_s)}",
            "commit",
            1.0,
        )
        for id_ in ids[:MAX_RECENT]
    ]
    return BriefSection("recent commits to these files", tuple(items), len(ids))


# -- the budget


def _budgeted(sections: Sequence[BriefSection], room: int) -> list[BriefSection]:
    """The sections' items that fit into ``room`` characters: in rounds of two, so that no section starves another of
    less authority."""
    taken = [0] * len(sections)
    progress = True
    while progress:
        progress = False
        for i, section in enumerate(sections):
            for item in section.items[taken[i] : taken[i] + 2]:
                title = 0 if taken[i] else len(section.title) + _TITLE_CHARS
                size = title + len(item.text) + len(item.source) + _PROOF_CHARS
                if size > room:
                    break
                room, taken[i], progress = room - size, taken[i] + 1, True
    return [
        BriefSection(section.title, section.items[:count], section.total)
        for section, count in zip(sections, taken, strict=True)
        if count
    ]
