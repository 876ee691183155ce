"""Unified diff bytes -> the files and lines that it changes; and the same for two versions of a text. Runs no git.

A diff comes from anybody: every count in it is checked against its lines, and the work is linear in its length.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

MAX_FILES = 5_000
MAX_LINES = 200_000  # beyond, a fragment is not read
MAX_COMPARED = 4_000_000  # steps of the comparison of two texts
_HUNK = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_OLD_PREFIXES, _NEW_PREFIXES = (b"a/", b"c/", b"i/", b"o/", b"w/"), (b"b/", b"i/", b"w/", b"c/", b"o/")
_NOTHING = b"/dev/null"
_ESCAPES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}
_ESCAPE = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')


class DiffError(Exception):
    """The text is no diff that can be read. ``line``: 1-based, of the diff; the message says what is wrong."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class Hunk(Struct, frozen=True):
    """``lines``: (`` ``, ``-`` or ``+``; bytes without the newline). The starts are 1-based lines."""

    old_start: int
    new_start: int
    lines: tuple[tuple[str, bytes], ...]


class FileDiff(Struct, frozen=True):
    """``status``: A M D R C. Blob ids are as written, perhaps abbreviated. Paths that are no UTF-8 have U+FFFD."""

    status: str
    path: str
    old_path: str
    hunks: tuple[Hunk, ...] = ()
    old_blob: str = ""
    new_blob: str = ""
    binary: bool = False


Lines = tuple[tuple[int, str], ...]


def parse(data: bytes) -> tuple[FileDiff, ...]:
    """The files of a diff as git or ``diff -u`` writes it; text around them (a mail, a commit message) is passed
    over. Raises DiffError: a hunk shorter than it says, a combined diff, a file that comes twice, too many files."""
    reader = _DiffReader(data)
    found: dict[str, FileDiff] = {}
    while (file := reader.next_file()) is not None:
        if file.path in found:
            raise DiffError(reader.at, f"{file.path[:200]} comes twice: give one diff, not a series of them")
        found[file.path] = file
        if len(found) > MAX_FILES:
            raise DiffError(reader.at, f"more than {MAX_FILES} files")
    return tuple(found.values())


class _Header:
    """What the lines before the first hunk of one file say."""

    def __init__(self) -> None:
        self.git: bytes | None = None
        self.old: bytes | None = None
        self.new: bytes | None = None
        self.renamed: dict[bytes, bytes] = {}
        self.status = ""
        self.blobs = ("", "")
        self.binary = False

    def file(self, hunks: Sequence[Hunk]) -> FileDiff:
        old, new = self._names()
        status = self.status or ("A" if old == _NOTHING else "D" if new == _NOTHING else "M")
        path = old if new == _NOTHING else new
        return FileDiff(
            status=status,
            path=_text(path),
            old_path=_text(old) if status in "RC" else "",
            hunks=tuple(hunks),
            old_blob=self.blobs[0],
            new_blob=self.blobs[1],
            binary=self.binary,
        )

    def _names(self) -> tuple[bytes, bytes]:
        if len(self.renamed) == 2:
            return self.renamed[b"from"], self.renamed[b"to"]
        if self.old is not None and self.new is not None:
            return _without_prefixes(self.old, self.new)
        return _of_git_line(self.git or b"")


