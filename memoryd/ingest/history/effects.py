"""What commits did to which lines of text, in one pass over git's objects: for comparing with a tree.

Where a line stands does not count, nor how it is indented: a change is recognised after the file has moved on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from indexers.facts import FileChange, FileEffect
from indexers.secrets import redact
from memoryd.ingest.git.repository import Git

MAX_FILES = 100  # of one commit
MAX_LINES = 4_000  # of one file, come or gone
MAX_BLOB_BYTES = 512 * 1024
BLOBS_AT_ONCE = 400
_LETTER = rb"[A-Za-z0-9\x80-\xff]"
_TELLS = re.compile(_LETTER + rb"[^A-Za-z0-9\x80-\xff]*" + _LETTER)  # at least two of them
_SNIFF_BYTES = 8_000


def effects(git: Git, shas: Sequence[str]) -> dict[str, tuple[FileEffect, ...]]:
    """Sha → what that commit did, a merge against its first parent. Commits that git no longer has are left out.
    Raises GitError."""
    changes: dict[str, Sequence[FileChange]] = {}
    for commit in git.commits(shas) if shas else ():
        merged = len(commit.parents) > 1
        changes[commit.sha] = git.between(commit.parents[0], commit.sha) if merged else commit.changes
    found: dict[str, tuple[FileEffect, ...]] = {}
    for part in _parts(changes):
        blobs = {
            blob for rows in part.values() for row in rows for blob in (row.old_blob, row.new_blob) if blob
        }
        texts = dict(git.blobs(sorted(blobs), MAX_BLOB_BYTES))
        found |= {sha: tuple(_effect(row, texts) for row in rows) for sha, rows in part.items()}
    return found


def _parts(changes: Mapping[str, Sequence[FileChange]]) -> Iterator[dict[str, Sequence[FileChange]]]:
    """A few commits at a time, so that their contents fit into memory; of very large ones no file is read."""
    part: dict[str, Sequence[FileChange]] = {}
    size = 0
    for sha, rows in changes.items():
        part[sha] = rows if len(rows) <= MAX_FILES else ()
        size += len(part[sha])
        if size > BLOBS_AT_ONCE:
            yield part
            part, size = {}, 0
    if part:
        yield part


def _effect(change: FileChange, texts: Mapping[str, bytes]) -> FileEffect:
    sides = [(blob, texts.get(blob)) for blob in (change.old_blob, change.new_blob)]
    place = (change.path, change.old_path or change.path)
    if any(blob and text is None for blob, text in sides):
        return FileEffect(*place, problem="too large, or missing here")
    if any(b"\0" in (text or b"")[:_SNIFF_BYTES] for _, text in sides):
        return FileEffect(*place, problem="binary")
    before, after = ({line.strip() for line in (text or b"").split(b"\n")} for _, text in sides)
    added, removed = _telling(after - before), _telling(before - after)
    if max(len(added), len(removed)) > MAX_LINES:
        return FileEffect(*place, problem="too many lines")
    return FileEffect(*place, added, removed)


def _telling(lines: set[bytes]) -> frozenset[bytes]:
    """Those that say something and hold no secret."""
    text = b"\n".join(sorted(line for line in lines if _TELLS.search(line)))
    clean, secrets = redact(text)
    kept = frozenset(text.split(b"\n")) - {b""}
    return kept & frozenset(clean.split(b"\n")) if secrets else kept


def texts_at(git: Git, sha: str, paths: Iterable[str]) -> dict[str, bytes]:
    """The texts of those of these files that the commit has, without secrets. Raises GitError."""
    wanted = set(paths)
    hashes = {entry.path: entry.hash for entry in git.ls_tree(sha) if entry.path in wanted}
    texts = dict(git.blobs(dict.fromkeys(hashes.values()), MAX_BLOB_BYTES))
    return {path: redact(texts[blob])[0] for path, blob in hashes.items() if blob in texts}
