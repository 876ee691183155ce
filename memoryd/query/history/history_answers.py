"""`history`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from typing import Literal

from msgspec import structs

from memoryd.query.answers import PagedAnswer, shortened
from memoryd.query.history.commit_items import (
    CommitItem,
    DependencyItem,
    RevertItem,
    dependencies_section,
    reverts_section,
)
from memoryd.query.history.commit_lines import CommittedFile
from memoryd.query.requests import Limit, Offset, Request, Text
from memoryd.query.safe_text import quote, safe_name
from memoryd.query.text.budget import Page, TextSection

MAX_EXPLAINED = 3  # commits about words that are shown with what they say
MAX_SUBJECT = 80  # characters of the others' subjects


class HistoryRequest(Request, frozen=True, kw_only=True):
    """``query``: a path of the project (its commits through renames) or words (commits about them)."""

    query: Text
    limit: Limit = 100
    offset: Offset = 0


class HistoryAnswer(PagedAnswer, frozen=True):
    """``mode``: ``path``, ``query`` or ``commit``. ``names``: the names that the file had, newest first. ``reverts``
    and ``dependencies``: what was tried and undone, and what happened to packages, about the same. Of one commit also:
    ``files`` with what was done to them, ``changes``: the first of them with their lines, ``mends`` (commits whose
    faults it says that it mends), ``mended_by`` (those that say so of it) and ``followed``, the next commits to its
    files."""

    query: str
    mode: Literal["path", "query", "commit"]
    commits: tuple[CommitItem, ...]
    total: int
    names: tuple[str, ...] = ()
    searched: str = ""
    reverts: tuple[RevertItem, ...] = ()
    dependencies: tuple[DependencyItem, ...] = ()
    files: tuple[str, ...] = ()
    changes: tuple[CommittedFile, ...] = ()
    mends: tuple[CommitItem, ...] = ()
    mended_by: tuple[CommitItem, ...] = ()
    followed: tuple[CommitItem, ...] = ()

    def page(self) -> Page:
        if not (self.commits or self.total or self.reverts or self.dependencies):
            return self.absence(f"No commit about {quote(self.query, 100)}", self.searched)
        return Page(
            head=self._head(),
            sections=[
                reverts_section(self.reverts, len(self.reverts), keep=3),
                dependencies_section(self.dependencies, len(self.dependencies), keep=2),
                TextSection(
                    items=[self._item(place, commit) for place, commit in enumerate(self.commits)],
                    total=self.total,
                    title="commits:" if self.reverts or self.dependencies else "",
                    main=True,
                    before=self.offset,
                ),
                *self._of_commit(),
            ],
            foot=self.freshness.line(),
            rest=shortened(f"{self.command} --json", self.query),
            more=lambda shown: shortened(self.rest_from(shown), self.query),
        )

    def _item(self, place: int, commit: CommitItem) -> str:
        """For words the first commits with what they say, the others in one short line: the ninth may be the one."""
        if self.mode == "query" and place >= MAX_EXPLAINED:
            commit = structs.replace(commit, body="", subject=quote(commit.subject, MAX_SUBJECT))
        return commit.label(self._note(commit))

    def _of_commit(self) -> list[TextSection]:
        said = (
            ("mends a fault of:", [item.label() for item in self.mends]),
            ("a fault of it was mended by:", [item.label() for item in self.mended_by]),
            ("files:", self._files()),
            ("next commits to its files:", [item.label() for item in self.followed]),
        )
        return [TextSection(items=items, title=title, keep=2) for title, items in said if items]

    def _files(self) -> list[str]:
        """Those whose lines are shown first."""
        shown = {f"{one.status} {one.path}" for one in self.changes}
        return [
            *(one.label() for one in self.changes),
            *(f"  {file[:1]} {safe_name(file[2:])}" for file in self.files if file not in shown),
        ]

    def _head(self) -> str:
        if self.mode == "path":
            former = f", formerly {', '.join(map(safe_name, self.names[1:4]))}" if len(self.names) > 1 else ""
            return f"{self.total} commits changed {safe_name(self.names[0])}{former}"
        if self.mode == "commit":
            return f"commit {self.commits[0].sha}"
        return f"{self.total} commits about {quote(self.query, 100)}, best first"

    def _note(self, commit: CommitItem) -> str:
        if self.mode == "path":
            return f" as {safe_name(commit.path)}" if commit.path != self.names[0] else ""
        if self.mode == "query":
            return f" [history {commit.score:.2f}]" if commit.score else " [by its files]"
        return ""
