"""Why something is as it is: records and decisions about it, comments on it, and the commits that made it so."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from indexers.facts import Evidence, Operation
from indexers.profiles import is_manifest
from memoryd.errors import UsageError
from memoryd.globs.given import literal
from memoryd.globs.paths import is_glob, matcher
from memoryd.query import targets
from memoryd.query.anchors.anchor_place import LOST, AnchorPlace
from memoryd.query.answers import paging
from memoryd.query.briefing.commit_reasons import committed
from memoryd.query.briefing.line_commits import LineCommits, line_commits, of_unindexed
from memoryd.query.briefing.why_answers import WhyAnswer, WhyItem, WhyRequest
from memoryd.query.context import Context
from memoryd.query.decision_item import DecisionLink
from memoryd.query.decisions import listing
from memoryd.query.history import dependencies
from memoryd.query.rules import declared
from memoryd.query.rules.entry import Entry
from memoryd.query.safe_text import quote
from memoryd.query.targets import Target
from memoryd.store.index.queries import finding_queries, graph_queries

MAX_TARGETS = 5  # files or symbols that one question is about; a whole folder has no one reason
MAX_RULES = 3
MAX_LOGS = 5  # change logs that are looked into
_ABOVE = 2  # lines between a comment and what it is about
_TIERS = {"declared": 0, "evidence": 1, "proposed": 2}
_KINDS = (
    "record", "decision", "trailer", "constraint", "revert", "commit", "dependency", "fix", "deprecation", "reason",
    "debt", "changelog",
)  # fmt: skip
_RANK = {kind: rank for rank, kind in enumerate(_KINDS)}
_ROUND = 2  # of each kind so many come before the next ones of another
_SURE = {"constraint": 0.85, "deprecation": 0.9, "reason": 0.6, "debt": 0.6}
_MIN_NAME = 4  # shorter names are ordinary words
_ISSUE = re.compile(r"(?:#|\bgh-|\bissue[s ]*[:`]?)(\d{2,7})\b", re.I)
_LOG_NAME = re.compile(
    r"(?:^|/)(?:CHANGE[^/]*|HISTORY[^/]*|NEWS[^/]*)$|(?:^|/)(?:newsfragments|changelog\.d|news)/", re.I
)


def why(ctx: Context, request: WhyRequest) -> WhyAnswer:
    """Reasons, the most binding first. Raises UsageError when the target means nothing; an ambiguous one is
    answered with its candidates only."""
    try:
        resolution = targets.resolve(ctx, request.target)
    except UsageError:
        return _of_unindexed_line(ctx, request) or _of_package(ctx, request)
    if all(is_manifest(t.path) for t in (*resolution.targets, *resolution.candidates)) and (
        packages := _declared_package(ctx, request.target)
    ):
        return _of_package(ctx, request, packages)
    found: list[WhyItem] = []
    for target in resolution.targets[:MAX_TARGETS]:
        said = committed(ctx, target)
        found += [*_decided(ctx, target), *commented(ctx, target), *said, *_announced(ctx, said)]
    asked = resolution.targets[0] if len(resolution.targets) == 1 else None
    behind = line_commits(ctx, asked) if asked else LineCommits()
    shas = {item.sha for item in behind.items}
    rest = (item for item in dict.fromkeys(found) if item.kind != "commit" or item.sha not in shas)
    found = [*behind.items, *_ordered(rest)]
    page = tuple(found[request.offset : request.offset + request.limit])
    return WhyAnswer(
        ctx.freshness,
        target=request.target,
        definitions=tuple(target.definition for target in resolution.targets[:20]),
        items=page,
        total=len(found),
        candidates=tuple(target.definition for target in resolution.candidates),
        lines=asked.asked if asked else (0, 0),
        line_state=behind.state,
        searched="" if found or resolution.candidates else "records, decisions, comments and commit messages",
        **paging(f"memoryd why {shlex.quote(request.target)}", request.offset, len(page), len(found)),
    )


def _of_unindexed_line(ctx: Context, request: WhyRequest) -> WhyAnswer | None:
    target = of_unindexed(ctx, request.target)
    behind = line_commits(ctx, target) if target else LineCommits()
    if target is None or behind.state != "committed":
        return None
    return WhyAnswer(
        ctx.freshness,
        target=request.target,
        definitions=(target.definition,),
        items=behind.items,
        total=len(behind.items),
        lines=target.asked,
        line_state="committed",
    )


def _ordered(found: Iterable[WhyItem]) -> list[WhyItem]:
    """By tier; inside one, the surest of each kind before the rest, so that no kind hides another."""
    seen: Counter[tuple[str, str]] = Counter()
    ranked = []
    for item in sorted(found, key=lambda item: (_TIERS[item.tier], _RANK[item.kind], -item.confidence)):
        turn = seen[item.tier, item.kind] // _ROUND
        seen[item.tier, item.kind] += 1
        ranked.append((_TIERS[item.tier], turn, _RANK[item.kind], item))
    return [item for *_, item in sorted(ranked, key=lambda row: row[:3])]


def _declared_package(ctx: Context, text: str) -> list[WhyItem]:
    """Where manifests ask for the package of this name now, and the commit that wrote that; empty for no package."""
    name = text.strip().strip("`\"'").casefold()
    found: list[WhyItem] = []
    for path, one in finding_queries.findings(ctx.index, ctx.view.id, Operation):
        if one.kind != "dependency" or one.name.casefold() != name:
            continue
        row = graph_queries.file_at(ctx.index, ctx.view.id, path)
        if row is None or len(found) > MAX_TARGETS:
            continue
        asked = quote(f"{one.name} {one.detail}".strip(), 200)
        found.append(
            WhyItem("dependency", asked, path, one.line, "", "", "", 0.9, "declared", note="asked for here")
        )
        target = Target(
            path,
            row.path_id,
            row.file_id,
            row.hash,
            line=one.line,
            end_line=one.line,
            asked=(one.line, one.line),
        )
        found += line_commits(ctx, target).items
    return found


def _of_package(ctx: Context, request: WhyRequest, declared: Sequence[WhyItem] = ()) -> WhyAnswer:
    """What happened to the package of this name. Raises UsageError when nothing is known of one."""
    found = [
        *(declared or _declared_package(ctx, request.target)),
    ]
    found += [
        WhyItem(
            "dependency",
            f"{d.how} {d.package}: {d.reason}",
            "",
            0,
            d.sha,
            d.date,
            d.author,
            0.8,
            note=d.requirement,
        )
        for d in dependencies.of_words(ctx, request.target, request.limit)
    ]
    if not found:
        targets.resolve(ctx, request.target)
    return WhyAnswer(ctx.freshness, request.target, (), tuple(found), len(found))


# -- records and decisions


def _decided(ctx: Context, target: Target) -> Iterator[WhyItem]:
    for entry in listing.entries(ctx):
        item = entry.item
        if not item.path and item.status == "withdrawn":
            continue
        sure = _about(ctx, entry, target)
        if sure:
            note = "" if item.status in ("accepted", "proposed") else f" [{item.status}]"
            yield WhyItem(
                kind="decision" if item.path else "record",
                quote=quote(f"{item.title}{note}: {entry.text if item.path else ''}".removesuffix(": "), 400),
                path=item.path,
                line=item.line,
                sha="",
                date=item.date,
                author=item.author,
                confidence=round(sure * (item.confidence if item.path else entry.trust), 2),
                tier=item.tier,
                method="exact" if sure == 1 else "inferred",
                note=entry.unsure,
            )
    yield from _ruled(ctx, target)


def _ruled(ctx: Context, target: Target) -> Iterator[WhyItem]:
    """A few rules of tools and rules files that are for the place of the target in particular."""
    bound = [
        (path, rule)
        for path, rule in declared.constraints(ctx)
        if declared.kind_of(rule) != "decision" and rule.severity != "info"
        if declared.narrow(rule) and declared.governs(rule, target.path)
    ]
    bound.sort(key=lambda row: row[1].kind == "prose")
    for path, rule in bound[:MAX_RULES]:
        said = rule.quote if rule.kind == "prose" else f"{rule.tool}: {rule.name} {rule.message}".strip()
        yield WhyItem(
            kind="constraint", quote=quote(said, 300), path=path, line=rule.line, sha="", date="", author="",
            confidence=0.9 if rule.kind != "prose" else 0.7, tier="declared",
        )  # fmt: skip


def _about(ctx: Context, entry: Entry, target: Target) -> float:
    """How surely a decision is about the target: it names the path, the name, or a folder above; 0: not at all."""
    if entry.item.path:
        linked = max((_linked(link, target) for link in entry.item.links), default=0.0)
        if linked or target.path in entry.item.scope:
            return linked or 1.0
        name = target.qualname.rpartition(".")[2]
        if len(name) >= _MIN_NAME and _names(f"{entry.title}\n{entry.text}", name, target.qualname):
            return 0.8
        return 0.0
    return max((_anchored(ctx, place, target) for place in entry.places), default=0.0)


def _linked(link: DecisionLink, target: Target) -> float:
    """1 for the very file or symbol, less for what lies around it or beside it."""
    path, _, qualname = link.to.partition(":")
    if link.how in ("folder", "glob"):
        fits = literal(path) if link.how == "folder" else matcher(path)
        return 0.7 if fits(target.path) else 0.0
    if path != target.path:
        return 0.0
    return 1.0 if qualname in ("", target.qualname) or not target.qualname else 0.6


def _names(text: str, name: str, qualname: str) -> bool:
    """``name`` stands in ``text`` as code: it looks like an identifier, or is in back-ticks or qualified."""
    if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
        return False
    looks_like_code = "_" in name.strip("_") or any(char.isupper() for char in name[1:])
    return (
        looks_like_code
        or f"`{name}`" in text
        or f"`{name}(" in text
        or ("." in qualname and qualname in text)
    )


def _anchored(ctx: Context, place: AnchorPlace, target: Target) -> float:
    """As sure as the place is; of a lost one what is left of it is no whole to which others belong."""
    if place.state == LOST:
        return place.confidence if target.text == place.now else 0.0
    return place.confidence * max((_is_of(ctx, name, target) for name in place.named), default=0.0)


def _is_of(ctx: Context, anchor: str, target: Target) -> float:
    path, _, part = anchor.partition(":")
    if not part and anchor in (target.qualname, target.qualname.rpartition(".")[2]) and target.qualname:
        return 1.0
    is_pattern = is_glob(path) and not targets.is_there(ctx, path)
    if not (matcher(path) if is_pattern else literal(path))(target.path):
        return 0.0
    if not part or not target.qualname:
        return 1.0 if path == target.path else 0.8
    if part.isdigit():
        return 1.0 if target.line <= int(part) <= target.end_line else 0.0
    return (
        1.0
        if f"{target.qualname}.".startswith(f"{part}.") or f"{part}.".startswith(f"{target.qualname}.")
        else 0.0
    )


# -- comments and what files announce


def commented(ctx: Context, target: Target) -> Iterator[WhyItem]:
    """Constraints, reasons, debts and deprecations in and right above the target's lines."""
    for _, found in finding_queries.findings(ctx.index, ctx.view.id, Evidence, target.path):
        if found.kind in _SURE and _stands_at(found, target):
            yield WhyItem(
                kind=found.kind, quote=quote(found.quote, 330), path=target.path, line=found.line, sha="", date="",
                author="", confidence=_SURE[found.kind],
            )  # fmt: skip


def _stands_at(found: Evidence, target: Target) -> bool:
    if not target.qualname and not target.line:
        return True
    if found.kind == "deprecation":
        return bool(target.qualname) and found.subject == target.qualname
    return target.line - _ABOVE <= found.end_line and found.line <= target.end_line


def _announced(ctx: Context, said: Sequence[WhyItem]) -> Iterator[WhyItem]:
    """Entries of change logs about the same issues as these commits."""
    issues = {number: item for item in reversed(said) for number in _ISSUE.findall(item.quote)}
    if not issues:
        return
    logs = [path for path in graph_queries.paths_of_view(ctx.index, ctx.view.id) if _LOG_NAME.search(path)]
    for path in logs[:MAX_LOGS]:
        for _, entry in finding_queries.findings(ctx.index, ctx.view.id, Evidence, path):
            number = next((n for n in _ISSUE.findall(entry.quote) if n in issues), "")
            if entry.kind == "changelog" and number:
                commit = issues[number]
                yield WhyItem(
                    kind="changelog", quote=quote(entry.quote, 240), path=path, line=entry.line, sha=commit.sha,
                    date=commit.date, author=commit.author, confidence=0.5, method="inferred", note=entry.subject,
                )  # fmt: skip
