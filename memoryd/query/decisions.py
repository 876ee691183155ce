"""What was decided: the project's decision documents and the records of people and agents, never mixed up."""

from __future__ import annotations

import math
import posixpath
import re
import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct, structs

from indexers import terms
from memoryd.errors import UsageError
from memoryd.query import anchors
from memoryd.query.answers import DecisionItem, DecisionsAnswer
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.globs import is_glob, matcher
from memoryd.query.paging import paging
from memoryd.query.requests import DecisionsRequest
from memoryd.query.safe_text import quote, safe_text
from memoryd.store import decision_rows, graph_rows, history_rows, reader
from memoryd.store.decision_rows import DecisionRow
from memoryd.store.record_values import CONFIRMED, DOCUMENT, IMPORTED, PROPOSED, Record, is_person

MAX_TEXT_CHARS = 20_000  # of one decision shown in full
MAX_RECORDS = 5_000
MIN_COVERED = 0.34  # of the topic's weight; below, a decision is about something else
RECORD_KINDS = ("decision", "constraint", "convention", "lesson")
_STATUS_OF = {
    "proposed": "proposed",
    "confirmed": "accepted",
    "retracted": "withdrawn",
    "superseded": "superseded",
}
_UNCONFIRMED = {PROPOSED: 0.5, IMPORTED: 0.3}  # trust -> confidence
_FOLDER_DOCUMENTS = frozenset(("readme", "index", "kep", "adr", "rfc"))
_PATH = re.compile(
    r"(?<![\w/.-])(?:[\w@.+-]+/)*[\w@+-][\w@.+-]*\.\w{1,8}\b|(?<![\w/.-])(?:[\w@.+-]+/)+[\w@.+-]*"
)
_NUMBER = re.compile(r"\d{1,9}")
_WEB_VIEW = re.compile(r"/(?:blob|tree|src)/[^/]+/(.+)$")


class Entry(Struct, frozen=True):
    """A decision with the words that it is found by."""

    item: DecisionItem
    title: str
    text: str
    anchors: tuple[str, ...] = ()  # of a record, as they read now


def decisions(ctx: Context, request: DecisionsRequest) -> DecisionsAnswer:
    """The list, or with ``id`` one in full. Raises UsageError for an id, status or path that does not exist."""
    status = _status(request.status) if request.status else ""
    known = entries(ctx)
    if request.id:
        return DecisionsAnswer(
            ctx.freshness, topic=request.id, decisions=(_show(ctx, known, request.id),), total=1
        )
    found = known
    if status:
        found = [entry for entry in found if entry.item.status == status]
    if request.path:
        found = about_path(found, request.path) or _none_about(ctx, request.path)
    if request.topic:
        found = about(found, request.topic)
    page = found[request.offset : request.offset + request.limit]
    return DecisionsAnswer(
        ctx.freshness,
        topic=request.topic,
        decisions=tuple(dated(ctx, [entry.item for entry in page])),
        total=len(found),
        searched=f"{len(known)} decisions and records" if not found else "",
        **paging(_command(request), request.offset, len(page), len(found)),
    )


def entries(ctx: Context) -> list[Entry]:
    """Everything decided that the view shows: what people confirmed, then documents, then proposals."""
    documents = _documents(ctx)
    records = _of_records(ctx, {entry.item.path for entry in documents})
    return sorted([*documents, *records], key=lambda entry: (authority(entry.item), entry.item.path))


def authority(item: DecisionItem) -> int:
    """The order of trust: what a person confirmed, committed documents, what is only proposed, what was imported."""
    if item.tier == "proposed":
        return IMPORTED if item.status_source == "import" else PROPOSED
    return DOCUMENT if item.path else CONFIRMED


def standing(item: DecisionItem) -> int:
    """0 for what is declared, more for what nobody vouches for: whatever is found, that comes last."""
    return max(authority(item) - DOCUMENT, 0)


def about(known: Sequence[Entry], topic: str) -> list[Entry]:
    """Those that share enough of the topic's words, best first; a proposal never stands before another tier."""
    wanted = set(terms.terms(topic))
    words = [(set(terms.terms(entry.title)), set(terms.terms(entry.text))) for entry in known]
    frequency = Counter(term for title, text in words for term in (title | text) & wanted)
    weight = {term: math.log(1 + len(known) / (1 + frequency[term])) + 0.1 for term in wanted}
    whole = sum(weight.values()) or 1.0
    scored = []
    for entry, (title, text) in zip(known, words, strict=True):
        covered = sum(weight[term] for term in wanted & (title | text)) / whole
        if covered >= MIN_COVERED:
            in_title = sum(weight[term] for term in wanted & title) / whole
            scored.append((standing(entry.item), -covered - in_title, entry))
    return [entry for *_, entry in sorted(scored, key=lambda row: row[:2])]


def about_path(known: Sequence[Entry], path: str) -> list[Entry]:
    """Those that lie under ``path`` (a file, folder or glob), or name it, something in it, or a folder above."""
    matches = matcher(path)
    plain = path.strip("/")

    def touches(place: str) -> bool:
        return matches(place) or (not is_glob(path) and plain.startswith(f"{place.rstrip('/')}/"))

    return [
        entry
        for entry in known
        if (entry.item.path and matches(entry.item.path)) or any(map(touches, entry.item.scope))
    ]


