"""A decision as it is looked for: the item of the answer, and the words and places that it is found by."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.decision_item import DecisionItem


class Entry(Struct, frozen=True):
    """A decision with the words that it is found by."""

    item: DecisionItem
    title: str
    text: str
    anchors: tuple[str, ...] = ()  # of a record, as they read now
