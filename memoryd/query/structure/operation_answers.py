"""What is answered about a project's operation: packages, entry points, routes, CI, containers, owners."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.answers import Answer


class OperationItem(Struct, frozen=True):
    """A declaration at ``path:line``. ``targets``: as written; ``code``: those of them that were found in the
    project (``path`` or ``path:Qual.name``), by ``method`` (``exact``: by the graph or the path as written;
    ``inferred``: by custom or name; ``""``: none). ``role``: of the declaring file, code test example …"""

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


class OperationsAnswer(Answer, frozen=True):
    """``kinds``: (kind, how many), most first, of all that match."""

    target: str
    operations: tuple[OperationItem, ...]
    total: int
    kinds: tuple[tuple[str, int], ...]
    searched: str = ""
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0
