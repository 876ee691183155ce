"""Which records may say the same or the opposite, looked up by what their statements are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from memoryd.store.records.statements import StatementMeaning, meaning, opposes, repeats, words_of
from memoryd.store.records.values import Record

_RULES = frozenset(("decision", "constraint", "convention"))  # kinds whose statements ask for what they say
_MIN_CORE = 2  # words in common below which two statements need not be about the same
_MIN_SHARE = 0.4  # of the words of both that they must have in common to be about the same


class SimilarRecords:
    """An index in memory over the records it was told of. An id in it may be gone from the store by now."""

    def __init__(self) -> None:
        self._meanings: dict[str, tuple[str, StatementMeaning]] = {}
        self._by_core: dict[tuple[str, ...], set[str]] = {}
        self._by_words: dict[tuple[str, ...], set[str]] = {}
        self._by_word: dict[str, set[str]] = {}

    def put(self, record_id: str, kind: str, text: str) -> None:
        found = meaning(text)
        self._meanings[record_id] = (kind, found)
        for statement in found.statements:
            self._by_core.setdefault(statement.core, set()).add(record_id)
        words = words_of(found)
        self._by_words.setdefault(words, set()).add(record_id)
        for word in words:
            self._by_word.setdefault(word, set()).add(record_id)

    def drop(self, record_id: str) -> None:
        _, known = self._meanings.pop(record_id, ("", None))
        if known is None:
            return
        for statement in known.statements:
            self._by_core.get(statement.core, set()).discard(record_id)
        words = words_of(known)
        self._by_words.get(words, set()).discard(record_id)
        for word in words:
            self._by_word.get(word, set()).discard(record_id)

    def repeated(self, kind: str, text: str) -> list[str]:
        """Ids of records of the kind that say just what ``text`` says, newest first."""
        new = meaning(text)
        known = (
            (record_id, *self._meanings[record_id]) for record_id in self._by_words.get(words_of(new), ())
        )
        same = (
            i
            for i, its_kind, its in known
            if its_kind == kind and repeats(its, new, are_rules=kind in _RULES)
        )
        return sorted(same, reverse=True)

    def near(self, text: str) -> list[str]:
        """Ids of records that say nearly what ``text`` says, or its opposite: first those of the same words in another
        order or with a statement about the same, newest first, then those with many words in common, most first."""
        new = meaning(text)
        words = words_of(new)
        found = set(self._by_words.get(words, ()))
        for statement in new.statements:
            if len(statement.core) >= _MIN_CORE:
                found |= self._by_core.get(statement.core, set())
        alike = self._alike(set(words))
        return sorted(found, reverse=True) + [record_id for record_id in alike if record_id not in found]

    def _alike(self, words: set[str]) -> list[str]:
        """Ids of records that share ``_MIN_SHARE`` of their words with ``words``, most first."""
        common = Counter(record_id for word in words for record_id in self._by_word.get(word, ()))
        shares: dict[str, float] = {}
        for record_id, count in common.items():
            theirs = len(set(words_of(self._meanings[record_id][1])))
            share = count / (len(words) + theirs - count)
            if count >= _MIN_CORE and share >= _MIN_SHARE:
                shares[record_id] = share
        return sorted(shares, key=lambda record_id: (shares[record_id], record_id), reverse=True)

    def opposing(self, record: Record) -> Iterator[str]:
        """Ids of records that forbid what ``record`` asks for, or the reverse, oldest first."""
        entry = self._meanings.get(record.id)
        if entry is None:
            return
        near: set[str] = set()
        for statement in entry[1].statements:
            near |= self._by_core.get(statement.core, set())
        for record_id in sorted(near - {record.id}):
            kind, known = self._meanings[record_id]
            if opposes(entry[1], known, are_rules={kind, record.kind} <= _RULES):
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
