"""A decision as it is looked for: the item of the answer, and the words and places that it is found by."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.anchors.anchor_place import AnchorPlace
from memoryd.query.decision_item import DecisionItem


class Entry(Struct, frozen=True):
    """A decision with the words that it is found by."""

    item: DecisionItem
    title: str
    text: str
    places: tuple[AnchorPlace, ...] = ()  # of a record: where its anchors are now
    trust: float = 1.0  # of a record: how far it is trusted, wherever its places are

    @property
    def unsure(self) -> str:
        """What is to be known of its places, ``""`` where all are as they were."""
        return "; ".join(place.said() for place in self.places if not place.is_sure)
