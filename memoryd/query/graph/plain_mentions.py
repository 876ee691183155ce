"""Where files that no reader understands name a definition: nothing follows them, but they may depend on it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from indexers import terms
from memoryd.query.context import Context
from memoryd.query.graph.impact_answers import PlainMention
from memoryd.query.retrieval.chunk_lookup import Pieces
from memoryd.query.retrieval.lexical import LexicalView
from memoryd.query.targets import Target

PLAIN = "text"  # the language of what no reader knows
MAX_NAMES = 20
MAX_CHUNKS = 200  # that are read for one name
MIN_CHARS = 4  # a shorter name is any word
_TOLD = frozenset(("doc", "decision", "generated"))  # they tell of code, and use none


def plain_mentions(ctx: Context, targets: Sequence[Target]) -> tuple[PlainMention, ...]:
    """The first place in each such file that has the very name of one of the targets, by path."""
    names = {target.qualname.rpartition(".")[2] for target in targets if target.qualname}
    names = {name for name in names if len(name) >= MIN_CHARS}
    if not names or len(names) > MAX_NAMES:
        return ()
    view = ctx.lexical.refresh(ctx.index, ctx.view.id, ctx.embedder)
    pieces = Pieces(ctx.index, view)
    found: dict[str, PlainMention] = {}
    for name in sorted(names):
        whole = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")
        for number in _likely(view, name):
            path, row = view.slots[view.chunk_slot[number]].path, pieces.row(number)
            match = whole.search(pieces.text(number)) if row else None
            if match and row:
                line = row.line + match.string.count("\n", 0, match.start())
                found.setdefault(path, PlainMention(path=path, line=line, name=name))
    return tuple(found[path] for path in sorted(found))


def _likely(view: LexicalView, name: str) -> list[int]:
    """Chunks of code without a reader that hold all terms of the name."""
    chunks = view.text.having_all(terms.terms(name))
    slots = (view.slots[slot] for slot in view.chunk_slot[chunks].tolist())
    plain = np.array([slot.language == PLAIN and slot.role not in _TOLD for slot in slots], bool)
    likely: list[int] = chunks[plain].tolist() if len(chunks) else []
    return likely[:MAX_CHUNKS]
