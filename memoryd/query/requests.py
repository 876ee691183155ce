"""What each verb may be asked: one frozen value per verb, limits included.

The common parameters ``project``, ``rev``, ``format`` and ``max_tokens`` are taken off by the server before;
an unknown field is refused by name, never ignored. Fields have the names of the CLI flags and MCP arguments.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from indexers.facts import OperationKind

NOT_BLANK = r"\S"
Text = Annotated[str, Meta(min_length=1, max_length=16_384, pattern=NOT_BLANK)]
Task = Annotated[str, Meta(min_length=1, max_length=61_440, pattern=NOT_BLANK)]  # a whole issue with its logs
Target = Annotated[str, Meta(min_length=1, max_length=1_024, pattern=NOT_BLANK)]
Path = Annotated[str, Meta(min_length=1, max_length=1_024)]
Optional = Annotated[str, Meta(max_length=1_024)]
RecordId = Annotated[str, Meta(min_length=1, max_length=1_024)]
Limit = Annotated[int, Meta(ge=1, le=10_000)]
Offset = Annotated[int, Meta(ge=0, le=100_000_000)]
Hops = Annotated[int, Meta(ge=1, le=12)]
MaxTokens = Annotated[int, Meta(ge=50, le=20_000)]

RecordKind = Literal["decision", "lesson", "constraint", "convention", "note"]
DecisionKind = Literal["adr", "decision", "lesson", "constraint", "convention", "rule"]
EdgeLevel = Literal["file", "symbol"]
EdgeKindName = Literal["imports", "depends", "calls", "inherits", "references"]


class Request(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all requests."""


class SymbolRequest(Request, frozen=True, kw_only=True):
    """Where is ``name`` defined? ``name``: a bare name, ``Qual.name`` or ``path:Qual.name``."""

    name: Target
    limit: Limit = 100
    offset: Offset = 0


class RefsRequest(Request, frozen=True, kw_only=True):
    """Who uses ``target``? (path, path:line, path:Qual.name, Qual.name, bare name or glob)"""

    target: Target
    limit: Limit = 10_000
    offset: Offset = 0


class EdgesRequest(Request, frozen=True, kw_only=True):
    """The graph for export. ``kinds`` empty: imports and depends of files, everything of symbols."""

    level: EdgeLevel = "file"
    kinds: Annotated[tuple[EdgeKindName, ...], Meta(max_length=8)] = ()
    limit: Annotated[int, Meta(ge=1, le=50_000)] = 50_000
    offset: Offset = 0


class ImpactRequest(Request, frozen=True, kw_only=True):
    """What depends on ``target``, up to ``hops`` steps away."""

    target: Target
    hops: Hops = 3
    limit: Limit = 1_000
    offset: Offset = 0


class CochangeRequest(Request, frozen=True, kw_only=True):
    """What changes together with ``target`` (a path or a symbol's file)? ``k``: how many files."""

    target: Target
    k: Annotated[int, Meta(ge=1, le=1_000)] = 10


class WhyRequest(Request, frozen=True, kw_only=True):
    """Why is ``target`` as it is?"""

    target: Target
    limit: Limit = 50
    offset: Offset = 0


class HistoryRequest(Request, frozen=True, kw_only=True):
    """``query``: a path of the project (its commits through renames) or words (commits about them)."""

    query: Text
    limit: Limit = 100
    offset: Offset = 0


class RevertsRequest(Request, frozen=True, kw_only=True):
    """What was undone, newest first. ``deep``: compare patches too, where a message says that something was undone
    and not what."""

    deep: bool = False

    limit: Limit = 10_000
    offset: Offset = 0


class ConventionsRequest(Request, frozen=True, kw_only=True):
    """What holds nearly everywhere in ``path`` (a file, folder or glob; empty: the project)?"""

    path: Optional = ""


class HotspotsRequest(Request, frozen=True, kw_only=True):
    """Where do change and size meet in ``path`` (a file, folder or glob; empty: the project), and who knows it?"""

    path: Optional = ""
    limit: Limit = 20


class DecisionsRequest(Request, frozen=True, kw_only=True):
    """``topic``: words; ``path``: a file, folder or glob they are about; ``id``: one of them in full. ``kinds``: empty
    for all decisions and records, and what rules there are about ``topic`` or ``path``."""

    topic: Optional = ""
    path: Optional = ""
    status: Optional = ""
    id: Optional = ""
    kinds: Annotated[tuple[DecisionKind, ...], Meta(max_length=8)] = ()
    limit: Limit = 1_000
    offset: Offset = 0


