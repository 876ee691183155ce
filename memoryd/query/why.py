"""Why something is as it is: records and decisions about it, comments on it, and the commits that made it so."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from indexers.facts import Comment
from memoryd.query import coupling, decisions, targets
from memoryd.query.answers import WhyAnswer, WhyItem
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.globs import matcher
from memoryd.query.paging import paging
from memoryd.query.rationale import SERVED, comment_kind, rationale
from memoryd.query.requests import WhyRequest
from memoryd.query.safe_text import quote
from memoryd.query.targets import Target
from memoryd.store import history_rows, reader
from memoryd.store.history_rows import CommitRow

MAX_TARGETS = 5  # files or symbols that one question is about; a whole folder has no one reason
MAX_COMMITS = 300  # whose messages are read
MAX_COMMENT_CHARS = 4_000
_ABOVE = 2  # lines between a comment and what it is about
_TIERS = {"declared": 0, "evidence": 1, "proposed": 2}
_KINDS = {"record": 0, "decision": 1, "constraint": 2, "revert": 3, "commit": 4, "comment": 5, "debt": 6}
_MIN_NAME = 4  # shorter names are ordinary words
_REVERT = re.compile(r"\ARevert [\"'“]|\ABack(ed)? out |^This reverts commit [0-9a-f]{7,40}", re.M)


class _Blamed(Struct, frozen=True):
    """Commits behind the target's lines: sha → how many lines, and the first of them."""

    lines: dict[str, int]
    first: dict[str, int]
    current: bool


def why(ctx: Context, request: WhyRequest) -> WhyAnswer:
    """Reasons, the most binding first. Raises UsageError when the target means nothing; an ambiguous one is
    answered with its candidates only."""
    resolution = targets.resolve(ctx, request.target)
    found: list[WhyItem] = []
    for target in resolution.targets[:MAX_TARGETS]:
        found += [*_decided(ctx, target), *commented(ctx, target), *_committed(ctx, target)]
    found = sorted(dict.fromkeys(found), key=_order)
    page = tuple(found[request.offset : request.offset + request.limit])
    return WhyAnswer(
        ctx.freshness,
        target=request.target,
        definitions=tuple(target.definition for target in resolution.targets[:20]),
        items=page,
        total=len(found),
        candidates=tuple(target.definition for target in resolution.candidates),
        searched="" if found or resolution.candidates else "records, decisions, comments and commit messages",
        **paging(f"memoryd why {shlex.quote(request.target)}", request.offset, len(page), len(found)),
    )


def _order(item: WhyItem) -> tuple[int, int, float]:
    return _TIERS[item.tier], _KINDS[item.kind], -item.confidence


# -- records and decisions


def _decided(ctx: Context, target: Target) -> Iterator[WhyItem]:
    for entry in decisions.entries(ctx):
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
                confidence=round(sure * item.confidence, 2),
                tier=item.tier,
                method="exact" if sure == 1 else "inferred",
            )


def _about(ctx: Context, entry: decisions.Entry, target: Target) -> float:
    """How surely a decision is about the target: it names the path, the name, or a folder above; 0: not at all."""
    if entry.item.path:
        if target.path in entry.item.scope:
            return 1.0
        name = target.qualname.rpartition(".")[2]
        if len(name) >= _MIN_NAME and _names(f"{entry.title}\n{entry.text}", name, target.qualname):
            return 0.8
        return 0.0
    record = ctx.records.get(entry.item.id) if ctx.records else None
    return max((_anchored(anchor, target) for anchor in record.anchors), default=0.0) if record else 0.0


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


def _anchored(anchor: str, target: Target) -> float:
    path, _, part = anchor.partition(":")
    if not part and anchor in (target.qualname, target.qualname.rpartition(".")[2]) and target.qualname:
        return 1.0
    if not matcher(path)(target.path):
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


# -- comments


def commented(ctx: Context, target: Target) -> Iterator[WhyItem]:
    """Constraints, debts and explanations in and right above the target's lines."""
    for _, facts in reader.file_facts(ctx.index, [target.file_id]):
        for comment in facts.comments:
            if not _stands_at(comment, target):
                continue
            kind = comment_kind(comment.text[:MAX_COMMENT_CHARS])
            if kind:
                yield WhyItem(
                    kind=kind, quote=quote(comment.text, 400), path=target.path, line=comment.line, sha="",
                    date="", author="", confidence=0.85 if kind == "constraint" else 0.6,
                )  # fmt: skip


