"""What of a project a look through the stored texts does not see, in words: without it no count is complete."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from memoryd.query.context import Context
from memoryd.store.index.queries.state import status_queries

_NO_TEXT = frozenset(("binary", "link", "submodule", "repository", "special"))
_ON_PURPOSE = frozenset(("denied", "ignored", "vendored"))
NO_SOURCE = _NO_TEXT | _ON_PURPOSE  # reasons to skip a file for which no source of the project is missing


class Unsearched(Struct, frozen=True):
    """``gaps``: what should have been looked at, and was not; ``left_out``: what never is."""

    gaps: tuple[str, ...]
    left_out: tuple[str, ...]


def unsearched(ctx: Context, least_bytes: int) -> Unsearched:
    """``least_bytes``: so many has what is looked for at least; it fits into no shorter secret that was overwritten.
    The secret itself is not asked: that would tell whoever tries."""
    view = ctx.lexical.refresh(ctx.index, ctx.view.id, ctx.embedder)
    reasons = status_queries.skipped_reasons(ctx.index, ctx.view.id)
    unread = [one for one in reasons if one[0] not in NO_SOURCE]
    return Unsearched(
        (*ctx.freshness.doubts(), *_not_indexed(unread)),
        (
            *_not_indexed([one for one in reasons if one[0] in _ON_PURPOSE]),
            *_files(view.notebooks, "outputs of notebooks"),
            *_files(sum(mask >= least_bytes for mask in view.masks), "overwritten secrets"),
        ),
    )


def _not_indexed(reasons: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    return tuple(f"{files} {'file' if files == 1 else 'files'} {reason}" for reason, files in reasons)


def _files(number: int, what: str) -> tuple[str, ...]:
    return (f"{what} in {number} {'file' if number == 1 else 'files'}",) if number else ()
