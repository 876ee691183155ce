"""The commits behind a target that say something: reasons, reverts, dependencies, declared trailers, fixed faults."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct, structs

from indexers.facts import CommitNote
from indexers.profiles import is_manifest
from memoryd.query.briefing.why_answers import WhyItem
from memoryd.query.context import BlamedLines, Context
from memoryd.query.dates import day
from memoryd.query.history import cochange, mending, reverts
from memoryd.query.history.commit_items import RevertItem
from memoryd.query.safe_text import quote
from memoryd.query.targets import Target
from memoryd.store.index.queries import history_queries, note_queries
from memoryd.store.index.queries.history_queries import CommitRow, Touch

MAX_COMMITS = 300  # whose notes are read
_MIN_NAME = 4  # shorter names are ordinary words
_SHOWN_SHA = 10
_NO_PROSE = re.compile(r"[A-Z][\w-]{1,30}: |[-*+#>]|https?://|\W")  # a trailer, a list, a link


class Blamed(Struct, frozen=True):
    """Commits behind the target's lines: sha → how many lines, and the first of them. ``current`` is false where the
    file differs from the commit, so that lines are off."""

    lines: Mapping[str, int]
    first: Mapping[str, int]
    current: bool


class _Past(Struct, frozen=True):
    """What is known of the commits behind one target."""

    target: Target
    blamed: Blamed
    notes: Mapping[int, Sequence[CommitNote]]
    undone: Mapping[int, Sequence[RevertItem]]  # by the undoing commit
    mended: Mapping[str, Sequence[CommitRow]]  # what says that it mends a fault of a commit, by sha


def committed(ctx: Context, target: Target) -> list[WhyItem]:
    """What the commits behind the target's lines say, and those of its file that name it; where none gives a reason,
    the three that wrote most of it."""
    touches = cochange.touched(ctx, [target.path_id])
    blamed = _blame(ctx, target, touches)
    behind = history_queries.commits_by_sha(ctx.index, blamed.lines)
    touching = history_queries.commits(ctx.index, [touch.commit_id for touch in touches[:MAX_COMMITS]])
    rows = {row.id: row for row in (*behind.values(), *touching.values())}
    wrote = {*(row.id for row in behind.values()), *(touch.commit_id for touch in touches)}
    mended = mending.mended_by(ctx, behind.values(), history_queries.reachable(ctx.index, ctx.view.id))
    past = _Past(target, blamed, note_queries.of_commits(ctx.index, rows), _undone(ctx, rows, wrote), mended)
    named = [row for row in sorted(rows.values(), key=lambda row: -row.id) if _is_about(past, row)]
    items = [item for row in named for item in _items(past, row)]
    return _once(items) or _plain(ctx, past, _most_lines(behind, blamed))


def _undone(
    ctx: Context, rows: Mapping[int, CommitRow], wrote: Collection[int]
) -> dict[int, list[RevertItem]]:
    """The reverts among these commits, and by others of these commits, under the undoing commit if it is among them,
    else under the one that it undoes."""
    pairs = reverts.of_file(ctx, rows, wrote)
    found: dict[int, list[RevertItem]] = {}
    for pair, item in zip(pairs, reverts.items(ctx, pairs), strict=True):
        found.setdefault(pair.by if pair.by in rows else pair.target, []).append(item)
    return found


def _blame(ctx: Context, target: Target, touches: Sequence[Touch]) -> Blamed:
    """Empty without git. The file is asked about at the commit that wrote it: the answer then holds, and is kept, for
    as long as the file is not changed again."""
    current = bool(touches) and int.from_bytes(target.hash[:8], "big", signed=True) == touches[0].new_blob
    spans: Sequence[BlamedLines] = ()
    if ctx.blame and ctx.view.head:
        wrote = history_queries.commits(ctx.index, [touches[0].commit_id]) if current else {}
        at = wrote[touches[0].commit_id].sha if wrote else ctx.view.head
        near = ((target.line, target.end_line),) if current and target.asked[0] and target.line else ()
        spans = ctx.blame(target.path, at, *near)
    first, last = (target.line, target.end_line) if target.line else (1, 1 << 60)
    lines: Counter[str] = Counter()
    starts: dict[str, int] = {}
    for span in spans:
        begin, end = max(first, span.first_line), min(last, span.first_line + span.count - 1)
        if begin <= end:
            lines[span.sha] += end - begin + 1
            starts.setdefault(span.sha, begin)
    return Blamed(lines, starts, current)


def _is_about(past: _Past, row: CommitRow) -> bool:
    """It wrote some of the target's lines, or its words name the target."""
    if not past.target.qualname or row.sha in past.blamed.lines:
        return True
    name = past.target.qualname.rpartition(".")[2]
    said = [row.subject, *(note.quote for note in past.notes.get(row.id, ()))]
    return len(name) >= _MIN_NAME and bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", "\n".join(said)))


