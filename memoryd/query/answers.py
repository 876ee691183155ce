"""What all answers share. The answer of a verb stands beside the verb, in ``answers.py`` or ``<module>_answers.py`` of
its room: one frozen value per verb, encoded as it stands into the verb's JSON, that also knows how it reads as text.

Everywhere: ``path`` is relative to the project root, ``line`` 1-based (0 = no line), ``date`` an ISO day in
UTC (``""`` unknown), ``sha`` a full commit id (``""`` none). ``total`` is exact. ``confidence`` is 0..1.
Quoted repository text has passed ``safe_text.quote``.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TypedDict

from msgspec import Struct

from memoryd.query.safe_text import quote, safe_line, safe_name
from memoryd.query.text.budget import Page, TextSection
from memoryd.query.text.lines import SHA_CHARS, place

_NO_FOLDER = "the project's folder is not there (moved, removed, unmounted?)"
_NO_HEAD = "gone (unmounted, or its .git removed?)"


MAX_REPEATED = 120  # characters of a question that the text of its answer repeats in a command
SAME_TEXT = "<the same text>"


def shortened(command: str, text: str) -> str:
    """``command`` as a text shows it: a long question stands in it as "the same text", not once more."""
    long = len(text) > MAX_REPEATED
    return command.replace(shlex.quote(text), shlex.quote(SAME_TEXT)) if long else command


class Freshness(Struct, frozen=True):
    """How current the answer is. ``indexed_commit``: what the view was indexed at; ``head``: what the project
    is at now (``""`` without git); ``pending``: files known to differ from the index; ``vectors``: ``ready``,
    ``rebuilding``, ``absent``. ``rev``: the commit that was asked about (``""``: the work tree); such an answer
    is not stale, whatever ``head`` is. ``no_history``: why the project has none here although it has a `.git`.
    ``left_out``: so many files, manifests and commits cost too much to be read or linked; `status` names them.
    ``no_index``, ``no_records``: why that store could not be read: what the answer lacks for it is not known, and not
    absent. ``shallow``: the clone lacks the older commits, so that nothing is known of them.
    ``not_here``: files of the commit that a sparse checkout leaves out, and so the index.
    ``unseen``: why what was written this moment may not be known yet (``""``: changes are seen as they are made).
    ``project``: the root of what was asked, ``""`` where nobody says. ``failed``: why the last index run failed; it is
    tried again. ``partial``: how far the first index is, where the answer is from what there is so far.
    ``no_folder``: the project's folder is not there now."""

    indexed_commit: str
    head: str
    branch: str
    dirty: bool
    pending: int
    indexing: bool
    vectors: str
    rev: str = ""
    no_history: str = ""
    left_out: int = 0
    no_index: str = ""
    no_records: str = ""
    shallow: bool = False
    not_here: int = 0
    unseen: str = ""
    project: str = ""
    failed: str = ""
    partial: str = ""
    no_folder: bool = False

    def doubts(self) -> tuple[str, ...]:
        """Why something may be there although the index has nothing of it."""
        parts = [f"there is no history here: {self.no_history}"] if self.no_history else []
        if self.no_folder:
            parts += [f"{_NO_FOLDER}; the index is of the time before"]
        elif not self.rev and not self.no_history and self.indexed_commit != self.head:
            indexed = self.indexed_commit[:SHA_CHARS] or "nothing"
            parts += [
                f"the index is behind: {indexed} is indexed, HEAD is {self.head[:SHA_CHARS] or _NO_HEAD}"
            ]
        elif not self.rev and (self.pending or self.indexing):
            parts += ["the index is behind: files that changed are not indexed yet"]
        parts += [f"the last index run failed: {quote(self.failed, 200)}"] if self.failed else []
        parts += [f"the first index is under way: {self.partial}"] if self.partial else []
        parts += [f"{self.not_here} files are not checked out (sparse)"] if self.not_here else []
        parts += [f"{self.left_out} files or commits were left out as too costly"] if self.left_out else []
        return (*parts, *([self.unseen] if self.unseen else []))

    def line(self) -> str:
        """What the answer is as of, and whether that is what the project is now."""
        if self.no_index:
            parts = [f"WITHOUT THE INDEX, files and history were not looked at: {quote(self.no_index, 400)}"]
        elif self.no_folder:
            known = self.indexed_commit[:SHA_CHARS] or "files without a commit"
            parts = [f"{_NO_FOLDER.upper()}: {known}, as indexed before"]
        elif not self.indexed_commit and (self.no_history or not self.head):
            parts = ["indexed files, no commit"]
        elif self.indexed_commit == self.head:
            parts = [f"{self.head[:SHA_CHARS]} = HEAD"]
        elif self.rev:
            parts = [
                f"as of {self.rev[:SHA_CHARS]}, as asked; HEAD is {self.head[:SHA_CHARS] or 'without a commit'}"
            ]
        else:
            indexed = self.indexed_commit[:SHA_CHARS] or "nothing"
            parts = [f"STALE: indexed {indexed}, HEAD {self.head[:SHA_CHARS] or _NO_HEAD}"]
        parts += [safe_name(self.branch, 60)] if self.branch else []
        parts += ["with uncommitted changes"] if self.dirty else []
        parts += [f"{self.pending} changed files not indexed yet"] if self.pending else []
        parts += ["indexing now"] if self.indexing and not self.partial else []
        parts += [f"THE FIRST INDEX IS UNDER WAY ({self.partial}): more is to come"] if self.partial else []
        parts += (
            [f"THE LAST INDEX RUN FAILED, it is tried again: {quote(self.failed, 200)}"]
            if self.failed
            else []
        )
        parts += (
            [f"WITHOUT RECORDS, there may be some: {quote(self.no_records, 400)}"] if self.no_records else []
        )
        parts += [f"{self.not_here} files not checked out (sparse)"] if self.not_here else []
        parts += [f"no history: {self.no_history}"] if self.no_history else []
        parts += [f"{self.left_out} left out as too costly (memoryd status)"] if self.left_out else []
        parts += (
            [f"vectors: {self.vectors}"] if not self.no_index and self.vectors not in ("", "ready") else []
        )
        parts += ["shallow clone: older commits are not here"] if self.shallow else []
        place = f", in {safe_name(self.project)}" if self.project else ""
        return f"freshness: {', '.join(parts)}{place}"