def _stands_at(comment: Comment, target: Target) -> bool:
    if not target.qualname and not target.line:
        return True
    return target.line - _ABOVE <= comment.end_line and comment.line <= target.end_line


# -- commits


def _committed(ctx: Context, target: Target) -> list[WhyItem]:
    """The commits behind the target's lines by blame, and those of its file that name it and say why."""
    past = coupling.touched(ctx, [target.path_id])
    blamed = _blame(ctx, target, past[0].new_blob if past else 0)
    behind = history_rows.commits_by_sha(ctx.index, blamed.lines)
    touching = history_rows.commits(ctx.index, [touch.commit_id for touch in past[:MAX_COMMITS]])
    rows = {row.id: row for row in (*behind.values(), *touching.values())}
    bodies = history_rows.bodies(ctx.index, rows)
    items = []
    for row in sorted(rows.values(), key=lambda row: -row.id):
        item = _commit_item(target, row, bodies.get(row.id, ""), blamed)
        if item:
            items.append(item)
    return items or [_plain(target, row, blamed) for row in _most_lines(behind, blamed)]


def _blame(ctx: Context, target: Target, committed_blob: int) -> _Blamed:
    """Empty without git. ``current`` is false where the file differs from the commit, so that lines are off."""
    spans = ctx.blame(target.path, ctx.view.head) if ctx.blame and ctx.view.head else ()
    first, last = (target.line, target.end_line) if target.line else (1, 1 << 60)
    lines: Counter[str] = Counter()
    starts: dict[str, int] = {}
    for span in spans:
        begin, end = max(first, span.first_line), min(last, span.first_line + span.count - 1)
        if begin <= end:
            lines[span.sha] += end - begin + 1
            starts.setdefault(span.sha, begin)
    current = int.from_bytes(target.hash[:8], "big", signed=True) == committed_blob
    return _Blamed(dict(lines), starts, current)


def _commit_item(target: Target, row: CommitRow, body: str, blamed: _Blamed) -> WhyItem | None:
    """None: its message gives no reason, or it is about something else in the file."""
    is_blamed = row.sha in blamed.lines
    said = rationale(row.subject, body, row.author)
    revert = is_revert(row.subject, body)
    if said.score < 0 or (said.score < SERVED and not revert):
        return None
    name = target.qualname.rpartition(".")[2]
    if target.qualname and not is_blamed and not _mentioned(name, row.subject, body):
        return None
    text = row.subject if said.sentence in ("", row.subject) else f"{row.subject} — {said.sentence}"
    sure = min(0.9, 0.5 + 0.08 * said.score) * (1.0 if is_blamed or not target.qualname else 0.7)
    return WhyItem(
        kind="revert" if revert else "commit",
        quote=quote(text, 400),
        path=target.path,
        line=blamed.first.get(row.sha, target.line),
        sha=row.sha,
        date=day(row.time_s),
        author=quote(row.author, 80),
        confidence=round(sure if blamed.current or not is_blamed else 0.7 * sure, 2),
        method="exact" if is_blamed and blamed.current else "history",
    )


def is_revert(subject: str, body: str) -> bool:
    """Whether the message says that the commit undoes another one."""
    return bool(_REVERT.search(f"{subject}\n{body[:300]}"))


def _mentioned(name: str, subject: str, body: str) -> bool:
    return len(name) >= _MIN_NAME and bool(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", f"{subject}\n{body}")
    )


def _most_lines(behind: dict[str, CommitRow], blamed: _Blamed) -> Sequence[CommitRow]:
    """Where no message gives a reason: the three commits that wrote most of it."""
    return sorted(behind.values(), key=lambda row: (-blamed.lines[row.sha], -row.id))[:3]


def _plain(target: Target, row: CommitRow, blamed: _Blamed) -> WhyItem:
    return WhyItem(
        kind="commit",
        quote=quote(row.subject, 300),
        path=target.path,
        line=blamed.first.get(row.sha, target.line),
        sha=row.sha,
        date=day(row.time_s),
        author=quote(row.author, 80),
        confidence=0.4 if blamed.current else 0.3,
        method="exact" if blamed.current else "history",
    )
