"""What of a project a look through the stored texts does not see, in words: without it no count is complete."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from memoryd.query.context import Context
from memoryd.store.index.queries import word_queries
from memoryd.store.index.queries.state import status_queries

_NO_TEXT = frozenset(("binary", "link", "submodule", "repository", "special"))
_ON_PURPOSE = frozenset(("denied", "ignored", "vendored"))
_TEXTS_AT_ONCE = 64


class Unsearched(Struct, frozen=True):
    """``gaps``: what should have been looked at, and was not; ``left_out``: what never is."""

    gaps: tuple[str, ...]
    left_out: tuple[str, ...]


def unsearched(ctx: Context, least_bytes: int) -> Unsearched:
    """``least_bytes``: so many has what is looked for at least; it fits into no shorter secret that was overwritten."""
    reasons = status_queries.skipped_reasons(ctx.index, ctx.view.id)
    unread = [one for one in reasons if one[0] not in _NO_TEXT | _ON_PURPOSE]
    return Unsearched(
        (*ctx.freshness.doubts(), *_not_indexed(unread)),
        (
            *_not_indexed([one for one in reasons if one[0] in _ON_PURPOSE]),
            *_files(word_queries.count_ending(ctx.index, ctx.view.id, ".ipynb"), "outputs of notebooks"),
            *_files(_with_secrets(ctx, least_bytes), "overwritten secrets"),
        ),
    )


def _not_indexed(reasons: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    return tuple(f"{files} {'file' if files == 1 else 'files'} {reason}" for reason, files in reasons)


def _files(number: int, what: str) -> tuple[str, ...]:
    return (f"{what} in {number} {'file' if number == 1 else 'files'}",) if number else ()


def _with_secrets(ctx: Context, least_bytes: int) -> int:
    """Files with an overwritten secret that long. The secret itself is not asked: that would tell whoever tries."""
    hidden = re.compile(rb"\*{%d}" % max(1, least_bytes))
    redacted = word_queries.redacted_files(ctx.index, ctx.view.id)
    return sum(
        bool(hidden.search(text)) for _, text in word_queries.texts(ctx.index, redacted, _TEXTS_AT_ONCE)
    )