def _items(past: _Past, row: CommitRow) -> Iterator[WhyItem]:
    notes = past.notes.get(row.id, ())
    undone = past.undone.get(row.id, ())
    for item in undone:
        yield _revert(past, row, item)
    for note in notes:
        if note.kind == "rationale" and not undone:
            text = row.subject if note.quote in ("", row.subject) else f"{row.subject} — {note.quote}"
            yield _item(past, row, "commit", text, min(0.9, 0.5 + 0.08 * note.score))
        elif note.kind == "trailer":
            yield _item(past, row, "trailer", f"{note.subject}: {note.quote}", 0.9, tier="declared")
        elif note.kind == "dependency" and _names_package(past.target, note):
            text = f"{row.subject} — {note.how} {note.subject} ({note.quote})"
            yield _item(past, row, "dependency", text, 0.8)
        elif note.kind == "fixes" and row.sha in past.blamed.lines:
            yield _item(past, row, "fix", row.subject, 0.8, note=f"fixes {note.subject[:_SHOWN_SHA]}")
    for mender in past.mended.get(row.sha, ()):
        yield _item(
            past, row, "fix", mender.subject, 0.8, note=f"{mender.sha[:_SHOWN_SHA]} mends a fault of this"
        )


def _names_package(target: Target, note: CommitNote) -> bool:
    """The file states dependencies itself, or is called like the package."""
    return not target.qualname and (note.subject in target.path.casefold() or is_manifest(target.path))


def _revert(past: _Past, row: CommitRow, item: RevertItem) -> WhyItem:
    subject = f" “{item.target_subject}”" if item.target_subject else ""
    if row.sha == item.by:
        text = f"{row.subject} — {item.reason}" if item.reason else row.subject
        note = f"reverts {item.target[:_SHOWN_SHA]}{subject}, which {item.effect()}"
    else:
        text = row.subject
        note = f"reverted by {item.by[:_SHOWN_SHA]} “{item.subject}”: it {item.effect()}"
    sure = {"stated": 0.95, "pull": 0.9, "text": 0.8}.get(item.how, 0.7)
    return _item(past, row, "revert", text, sure, note=note)


def _item(
    past: _Past, row: CommitRow, kind: str, text: str, sure: float, *, note: str = "", tier: str = "evidence"
) -> WhyItem:
    is_blamed = row.sha in past.blamed.lines
    if not is_blamed:
        sure *= 0.7 if past.target.qualname else 0.9
    elif not past.blamed.current:
        sure *= 0.7
    return WhyItem(
        kind=kind,
        quote=quote(text, 330),
        path=past.target.path,
        line=past.blamed.first.get(row.sha, past.target.line),
        sha=row.sha,
        date=day(row.time_s),
        author=quote(row.author, 80),
        confidence=round(sure, 2),
        tier=tier,
        method="exact" if is_blamed and past.blamed.current else "history",
        note=note,
    )


def _once(items: Sequence[WhyItem]) -> list[WhyItem]:
    """A squash, a cherry-pick and their original say the same: the newest of them speaks."""
    found: dict[tuple[str, str], WhyItem] = {}
    for item in items:
        found.setdefault((item.kind, item.quote.rpartition(" — ")[2]), item)
    return list(found.values())


def _most_lines(behind: Mapping[str, CommitRow], blamed: Blamed) -> Sequence[CommitRow]:
    return sorted(behind.values(), key=lambda row: (-blamed.lines[row.sha], -row.id))[:3]


def said_of(ctx: Context, rows: Sequence[CommitRow]) -> dict[int, str]:
    """What each commit says: its subject, with its reason or else the first paragraph of its message."""
    notes = note_queries.of_commits(ctx.index, [row.id for row in rows])
    bodies = history_queries.bodies(ctx.index, [row.id for row in rows])
    found = {}
    for row in rows:
        reason = next((n.quote for n in notes.get(row.id, ()) if n.kind == "rationale"), "")
        more = "" if reason == row.subject else reason or _first_words(bodies.get(row.id, ""))
        found[row.id] = " — ".join(filter(None, (row.subject, more)))
    return found


def _plain(ctx: Context, past: _Past, rows: Sequence[CommitRow]) -> list[WhyItem]:
    """Commits of which no sentence stands out as a reason: their subjects, with what they say first below them."""
    sure = 0.4 if past.blamed.current else 0.3
    texts = said_of(ctx, rows)
    return [structs.replace(_item(past, row, "commit", texts[row.id], 0.4), confidence=sure) for row in rows]


def _first_words(body: str) -> str:
    """The first paragraph of a message's body, in one line; "" for trailers, lists of commits and quoted diffs."""
    first = body.strip().partition("\n\n")[0]
    is_prose = first and not _NO_PROSE.match(first)
    return " ".join(first.split()) if is_prose else ""
