"""What people and agents noted, found by the same words. There are few: they are read anew for each question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import numpy as np

from indexers import terms
from memoryd.query.anchors import places
from memoryd.query.anchors.anchor_place import HERE, MOVED, AnchorPlace, said_of
from memoryd.query.anchors.made_on import histories
from memoryd.query.context import Context
from memoryd.query.retrieval.lexical import LexicalView
from memoryd.query.safe_text import safe_line
from memoryd.query.search.answers import Hit, Signals
from memoryd.query.search.hits import Candidate, Group
from memoryd.query.search.question import Question
from memoryd.query.search.ranking import WEIGHTS
from memoryd.query.search.snippet import snippet
from memoryd.query.text.lines import recorded_on
from memoryd.store.records.values import IMPORTED, PROPOSED, Record

MIN_COVERED = 0.25  # a note that shares less of the question is about something else
MAX_NOTES = 2_000


def notes(ctx: Context, view: LexicalView, asked: Question) -> Group:
    """Confirmed and proposed records. A note scores by the part of the question that it covers, rare words counting
    more; a proposal never stands above a confirmed note, an imported one never above a proposal."""
    records = ctx.records
    if records is None or not asked.weights:
        return Group((), 0)
    noted, proposed = (records.list(status=status, limit=MAX_NOTES) for status in ("confirmed", "proposed"))
    if not noted and not proposed:
        return Group((), 0)
    wanted = np.array(sorted(asked.weights), dtype=np.uint32)
    value = dict(zip(wanted.tolist(), view.text.rarity(wanted).tolist(), strict=True))
    value = {term: rarity * asked.weights[term] for term, rarity in value.items()}
    found, waiting = _scored(noted, value), _scored(proposed, value)
    for trust in (PROPOSED, IMPORTED):
        ceiling = min([WEIGHTS.proposed, *(0.99 * score for score, _ in found)])
        found = found + [(score * ceiling, record) for score, record in waiting if record.trust == trust]
    return Group(tuple(_candidate(ctx, score, record, asked) for score, record in found), len(found))


def _scored(records: tuple[Record, ...], value: dict[int, float]) -> list[tuple[float, Record]]:
    whole = sum(value.values())
    scored = []
    for record in records:
        own = set(terms.terms(" ".join((record.kind, record.text, *record.anchors))))
        covered = sum(gain for term, gain in value.items() if term in own) / whole if whole else 0.0
        if covered >= MIN_COVERED:
            scored.append((covered, record))
    return scored


def _candidate(ctx: Context, score: float, record: Record, asked: Question) -> Candidate:
    return Candidate(
        score, ("", record.doubts, -record.created_at_s), partial(_hit, ctx, score, record, asked)
    )


def _hit(ctx: Context, score: float, record: Record, asked: Question) -> Hit:
    """At the first of its places that is still there, else at what it was about; what became of them is said."""
    where = places.of_records(ctx, [record])[record.id]
    branch = histories(ctx, [record]).branches.get(record.head, "")
    return Hit(
        kind="note",
        path=safe_line(_shown(where)),
        line=0,
        end_line=0,
        symbol="",
        score=round(score, 4),
        signals=Signals(bm25=round(score, 4)),
        snippet=snippet(record.text, asked.weights),
        id=record.id,
        title=record.kind,
        date=datetime.fromtimestamp(record.created_at_s, UTC).date().isoformat(),
        author=safe_line(record.actor),
        status=record.status,
        assurance=record.assurance,
        note="; ".join(filter(None, [said_of(where, branch), recorded_on(branch) if branch else ""])),
    )


def _shown(where: Sequence[AnchorPlace]) -> str:
    there = (place.now for place in where if place.state in (HERE, MOVED))
    return next(there, where[0].anchor if where else "")
