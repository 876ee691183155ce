"""What of a project a look through the stored texts does not see, in words: without it no count is complete."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from memoryd.query.context import Context
from memoryd.store.index.queries.state import skipped_queries, status_queries

MAX_READ, MAX_READ_BYTES = 20, 64 << 20  # files that are too long for the index, for one question
_TOO_LONG = ("minified", "too-large")
_NO_TEXT = frozenset(("binary", "link", "submodule", "repository", "special"))
_ON_PURPOSE = frozenset(("denied", "ignored", "vendored"))
NO_SOURCE = _NO_TEXT | _ON_PURPOSE  # reasons to skip a file for which no source of the project is missing


class Unsearched(Struct, frozen=True):
    """``gaps``: what should have been looked at, and was not; ``left_out``: what never is."""

    gaps: tuple[str, ...]
    left_out: tuple[str, ...]


def unsearched(ctx: Context, least_bytes: int, word: bytes = b"") -> Unsearched:
    """``least_bytes``: so many has what is looked for at least; it fits into no shorter secret that was overwritten.
    The secret itself is not asked: that would tell whoever tries. ``word``: a name of the project; a file that is too
    long for the index is no gap where a look into it shows that it has not that very word. Parts of words are not
    looked for there: they would tell a secret letter by letter."""
    view = ctx.lexical.refresh(ctx.index, ctx.view.id, ctx.embedder)
    reasons = status_queries.skipped_reasons(ctx.index, ctx.view.id)
    without = Counter(_without(ctx, word)) if word else Counter[str]()
    left = ((reason, files - without[reason]) for reason, files in reasons if reason not in NO_SOURCE)
    unread = [one for one in left if one[1]]
    return Unsearched(
        (*ctx.freshness.doubts(), *_not_indexed(unread)),
        (
            *_not_indexed([one for one in reasons if one[0] in _ON_PURPOSE]),
            *_files(view.notebooks, "outputs of notebooks"),
            *_files(sum(mask >= least_bytes for mask in view.masks), "overwritten secrets"),
        ),
    )


def _without(ctx: Context, word: bytes) -> Iterator[str]:
    """The reason of each file that was too long for the index and is seen not to have the word."""
    rows = skipped_queries.paths_of(ctx.index, ctx.view.id, _TOO_LONG, MAX_READ)
    holds = re.compile(rb"(?<!\w)%s(?!\w)" % re.escape(word), re.A)
    room = MAX_READ_BYTES
    for path, reason in rows if ctx.left_out_text else ():
        text = ctx.left_out_text(path, room) if ctx.left_out_text else None
        if text is not None:
            room -= len(text)
            if b"\0" not in text and not holds.search(text):  # of UTF-16 no byte tells
                yield reason


def _not_indexed(reasons: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    return tuple(f"{files} {'file' if files == 1 else 'files'} {reason}" for reason, files in reasons)


def _files(number: int, what: str) -> tuple[str, ...]:
    return (f"{what} in {number} {'file' if number == 1 else 'files'}",) if number else ()
