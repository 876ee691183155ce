"""What the work tree has that its commit has not, found without git reading it: by the index, by stat, by content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from memoryd.ingest.change.versions import MAX_FILE_BYTES
from memoryd.ingest.files.rooted_files import RootedFiles, Unreadable
from memoryd.ingest.git.cat_file import blob_hash
from memoryd.ingest.git.repository import Git
from memoryd.store.index import reader
from memoryd.store.index.versions import open_current

MAX_RENAMES = 40  # of so many gone and new files each the pairs are compared
_SIMILAR = 0.5  # as git: this share of the larger one's lines is the same

Row = tuple[str, str, str, bytes | None, bytes | None]
"""(status A M D R, path, former path or ``""``, old content, new content)."""


def changes(git: Git, root: Path, index: Path, paths: Sequence[str]) -> list[Row]:
    """The files that differ, in order; with ``paths`` only these files, or what lies below these folders.

    A file that is new since the last look at the disk counts once the index knows it, or when it is named.
    """
    head = git.head().sha
    committed = {e.path: e.hash for e in git.ls_tree(head) if e.mode.startswith("100")} if head else {}
    known = _known(root, index)
    with RootedFiles(root) as rooted:
        candidates = sorted(_candidates(rooted, committed, known, paths))
        contents = {path: content for path in candidates if (content := _read(rooted, path)) is not None}
    algorithm = git.object_format
    differing = [
        path for path in candidates
        if (path in contents and blob_hash(contents[path], algorithm) != committed.get(path))
        or (path not in contents and path in committed)
    ]  # fmt: skip
    old = dict(git.blobs({committed[path] for path in differing if path in committed}, MAX_FILE_BYTES))
    before = {path: old.get(committed[path]) for path in differing if path in committed}
    return _renamed([_row(path, before, contents, committed) for path in differing])


def _row(
    path: str, before: Mapping[str, bytes | None], now: Mapping[str, bytes], committed: Mapping[str, str]
) -> Row:
    status = "M" if path in committed and path in now else "D" if path in committed else "A"
    return status, path, "", before.get(path), now.get(path)


def _known(root: Path, index: Path) -> dict[str, reader.ViewFile]:
    conn = open_current(index)
    if conn is None:
        return {}
    try:
        view = reader.view(conn, f"worktree:{root}")
        return {row.path: row for row in reader.view_files(conn, view.id)} if view else {}
    finally:
        conn.close()


def _candidates(
    rooted: RootedFiles,
    committed: Mapping[str, str],
    known: Mapping[str, reader.ViewFile],
    paths: Sequence[str],
) -> Iterator[str]:
    """Paths that may differ: by the index, by what stat says, or because they were named."""
    wanted = [path.strip("/").removeprefix("./") for path in paths]
    everything = committed.keys() | known.keys()
    if wanted:
        below = tuple(f"{path}/" for path in wanted)
        yield from {p for p in everything if p in wanted or p.startswith(below)} | set(wanted)
        return
    for path in everything:
        row = known.get(path)
        differs = row is not None and row.hash.hex() != committed.get(path)
        if differs or _moved_on(rooted, path, row, indexed=bool(known)):
            yield path


def _moved_on(rooted: RootedFiles, path: str, row: reader.ViewFile | None, *, indexed: bool) -> bool:
    """Whether the file is not what the index saw. What an index left out (a picture) counts when it is gone."""
    try:
        state = rooted.stat(path)
    except Unreadable:
        return True
    if row is None:
        return not indexed
    stamp = (state.st_size, state.st_ino, max(state.st_mtime_ns, state.st_ctime_ns))
    return stamp != (row.size_bytes, row.inode, row.mtime_ns)


def _read(rooted: RootedFiles, path: str) -> bytes | None:
    try:
        return rooted.read(path, MAX_FILE_BYTES)
    except Unreadable:
        return None


def _renamed(rows: list[Row]) -> list[Row]:
    """A file that went and one that came with most of its lines are one file that was renamed."""
    gone = [row for row in rows if row[0] == "D" and row[3]]
    came = [row for row in rows if row[0] == "A" and row[4]]
    if not gone or not came or len(gone) > MAX_RENAMES or len(came) > MAX_RENAMES:
        return rows
    scored = sorted(
        ((_similarity(old[3], new[4]), old, new) for old in gone for new in came),
        key=lambda entry: (-entry[0], entry[1][1], entry[2][1]),
    )
    pairs: dict[str, Row] = {}
    for similarity, old, new in scored:
        if (
            similarity >= _SIMILAR
            and old[1] not in {row[1] for row in pairs.values()}
            and new[1] not in pairs
        ):
            pairs[new[1]] = old
    taken = {row[1] for row in pairs.values()}
    return [
        ("R", row[1], pairs[row[1]][1], pairs[row[1]][3], row[4]) if row[1] in pairs else row
        for row in rows if row[1] not in taken
    ]  # fmt: skip


def _similarity(old: bytes | None, new: bytes | None) -> float:
    """The share of the larger one's lines that both have."""
    left, right = (Counter(_lines(text)) for text in (old or b"", new or b""))
    return (left & right).total() / max(left.total(), right.total(), 1)


def _lines(text: bytes) -> Iterable[bytes]:
    return text.split(b"\n")
