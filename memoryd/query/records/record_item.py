"""A record of contributed memory as answers show it."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.safe_text import quote, safe_text
from memoryd.query.text.lines import SHA_CHARS, recorded_on, wrapped

_MAX_QUOTED_CHARS = 400  # of a record in a list


class AnchorItem(Struct, frozen=True):
    """An anchor that is not where it was, or of which that is not sure. ``state``: moved (``now``: its new name),
    doubtful (it may be ``now`` or one of ``others``), lost (``now``: what is left), here (other code stands there now,
    or its number alone is known), unknown (not looked for). ``confidence``: 0..1, that it is ``now``; ``said``: all of
    this in words."""

    anchor: str
    now: str
    state: str
    confidence: float = 1.0
    others: tuple[str, ...] = ()
    said: str = ""


class RecordItem(Struct, frozen=True):
    """``status``: proposed confirmed retracted superseded. ``actor``: ``human:NAME``, ``agent:NAME`` or
    ``import:FILE``; ``assurance``: how it is known who gave it its status: agent claimed terminal
    passphrase. ``origin``: what an import says of itself. ``conflicts_with``: ids of records that say the
    opposite. ``moved``: anchors that are not where they were, or in doubt. ``published``: path of its document.
    ``head_lost``: no branch has its commit (a force-push, an amended commit). ``branch``: the branch that
    has its commit, where this history has not. ``not_looked_for``: the
    index could not be read, so nobody knows where its anchors are now."""

    id: str
    kind: str
    text: str
    status: str
    actor: str
    date: str
    head: str
    anchors: tuple[str, ...]
    supersedes: str = ""
    conflicts_with: tuple[str, ...] = ()
    moved: tuple[AnchorItem, ...] = ()
    origin: str = ""
    published: str = ""
    assurance: str = "agent"
    head_lost: bool = False
    branch: str = ""
    not_looked_for: bool = False

    def summary(self, *, whole: bool = False) -> str:
        """Kind, status, author and what it says: ``whole``, or the beginning and how to see the rest."""
        about = f" about {', '.join(self.anchors[:5])}" if self.anchors else ""
        first = f"{self.id} {self.kind} [{self.status}, {self.assurance}] {self.date} {self.actor}{about}"
        if len(self.text) <= _MAX_QUOTED_CHARS:
            return f"{first}\n    “{quote(self.text, _MAX_QUOTED_CHARS)}”"
        if whole:
            lines = safe_text(self.text).splitlines()
            return "\n".join([first, *(part for line in lines for part in wrapped(line, "  | "))])
        rest = f"({len(self.text)} characters; whole: `memoryd decision show {self.id}`)"
        return f"{first}\n    “{quote(self.text, _MAX_QUOTED_CHARS)}” {rest}"

    def with_notes(self, *, whole: bool = False) -> str:
        """The summary, and below it what is to be known about the record."""
        notes = [f"contradicts {', '.join(self.conflicts_with)}"] if self.conflicts_with else []
        notes += [place.said for place in self.moved]
        notes += (
            ["where its places are now is not known: the index cannot be read"] if self.not_looked_for else []
        )
        notes += [f"supersedes {self.supersedes}"] if self.supersedes else []
        notes += [f"published as {self.published}"] if self.published else []
        notes += [self.origin] if self.origin else []
        lost = f"its commit {self.head[:SHA_CHARS]} is in no branch here"
        notes += [lost] if self.head_lost else []
        notes += [recorded_on(self.branch)] if self.branch else []
        return "\n".join([self.summary(whole=whole), *(f"    {note}" for note in notes)])
