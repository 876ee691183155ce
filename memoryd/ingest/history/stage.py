"""The history phase: commits that the store does not know yet, and which commits a view can see."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from indexers.facts import Commit
from memoryd.errors import GitError
from memoryd.ingest import left_out
from memoryd.ingest.git.costly import CostlyCommits
from memoryd.ingest.git.process import GitKilled, GitSilent
from memoryd.ingest.git.repository import Git
from memoryd.ingest.history.commits import entries
from memoryd.ingest.job import Run
from memoryd.ingest.units import Units
from memoryd.store.index import reader
from memoryd.store.index.writer import IndexWriter

COMMITS_PER_TRANSACTION = 2_000
MAX_TIPS = 64  # commits up to which everything is stored


def update(writer: IndexWriter, git: Git, view_id: int, head: str, run: Run) -> bytes | None:
    """Store the commits reachable from ``head`` that are new.

    Returns the bitmap of all commits reachable from it (bit i of byte i // 8, least significant first, for
    commit id i), or None when the view's history cannot have changed.
    """
    if not head:
        return b""
    _follow_boundary(writer, git)
    if reader.view_head(writer.conn, view_id) == head:
        return None
    _map_authors(writer, git, head, run.units)
    tips = reader.meta(writer.conn, "history_tips").split()
    known = reader.commit_ids(writer.conn, [head, *tips])
    tips = [tip for tip in tips if tip in known]
    if head not in known or not tips:
        _add(writer, git, head, tips, run)
        with writer.transaction():
            writer.set_meta("history_tips", " ".join([*tips, head][-MAX_TIPS:]))
    return _reachable(writer, git, view_id, head)


def _reachable(writer: IndexWriter, git: Git, view_id: int, head: str) -> bytes:
    """Where the view only went on from its last commit, its bitmap grows; else it is made anew."""
    came = _came(git, reader.view_head(writer.conn, view_id), head)
    if came is not None:
        ids = reader.commit_ids(writer.conn, came).values()
        return _bitmap(ids, reader.view_commits(writer.conn, view_id))
    known = reader.commit_shas(writer.conn)
    return _bitmap(known[sha] for sha in git.rev_list(head) if sha in known)


def _came(git: Git, before: str, head: str) -> list[str] | None:
    """The commits between the two; None where ``head`` does not descend from ``before``, or git no longer has it."""
    if not before:
        return None
    try:
        left = git.rev_list(before, without=head)
    except (GitSilent, GitKilled):
        raise
    except GitError:  # pruned after a force-push
        return None
    return None if left else git.rev_list(head, without=before)


def _follow_boundary(writer: IndexWriter, git: Git) -> None:
    """A shallow clone that was deepened has commits older than those that are stored: begin again."""
    boundary = git.shallow_boundary()
    if boundary != reader.meta(writer.conn, "shallow"):
        with writer.transaction():
            writer.forget_history()
            writer.set_meta("shallow", boundary)


def _map_authors(writer: IndexWriter, git: Git, head: str, units: Units) -> None:
    """A changed .mailmap renames the authors of old commits as well, and may make machines of them."""
    mailmap = git.mailmap(head)
    if mailmap != reader.meta(writer.conn, "mailmap"):
        with writer.transaction():
            if reader.meta(writer.conn, "history_tips"):  # else there is nobody to rename yet
                for batch in _batches(git.log(head, (), _costly(units)), units):
                    writer.rename_authors(entries(git, batch, units))
            writer.set_meta("mailmap", mailmap)


def _add(writer: IndexWriter, git: Git, head: str, tips: Sequence[str], run: Run) -> None:
    costly, done = _costly(run.units), 0
    for batch in _batches(git.log(head, tips, costly), run.units):
        with writer.transaction():
            writer.add_commits(entries(git, batch, run.units))
            _note(writer, costly)
        done += len(batch)
        run.step("history", done, 0)
    with writer.transaction():
        _note(writer, costly)


def _costly(units: Units) -> CostlyCommits:
    return CostlyCommits(frozenset(key for phase, key, _path in units.left_out if phase == "changes"))


def _note(writer: IndexWriter, costly: CostlyCommits) -> None:
    """What git could not tell is left out: it has been asked twice."""
    for sha in list(costly.found):
        left_out.give_up_changes(writer, sha, costly.found.pop(sha))
    if costly.last:
        left_out.end_history(writer, costly.last)


def _batches(commits: Iterator[Commit], units: Units) -> Iterator[list[Commit]]:
    bounded = _each(commits, units)
    while batch := list(itertools.islice(bounded, COMMITS_PER_TRANSACTION)):
        yield batch


def _each(commits: Iterator[Commit], units: Units) -> Iterator[Commit]:
    """Each commit as git's log says it. History ends before one that cannot be taken out of the log."""
    before = "the first commit"
    while not units.leaves_out("history", before):
        with units.at("history", before):
            commit = next(commits, None)
        if commit is None:
            return
        yield commit
        before = commit.sha


def _bitmap(ids: Iterable[int], before: bytes = b"") -> bytes:
    bits = bytearray(before)
    for number in ids:
        place = number >> 3
        if place >= len(bits):
            bits.extend(bytes(place + 1 - len(bits)))
        bits[place] |= 1 << (number & 7)
    return bytes(bits)
