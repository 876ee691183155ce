"""Does a record still hold? As for decisions: computed from the code and the history that it speaks of.

``in_doubt`` when its places are lost, doubtful or rewritten (which its entry says already), when somebody says the
opposite later and is believed, or when a package that it is about is no dependency any more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache

from msgspec import structs

from memoryd.query.context import Context
from memoryd.query.decision_item import DecisionItem
from memoryd.query.decisions import gone_packages
from memoryd.query.decisions.documents import documents
from memoryd.query.decisions.supersession import identifier
from memoryd.query.safe_text import one_line, safe_line
from memoryd.store.index.queries import graph_queries, history_queries
from memoryd.store.records.statements import StatementMeaning, meaning, opposes
from memoryd.store.records.values import Record

MAX_SENTENCES = 40  # of one decision, that are compared
_SENTENCE = re.compile(r"[^.!?\n]{1,1000}[.!?]?")


class RecordPhysician:
    """Looks at the records of one answer."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def examined(self, item: DecisionItem) -> DecisionItem:
        """The record's item with health and reason; what was found before stays."""
        record = self._ctx.records.get(item.id) if self._ctx.records else None
        if record is None or item.status not in ("accepted", "proposed"):
            return item
        doubts = [item.reason] if item.health == "in_doubt" else []
        doubts += [found for check in (self._opposed, self._lost_package) if (found := check(item, record))]
        if not doubts:
            return item
        return structs.replace(item, health="in_doubt", reason=one_line("; ".join(doubts)))

    def _opposed(self, item: DecisionItem, record: Record) -> str:
        """By what a person confirmed later, or by an accepted decision document that came later."""
        others = [self._ctx.records.get(id_) for id_ in item.conflicts_with] if self._ctx.records else []
        for other in others:
            if other and other.status == "confirmed" and other.id > record.id:
                return f"the newer record {other.id} says the opposite"
        since, said = self._since(record), meaning(record.text)
        for path, sentences in self._decided.items() if since else ():
            if any(opposes(said, sentence) for sentence in sentences) and self._came(path) > since:
                return f"the newer decision {safe_line(identifier(path))} says the opposite"
        return ""

    def _lost_package(self, item: DecisionItem, record: Record) -> str:
        words = gone_packages.used_in(record.text)
        word, gone = gone_packages.first_gone(words, self._packages_gone, self._since(record))
        return gone_packages.removed(self._ctx, word, gone) if word else ""

    # -- the history

    def _since(self, record: Record) -> int:
        """The commit at which the record was made, 0 where this history has not that one."""
        rows = history_queries.commits_by_sha(self._ctx.index, [record.head]) if record.head else {}
        return next((row.id for row in rows.values() if row.id in self._seen), 0)

    def _came(self, path: str) -> int:
        """The commit that brought the document, 0 for none yet."""
        ids = graph_queries.path_ids(self._ctx.index, [path])
        past = history_queries.touches(self._ctx.index, ids[path], self._seen) if ids else []
        return past[-1].commit_id if past else 0

    @cached_property
    def _seen(self) -> history_queries.Reachable:
        return history_queries.reachable(self._ctx.index, self._ctx.view.id)

    @cached_property
    def _packages_gone(self) -> Mapping[str, int]:
        return gone_packages.gone_packages(self._ctx, self._seen)

    @cached_property
    def _decided(self) -> Mapping[str, tuple[StatementMeaning, ...]]:
        """Accepted document → what its sentences say."""
        known = documents(self._ctx)
        accepted = (entry.item.path for entry in known.entries if entry.item.status == "accepted")
        rows = ((path, known.rows[path].decision) for path in accepted)
        return {path: _sentences(decision.title, decision.decision) for path, decision in rows}


@lru_cache(maxsize=1_000)  # documents change seldom, and are compared with every record that is shown
def _sentences(title: str, text: str) -> tuple[StatementMeaning, ...]:
    return (meaning(title), *map(meaning, _SENTENCE.findall(text)[:MAX_SENTENCES]))
