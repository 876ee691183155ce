"""The places of records and names in the view: the one answer to "where is it now?" of every verb."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from memoryd.query.anchors.anchor_place import LOST, MOVED, AnchorPlace, here, said_of, unknown
from memoryd.query.anchors.by_content import ContentSearch
from memoryd.query.anchors.by_name import NameSearch, path_of
from memoryd.query.anchors.renames import Renames
from memoryd.query.context import Context
from memoryd.store.index import reader
from memoryd.store.index.queries import anchor_queries, graph_queries
from memoryd.store.records.anchor_content import AnchorContent
from memoryd.store.records.values import Record
from memoryd.store.sqlite import file_of

MAX_LOOKS = 300  # anchors of one answer that take more than a look at the list of files
_KEPT_VIEWS = 16

_Key = tuple[str, AnchorContent | None]
_known: OrderedDict[tuple[Any, ...], dict[_Key, AnchorPlace]] = OrderedDict()
_lock = threading.Lock()


def of_records(ctx: Context, records: Sequence[Record]) -> Mapping[str, tuple[AnchorPlace, ...]]:
    """Id → its anchors' places in the view, in their order; those of the first records are looked for best."""
    wanted = {
        record.id: [(anchor, record.content_of(anchor)) for anchor in record.anchors] for record in records
    }
    found = _places(ctx, (one for anchors in wanted.values() for one in anchors))
    return {id_: tuple(found[one] for one in anchors) for id_, anchors in wanted.items()}


def of_names(ctx: Context, names: Iterable[str]) -> Mapping[str, AnchorPlace]:
    """The same of names of which nothing else is known."""
    return {anchor: place for (anchor, _), place in _places(ctx, ((name, None) for name in names)).items()}


def health(ctx: Context, places: Sequence[AnchorPlace], branch: str) -> tuple[str, str]:
    """(ok, in_doubt or unlinked; what is to be known of the places, in one line). In doubt is what was about something
    that is gone or may be another now; what never meant anything here, or was made on another ``branch``, proves
    nothing by being away."""
    if not places:
        return "unlinked", ""
    away = all(place.state == LOST for place in places)
    if away and branch:
        return "unlinked", said_of(places, branch)
    if away and not any(_was_known(ctx, place) for place in places):
        return "unlinked", "no file or symbol with the names that it is about was found"
    in_doubt = any(not place.is_sure and place.state != MOVED for place in places)
    return "in_doubt" if in_doubt else "ok", said_of(places, branch)


def confidence(places: Sequence[AnchorPlace]) -> float:
    """How sure it is that the record is about what stands there: as sure as of its least sure place."""
    return min((place.confidence for place in places), default=1.0)


def _was_known(ctx: Context, place: AnchorPlace) -> bool:
    return bool(place.why or place.now) or anchor_queries.was_known(ctx.index, path_of(place.anchor))


def _places(ctx: Context, anchors: Iterable[_Key]) -> dict[_Key, AnchorPlace]:
    known = _of_view(ctx)
    found: dict[_Key, AnchorPlace] = {}
    missing: list[_Key] = []
    for key in dict.fromkeys(anchors):
        if key in known:
            found[key] = known[key]
        else:
            missing.append(key)
    for key, place in _looked_for(ctx, missing):
        found[key] = place
        if place.state != "unknown":
            known[key] = place
    return found


def _looked_for(ctx: Context, anchors: Sequence[_Key]) -> Iterator[tuple[_Key, AnchorPlace]]:
    if not anchors:
        return
    paths = {
        path for anchor, content in anchors for path in (path_of(anchor), content.path if content else "")
    }
    rows = {row.path: row.hash.hex() for row in graph_queries.files_at(ctx.index, ctx.view.id, sorted(paths))}
    renames = Renames(ctx)
    by_content, by_name = ContentSearch(ctx, renames), NameSearch(ctx, set(rows), renames)
    left = MAX_LOOKS
    for anchor, content in anchors:
        key = anchor, content
        if content is not None and rows.get(content.path) == content.blob:
            yield key, by_content.unchanged(content)
        elif content is None and anchor in rows:
            yield key, here(anchor)
        elif left > 0:
            left -= 1
            yield key, by_content.place(content) if content else by_name.place(anchor)
        else:
            yield key, unknown(anchor)


def _of_view(ctx: Context) -> dict[_Key, AnchorPlace]:
    """What is known of the view's present state, to be filled."""
    key = (file_of(ctx.index), ctx.view.id, reader.generation(ctx.index))
    with _lock:
        found = _known.setdefault(key, {})
        _known.move_to_end(key)
        while len(_known) > _KEPT_VIEWS:
            _known.popitem(last=False)
    return found