def _none_about(ctx: Context, path: str) -> list[Entry]:
    """Empty; raises UsageError when there is not even a file of that name."""
    matches = matcher(path)
    if not any(map(matches, graph_rows.paths_of_view(ctx.index, ctx.view.id))):
        raise UsageError(
            f"no file of the project fits the path `{path[:200]}`",
            where="path",
            next_step="give a file, a folder or a glob, relative to the project's root",
        )
    return []


def dated(ctx: Context, items: Iterable[DecisionItem]) -> Iterable[DecisionItem]:
    """Documents that state no date get the day on which their file came into the history."""
    seen = history_rows.reachable(ctx.index, ctx.view.id)
    for item in items:
        if not item.date and item.path:
            ids = graph_rows.path_ids(ctx.index, [item.path])
            past = history_rows.touches(ctx.index, ids[item.path], seen) if ids else []
            first = history_rows.commits(ctx.index, [past[-1].commit_id]) if past else {}
            item = structs.replace(item, date=next((day(row.time_s) for row in first.values()), ""))
        yield item


# -- documents


def _documents(ctx: Context) -> list[Entry]:
    rows = decision_rows.decisions(ctx.index, ctx.view.id)
    links = _Links(rows)
    scopes = _scopes(ctx, rows)
    return [_of_document(row, links, scopes[row.path]) for row in rows]


def _of_document(row: DecisionRow, links: _Links, scope: tuple[str, ...]) -> Entry:
    decision = row.decision
    superseded_by = links.newer[row.path]
    overruled = row.path in links.overruled and decision.status in ("accepted", "deprecated")
    status = "superseded" if overruled else decision.status
    explicit = decision.status_source == "explicit" or overruled
    item = DecisionItem(
        id=identifier(row.path),
        aliases=_aliases(row),
        kind="adr",
        title=quote(decision.title, 200),
        status=status,
        status_source="explicit" if explicit else decision.status_source,
        health="ok" if scope else "unlinked",
        date=decision.date,
        path=row.path,
        line=decision.line,
        supersedes=tuple(links.older[row.path]),
        superseded_by=tuple(superseded_by),
        scope=scope,
        tier="declared",
        confidence=0.98 if explicit else 0.9,
        excerpt=quote(decision.decision or decision.context, 300),
    )
    return Entry(item, f"{decision.title} {row.path}", f"{decision.decision}\n{decision.context}")


def identifier(path: str) -> str:
    """The path without its extension; a folder's README stands for the folder."""
    stem, _ = posixpath.splitext(path)
    folder, _, name = stem.rpartition("/")
    return folder if folder and name.lower() in _FOLDER_DOCUMENTS else stem


def _aliases(row: DecisionRow) -> tuple[str, ...]:
    slug = identifier(row.path).rpartition("/")[2]
    number = row.decision.number.lstrip("0")
    return tuple(dict.fromkeys(alias for alias in (slug, row.decision.number, number) if alias))


class _Links:
    """Which document supersedes which, from what either side says. ``older``, ``newer``: path → ids.
    ``overruled``: paths of documents that a newer one, itself in force, says it supersedes."""

    def __init__(self, rows: Sequence[DecisionRow]) -> None:
        self._paths = {row.path: row.path for row in rows} | {identifier(row.path): row.path for row in rows}
        self._by_slug: dict[str, list[str]] = {}
        self._by_number: dict[tuple[str, int], list[str]] = {}
        self._by_title: dict[str, list[str]] = {}
        for row in rows:
            self._by_slug.setdefault(_slug(row.path), []).append(row.path)
            self._by_title.setdefault(_plain(row.decision.title), []).append(row.path)
            if row.decision.number.isdigit():
                key = (_home(row.path), int(row.decision.number))
                self._by_number.setdefault(key, []).append(row.path)
        self.older: dict[str, list[str]] = {row.path: [] for row in rows}
        self.newer: dict[str, list[str]] = {row.path: [] for row in rows}
        self.overruled: set[str] = set()
        for row in rows:
            for reference in row.decision.supersedes:
                old = self._find(row.path, reference)
                self._link(old, row.path)
                if old and row.decision.status not in ("proposed", "rejected", "withdrawn"):
                    self.overruled.add(old)
            for reference in row.decision.superseded_by:
                self._link(row.path, self._find(row.path, reference))

    def _link(self, old: str, new: str) -> None:
        if old and new and old != new and identifier(new) not in self.newer[old]:
            self.newer[old].append(identifier(new))
            self.older[new].append(identifier(old))

    def _find(self, path: str, reference: str) -> str:
        """The document that ``reference`` names as seen from ``path``; ``""`` when none or several fit."""
        bare = reference.partition("#")[0].partition("?")[0].strip()
        if "://" in bare:  # another project's document, unless it is one of ours in the web view of its host
            inside = _WEB_VIEW.search(bare)
            return self._at(inside[1]) if inside else ""
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), bare))
        found = self._at(place) or self._at(bare.lstrip("/"))
        if found:
            return found
        number = _NUMBER.search(bare)
        near = self._by_number.get((_home(path), int(number[0])), []) if number and "/" not in bare else []
        for several in (self._by_slug.get(_slug(bare), []), self._by_title.get(_plain(reference), []), near):
            if len(several) == 1:
                return several[0]
        return ""

    def _at(self, place: str) -> str:
        return self._paths.get(place.rstrip("/"), "") or self._paths.get(identifier(place), "")


