"""What a commit did to the lines of a file, as a diff shows it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from memoryd.query.context import Context, Lines
from memoryd.query.history.standing import StandingLines
from memoryd.query.safe_text import safe_name, safe_text
from memoryd.query.text.lines import clipped
from memoryd.store.index.queries import graph_queries

MAX_LINES = 12  # of one file


class ChangedLine(Struct, frozen=True):
    """``sign``: ``+`` (``line`` is that of the new version) or ``-`` (of the old one); 1-based."""

    sign: str
    line: int
    text: str

    def label(self) -> str:
        """As a line of a diff, with its number."""
        return f"| {self.line} {self.sign}{clipped(safe_text(self.text))}"


class CommittedFile(Struct, frozen=True):
    """``status``: A M D R. ``lines``: the first of what came and went; ``added`` and ``removed`` count all. No lines
    where they cannot be shown: a merge, a binary, a file that is not in the index now. ``standing``: how much of it is
    in force; None where that cannot be told."""

    status: str
    path: str
    added: int = 0
    removed: int = 0
    lines: tuple[ChangedLine, ...] = ()
    standing: StandingLines | None = None

    def label(self) -> str:
        """Its name and how much changed, then the lines."""
        count = f" +{self.added} -{self.removed}" if self.lines else ""
        count += f" ({self.standing.label(self.path)})" if self.standing else ""
        left = self.added + self.removed - len(self.lines)
        more = [f"    … {left} more lines"] if self.lines and left > 0 else []
        return "\n".join(
            [
                f"  {self.status} {safe_name(self.path)}{count}",
                *(f"    {one.label()}" for one in self.lines),
                *more,
            ]
        )


def changed_file(
    ctx: Context, sha: str, status: str, path: str, standing: StandingLines | None = None
) -> CommittedFile:
    """What commit ``sha`` did to the file."""
    added, removed = _lines(ctx, sha, path)
    lines = tuple(one for one, _ in _in_order(added, removed))
    return CommittedFile(status, path, len(added), len(removed), lines[:MAX_LINES], standing)


def change_of_line(ctx: Context, sha: str, path: str, line: int) -> tuple[ChangedLine, ...]:
    """The lines that came and went together in commit ``sha`` with ``line`` of its version of the file; nothing where
    it did not touch that line or cannot be read."""
    block: list[tuple[ChangedLine, int]] = []
    for entry in _in_order(*_lines(ctx, sha, path)):
        if block and entry[1] > block[-1][1] + 1:
            if _has(block, line):
                break
            block = []
        block.append(entry)
    return _around(block, line) if _has(block, line) else ()


def _lines(ctx: Context, sha: str, path: str) -> tuple[Lines, Lines]:
    """Only of files that the index has: what was left out of it on purpose is not shown from git either."""
    if ctx.lines is None or graph_queries.file_at(ctx.index, ctx.view.id, path) is None:
        return (), ()
    return ctx.lines(sha, path)


def _in_order(added: Lines, removed: Lines) -> list[tuple[ChangedLine, int]]:
    """The lines in the order of a diff, each with its place in the new version."""
    found: list[tuple[ChangedLine, int]] = []
    i = j = 0
    while i < len(removed) or j < len(added):
        place = removed[i][0] + j - i if i < len(removed) else 0
        if i < len(removed) and (j == len(added) or place <= added[j][0]):
            found.append((ChangedLine("-", *removed[i]), place - 1))
            i += 1
        else:
            found.append((ChangedLine("+", *added[j]), added[j][0]))
            j += 1
    return found


def _has(block: Sequence[tuple[ChangedLine, int]], line: int) -> bool:
    return any(one.sign == "+" and one.line == line for one, _ in block)


def _around(block: Sequence[tuple[ChangedLine, int]], line: int) -> tuple[ChangedLine, ...]:
    """At most MAX_LINES of them, what went first: it was replaced."""
    gone = [one for one, _ in block if one.sign == "-"][: MAX_LINES // 2]
    came = [one for one, _ in block if one.sign == "+"]
    at = next(i for i, one in enumerate(came) if one.line == line)
    room = MAX_LINES - len(gone)
    first = max(0, min(at - room // 2, len(came) - room))
    return (*gone, *came[first : first + room])
