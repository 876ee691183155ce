"""A decision, record or rule as answers show it."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.safe_text import one_line, safe_line
from memoryd.query.text.lines import place, proof, recorded_on


class DecisionLink(Struct, frozen=True):
    """Code that a decision names: ``to`` is a path, folder, glob or ``path:Qual.name``; ``how``: path, folder, glob,
    symbol."""

    to: str
    how: str
    confidence: float


class DecisionItem(Struct, frozen=True):
    """``status``: proposed accepted rejected deprecated superseded withdrawn unknown (stated in words that are not
    understood). ``status_source``: explicit, implied_by_merge, derived (only the newer document says that it replaces
    this one), agent, import, human. ``stated``: the document's own words, where ``status`` is not all that they say.
    ``health``: ok, in_doubt, violated, unlinked. ``reason``: why, in one line. ``tier``: declared, evidence, proposed.
    ``scope``: files, folders and globs that it names. ``text`` is filled by ``show`` only. ``superseded_in_part_by``:
    those of ``superseded_by`` that replace a part. ``valid_from``, ``valid_to``: the commits that brought it and that
    ended it (``""``: none yet, or unknown); as of a revision, those that it can see. ``assurance``: of a record, how it
    is known who gave it its status (agent claimed terminal passphrase); ``branch``: the one on which it was made, where
    this history has not that commit."""

    id: str
    aliases: tuple[str, ...]
    kind: str
    title: str
    status: str
    status_source: str
    health: str
    date: str
    path: str
    line: int
    supersedes: tuple[str, ...]
    superseded_by: tuple[str, ...]
    scope: tuple[str, ...]
    tier: str
    confidence: float
    author: str = ""
    excerpt: str = ""
    text: str = ""
    reason: str = ""
    links: tuple[DecisionLink, ...] = ()
    amends: tuple[str, ...] = ()
    amended_by: tuple[str, ...] = ()
    conflicts_with: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    valid_from: str = ""
    valid_to: str = ""
    stated: str = ""
    superseded_in_part_by: tuple[str, ...] = ()
    assurance: str = ""
    branch: str = ""

    def summary(self) -> str:
        """Status, title, place and how sure; below it what speaks against it, and what it says."""
        implied = self._ground()
        in_part = frozenset(self.superseded_in_part_by)
        links = "".join(
            f", superseded {'in part ' if new in in_part else ''}by {safe_line(new)}"
            for new in self.superseded_by[:2]
        )
        source = (
            place(self.path, self.line)
            if self.path
            else f"record {self.id} by {self.author} ({self.assurance})"
        )
        kind = f" {self.kind}" if self.kind in ("constraint", "rule") else ""
        first = f"[{self.status}{implied}{links}]{kind} {self.title} — {source} {self.date}"
        lines = [f"{first} {proof(self.tier, self.confidence)}"]
        if self.health in ("in_doubt", "violated"):
            lines.append(f"    {self.health.replace('_', ' ')}: {one_line(self.reason)}")
        if self.branch:
            lines.append(f"    {recorded_on(self.branch)}")
        if self.excerpt and self.excerpt != self.title:
            lines.append(f"    “{self.excerpt}”")
        return "\n".join(lines)

    def _ground(self) -> str:
        """What a reader must know of the status: where it is not what the document says."""
        if self.status_source == "implied_by_merge":
            return " (not stated: implied by its merge)"
        if self.status_source == "derived":
            own = f"; its own status: {safe_line(self.stated)}" if self.stated else ""
            return f" (derived: only the newer document says so{own})"
        unclear = ", not understood" if self.status == "unknown" else ""
        return f" (stated: “{safe_line(self.stated)}”{unclear})" if self.stated else ""
