"""Where an anchor is now, how sure that is, and how that is said."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from memoryd.query.safe_text import safe_line

HERE, MOVED, DOUBTFUL, LOST, UNKNOWN = "here", "moved", "doubtful", "lost", "unknown"
_MAX_NAMED = 3
_MAX_SAID = 4


class AnchorPlace(Struct, frozen=True):
    """``anchor``: as given. ``state``: here; moved; doubtful: several places may be it, or other code stands there;
    lost; unknown where there were too many to look for. ``now``: how to name it now; of a doubtful one the likeliest,
    of a lost one what is left of it, such as the file whose symbol is gone, or ``""``. ``others``: what it may be as
    well. ``confidence``: 1 only for what is in its place as it was. ``why``: in safe words, where that is not all."""

    anchor: str
    now: str
    state: str
    confidence: float = 1.0
    why: str = ""
    others: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """It is in its place, and what stands there is what stood there."""
        return self.state == HERE and not self.why

    @property
    def named(self) -> tuple[str, ...]:
        """All that it may be now."""
        return (self.now, *self.others) if self.now else self.others

    def said(self, branch: str = "") -> str:
        """In one line what is to be known of it, ``""`` where it is in its place. ``branch``: another one, on which the
        record was made."""
        anchor, why = safe_line(self.anchor), f" ({self.why})" if self.why else ""
        if self.state == HERE:
            return f"{anchor}: {self.why}" if self.why else ""
        if self.state == MOVED:
            return f"{anchor} moved to {safe_line(self.now)}{why}"
        if self.state == DOUBTFUL:
            may = " or ".join(safe_line(name) for name in self.named[:_MAX_NAMED])
            more = f" or {len(self.named) - _MAX_NAMED} more" if len(self.named) > _MAX_NAMED else ""
            return f"{anchor} is in doubt: it may be {may}{more}{why}"
        if self.state == LOST and branch:
            return f"{anchor} is not in this checkout"
        if self.state == LOST:
            left = f"; what is left is {safe_line(self.now)}" if self.now else ""
            return f"{anchor} is lost: {self.why or 'it is no longer in the project'}{left}"
        return f"{anchor} was not looked for: too many places to look at"


def said_of(places: Sequence[AnchorPlace], branch: str = "") -> str:
    """What is to be known of them, ``""`` where all are in their places."""
    parts = [place.said(branch) for place in places if not place.is_sure]
    return "; ".join(parts[:_MAX_SAID]) + (
        f"; and {len(parts) - _MAX_SAID} more" if len(parts) > _MAX_SAID else ""
    )


def here(anchor: str, now: str = "") -> AnchorPlace:
    return AnchorPlace(anchor, now or anchor, HERE)


def moved(anchor: str, now: str, confidence: float, why: str = "") -> AnchorPlace:
    return AnchorPlace(anchor, now, MOVED, confidence, why)


def doubtful(anchor: str, names: Sequence[str], why: str = "") -> AnchorPlace:
    return AnchorPlace(anchor, names[0], DOUBTFUL, 0.5, why, tuple(names[1:]))


def lost(anchor: str, left: str, why: str = "") -> AnchorPlace:
    return AnchorPlace(anchor, left, LOST, 0.3, why)


def unknown(anchor: str) -> AnchorPlace:
    return AnchorPlace(anchor, anchor, UNKNOWN, 0.5)
