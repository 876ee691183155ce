"""Which records may say the same or the opposite, looked up by what their statements are about."""

from __future__ import annotations

from collections.abc import Iterator

from memoryd.store.records.statements import StatementMeaning, covers, meaning, opposes
from memoryd.store.records.values import Record


class SimilarRecords:
    """An index in memory over the records it was told of. An id in it may be gone from the store by now."""

    def __init__(self) -> None:
        self._meanings: dict[str, tuple[str, StatementMeaning]] = {}
        self._by_core: dict[tuple[str, ...], set[str]] = {}

    def put(self, record_id: str, kind: str, text: str) -> None:
        found = meaning(text)
        self._meanings[record_id] = (kind, found)
        for statement in found.statements:
            self._by_core.setdefault(statement.core, set()).add(record_id)

    def drop(self, record_id: str) -> None:
        _, known = self._meanings.pop(record_id, ("", None))
        for statement in known.statements if known else ():
            self._by_core.get(statement.core, set()).discard(record_id)

    def covering(self, kind: str, text: str) -> list[str]:
        """Ids of records of the kind that say what ``text`` says, newest first."""
        new = meaning(text)
        any_core = next((statement.core for statement in new.statements), None)
        near = self._by_core.get(any_core, set()) if any_core is not None else set()
        known = ((record_id, *self._meanings[record_id]) for record_id in near)
        return sorted(
            (i for i, its_kind, its in known if its_kind == kind and covers(its, new)), reverse=True
        )

    def opposing(self, record: Record) -> Iterator[str]:
        """Ids of records that forbid what ``record`` asks for, or the reverse, oldest first."""
        entry = self._meanings.get(record.id)
        if entry is None:
            return
        near: set[str] = set()
        for statement in entry[1].statements:
            near |= self._by_core.get(statement.core, set())
        for record_id in sorted(near - {record.id}):
            if opposes(entry[1], self._meanings[record_id][1]):
                yield record_id


def meet(one: Record, other: Record) -> bool:
    """Whether two records are about the same: a place of one is, or lies in, a place of the other, or neither
    names any."""
    if not one.anchors or not other.anchors:
        return not one.anchors and not other.anchors
    return any(_meets(a, b) for a in one.anchors for b in other.anchors)


def _meets(one: str, other: str) -> bool:
    (path, _, part), (other_path, _, other_part) = one.partition(":"), other.partition(":")
    return _lies_in(path, other_path, "/") and (not part or not other_part or _lies_in(part, other_part, "."))


def _lies_in(one: str, other: str, parted_by: str) -> bool:
    one, other = one.strip(parted_by), other.strip(parted_by)
    return one == other or one.startswith(other + parted_by) or other.startswith(one + parted_by)
