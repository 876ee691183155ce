"""The view's decision documents as entries: status as the others leave it, relations both ways, links to code."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from memoryd.query.context import Context
from memoryd.query.decision_item import DecisionItem, DecisionLink
from memoryd.query.decisions.code_links import code_links
from memoryd.query.decisions.supersession import Succession, identifier, slug
from memoryd.query.rules.entry import Entry
from memoryd.query.safe_text import quote
from memoryd.store.index import reader
from memoryd.store.index.queries import anchor_queries, decision_queries, history_queries
from memoryd.store.index.queries.decision_queries import DecisionRow
from memoryd.store.sqlite import file_of

MAX_ALTERNATIVES = 12
_LEADING_NUMBER = re.compile(r"\d+")
_KEPT = 16


class Documents(Struct, frozen=True):
    """All of one view. ``rows`` by path."""

    entries: tuple[Entry, ...]
    rows: Mapping[str, DecisionRow]
    succession: Succession


_known: OrderedDict[tuple[Any, ...], Documents] = OrderedDict()
_lock = threading.Lock()


def documents(ctx: Context) -> Documents:
    """The decision documents of the view; kept for the next question about the same state."""
    file = file_of(ctx.index)
    key = (file, ctx.view.id, reader.generation(ctx.index))
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    found = _read(ctx)
    with _lock:
        _known[key] = found
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return found


def _read(ctx: Context) -> Documents:
    rows = decision_queries.decisions(ctx.index, ctx.view.id)
    succession = Succession(rows)
    links = code_links(ctx, rows, succession.book)
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    former = anchor_queries.former_paths(ctx.index, [row.path_id for row in rows], seen)
    entries = tuple(_entry(row, succession, links[row.path], former.get(row.path_id, ())) for row in rows)
    return Documents(entries, {row.path: row for row in rows}, succession)


def _entry(
    row: DecisionRow, known: Succession, links: Sequence[DecisionLink], former: Sequence[str]
) -> Entry:
    decision = row.decision
    overruled = row.path in known.overruled and decision.status in ("accepted", "deprecated", "unknown")
    explicit = decision.status_source == "explicit"
    item = DecisionItem(
        id=identifier(row.path),
        aliases=(*_aliases(row), *_former_ids(row, former)),
        kind="adr",
        title=quote(decision.title, 200),
        status="superseded" if overruled else decision.status,
        status_source="derived" if overruled else decision.status_source,
        superseded_in_part_by=tuple(dict.fromkeys(map(identifier, known.narrowed[row.path]))),
        stated=quote(_stated(row, overruled), 100),
        health="ok" if links else "unlinked",
        date=decision.date,
        path=row.path,
        line=decision.line,
        supersedes=tuple(known.older[row.path]),
        superseded_by=tuple(known.newer[row.path]),
        scope=tuple(dict.fromkeys(link.to.partition(":")[0] for link in links)),
        tier="declared",
        confidence=0.98 if explicit and not overruled else 0.9,
        excerpt=quote(decision.decision or decision.context, 300),
        amends=tuple(known.amends[row.path]),
        amended_by=tuple(known.amended_by[row.path]),
        conflicts_with=tuple(known.conflicts[row.path]),
        alternatives=tuple(quote(option, 160) for option in decision.alternatives[:MAX_ALTERNATIVES]),
        links=tuple(links),
    )
    words = f"{decision.decision}\n{decision.context}\n{decision.consequences}"
    return Entry(item, f"{decision.title} {row.path}", words)


def _stated(row: DecisionRow, overruled: bool) -> str:
    """The document's own status, where another is shown."""
    decision = row.decision
    return decision.stated or (decision.status if overruled and decision.status_source == "explicit" else "")


def _former_ids(row: DecisionRow, former: Sequence[str]) -> Iterator[str]:
    """What it was called before its folder got another name. Under another name and number it may have been another
    document: what one document replaces the other with is alike."""
    number = _LEADING_NUMBER.match(slug(row.path))
    for path in former:
        was = _LEADING_NUMBER.match(slug(path))
        if slug(path) == slug(row.path) or (number and was and number[0] == was[0]):
            yield identifier(path)


def _aliases(row: DecisionRow) -> tuple[str, ...]:
    name = identifier(row.path).rpartition("/")[2]
    number = row.decision.number.lstrip("0")
    return tuple(dict.fromkeys(alias for alias in (name, row.decision.number, number) if alias))