class _DiffReader:
    """The lines of a diff, one file at a time. ``at``: the line last read, 1-based."""

    def __init__(self, data: bytes) -> None:
        self._lines = data.split(b"\n")
        if self._lines and not self._lines[-1]:
            self._lines.pop()
        self.at = 0

    def next_file(self) -> FileDiff | None:
        header = self._header()
        if header is None:
            return None
        hunks: list[Hunk] = []
        while (match := _HUNK.match(self._peek())) is not None:
            self.at += 1
            hunks.append(self._hunk(match))
        if hunks and header.old is None:
            raise DiffError(self.at, "a hunk without the names of its file (--- and +++)")
        return header.file(hunks)

    def _peek(self) -> bytes:
        return self._lines[self.at] if self.at < len(self._lines) else b""

    def _header(self) -> _Header | None:
        """The next header; reading stops where its hunks begin or the next file does."""
        header: _Header | None = None
        while self.at < len(self._lines):
            line = self._peek().rstrip(b"\r")
            if line.startswith((b"diff --cc ", b"diff --combined ")):
                raise DiffError(self.at + 1, "a combined diff of a merge: give the diff against one parent")
            if line.startswith(b"diff --git "):
                if header is not None:
                    return header
                header = _Header()
                header.git = line[len(b"diff --git ") :]
            elif line.startswith(b"--- ") and self._next().startswith(b"+++ "):
                if header is not None and header.old is not None:
                    return header
                header = header or _Header()
                header.old, header.new = _name(line[4:]), _name(self._next()[4:].rstrip(b"\r"))
                self.at += 1
            elif _HUNK.match(line):
                return header or _Header()
            elif header is not None:
                _extended(header, line)
            self.at += 1
        return header

    def _next(self) -> bytes:
        return self._lines[self.at + 1] if self.at + 1 < len(self._lines) else b""

    def _hunk(self, match: re.Match[bytes]) -> Hunk:
        old_left, new_left = (int(match[i]) if match[i] is not None else 1 for i in (2, 4))
        lines: list[tuple[str, bytes]] = []
        while old_left > 0 or new_left > 0:
            if self.at >= len(self._lines):
                raise DiffError(self.at, "the diff ends inside a hunk")
            line = self._lines[self.at]
            self.at += 1
            sign = chr(line[0]) if line.strip(b"\r") else " "  # mailers cut the blank of an empty line
            if sign == "\\":
                continue
            if sign not in " +-":
                raise DiffError(self.at, "a hunk has fewer lines than its header says")
            old_left -= sign in " -"
            new_left -= sign in " +"
            lines.append((sign, line[1:] if line[:1] == sign.encode() else b""))
        if old_left or new_left:
            raise DiffError(self.at, "a hunk has other lines than its header says")
        while self._peek().startswith(b"\\"):
            self.at += 1
        return Hunk(int(match[1]), int(match[3]), tuple(lines))


def _extended(header: _Header, line: bytes) -> None:
    """One line of git's extended header."""
    word, _, rest = line.partition(b" ")
    if word in (b"rename", b"copy"):
        side, _, name = rest.partition(b" ")
        if side in (b"from", b"to"):
            header.status = "R" if word == b"rename" else "C"
            header.renamed[side] = _name(name)
    elif line.startswith(b"new file mode"):
        header.status = "A"
    elif line.startswith(b"deleted file mode"):
        header.status = "D"
    elif word == b"index":
        old, _, new = rest.partition(b" ")[0].decode("ascii", "replace").partition("..")
        header.blobs = tuple(blob if blob.strip("0") else "" for blob in (old, new))  # type: ignore[assignment]
    elif line.startswith((b"Binary files ", b"GIT binary patch")):
        header.binary = True


# -- names


def _name(text: bytes) -> bytes:
    """A name as it stands in a header: perhaps quoted, perhaps with a date behind a tab."""
    if text.startswith(b'"'):
        return _unquoted(text)
    return text.partition(b"\t")[0]


def _unquoted(text: bytes) -> bytes:
    inner = text[1:].rpartition(b'"')[0]
    return _ESCAPE.sub(lambda m: bytes([int(m[1], 8) & 255 if len(m[1]) == 3 else _ESCAPES[m[1]]]), inner)


def _without_prefixes(old: bytes, new: bytes) -> tuple[bytes, bytes]:
    """``a/`` and ``b/`` (or git's mnemonic ones) taken off, unless both names begin alike: they have none then."""
    strip_old = old.startswith(_OLD_PREFIXES) and old[:2] != new[:2]
    strip_new = new.startswith(_NEW_PREFIXES) and old[:2] != new[:2]
    if _NOTHING not in (old, new):
        strip_old = strip_new = strip_old and strip_new
    return old[2:] if strip_old and old != _NOTHING else old, new[
        2:
    ] if strip_new and new != _NOTHING else new


