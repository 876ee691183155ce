"""What was decided: the project's decision documents and the records of people and agents, never mixed up."""

from __future__ import annotations

import math
import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from msgspec import structs

from indexers import terms
from memoryd.errors import UsageError
from memoryd.globs import given
from memoryd.globs.given import PathScope, literal
from memoryd.globs.paths import is_glob, matcher
from memoryd.query import targets
from memoryd.query.anchors import places
from memoryd.query.anchors.anchor_place import LOST, AnchorPlace
from memoryd.query.anchors.made_on import histories
from memoryd.query.answers import paging
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.decision_item import DecisionItem
from memoryd.query.decisions.answers import DecisionsAnswer, DecisionsRequest
from memoryd.query.decisions.documents import documents
from memoryd.query.decisions.health import examined
from memoryd.query.decisions.supersession import identifier
from memoryd.query.rules import declared
from memoryd.query.rules.entry import Entry
from memoryd.query.rules.violated import judged
from memoryd.query.safe_text import quote, safe_line, safe_text
from memoryd.store.index import reader
from memoryd.store.index.queries import graph_queries, history_queries
from memoryd.store.records.values import (
    ASSURANCES,
    CONFIRMED,
    DOCUMENT,
    IMPORTED,
    PROPOSED,
    Record,
    is_person,
)

MAX_TEXT_CHARS = 1_000_000  # of one decision shown in full: no document that people write is longer
MAX_RECORDS = 5_000
MIN_COVERED = 0.34  # of the topic's weight; below, a decision is about something else
RULE_KINDS = ("constraint", "rule")  # of what tools and rules files declare
RECORD_KINDS = ("decision", "constraint", "convention", "lesson")
_STATUS_OF = {
    "proposed": "proposed",
    "confirmed": "accepted",
    "retracted": "withdrawn",
    "superseded": "superseded",
}
_UNCONFIRMED = {PROPOSED: 0.5, IMPORTED: 0.3}  # trust -> confidence


def decisions(ctx: Context, request: DecisionsRequest) -> DecisionsAnswer:
    """The list, or with ``id`` one in full. Raises UsageError for an id, status or path that does not exist."""
    status = _status(request.status) if request.status else ""
    if request.id:
        shown = _show(ctx, [*entries(ctx), *declared.declared(ctx)], request.id)
        command = f"memoryd decision show {shlex.quote(request.id)}"
        return DecisionsAnswer(
            ctx.freshness,
            topic=request.id,
            decisions=(shown,),
            total=1,
            offset=request.offset,
            command=command,
        )
    known, rules = _asked(ctx, request)
    found = [entry for part in (known, rules) for entry in _fitting(ctx, part, request, status)]
    if request.path and not any(entry.item.kind not in RULE_KINDS for entry in found):
        targets.scope(ctx, request.path)
    page = found[request.offset : request.offset + request.limit]
    return DecisionsAnswer(
        ctx.freshness,
        topic=request.topic,
        decisions=tuple(judged(ctx, examined(ctx, dated(ctx, [entry.item for entry in page])))),
        total=len(found),
        searched=_searched(known, rules) if not found else "",
        **paging(_command(request), request.offset, len(page), len(found)),
    )


def _asked(ctx: Context, request: DecisionsRequest) -> tuple[list[Entry], list[Entry]]:
    """(decisions and records, rules). The rules of tools and rules files are many: they are listed when asked for by
    kind, by words or by path, after what was decided."""
    kinds = request.kinds
    known = [entry for entry in entries(ctx) if not kinds or entry.item.kind in kinds]
    wants_rules = any(kind in kinds for kind in RULE_KINDS) if kinds else bool(request.topic or request.path)
    rules = declared.declared(ctx) if wants_rules else []
    return known, [entry for entry in rules if not kinds or entry.item.kind in kinds]


def _fitting(ctx: Context, known: Sequence[Entry], request: DecisionsRequest, status: str) -> Sequence[Entry]:
    found = [entry for entry in known if not status or entry.item.status == status]
    found = about_path(ctx, found, _scope(ctx, request.path)) if request.path else found
    return about(found, request.topic) if request.topic else found


def _searched(known: Sequence[Entry], rules: Sequence[Entry]) -> str:
    return f"{len(known)} decisions and records" + (f", {len(rules)} rules" if rules else "")


def entries(ctx: Context) -> list[Entry]:
    """Everything decided that the view shows: what people confirmed, then documents, then proposals."""
    found = [*documents(ctx).entries, *declared.decided(ctx)]
    records = _of_records(ctx, {name for e in found for name in (identifier(e.item.path), *e.item.aliases)})
    return sorted([*found, *records], key=lambda entry: (*_trust(entry.item), entry.item.path))


def _trust(item: DecisionItem) -> tuple[int, int]:
    """Of what is trusted for the same reason first the record of which it is known best who vouches for it."""
    return authority(item), -ASSURANCES.index(item.assurance) if item.assurance else 0


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


def about_path(ctx: Context, known: Sequence[Entry], asked: PathScope) -> list[Entry]:
    """Those that lie in the scope that is asked for, or name it, something in it, or a folder above."""

    def touches(place: str) -> bool:
        if is_glob(place) and not targets.is_there(ctx, place):
            return matcher(place)(asked.text) or asked.fits(place)
        return asked.fits(place) or (not asked.is_pattern and literal(place.rstrip("/"))(asked.text))

    return [
        entry
        for entry in known
        if (entry.item.path and asked.fits(entry.item.path)) or any(map(touches, entry.item.scope))
    ]


