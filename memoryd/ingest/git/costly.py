"""Commits of a history one after another, whatever some of them cost git.

A commit of some hundred bytes can name a tree that has a thousand million files. git tells the changes of many commits
in one run; where it is ended at one of them, that one is asked for alone, and where git is ended again the commit is
given without its changes, and noted.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from msgspec.structs import replace

from indexers.facts import Commit
from memoryd.errors import GitError
from memoryd.ingest.git.process import GitCommand, GitKilled, GitRunner, GitSilent, GitTooCostly

AT_ONCE = 10_000  # commits that one git is asked for
# Processor time without an answer, among others and alone. Ordinary commits take less than a second.
SUSPICIOUS_CPU_S, ALONE_CPU_S = 3, 8
HURRIED_S, MOST_LOST_S = 60, 300  # of processor time, to such commits: then there is less for each, then none
MAX_CHANGES = 500_000  # of one commit
MAX_TREE_ENTRIES = 1_000_000

Ask = Callable[[Sequence[str], str, int], Iterator[Commit]]
"""(commits, how renames are found, ``""`` for no changes at all; processor time without an answer) → these commits."""


class CostlyCommits:
    """``known``: those whose changes are not asked for; ``found``: those that came to it, and why. ``last``: the
    commit after which nothing more was read, since so much was lost; ``""`` where all was."""

    def __init__(self, known: frozenset[str] = frozenset()) -> None:
        self.known = known
        self.found: dict[str, str] = {}
        self.last = ""
        self.lost_s = 0.0


def commits(shas: Sequence[str], ask: Ask, costly: CostlyCommits) -> Iterator[Commit]:
    """These commits in their order. Raises GitError where git fails for another reason."""
    at, alone, renames = 0, 0, "-M"
    while at < len(shas):
        if at and costly.lost_s > MOST_LOST_S:
            costly.last = shas[at - 1]
            return
        part, end = _part(shas, at, 1 if alone else AT_ONCE, costly)
        before_s = _cpu_of_children_s()
        try:
            for commit in ask(part, "" if part[0] in costly.known else renames, _patience(part, costly)):
                at = shas.index(commit.sha, at) + 1  # git no longer has those between
                yield _bounded(commit, costly)
            at, alone = end, max(0, alone - 1)
        except GitTooCostly as error:
            costly.lost_s += _cpu_of_children_s() - before_s
            if part[0] in costly.known:
                raise
            if len(part) == 1:
                costly.found[part[0]] = error.what
                costly.known |= {part[0]}
            alone = 2  # the last one that git told of may not have come whole
        except (GitSilent, GitKilled):
            raise
        except GitError:
            if renames != "-M":
                raise
            # Similarity needs contents. Where some are missing (a partial clone, a pruned mirror) the ids alone
            # still give exact renames; damage of another kind fails again.
            renames = "-M100%"


def _part(shas: Sequence[str], at: int, most: int, costly: CostlyCommits) -> tuple[Sequence[str], int]:
    """The next ones that one git is asked for, and where they end: none whose changes are left out beside others."""
    end = min(at + most, len(shas))
    if costly.known:
        end = next((n for n in range(at + 1, end) if shas[n] in costly.known), end)
        end = at + 1 if shas[at] in costly.known else end
    return shas[at:end], end


def _cpu_of_children_s() -> float:
    """Of those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _patience(part: Sequence[str], costly: CostlyCommits) -> int:
    alone = len(part) == 1 and costly.lost_s <= HURRIED_S
    return ALONE_CPU_S if alone else SUSPICIOUS_CPU_S


def _bounded(commit: Commit, costly: CostlyCommits) -> Commit:
    if len(commit.changes) <= MAX_CHANGES:
        return commit
    costly.found[commit.sha] = f"more than {MAX_CHANGES:,} changed files"
    return replace(commit, changes=())


def check_size(runner: GitRunner, sha: str) -> None:
    """Raises GitTooCostly for a commit of more than MAX_TREE_ENTRIES files and folders: trees in trees make
    thousands of millions of a few objects. A million takes git a tenth of a second."""
    args = ("-r", "-t", "-z", "--name-only", "--full-tree", "--end-of-options", sha)
    entries = 0
    with closing(runner.stream(GitCommand("ls-tree", args, endless=True))) as names:
        for chunk in names:
            entries += chunk.count(b"\0")
            if entries > MAX_TREE_ENTRIES:
                raise GitTooCostly(
                    f"the commit has more than {MAX_TREE_ENTRIES:,} files and folders",
                    where=sha,
                    next_step="ask for another commit",
                )
