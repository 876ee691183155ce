"""Which commits are behind single lines of a file as the index has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from indexers.facts import LineOrigin, LineOrigins
from indexers.history import diff
from indexers.secrets import redact
from memoryd.errors import GitError
from memoryd.ingest.git.repository import Git
from memoryd.ingest.git.rows import LineSpan

MAX_LINES = 400  # of one question
_AROUND = 12  # lines beside the asked ones that are followed with them: git takes no few letters for a move


def line_origins(git: Git, sha: str, path: str, text: bytes | None, first: int, last: int) -> LineOrigins:
    """The commits behind the lines ``first`` to ``last`` of ``text``, which is ``path`` as it stands now (None: as
    commit ``sha`` has it), by what ``sha`` has. ``text`` is without secrets, and so is what it is compared with."""
    last = min(last, first + MAX_LINES - 1)
    try:
        committed = git.file_at(sha, path)
        if committed is None:
            return LineOrigins("uncommitted")
        lines = _lines_there(redact(committed)[0], text, first, last) if text is not None else [first, last]
        if not lines:
            return LineOrigins("uncommitted")
        asked = lines[0], lines[-1]
        around = max(1, asked[0] - _AROUND), min(committed.count(b"\n") + 1, asked[1] + _AROUND)
        found = [
            *_spans("changed", git.blame_lines(path, sha, *asked), lines),
            *_spans("content", git.blame_lines(path, sha, *asked, "-w"), lines),
            *_spans("wrote", git.blame_lines(path, sha, *around, "-w", "-C"), lines),
        ]
    except GitError:
        return LineOrigins("unknown")
    return LineOrigins("committed", tuple(_once(found)))


def _spans(
    how: Literal["changed", "content", "wrote"], blamed: Sequence[LineSpan], lines: Sequence[int]
) -> Iterator[LineOrigin]:
    """One for each span that has some of ``lines``."""
    for span in blamed:
        asked = [line for line in lines if span.here <= line < span.here + span.count]
        if asked:
            yield LineOrigin(how, span.sha, span.path, span.there + asked[0] - span.here)


def _lines_there(committed: bytes, text: bytes, first: int, last: int) -> list[int]:
    """The numbers in ``committed`` of those lines of ``text`` that are in both."""
    old, new = (data.replace(b"\r\n", b"\n") for data in (committed, text))
    if old == new:
        return list(range(first, last + 1))
    added, removed = diff.compare(old, new)
    came, gone = {number for number, _ in added}, {number for number, _ in removed}
    kept_new = (n for n in range(1, new.count(b"\n") + 2) if n not in came)
    kept_old = (n for n in range(1, old.count(b"\n") + 2) if n not in gone)
    return [there for here, there in zip(kept_new, kept_old, strict=False) if first <= here <= last]


def _once(found: Sequence[LineOrigin]) -> list[LineOrigin]:
    """Each commit as the first look has it."""
    seen: dict[str, LineOrigin] = {}
    for origin in found:
        seen.setdefault(origin.sha, origin)
    return list(seen.values())
