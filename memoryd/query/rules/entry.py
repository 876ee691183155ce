"""A decision as it is looked for: the item of the answer, and the words and places that it is found by."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.anchors.anchor_place import AnchorPlace, said_of
from memoryd.query.decision_item import DecisionItem
from memoryd.query.text.lines import recorded_on


class Entry(Struct, frozen=True):
    """A decision with the words that it is found by."""

    item: DecisionItem
    title: str
    text: str
    places: tuple[AnchorPlace, ...] = ()  # of a record: where its anchors are now
    trust: float = 1.0  # of a record: how far it is trusted, wherever its places are

    @property
    def unsure(self) -> str:
        """What is to be known of its places and of where it was made, ``""`` where all are as they were."""
        branch = self.item.branch
        parts = (said_of(self.places, branch), recorded_on(branch) if branch else "")
        return "; ".join(part for part in parts if part)
