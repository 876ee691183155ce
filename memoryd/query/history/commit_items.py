"""Commits, reverts and changes of packages as answers show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from memoryd.query.safe_text import safe_line, safe_name
from memoryd.query.text.budget import TextSection
from memoryd.query.text.lines import SHA_CHARS

Parity = Literal["in", "partly", "out", "unknown"]
_EFFECT: dict[Parity, str] = {
    "in": "is in force",
    "partly": "is partly in force",
    "out": "is not in force",
    "unknown": "may be in force or not",
}


class CommitItem(Struct, frozen=True):
    """``path``: the file's name at that commit, for the history of a path. ``score`` is 0 there. ``body``: the
    sentence that says why, else the beginning. ``reachable`` is false for a commit that is no part of this history."""

    sha: str
    date: str
    author: str
    subject: str
    files: int
    path: str = ""
    status: str = ""
    score: float = 0.0
    body: str = ""
    reachable: bool = True

    def label(self, note: str = "") -> str:
        lost = "" if self.reachable else " (no longer in this history)"
        first = f"{self.sha[:SHA_CHARS]} {self.date} {self.author}: “{self.subject}”{note}{lost}"
        return f"{first}\n    “{self.body}”" if self.body else first


class RevertItem(Struct, frozen=True):
    """Commit ``by`` reverts ``target``. ``how`` that is known: ``stated`` (a sha), ``pull`` (a number), ``text`` (a
    title), ``structural`` (the files have their earlier content again), ``patch`` (the reverse of its patch),
    ``lines`` (it took back most of its lines), ``words`` (it says that it reverts, and what was not found).
    ``parity``: by the text of the view, ``out`` when the target's change is not in force now, ``in`` when it is,
    ``partly``, or ``unknown`` and ``why``; ``evidence``: how many of its lines are here, most of them in ``path``;
    ``restored_by``: the commit that brought them back, ``""`` where none did (it was reverted on another branch) or
    nobody can say. ``chain``: all commits that revert and restore it, from the first change on; ``ends``: the parity
    of that first change.
    ``reachable`` is false where the target is no part of this history (a squashed branch, a force-push). ``reason`` is
    quoted."""

    by: str
    target: str
    how: str
    parity: Parity
    date: str
    reason: str
    author: str = ""
    subject: str = ""
    target_subject: str = ""
    target_date: str = ""
    chain: tuple[str, ...] = ()
    ends: Parity = "out"
    reachable: bool = True
    evidence: str = ""
    path: str = ""
    restored_by: str = ""
    why: str = ""

    def label(self) -> str:
        if self.how == "words":
            first = (
                f"  {self.by[:SHA_CHARS]} {self.date} {self.author} says that it reverts: “{self.subject}”"
            )
            return f"{first}\n    “{self.reason}”" if self.reason else first
        subject = f" “{self.target_subject}” of {self.target_date}" if self.target_subject else ""
        what = f"{self.target[:SHA_CHARS]}{subject} {self.effect()}"
        own_words = f" “{self.subject}”" if self.target_subject not in self.subject else ""
        by = f"reverted by {self.by[:SHA_CHARS]} {self.date} {self.author}{own_words}"
        first = f"  {what}: {by} [{self.how}]{self._chain()}"
        return f"{first}\n    “{self.reason}”" if self.reason else first

    def effect(self) -> str:
        """Whether the change that was reverted is in force now, with what says so."""
        if not self.reachable:
            return "(not in this history)"
        back = f"brought back by {self.restored_by[:SHA_CHARS]}" if self.restored_by else ""
        place = f"in {safe_name(self.path)}" if self.path and self.parity in ("in", "partly") else ""
        proof = ", ".join(part for part in (self.why, self.evidence, place, back) if part)
        return f"{_EFFECT[self.parity]} ({proof})" if proof else _EFFECT[self.parity]

    def _chain(self) -> str:
        if len(self.chain) <= 2:
            return ""
        first = f"{self.chain[0][:SHA_CHARS]}, {_EFFECT[self.ends]}"
        return f"; one of {len(self.chain)} commits that revert each other, of which the first, {first}"


class DependencyItem(Struct, frozen=True):
    """``how``: added removed replaced moved capped. ``requirement``: before → after, as written, in which manifest.
    ``reason`` is quoted: what the commit says of why, else its subject."""

    package: str
    how: str
    requirement: str
    sha: str
    date: str
    author: str
    reason: str

    def label(self) -> str:
        what = f"{self.how} {safe_line(self.package)} ({safe_line(self.requirement)})"
        return f"  {self.sha[:SHA_CHARS]} {self.date} {self.author} {what}: “{self.reason}”"


def reverts_section(found: Sequence[RevertItem], total: int, keep: int) -> TextSection:
    return TextSection(items=[item.label() for item in found], total=total, title="reverts:", keep=keep)


def dependencies_section(found: Sequence[DependencyItem], total: int, keep: int) -> TextSection:
    return TextSection(items=[item.label() for item in found], total=total, title="dependencies:", keep=keep)
