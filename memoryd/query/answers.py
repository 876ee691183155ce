"""The answers: one frozen value per verb, encoded as it stands into the verb's JSON.

Everywhere: ``path`` is relative to the project root, ``line`` 1-based (0 = no line), ``date`` an ISO day in
UTC (``""`` unknown), ``sha`` a full commit id (``""`` none). ``total`` is exact; ``truncated`` says that
items were left off, and ``next`` is the command that shows more (``""``: nothing more): ``command``, which asks the
same, with an offset; ``offset``: where this page begins. ``confidence`` is 0..1.
Quoted repository text has passed ``safe_text.quote``.
"""

from __future__ import annotations

from msgspec import Struct


class Freshness(Struct, frozen=True):
    """How current the answer is. ``indexed_commit``: what the view was indexed at; ``head``: what the project
    is at now (``""`` without git); ``pending``: files known to differ from the index; ``vectors``: ``ready``,
    ``rebuilding``, ``absent``. ``rev``: the commit that was asked about (``""``: the work tree); such an answer
    is not stale, whatever ``head`` is. ``no_history``: why the project has none here although it has a `.git`."""

    indexed_commit: str
    head: str
    branch: str
    dirty: bool
    pending: int
    indexing: bool
    vectors: str
    rev: str = ""
    no_history: str = ""


class Answer(Struct, frozen=True):
    """Base of all answers."""

    freshness: Freshness


class Definition(Struct, frozen=True):
    """A symbol's definition; ``qualname`` ``""`` and kind ``file`` mean the file itself."""

    path: str
    line: int
    end_line: int
    kind: str
    qualname: str
    signature: str = ""


class ReferenceItem(Struct, frozen=True):
    """One use. ``symbol``: the qualname in which it stands (``""``: the file); ``to``: what is used."""

    path: str
    line: int
    kind: str
    method: str
    confidence: float
    symbol: str = ""
    to: str = ""


class SymbolAnswer(Answer, frozen=True):
    """``definition`` is the likeliest of ``definitions`` (None: not found). ``references``: how many uses
    ``definition`` has."""

    name: str
    definition: Definition | None
    definitions: tuple[Definition, ...]
    references: int
    total: int
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0
    searched: str = ""


class RefsAnswer(Answer, frozen=True):
    """``candidates``: the definitions meant, when ``target`` names more than one; ``references`` then holds
    the uses of all of them, each with its ``to``."""

    target: str
    definition: Definition | None
    references: tuple[ReferenceItem, ...]
    candidates: tuple[Definition, ...]
    total: int
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0


class EdgeItem(Struct, frozen=True):
    """``src`` depends on ``dst``: paths at file level, ``path:Qual.name`` at symbol level."""

    src: str
    dst: str
    kind: str
    method: str
    confidence: float


class EdgesAnswer(Answer, frozen=True):
    """One page of the graph, ordered; the last page has ``truncated`` false."""

    edges: tuple[EdgeItem, ...]
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0


class Dependent(Struct, frozen=True):
    """Something that depends on the target. ``via``: ``kind path:symbol`` of the step towards the target;
    ``method`` is that step's, ``confidence`` the product along the chain; ``line`` is where it uses it."""

    path: str
    symbol: str
    via: str
    method: str
    confidence: float
    line: int = 0


class ReachingTest(Struct, frozen=True):
    """A test file to run. ``hop``: its distance; ``symbols``: up to five of its tests that reach it."""

    path: str
    hop: int
    method: str
    confidence: float
    symbols: tuple[str, ...] = ()


class CochangeItem(Struct, frozen=True):
    """A file that changed with the target ``support`` times. ``explained``: a static edge exists too."""

    path: str
    score: float
    support: int
    explained: bool = False


class OwnerItem(Struct, frozen=True):
    """``share``: part of the commits on the target's files, 0..1."""

    name: str
    commits: int
    share: float
    last_date: str


class ImpactTotals(Struct, frozen=True):
    """Exact counts, before any truncation. ``hops``: dependents at each distance."""

    dependents: int
    hops: tuple[int, ...]
    files: int
    tests: int
    cochange: int


class OperationReach(Struct, frozen=True):
    """An operation that a change comes to: ``hop`` 0 runs, serves or owns the target itself. ``via``: the code
    that it names there."""

    kind: str
    name: str
    path: str
    line: int
    hop: int
    via: str
    method: str
    detail: str = ""