class Answer(Struct, frozen=True):
    """Base of all answers."""

    freshness: Freshness

    def page(self) -> Page:
        """The answer as text, before it is fitted into a budget."""
        raise NotImplementedError(f"{type(self).__name__} has no text")

    def absence(self, what: str, searched: str) -> Page:
        """One sentence: ``what`` there is not, and what was looked through, and why it may be there nevertheless."""
        but = "; the records could not be read" if self.freshness.no_records else ""
        where = f" Searched {searched}{but}." if searched else ""
        doubts = "; ".join(self.freshness.doubts())
        where += f" {doubts[0].upper()}{doubts[1:]}." if doubts else ""
        return Page(head=f"{what}.{where}", foot=self.freshness.line())


class PagedAnswer(Answer, frozen=True, kw_only=True):
    """An answer in pages. ``truncated`` says that items were left off, and ``next`` is the command that shows more
    (``""``: nothing more): ``command``, which asks the same, with an offset; ``offset``: where this page begins."""

    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0

    def rest_from(self, shown: int) -> str:
        """The command for what a text does not show, when it shows so many items: the same question from there on."""
        return f"{self.command} --offset {self.offset + shown}" if self.command else self.next

    def ambiguity(self, target: str, candidates: Sequence[Definition]) -> Page:
        """``target`` names several things: which."""
        return Page(
            head=f"`{quote(target, 200)}` may mean {len(candidates)} things; name one:",
            sections=[TextSection(items=[f"  {d.label()}" for d in candidates], main=True)],
            foot=self.freshness.line(),
            more=lambda shown: self.next,
        )


class Paging(TypedDict):
    """The fields that every answer in pages has."""

    truncated: bool
    next: str
    command: str
    offset: int


def paging(command: str, offset: int, shown: int, total: int) -> Paging:
    """``command`` asks the same without an offset (``""``: none can); ``shown`` of ``total`` items from ``offset`` are
    in the page."""
    end = offset + shown
    rest = end < total
    return Paging(
        truncated=rest,
        next=f"{command} --offset {end}" if rest and command else "",
        command=command,
        offset=offset,
    )


class Definition(Struct, frozen=True):
    """A symbol's definition; ``qualname`` ``""`` and kind ``file`` mean the file itself."""

    path: str
    line: int
    end_line: int
    kind: str
    qualname: str
    signature: str = ""

    def label(self) -> str:
        """Place, kind and name."""
        if not self.qualname:
            return safe_name(self.path) + (f":{self.line}" if self.line > 1 else "")
        return f"{place(self.path, self.line)} {self.kind} {safe_name(self.qualname)}"

    def address(self) -> str:
        """As a target is written: ``path:Qual.name``, or the path."""
        return safe_line(f"{self.path}:{self.qualname}" if self.qualname else self.path)