def _slug(path: str) -> str:
    return identifier(path.rstrip("/")).rpartition("/")[2].lower()


def _home(path: str) -> str:
    """The folder in which a document's number is unique."""
    return posixpath.dirname(identifier(path))


def _plain(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))


def _scopes(ctx: Context, rows: Sequence[DecisionRow]) -> Mapping[str, tuple[str, ...]]:
    """Per document, the files and folders of the view that it names."""
    named = {
        row.path: dict.fromkeys(
            m.rstrip("/.") for m in _PATH.findall(f"{row.decision.decision}\n{row.decision.context}")
        )
        for row in rows
    }
    wanted = {place for places in named.values() for place in places}
    files = {row.path for row in graph_rows.files_at(ctx.index, ctx.view.id, sorted(wanted))}
    folders = {
        place for place in wanted - files
        if "/" in place and graph_rows.paths_under(ctx.index, ctx.view.id, f"{place}/", 1)
    }  # fmt: skip
    return {path: tuple(p for p in places if p in files or p in folders) for path, places in named.items()}


# -- records


def _of_records(ctx: Context, documents: Collection[str]) -> list[Entry]:
    """Records of decisions; one whose document is in the view is left to it."""
    if ctx.records is None:
        return []
    known = [
        r
        for r in ctx.records.list(limit=MAX_RECORDS)
        if r.kind in RECORD_KINDS and r.published not in documents
    ]
    places = anchors.places(ctx, (anchor for record in known for anchor in record.anchors))
    return [_of_record(record, anchors.current(record.anchors, places)) for record in known]


def _of_record(record: Record, where: tuple[str, ...]) -> Entry:
    first_line = record.text.strip().partition("\n")[0]
    judged = record.status != "proposed" and record.trust != IMPORTED  # by a person here
    declared = record.trust == CONFIRMED or (judged and record.status == "superseded")
    item = DecisionItem(
        id=record.id,
        aliases=(),
        kind=record.kind,
        title=quote(first_line, 200),
        status=_STATUS_OF[record.status],
        status_source="human" if judged or is_person(record.actor) else record.actor.partition(":")[0],
        health="ok" if record.anchors else "unlinked",
        date=day(record.created_at_s),
        path="",
        line=0,
        supersedes=(record.supersedes,) if record.supersedes else (),
        superseded_by=(),
        scope=tuple(dict.fromkeys(anchor.partition(":")[0] for anchor in where)),
        tier="declared" if declared else "proposed",
        confidence=1.0 if declared else _UNCONFIRMED[record.trust],
        author=quote(record.actor, 100),
        excerpt=quote(record.text, 300),
    )
    return Entry(item, first_line, record.text, where)


# -- one in full


def _show(ctx: Context, known: Sequence[Entry], wanted: str) -> DecisionItem:
    key = wanted.strip().casefold()
    found = [entry.item for entry in known if key in (entry.item.id.casefold(), entry.item.path.casefold())]
    found = found or [
        entry.item for entry in known if key in (alias.casefold() for alias in entry.item.aliases)
    ]
    if len(found) != 1:
        ids = ", ".join(item.id for item in found[:5])
        raise UsageError(
            f"{len(found)} decisions are called `{wanted[:200]}`"
            if found
            else f"no decision is called `{wanted[:200]}`",
            where=f"searched {len(known)} decisions and records",
            next_step=f"use one of: {ids}" if found else "`memoryd decisions` lists them",
        )
    item = next(iter(dated(ctx, found)))
    return structs.replace(item, text=safe_text(_full_text(ctx, item)[:MAX_TEXT_CHARS]))


def _full_text(ctx: Context, item: DecisionItem) -> str:
    if item.path:
        row = graph_rows.file_at(ctx.index, ctx.view.id, item.path)
        return reader.file_text(ctx.index, row.file_id).decode("utf-8", "replace") if row else ""
    record = ctx.records.get(item.id) if ctx.records else None
    return record.text if record else ""


def _status(text: str) -> str:
    known = ("proposed", "accepted", "rejected", "deprecated", "superseded", "withdrawn")
    status = text.strip().lower()
    if status not in known:
        raise UsageError(
            f"unknown status `{text[:40]}`", where="status", next_step=f"use one of {', '.join(known)}"
        )
    return status


def _command(request: DecisionsRequest) -> str:
    parts = ["memoryd decisions", *([shlex.quote(request.topic)] if request.topic else [])]
    parts += [f"--path {shlex.quote(request.path)}"] if request.path else []
    parts += [f"--status {request.status}"] if request.status else []
    return " ".join(parts)