class ImpactAnswer(Answer, frozen=True):
    """``hops[0]`` are the direct dependents. ``candidates`` is filled, and nothing else, when ``target`` is
    ambiguous. ``operations``: entry points, routes, CI jobs, images, flags, owners that run, serve or own it."""

    target: str
    definitions: tuple[Definition, ...]
    hops: tuple[tuple[Dependent, ...], ...]
    tests: tuple[ReachingTest, ...]
    cochange: tuple[CochangeItem, ...]
    owners: tuple[OwnerItem, ...]
    totals: ImpactTotals
    candidates: tuple[Definition, ...] = ()
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0
    operations: tuple[OperationReach, ...] = ()
    operations_total: int = 0


class CochangeAnswer(Answer, frozen=True):
    """What changes together with ``target``, strongest first. ``commits``: on the target, all counted."""

    target: str
    files: tuple[CochangeItem, ...]
    commits: int
    total: int
    searched: str = ""
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0


class DecisionLink(Struct, frozen=True):
    """Code that a decision names: ``to`` is a path, folder, glob or ``path:Qual.name``; ``how``: path, folder, glob,
    symbol."""

    to: str
    how: str
    confidence: float


class DecisionItem(Struct, frozen=True):
    """``status``: proposed accepted rejected deprecated superseded withdrawn. ``status_source``: explicit,
    implied_by_merge, agent, import, human. ``health``: ok, in_doubt, violated, unlinked. ``tier``: declared,
    evidence, proposed. ``scope``: files, folders and globs that it names. ``text`` is filled by ``show`` only.
    ``reason``: why ``health`` is what it is, in one line. ``valid_from``, ``valid_to``: the commits that brought it and
    that ended it (``""``: none yet, or unknown); as of a revision, those that it can see."""

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


class DecisionsAnswer(Answer, frozen=True):
    topic: str
    decisions: tuple[DecisionItem, ...]
    total: int
    searched: str = ""
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0


class AnchorItem(Struct, frozen=True):
    """An anchor that is not where it was. ``state``: moved (``now``: its new name) or lost (``now``: what is left)."""

    anchor: str
    now: str
    state: str


class RecordItem(Struct, frozen=True):
    """``status``: proposed confirmed retracted superseded. ``actor``: ``human:NAME``, ``agent:NAME`` or
    ``import:FILE``; ``origin``: what an import says of itself. ``conflicts_with``: ids of records that say the
    opposite. ``moved``: anchors that are not where they were. ``published``: path of its decision document.
    ``head_lost``: its commit is no longer in the history (a force-push, an amended commit)."""

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
    head_lost: bool = False


class RecordAnswer(Answer, frozen=True):
    """``created`` is false where the record was known already (the same text)."""

    record: RecordItem
    created: bool
    message: str


class ProposalsAnswer(Answer, frozen=True):
    records: tuple[RecordItem, ...]
    total: int
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0


class BriefItem(Struct, frozen=True):
    """One line of a brief. ``text`` is quoted data; ``source``: ``path``, ``path:line``, ``path:first-last``, a sha or
    a record id. ``kind``: rule, a decision's kind, revert, constraint, deprecation, debt, code (a function or type),
    file, dependent, test, convention, commit."""

    text: str
    source: str
    kind: str
    confidence: float
    method: str = "exact"


class BriefSection(Struct, frozen=True):
    title: str
    items: tuple[BriefItem, ...]
    total: int


class BriefAnswer(Answer, frozen=True):
    """Sections in order of authority; a section with nothing relevant is absent."""

    task: str
    sections: tuple[BriefSection, ...]
    searched: str = ""
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0


class SkippedItem(Struct, frozen=True):
    path: str
    reason: str
    detail: str


class Check(Struct, frozen=True):
    """One thing that ``doctor`` looked at. ``state``: ok, warn, fail."""

    name: str
    state: str
    detail: str
    next_step: str = ""


class Counts(Struct, frozen=True):
    """Of the answering view, except ``commits_known`` (all ever indexed)."""

    files: int
    symbols: int
    chunks: int
    edges: int
    unresolved: int
    commits: int
    commits_known: int
    decisions: int
    records: int
    proposals: int
    embeddings: int
    redacted: int


class StatusAnswer(Answer, frozen=True):
    """``languages``: (language, files), most first. ``skipped_reasons``: (reason, files). ``skipped``: the
    first 100. The daemon fills ``watch`` (native, polling, off, degraded: …) and ``tuning`` (what questions
    are read by, and why), and appends its own checks."""

    root: str
    view: str
    indexed_commit: str
    head: str
    branch: str
    dirty: bool
    pending: int
    indexing: bool
    vectors: str
    watch: str
    indexed_at_s: int
    complete: bool
    counts: Counts
    languages: tuple[tuple[str, int], ...]
    skipped_total: int
    skipped_reasons: tuple[tuple[str, int], ...]
    skipped: tuple[SkippedItem, ...]
    quarantined: int
    index_bytes: int
    records_bytes: int
    checks: tuple[Check, ...] = ()
    tuning: str = ""