def _scope(ctx: Context, text: str) -> PathScope:
    """Also of a file that is gone: decisions may name it."""
    known = targets.find_scope(ctx, text)
    gone = given.readings(text, ctx.here)
    if known or not gone:
        return known or targets.scope(ctx, text)
    return PathScope(gone[-1].path, False, literal(gone[-1].path))


def dated(ctx: Context, items: Iterable[DecisionItem]) -> Iterable[DecisionItem]:
    """Documents that state no date get the day on which their file came into the history."""
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    for item in items:
        if not item.date and item.kind == "adr":
            ids = graph_queries.path_ids(ctx.index, [item.path])
            past = history_queries.touches(ctx.index, ids[item.path], seen) if ids else []
            first = history_queries.commits(ctx.index, [past[-1].commit_id]) if past else {}
            item = structs.replace(item, date=next((day(row.time_s) for row in first.values()), ""))
        yield item


# -- records


def _of_records(ctx: Context, documents: Collection[str]) -> list[Entry]:
    """Records of decisions; one whose document is in the view, now or formerly called so, is left to it."""
    if ctx.records is None:
        return []
    known = [
        record
        for record in ctx.records.list(limit=MAX_RECORDS)
        if record.kind in RECORD_KINDS
        if not (record.published and identifier(record.published) in documents)
    ]
    where, made = places.of_records(ctx, known), histories(ctx, known)
    return [
        _of_record(
            record,
            where[record.id],
            places.health(ctx, where[record.id], made.branches.get(record.head, "")),
            ctx.records.conflicts(record),
            made.branches.get(record.head, ""),
        )
        for record in known
    ]


def _of_record(
    record: Record,
    where: tuple[AnchorPlace, ...],
    health: tuple[str, str],
    conflicts: tuple[str, ...],
    branch: str,
) -> Entry:
    first_line = record.text.strip().partition("\n")[0]
    judged = record.status != "proposed" and record.trust != IMPORTED  # by a person here
    declared = record.trust == CONFIRMED or (judged and record.status == "superseded")
    trust = 1.0 if declared else _UNCONFIRMED[record.trust]
    item = DecisionItem(
        id=record.id,
        aliases=(),
        kind=record.kind,
        title=quote(first_line, 200),
        status=_STATUS_OF[record.status],
        status_source="human" if judged or is_person(record.actor) else record.actor.partition(":")[0],
        health=health[0],
        reason=health[1],
        conflicts_with=conflicts,
        date=day(record.created_at_s),
        path="",
        line=0,
        supersedes=(record.supersedes,) if record.supersedes else (),
        superseded_by=(),
        scope=tuple(dict.fromkeys(name.partition(":")[0] for place in where for name in _names(place))),
        tier="declared" if declared else "proposed",
        confidence=round(trust * places.confidence(where), 2),
        author=quote(record.actor, 100),
        excerpt=quote(record.text, 300),
        assurance=record.assurance,
        branch=safe_line(branch),
    )
    return Entry(item, first_line, record.text, where, trust)


def _names(place: AnchorPlace) -> tuple[str, ...]:
    """Under which it is found: as it is called now; of a lost one also as it was."""
    return place.named if place.state != LOST else (place.anchor, *place.named)


# -- one in full


def _show(ctx: Context, known: Sequence[Entry], wanted: str) -> DecisionItem:
    key = wanted.strip().casefold()
    found = [entry for entry in known if key in (entry.item.id.casefold(), entry.item.path.casefold())]
    found = [entry for entry in found if entry.item.kind == "adr"] or found  # a path means its document
    names = {key, identifier(key)}
    found = found or [e for e in known if not names.isdisjoint(alias.casefold() for alias in e.item.aliases)]
    if len(found) != 1:
        ids = ", ".join(entry.item.id for entry in found[:5])
        raise UsageError(
            f"{len(found)} decisions are called `{wanted[:200]}`"
            if found
            else f"no decision is called `{wanted[:200]}`",
            where=f"searched {len(known)} decisions, records and rules",
            next_step=f"use one of: {ids}" if found else "`memoryd decisions` lists them",
        )
    item = next(iter(judged(ctx, examined(ctx, dated(ctx, [found[0].item])))))
    return structs.replace(item, text=safe_text(_full_text(ctx, found[0])[:MAX_TEXT_CHARS]))


def _full_text(ctx: Context, entry: Entry) -> str:
    """The document, the record, or what a rule says."""
    item = entry.item
    if item.kind == "adr":
        row = graph_queries.file_at(ctx.index, ctx.view.id, item.path)
        return reader.file_text(ctx.index, row.file_id).decode("utf-8", "replace") if row else ""
    if item.path:
        return entry.text.strip()
    record = ctx.records.get(item.id) if ctx.records else None
    return record.text if record else ""


def _status(text: str) -> str:
    known = ("proposed", "accepted", "rejected", "deprecated", "superseded", "withdrawn", "unknown")
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
    parts += [f"--kind {','.join(request.kinds)}"] if request.kinds else []
    return " ".join(parts)
