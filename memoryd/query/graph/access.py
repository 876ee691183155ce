"""What uses do with data: they read it, write it, or both, as far as the syntax tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from indexers.facts import READS, WRITES
from memoryd.query.context import Context
from memoryd.query.targets import Target
from memoryd.store.index.queries import graph_queries
from memoryd.store.index.queries.graph_queries import EdgeProvenance, Node

_DATA = frozenset(("field", "property", "variable", "constant"))
Access = Literal["any", "read", "write"]
BITS: dict[Access, int] = {"any": 0, "read": READS, "write": WRITES}
Done = Literal["", "read", "write", "both"]
DONE: tuple[Done, ...] = ("", "read", "write", "both")
"""By bits."""
_VERBS: dict[Done, str] = {"read": "reads", "write": "writes", "both": "reads and writes"}


def verb(done: Done, kind: str) -> str:
    """What a use does, where that is told; else its kind."""
    return _VERBS.get(done, kind)


class NodeAccess(Struct, frozen=True):
    """What a definition does with the data that it uses, and the first line in which it writes it (0: none)."""

    done: Done
    written: int


def by_user(
    ctx: Context, targets: Sequence[Target], provenances: Mapping[int, EdgeProvenance]
) -> Mapping[Node, NodeAccess]:
    """Of all that use data directly; nothing of other targets. Where one use is not told, only that another writes
    is."""
    if not all(target.kind in _DATA for target in targets):
        return {}
    ids = graph_queries.name_ids(ctx.index, {target.qualname for target in targets})
    nodes = {graph_queries.node(one.path_id, ids[one.qualname]) for one in targets if one.qualname in ids}
    found: dict[Node, tuple[int, int, bool]] = {}
    for _, user, how, _, line in graph_queries.edges_towards(ctx.index, ctx.view.id, nodes):
        bits, written, is_told = found.get(user, (0, 0, True))
        access = provenances[how].access
        if access & WRITES:
            written = min(written or line, line)
        found[user] = bits | access, written, is_told and access > 0
    return {
        user: NodeAccess(DONE[bits if is_told or bits & WRITES else 0], written)
        for user, (bits, written, is_told) in found.items()
    }
