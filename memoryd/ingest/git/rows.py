"""Rows that git writes of a tree and of its index, as values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

LINK, SUBMODULE = "120000", "160000"
"""Modes of what is no file."""
STAMP_LINES = (b"ctime", b"mtime", b"dev", b"uid", b"size")
_NUMBER = re.compile(rb"\d+")
_NS = 1_000_000_000


class TreeEntry(Struct, frozen=True):
    """A row of a commit's tree. ``mode``: ``100644``, ``100755``, ``120000`` (link), ``160000`` (submodule).
    ``size_bytes``: -1 where unknown without fetching (submodules, partial clones). A name that is not
    UTF-8 carries surrogates."""

    path: str
    mode: str
    hash: str
    size_bytes: int


class LineSpan(Struct, frozen=True):
    """``count`` lines from ``here`` were written by commit ``sha`` as the lines of ``path`` from ``there``."""

    sha: str
    path: str
    there: int
    here: int
    count: int


class FileStamp(Struct, frozen=True):
    """What git noted of a file when it last knew it to be its staged blob, in the precision that git keeps."""

    mtime_ns: int
    ctime_ns: int
    inode: int
    size_bytes: int


class IndexEntry(Struct, frozen=True):
    """A row of git's index: a tracked path, its mode (see TreeEntry) and its staged blob. ``sparse``: git does not want
    it in the work tree; ``assumed``: it was told to take it for unchanged; ``stamp``: None where it was not asked."""

    path: str
    mode: str
    hash: str
    sparse: bool = False
    assumed: bool = False
    stamp: FileStamp | None = None


def stamp_of(lines: Sequence[bytes]) -> FileStamp | None:
    """The five lines that ``ls-files --debug`` writes below a row; None where they are others."""
    if [line.strip().partition(b":")[0] for line in lines] != list(STAMP_LINES):
        return None
    ctime, mtime, device, _owner, size = ([int(n) for n in _NUMBER.findall(line)] for line in lines)
    return FileStamp(mtime[0] * _NS + mtime[1], ctime[0] * _NS + ctime[1], device[1], size[0])


def index_entry(row: bytes) -> IndexEntry:
    """A row of ``ls-files -s -v``."""
    fields, _tab, name = row.partition(b"\t")
    tag, mode, blob, _stage = fields.decode("ascii").split(" ")
    path = name.decode("utf-8", "surrogateescape")
    return IndexEntry(path, mode, blob, sparse=tag in "Ss", assumed=tag.islower())


def tree_rows(data: bytes) -> Iterator[TreeEntry]:
    """Rows of ``ls-tree -z``, with or without ``-l``."""
    for row in data.split(b"\0"):
        meta, tab, name = row.partition(b"\t")
        if not tab:
            continue
        mode, _kind, sha, *size = meta.decode("ascii").split()
        size_bytes = int(size[0]) if size and size[0].isdigit() else -1
        yield TreeEntry(name.decode("utf-8", "surrogateescape"), mode, sha, size_bytes)
