"""The answers about the past: why, history, reverts, changes, conventions, hot spots. Conventions as in answers."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.answers import Answer, DecisionItem, Definition, OwnerItem, RecordItem


class WhyItem(Struct, frozen=True):
    """``kind``: record decision constraint trailer revert commit dependency fix deprecation debt comment changelog.
    ``tier``: declared evidence proposed. ``quote`` is the source's own words, ``note`` is ours about it."""

    kind: str
    quote: str
    path: str
    line: int
    sha: str
    date: str
    author: str
    confidence: float
    tier: str = "evidence"
    method: str = "exact"
    note: str = ""


class WhyAnswer(Answer, frozen=True):
    """The most binding first; of one tier, the best of each kind before the rest."""

    target: str
    definitions: tuple[Definition, ...]
    items: tuple[WhyItem, ...]
    total: int
    candidates: tuple[Definition, ...] = ()
    searched: str = ""
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0


class RevertItem(Struct, frozen=True):
    """Commit ``by`` undoes ``target``. ``how``: ``stated`` (a sha), ``pull`` (a number), ``text`` (a title),
    ``structural`` (the files' bytes went back), ``patch`` (its lines went back). ``parity``: ``out`` when the target's
    change is undone now, ``in`` when a later commit brought it back. ``chain``: all commits of the back and forth, from
    the first change on; ``ends``: whether that first change is ``in`` or ``out`` now. ``reachable`` is false where the
    target is no part of this history (a squashed branch, a force-push). ``reason`` is quoted."""

    by: str
    target: str
    how: str
    parity: str
    date: str
    reason: str
    author: str = ""
    subject: str = ""
    target_subject: str = ""
    target_date: str = ""
    chain: tuple[str, ...] = ()
    ends: str = "out"
    reachable: bool = True


class RevertsAnswer(Answer, frozen=True):
    """Newest first."""

    reverts: tuple[RevertItem, ...]
    total: int
    searched: str = ""
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0


class DependencyItem(Struct, frozen=True):
    """``how``: added removed replaced capped. ``requirement``: before → after, as written. ``reason`` is quoted: what
    the commit says of why, else its subject."""

    package: str
    how: str
    requirement: str
    sha: str
    date: str
    author: str
    reason: str


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


class HistoryAnswer(Answer, frozen=True):
    """``mode``: ``path``, ``query`` or ``commit``. ``names``: the names that the file had, newest first. ``reverts``
    and ``dependencies``: what was tried and undone, and what happened to packages, about the same."""

    query: str
    mode: str
    commits: tuple[CommitItem, ...]
    total: int
    names: tuple[str, ...] = ()
    searched: str = ""
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0
    reverts: tuple[RevertItem, ...] = ()
    dependencies: tuple[DependencyItem, ...] = ()


class ChangedFile(Struct, frozen=True):
    """``status``: of the last change, A M D R C T."""

    path: str
    status: str
    commits: int


class ChangesTotals(Struct, frozen=True):
    commits: int
    files: int
    decisions: int
    records: int
    reverts: int = 0
    dependencies: int = 0


class ChangesAnswer(Answer, frozen=True):
    """``since``: as understood, in words."""

    since: str
    commits: tuple[CommitItem, ...]
    files: tuple[ChangedFile, ...]
    decisions: tuple[DecisionItem, ...]
    records: tuple[RecordItem, ...]
    totals: ChangesTotals
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0
    reverts: tuple[RevertItem, ...] = ()
    dependencies: tuple[DependencyItem, ...] = ()


class ConventionItem(Struct, frozen=True):
    """``rule`` holds for ``share`` (0..1) of ``seen`` cases. ``examples``, ``exceptions``: up to three places each,
    ``path:line``, a sha or a path."""

    topic: str
    rule: str
    share: float
    seen: int
    examples: tuple[str, ...]
    exceptions: tuple[str, ...] = ()
    language: str = ""


class ConventionsAnswer(Answer, frozen=True):
    """The most general first. ``files``: how many were looked at."""

    path: str
    conventions: tuple[ConventionItem, ...]
    files: int
    total: int
    searched: str = ""


class HotspotItem(Struct, frozen=True):
    """``score`` 0..1: recent changes times size, relative to the worst. ``commits``: all that changed the file."""

    path: str
    score: float
    commits: int
    lines: int
    last_date: str
    owners: tuple[OwnerItem, ...]


class HotspotsAnswer(Answer, frozen=True):
    """Where change and size meet, worst first. ``owners``: of the whole folder."""

    path: str
    hotspots: tuple[HotspotItem, ...]
    owners: tuple[OwnerItem, ...]
    total: int
    searched: str = ""
