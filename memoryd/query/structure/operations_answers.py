"""`operations`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from indexers.facts import OperationKind
from memoryd.query.answers import PagedAnswer
from memoryd.query.requests import Limit, Offset, OptionalText, Request
from memoryd.query.safe_text import quote, safe_line, safe_name
from memoryd.query.text.budget import Page, TextSection

_SHOWN_CODE = 3  # places of one operation in its line


class OperationsRequest(Request, frozen=True, kw_only=True):
    """``target``: a path or folder (what it declares, and what runs, serves or owns it) or words that names contain;
    empty: all. ``kinds`` empty: every kind."""

    target: OptionalText = ""
    kinds: Annotated[tuple[OperationKind, ...], Meta(max_length=11)] = ()
    limit: Limit = 1_000
    offset: Offset = 0


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

    def label(self) -> str:
        detail = f" {self.detail}" if self.detail else ""
        distance = f"hop {self.hop} through {safe_line(self.via)}" if self.hop else "directly"
        place = f"{safe_name(self.path)}:{self.line}"
        return f"{self.kind} {quote(self.name, 80)}{detail} {place} {distance} [{self.method}]"


class OperationItem(Struct, frozen=True):
    """A declaration at ``path:line``. ``targets``: as written; ``code``: those of them that were found in the
    project (``path`` or ``path:Qual.name``), by ``method`` (``exact``: by the graph or the path as written;
    ``inferred``: by convention or name; ``""``: none). ``role``: of the declaring file, code test example …"""

    kind: str
    name: str
    path: str
    line: int
    end_line: int
    detail: str
    targets: tuple[str, ...]
    code: tuple[str, ...]
    method: str
    role: str
    scope: str = ""

    def label(self) -> str:
        code = f" → {', '.join(map(safe_line, self.code[:_SHOWN_CODE]))}" if self.code else ""
        more = f" +{len(self.code) - _SHOWN_CODE}" if len(self.code) > _SHOWN_CODE else ""
        proof = f" [{self.method}]" if self.method else ""
        role = f" ({self.role})" if self.role in ("test", "example") else ""
        detail = f" “{self.detail}”" if self.detail else ""
        place = f"{safe_name(self.path)}:{self.line}"
        return f"{self.kind} {quote(self.name, 120)}{detail} {place}{role}{code}{more}{proof}"


class OperationsAnswer(PagedAnswer, frozen=True):
    """``kinds``: (kind, how many), most first, of all that match."""

    target: str
    operations: tuple[OperationItem, ...]
    total: int
    kinds: tuple[tuple[str, int], ...]
    searched: str = ""

    def page(self) -> Page:
        about = f" about {quote(self.target, 100)}" if self.target else ""
        if not self.total:
            return Page(
                head=f"No operation{about}: no package, entry point, route, CI job, container, migration,"
                f" flag or owner;"
                f" searched {self.searched}",
                foot=self.freshness.line(),
            )
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.kinds)
        return Page(
            head=f"{self.total} operations{about}: {kinds}",
            sections=[
                TextSection(
                    items=[item.label() for item in self.operations],
                    total=self.total,
                    main=True,
                    before=self.offset,
                )
            ],
            foot=self.freshness.line(),
            more=self.rest_from,
        )