class RecordRequest(Request, frozen=True, kw_only=True):
    """Remember ``text``. ``supersedes``: the id of the record that it replaces."""

    kind: RecordKind
    text: Annotated[str, Meta(min_length=1, max_length=8_192, pattern=NOT_BLANK)]
    anchors: Annotated[tuple[Target, ...], Meta(max_length=20)] = ()
    supersedes: Optional = ""


class ProposalsRequest(Request, frozen=True, kw_only=True):
    """Records by ``status`` (empty: all)."""

    status: Literal["proposed", "confirmed", "retracted", "superseded", ""] = "proposed"
    limit: Limit = 100
    offset: Offset = 0


class JudgeRequest(Request, frozen=True, kw_only=True):
    """A person's word on record ``id`` (confirm, restore, forget)."""

    id: RecordId
    reason: Optional = ""


class RetractRequest(Request, frozen=True, kw_only=True):
    """Take back record ``id``, or all that client ``by`` wrote since a time or age. ``preview`` only shows what."""

    id: Optional = ""
    by: Optional = ""
    since: Optional = ""
    reason: Optional = ""
    preview: bool = False


class PublishRequest(Request, frozen=True, kw_only=True):
    """Write record ``id`` to a decision document. ``path``: there instead of where the project keeps them;
    ``preview`` only shows it; ``digest``: of the preview that a person saw, nothing else is written."""

    id: RecordId
    path: Optional = ""
    digest: Optional = ""
    preview: bool = False


class AuditRequest(Request, frozen=True, kw_only=True):
    """Who did what: since a time or age, by one actor."""

    since: Optional = ""
    by: Optional = ""
    limit: Limit = 100
    offset: Offset = 0


class ExportRequest(Request, frozen=True, kw_only=True):
    """All records with the audit, as JSON lines, or as ``markdown`` for people."""

    markdown: bool = False


class ImportRequest(Request, frozen=True, kw_only=True):
    """``lines`` of an export, the first of them line ``first_line`` of the file ``name``."""

    lines: Annotated[tuple[Annotated[str, Meta(max_length=131_072)], ...], Meta(max_length=1_000)]
    name: Annotated[str, Meta(max_length=255)] = "stdin"
    first_line: Annotated[int, Meta(ge=1)] = 1


class SupersedeRequest(Request, frozen=True, kw_only=True):
    """A person says that record ``new`` replaces ``old``."""

    old: RecordId
    new: RecordId


class BriefRequest(Request, frozen=True, kw_only=True):
    """What to know before ``task``. The server hands the common ``max_tokens`` on to this one."""

    task: Task
    paths: Annotated[tuple[Path, ...], Meta(max_length=20)] = ()
    max_tokens: MaxTokens = 1_500


class ChangesRequest(Request, frozen=True, kw_only=True):
    """``since``: a commit id (4 hex digits or more), an ISO time, an age (``3d``, ``12h``), ``last``, or whatever
    git calls a commit (a branch, a tag, ``HEAD~5``).
    ``last_seen_s`` is what ``last`` means (UTC epoch seconds); the server fills it in."""

    since: Optional = "last"
    last_seen_s: Annotated[int, Meta(ge=0)] = 0
    limit: Limit = 100
    offset: Offset = 0


class CheckRequest(Request, frozen=True, kw_only=True):
    """Is this change allowed? ``range``: ``A..B``, ``A...B`` (from their merge base) or one commit; ``staged``: what
    git would commit; ``diff``: the text of a unified diff; else what the work tree has that its commit has not, of
    ``paths`` (files or folders) or of all."""

    range: Optional = ""
    staged: bool = False
    diff: Annotated[str, Meta(max_length=4_194_304)] | None = None
    paths: Annotated[tuple[Path, ...], Meta(max_length=1_000)] = ()
    index_file: Optional = ""


class StatusRequest(Request, frozen=True, kw_only=True):
    """``deep`` checks the audit chain and the stores' integrity as well."""

    deep: bool = False


class OperationsRequest(Request, frozen=True, kw_only=True):
    """``target``: a path or folder (what it declares, and what runs, serves or owns it) or words that names contain;
    empty: all. ``kinds`` empty: every kind."""

    target: Optional = ""
    kinds: Annotated[tuple[OperationKind, ...], Meta(max_length=11)] = ()
    limit: Limit = 1_000
    offset: Offset = 0


class OverviewRequest(Request, frozen=True, kw_only=True):
    """The architecture of the project; it takes nothing."""