def _of_git_line(text: bytes) -> tuple[bytes, bytes]:
    """Both names of ``diff --git a/x b/x`` where no other line has them: then they are the same but for prefixes."""
    if text.startswith(b'"'):
        end = re.match(rb'"(?:[^"\\]|\\.)*"', text)
        old = _name(end[0]) if end else text
        return _without_prefixes(old, _name(text[end.end() + 1 :]) if end else old)
    middle = len(text) // 2
    old, new = text[:middle], text[middle + 1 :]
    return _without_prefixes(old, new)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")


# -- lines


def changed_lines(file: FileDiff) -> tuple[Lines, Lines]:
    """(added, removed) of its hunks."""
    added: list[tuple[int, str]] = []
    removed: list[tuple[int, str]] = []
    for hunk in file.hunks:
        old, new = hunk.old_start, hunk.new_start
        for sign, line in hunk.lines:
            if sign == "+":
                added.append((new, _line(line)))
            elif sign == "-":
                removed.append((old, _line(line)))
            old, new = old + (sign != "+"), new + (sign != "-")
    return tuple(added), tuple(removed)


def applied(file: FileDiff, text: bytes, *, reverse: bool = False) -> bytes | None:
    """The other version of ``text``; None when the hunks do not fit it where they say they do."""
    lines = text.split(b"\n")
    kept, gone = ("-", "+") if reverse else ("+", "-")
    result: list[bytes] = []
    at = 0
    for hunk in file.hunks:
        before = [line for sign, line in hunk.lines if sign in (" ", gone)]
        start = hunk.new_start if reverse else hunk.old_start
        begin = start - 1 if before else start  # an empty side names the line before it
        if begin < at or not _fits(before, lines, begin):
            return None
        result += lines[at:begin]
        result += [line for sign, line in hunk.lines if sign in (" ", kept)]
        at = begin + len(before)
    return b"\n".join([*result, *lines[at:]])


def _fits(wanted: Sequence[bytes], lines: Sequence[bytes], begin: int) -> bool:
    here = lines[begin : begin + len(wanted)]
    return [line.rstrip(b"\r") for line in here] == [line.rstrip(b"\r") for line in wanted]


def new_side(file: FileDiff) -> bytes:
    """The hunks' new lines, each at its own line number, nothing between them."""
    result: list[bytes] = []
    for hunk in file.hunks:
        if hunk.new_start <= MAX_LINES:  # a hunk at line 999,999,999 costs nothing
            result += [b""] * max(0, hunk.new_start - 1 - len(result))
            result += [line for sign, line in hunk.lines if sign != "-"]
    return b"\n".join(result)


def compare(old: bytes, new: bytes) -> tuple[Lines, Lines]:
    """(added, removed) between two versions of a text. Where the versions repeat the same lines so often that a
    comparison in order would take long, lines are counted instead."""
    before, after = _split(old), _split(new)
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    left, right = before[start : len(before) - end], after[start : len(after) - end]
    if _pairs(left, right) > MAX_COMPARED:
        return _surplus(right, left, start), _surplus(left, right, start)
    added: list[tuple[int, str]] = []
    removed: list[tuple[int, str]] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag != "equal":
            removed += ((start + 1 + i, _line(left[i])) for i in range(i1, i2))
            added += ((start + 1 + j, _line(right[j])) for j in range(j1, j2))
    return tuple(added), tuple(removed)


def _split(text: bytes) -> list[bytes]:
    lines = text.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return lines


def _pairs(left: Sequence[bytes], right: Sequence[bytes]) -> int:
    count = Counter(left)
    return sum(count[line] * times for line, times in Counter(right).items()) * 8


def _surplus(lines: Sequence[bytes], others: Sequence[bytes], start: int) -> Lines:
    """The lines that ``others`` has fewer of."""
    left = Counter(others)
    found = []
    for number, line in enumerate(lines, start + 1):
        if left[line] > 0:
            left[line] -= 1
        else:
            found.append((number, _line(line)))
    return tuple(found)


def _line(line: bytes) -> str:
    return line.removesuffix(b"\r").decode("utf-8", "replace")
