"""`changes`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from memoryd.query.answers import PagedAnswer
from memoryd.query.decision_item import DecisionItem
from memoryd.query.history.commit_items import (
    CommitItem,
    DependencyItem,
    RevertItem,
    dependencies_section,
    reverts_section,
)
from memoryd.query.records.record_item import RecordItem
from memoryd.query.requests import Limit, Offset, OptionalText, Request
from memoryd.query.safe_text import quote, safe_name
from memoryd.query.text.budget import Page, Rendered, TextSection

_UNCOMMITTED, _RECORDS = "changed and not committed:", "records:"
_MORE_TOKENS = 8_000


class ChangesRequest(Request, frozen=True, kw_only=True):
    """``since``: a commit id (4 hex digits or more), an ISO time, an age (``3d``, ``12h``), whatever git calls a commit
    (a branch, a tag, ``HEAD~5``), ``last`` (what this client was not told yet), or ``@NUMBER``, an earlier answer to
    ``last`` again, ``@NUMBER+OFFSET`` from that commit on."""

    since: OptionalText = "last"
    limit: Limit = 100
    offset: Offset = 0


class TouchedFile(Struct, frozen=True):
    """``status``: of the last change, A M D R C T."""

    path: str
    status: str
    commits: int


class Shown(Struct, frozen=True):
    """How many of its commits, records and uncommitted files an answer showed; they come first in its lists."""

    commits: int
    records: int
    uncommitted: int


class ChangesTotals(Struct, frozen=True):
    commits: int
    files: int
    decisions: int
    records: int
    reverts: int = 0
    dependencies: int = 0


class ChangesAnswer(PagedAnswer, frozen=True):
    """``since``: as understood, in words. ``visit``: the name under which ``--since`` gives the same again, where the
    question was since the last visit; ``earlier``: that of the visit before. Then also: ``gone``, commits told before
    that are in this history no longer; ``returned``, how many are in it again; ``moved``: the branch then and now;
    ``uncommitted``: changed files that are in no commit."""

    since: str
    commits: tuple[CommitItem, ...]
    files: tuple[TouchedFile, ...]
    decisions: tuple[DecisionItem, ...]
    records: tuple[RecordItem, ...]
    totals: ChangesTotals
    reverts: tuple[RevertItem, ...] = ()
    dependencies: tuple[DependencyItem, ...] = ()
    visit: str = ""
    earlier: str = ""
    gone: tuple[CommitItem, ...] = ()
    returned: int = 0
    moved: tuple[str, ...] = ()
    uncommitted: tuple[TouchedFile, ...] = ()

    def rest_from(self, shown: int) -> str:
        if not self.visit:
            return super().rest_from(shown)
        return f"memoryd changes --since {self.visit}+{self.offset + shown}"

    def shown(self, text: Rendered | None) -> Shown:
        """By its ``text``; None: who asks takes all its fields."""
        if text is None:
            return Shown(len(self.commits), len(self.records), len(self.uncommitted))
        return Shown(text.shown, text.by_title.get(_RECORDS, 0), text.by_title.get(_UNCOMMITTED, 0))

    def page(self) -> Page:
        totals = self.totals
        since = quote(self.since, 100)
        if not self._is_news():
            none = self.absence(f"Nothing changed since {since}", self._searched())
            return replace(none, foot=self._foot())
        decided = [item.summary() for item in self.decisions]
        records = [item.summary() for item in self.records]
        commits = [item.label() for item in self.commits]
        files = [f"  {f.status} {safe_name(f.path)} ({f.commits} commits)" for f in self.files]
        gone = [item.label() for item in self.gone]
        work = [f"  {f.status} {safe_name(f.path)}" for f in self.uncommitted]
        return Page(
            head=f"since {since}: {totals.commits} commits, {totals.files} files,"
            f" {totals.decisions} decisions, {totals.records} records{self._also()}",
            sections=[
                TextSection(items=gone, total=len(gone), title="no longer in this history:", keep=8),
                TextSection(items=work, total=len(work), title=_UNCOMMITTED, keep=5),
                TextSection(items=decided, total=totals.decisions, title="decisions:", keep=3),
                TextSection(items=records, total=totals.records, title=_RECORDS, keep=3),
                reverts_section(self.reverts, totals.reverts, keep=2),
                dependencies_section(self.dependencies, totals.dependencies, keep=3),
                TextSection(
                    items=commits, total=totals.commits, title="commits:", main=True, before=self.offset
                ),
                TextSection(items=files, total=totals.files, title="files:", keep=8),
            ],
            foot=self._foot(),
            rest=self._rest(),
            more=self.rest_from,
        )

    def _rest(self) -> str:
        """What side sections left off: records that did not fit are told with it."""
        if not self.visit:
            return f"{self.command} --json"
        return f"{self.rest_from(len(self.commits))} --max-tokens {_MORE_TOKENS}"

    def _searched(self) -> str:
        if self.freshness.no_history:
            return "the records"
        return "the commits, uncommitted files and records" if self.visit else "the commits and records"

    def _also(self) -> str:
        moved = (
            f"; branch {safe_name(self.moved[0], 60)} then, {safe_name(self.moved[1], 60)} now"
            if self.moved
            else ""
        )
        back = f"; {self.returned} commits told before are in this history again" if self.returned else ""
        return f"{moved}{back}"

    def _foot(self) -> str:
        """How to have what was told once more: another window or helper of the same client may have asked."""
        again = {"the same again": self.visit} if self._is_news() else {"what was told then": self.earlier}
        shown = [f"; {what}: memoryd changes --since {name}" for what, name in again.items() if name]
        return f"{self.freshness.line()}{''.join(shown)}"

    def _is_news(self) -> bool:
        told = (
            self.totals.commits,
            self.totals.records,
            self.gone,
            self.returned,
            self.moved,
            self.uncommitted,
        )
        return any(told)
