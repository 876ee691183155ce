"""`git log -p` bytes -> what each commit does to which lines, as a key that its exact undoing turns round.

Line numbers and context do not count, so a revert is recognised after the file has moved on. Runs no git; the caller
passes `ARGUMENTS` to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from indexers.history.bookkeeping import is_ledger

ARGUMENTS = (
    "-p", "--no-prefix", "--no-renames", "-U0", "--no-color", "--no-notes", "--no-walk=unsorted", "--format=%x00%H",
)  # fmt: skip
MAX_LINES = 20_000  # of one commit; a larger one is not compared
_MASK = (1 << 63) - 1


def keys(chunks: Iterable[bytes]) -> Iterator[tuple[str, int, int]]:
    """(sha, key of what the commit does, key of what would undo it) in the order of the input; (0, 0) for commits
    that change no lines of text, or too many. Change logs and lock files do not count."""
    sha, done, undone, count = "", 0, 0, 0
    path, in_hunk = b"", False
    for line in _lines(chunks):
        if line.startswith(b"\0"):
            if sha:
                yield (sha, done & _MASK, undone & _MASK) if 0 < count <= MAX_LINES else (sha, 0, 0)
            sha, done, undone, count = line[1:].decode("ascii", "replace"), 0, 0, 0
            path, in_hunk = b"", False
        elif line.startswith(b"diff --git "):
            path, in_hunk = b"", False
        elif line.startswith(b"@@"):
            in_hunk = True
        elif not in_hunk:
            path = _path(line) or path
        elif line[:1] in (b"+", b"-") and not is_ledger(path.decode("utf-8", "replace")):
            text = line[1:].strip()
            came, went = _key(path, b"+", text), _key(path, b"-", text)
            done += came if line[:1] == b"+" else went
            undone += went if line[:1] == b"+" else came
            count += 1
    if sha:
        yield (sha, done & _MASK, undone & _MASK) if 0 < count <= MAX_LINES else (sha, 0, 0)


def _path(line: bytes) -> bytes:
    """The file of a ``---`` or ``+++`` header; ``b""`` for other lines and for no file."""
    name = line[4:] if line.startswith((b"--- ", b"+++ ")) else b""
    return b"" if name == b"/dev/null" else name


def _key(path: bytes, sign: bytes, text: bytes) -> int:
    return int.from_bytes(blake2b(path + b"\0" + sign + text, digest_size=8).digest(), "big") & _MASK


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    if rest:
        yield rest
