"""Packages that left the manifests and did not come back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.safe_text import safe_line
from memoryd.store.index.queries import history_queries, note_queries
from memoryd.store.index.queries.history_queries import Reachable

MIN_CHARS = 3
_AGAINST = re.compile(
    r"\b(?:remove|drop|avoid|stop|no|not|don't|without|replace|migrate|instead|deprecate|abandon)\b", re.I
)
_FORBIDS = re.compile(rf"{_AGAINST.pattern}|\bnever\b", re.I)
_WORD = re.compile(r"(?<![\w.-])[\w.-]*\w")
_USED = re.compile(r"\b(?:[Uu]s(?:e|es|ed|ing)|[Vv]ia|[Ii]mport|[Aa]dopt|[Cc]hoose)\s+([A-Za-z@][\w./@-]*\w)")
_CODE = re.compile(r"`([\w@./-]{3,80})`")
_NOTHING_MORE = ("removed", "replaced")


def gone_packages(ctx: Context, seen: Reachable) -> Mapping[str, int]:
    """Package → the commit that removed it last, of those that did not come back."""
    last: dict[str, tuple[int, str]] = {}
    for id_, note in note_queries.of_kind(ctx.index, "dependency", seen):
        last[note.subject.casefold()] = (id_, note.how)
    return {name: id_ for name, (id_, how) in last.items() if how in _NOTHING_MORE}


def named(title: str, text: str) -> list[str]:
    """The words that may be packages: those of a title that speaks against nothing, and code in back-ticks."""
    return [*([] if _AGAINST.search(title) else _WORD.findall(title)), *_CODE.findall(text)]


def used_in(text: str) -> list[str]:
    """The words of a record that may be packages: what it says to use, and code in back-ticks, in sentences that speak
    against nothing. Other words of a sentence are called like packages by chance."""
    found: list[str] = []
    for sentence in re.split(r"[!?\n]|\.(?=\s|$)", text):
        if not _FORBIDS.search(sentence):
            found += [*_USED.findall(sentence), *_CODE.findall(sentence)]
    return found


def first_gone(
    words: Iterable[str], gone: Mapping[str, int], since: int, refused: str = ""
) -> tuple[str, int]:
    """(the word that names a package which left after commit ``since``, the commit); ("", 0) for none."""
    for word in words:
        name = word.casefold()
        left = gone.get(name, 0) or gone.get(name.replace("_", "-"), 0)
        if len(name) >= MIN_CHARS and left > since > 0 and name not in refused:
            return word, left
    return "", 0


def removed(ctx: Context, word: str, commit_id: int) -> str:
    """In words that the package left."""
    row = history_queries.commits(ctx.index, [commit_id])[commit_id]
    when = f"{row.sha[:10]} ({day(row.time_s)})"
    return f"the dependency `{safe_line(word)}`, which it names, was removed in {when}"
