"""The questions memoryd asks git, read-only; how git is started safely is `process.py`'s business.

Revisions are hex before git sees them, and no question reads the contents of the work tree.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from indexers.facts import BlameSpan, Commit, FileChange
from indexers.history import log, patches
from memoryd.errors import GitError, UsageError
from memoryd.ingest.git.cat_file import Answers, blob_hash
from memoryd.ingest.git.costly import MAX_CHANGES, CostlyCommits, check_size, commits
from memoryd.ingest.git.directory import GitDir, Head, ignore_rules, read_text, setting
from memoryd.ingest.git.discovery import discover
from memoryd.ingest.git.process import (
    OLDEST_GIT,
    GitCommand,
    GitKilled,
    GitRunner,
    GitSilent,
    GitTooCostly,
    git_path,
    git_version,
    user_autocrlf,
    user_excludes,
)
from memoryd.ingest.git.ref_names import NAME_CHARACTER
from memoryd.ingest.git.rows import (
    STAMP_LINES,
    IndexEntry,
    LineSpan,
    TreeEntry,
    index_entry,
    stamp_of,
    tree_rows,
)
from memoryd.ingest.git.stored_form import ATTRIBUTES

__all__ = ["Git", "Head", "git_version"]

_RENAME_LIMIT = 1000
_HEX_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REVISION = re.compile(rf"(?P<name>{NAME_CHARACTER}+)(?P<steps>(?:~\d{{0,4}}|\^\d{{0,2}})*)")
_SHORT_HEX = re.compile(r"[0-9a-f]{4,64}")
_INDEX_NAME = re.compile(r"(?:next-)?index[\w.-]{0,60}")
_BLAME_LINE = re.compile(rb"^([0-9a-f]{40}(?:[0-9a-f]{24})?) \d+ (\d+) (\d+)$", re.MULTILINE)
_BLAMED_SPAN = re.compile(rb"([0-9a-f]{40}(?:[0-9a-f]{24})?) (\d+) (\d+) (\d+)$")
_CONFIG_LIMIT_BYTES = 1024 * 1024
_PLAIN_DIFF = ("--no-ext-diff", "--no-textconv", "-O/dev/null", f"-l{_RENAME_LIMIT}")
_RAW = ("--raw", "-r", "-z", "-M", "--no-abbrev", "--no-color", *_PLAIN_DIFF)
_SORTING_CPU_S, _ANSWER_CPU_S = (
    300,
    10,
)  # without a sign: while git sorts a history; of what takes it a moment
_MAILMAP_LIMIT_BYTES = 4 * 1024 * 1024
_EMPTY_TREES = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}  # git knows them without an object
_MAX_CHECKED_OUT = 50  # of the log of HEAD, the newest
_BLOB_RESTARTS = 100  # damaged objects that one call steps over
_NO_SUCH_COMMIT = 129  # how for-each-ref ends that is asked what contains an unknown one


class Git:
    """One repository, read-only. All paths are relative to the root, with ``/``.

    ``object_format``: ``sha1`` or ``sha256``. Every method may raise GitError: git failed, answered too
    much, was silent for ``silence_s`` seconds (GitSilent), or was killed (GitKilled).
    """

    def __init__(self, root: Path, directory: GitDir, *, silence_s: float = 60.0) -> None:
        self.root = root
        self.git_dir, self.common_dir, self.bare = directory.git_dir, directory.common_dir, directory.bare
        self._directory = directory
        self._runner = GitRunner(root, directory, silence_s)

    @classmethod
    def open(cls, root: Path) -> Git | None:
        """The repository whose work tree (or bare directory) is exactly ``root``; None without one, or
        where git is not installed. Raises GitError for a git too old to be run safely."""
        directory = discover(root)
        version = git_version()
        if directory is None or not version:
            return None
        if version < OLDEST_GIT:
            raise GitError(
                f"git {'.'.join(map(str, version))} is too old",
                where=git_path(),
                next_step=f"install git {'.'.join(map(str, OLDEST_GIT))} or newer",
            )
        return cls(root, directory)

    # --- where it stands

    def head(self) -> Head:
        """The commit and branch checked out, read from files; no process except with reftable refs."""
        if not self._directory.uses_reftable():
            return self._directory.head()
        name = self._ref_line("--symbolic-full-name", "HEAD")
        sha = self._ref_line("--verify", "--quiet", "HEAD^{commit}")
        return Head(sha, name.removeprefix("refs/heads/") if name != "HEAD" else "")

    def busy(self) -> str:
        """``""``, ``index.lock`` or ``rebase``: something is rewriting the work tree now."""
        return self._directory.busy()

    def is_shallow(self) -> bool:
        """The history was cut off when cloning."""
        return self._directory.is_shallow()

    def shallow_boundary(self) -> str:
        """See GitDir."""
        return self._directory.shallow_boundary()

    def is_partial(self) -> bool:
        """Objects were left on the server when cloning; they count as missing here."""
        return self._directory.is_partial()

    @property
    def object_format(self) -> str:
        """``sha1`` or ``sha256``: how blob ids of this repository are made."""
        return self._directory.object_format()

    def refs(self) -> dict[str, str]:
        """Full ref name -> commit (annotated tags peeled). Refs to anything but commits are left out."""
        fields = "%(objecttype) %(*objecttype) %(objectname) %(*objectname) %(refname)"
        rows = self._runner.output(GitCommand("for-each-ref", (f"--format={fields}",), scope="refs"))
        found: dict[str, str] = {}
        for row in rows.decode("utf-8", "surrogateescape").split("\n")[:-1]:
            kind, tagged_kind, sha, tagged_sha, name = row.split(" ", 4)
            if "commit" in (kind, tagged_kind):
                found[name] = tagged_sha or sha
        return found

    def branches_with(self, shas: Iterable[str]) -> dict[str, str]:
        """Commit -> a branch that reaches it, those of this clone before those of others; without what none reaches or
        what this clone does not have."""
        return {sha: name for sha in shas if (name := self._branch_with(_hex(sha)))}

    def _branch_with(self, sha: str) -> str:
        asked = ("--format=%(refname)", f"--contains={sha}", "--count=2", "refs/heads", "refs/remotes")
        call = GitCommand("for-each-ref", asked, scope="refs", ok=(0, _NO_SUCH_COMMIT))
        names = self._runner.output(call).decode("utf-8", "replace").split("\n")
        name = next((name for name in names if not name.endswith("/HEAD")), "")
        return name.removeprefix("refs/heads/").removeprefix("refs/remotes/")

    def resolve(self, rev: str) -> str:
        """The commit that ``rev`` names: HEAD, a (short) sha, a branch or tag, each with ``~n`` or ``^n``.

        git itself only ever sees hex. Raises UsageError for anything else.
        """
        match = _REVISION.fullmatch(rev)
        start = self._start(match["name"]) if match else ""
        if match and start:
            expression = f"{start}{match['steps']}^{{commit}}"
            if sha := self._line("rev-parse", "--verify", "--quiet", "--end-of-options", expression):
                return sha
        raise UsageError(
            f"no such revision: {rev[:100]!r}",
            where=str(self.root),
            next_step="name a branch, a tag, a commit sha, HEAD or HEAD~n",
        )

    def _start(self, name: str) -> str:
        if name == "HEAD":
            return self.head().sha
        refs = self.refs()
        for prefix in ("", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"):
            if sha := refs.get(prefix + name):
                return sha
        return name if _SHORT_HEX.fullmatch(name) else ""

    # --- history

    def rev_list(self, sha: str, without: str = "") -> list[str]:
        """Every commit reachable from ``sha``, itself included, newest first; none that ``without`` reaches."""
        revisions = [_hex(sha), *([f"^{_hex(without)}"] if without else ())]
        return self._output("rev-list", "--end-of-options", *revisions).decode("ascii").split()

    def root_commits(self, sha: str) -> list[str]:
        """Those that history begins with: reachable from ``sha``, without parents."""
        rows = self._output("rev-list", "--max-parents=0", "--end-of-options", _hex(sha))
        return rows.decode("ascii").split()

    def log(
        self, tip: str, known: Collection[str] = (), costly: CostlyCommits | None = None
    ) -> Iterator[Commit]:
        """Commits reachable from ``tip`` but from none of ``known``, parents before children. Those that cost git too
        much come without their changes, and are noted in ``costly``.

        Authors are mapped by the ``.mailmap`` committed at ``tip``. Unknown shas in ``known`` (pruned
        commits) are ignored. When a commit or tree is damaged, the commits before it are yielded, then GitError.
        """
        revisions = [_hex(tip), *(f"^{_hex(sha)}" for sha in sorted(known))]
        order = ("--topo-order", "--reverse", "--ignore-missing", "--stdin")
        walk = GitCommand("rev-list", order, _lines(revisions), endless=True, silent_cpu_s=_SORTING_CPU_S)
        shas = self._runner.output(walk).decode("ascii").split()
        return self._commits(shas, costly or CostlyCommits(), self._mailmap_setting(tip))

    def _commits(
        self, shas: Sequence[str], costly: CostlyCommits, settings: tuple[str, ...] = ()
    ) -> Iterator[Commit]:
        def ask(part: Sequence[str], renames: str, silent_cpu_s: int) -> Iterator[Commit]:
            if len(part) == 1 and renames:  # one that may be to blame
                with_parents = ("--no-walk", "--parents", "--ignore-missing", _hex(part[0]))
                for sha in self._output("rev-list", *with_parents).decode("ascii").split():
                    self.check_size(sha)
            return self._told(part, renames, silent_cpu_s, settings)

        return commits(shas, ask, costly)

    def _told(
        self, shas: Sequence[str], renames: str, silent_cpu_s: int, settings: tuple[str, ...]
    ) -> Iterator[Commit]:
        changes = (*log.CHANGES, *_PLAIN_DIFF, renames) if renames else ()
        args = (*log.ARGUMENTS, *changes, "--no-walk=unsorted", "--ignore-missing", "--stdin")
        wanted = _lines(map(_hex, shas))
        call = GitCommand("log", args, wanted, settings=settings, endless=True, silent_cpu_s=silent_cpu_s)
        return log.parse(self._runner.stream(call), MAX_CHANGES)

    def _mailmap_setting(self, tip: str) -> tuple[str, ...]:
        """None for one that git would take long to read, for each commit anew."""
        rows = self._output("ls-tree", "-z", "-l", "--full-tree", _hex(tip), "--", ".mailmap")
        is_read = any(0 <= row.size_bytes <= _MAILMAP_LIMIT_BYTES for row in tree_rows(rows))
        return (f"mailmap.blob={tip}:.mailmap",) if is_read else ()

    def commits(self, shas: Iterable[str]) -> list[Commit]:
        """These commits with their changes; a merge has none. Without those that git no longer has, or that cost it too
        much."""
        costly = CostlyCommits()
        told = list(self._commits(list(shas), costly))
        return [commit for commit in told if commit.sha not in costly.found]

    def patches(self, shas: Iterable[str]) -> Iterator[tuple[str, int, int]]:
        """(sha, key of what it does to which lines, key of what would undo that) of each; see indexers.history.patches.
        Needs their contents: in a partial clone it fails."""
        wanted = _lines(map(_hex, shas))
        args = (*patches.ARGUMENTS, *_PLAIN_DIFF, "--stdin")
        call = GitCommand("log", args, wanted, endless=True, silent_cpu_s=_ANSWER_CPU_S)
        return patches.keys(self._runner.stream(call))

    def mailmap(self, sha: str) -> str:
        """The blob of ``.mailmap`` at the commit, ``""`` without one. When it differs, stored author names
        of old commits are out of date."""
        rows = self._output("ls-tree", "-z", "--full-tree", _hex(sha), "--", ".mailmap")
        return next((row.hash for row in tree_rows(rows)), "")

    def blame(self, path: str, sha: str, lines: tuple[int, int] | None = None) -> list[BlameSpan]:
        """Who last touched each line of ``path``, or those from ``lines``, at commit ``sha``, by first line; changes
        of white space do not count. Lines that came from another file of the same commit (a file that was split) are
        their first author's."""
        part = ("-L", f"{lines[0]},{lines[1]}") if lines else ()
        args = ("--incremental", "--no-textconv", "-w", "-C", *part, _hex(sha), "--", path)
        rows = self._quick("blame", *args)
        spans = (BlameSpan(m[1].decode("ascii"), int(m[2]), int(m[3])) for m in _BLAME_LINE.finditer(rows))
        return sorted(spans, key=lambda span: span.first_line)

    def blame_lines(
        self, path: str, sha: str, first: int, last: int, *options: Literal["-w", "-C"]
    ) -> list[LineSpan]:
        """Who changed these lines of ``path`` at commit ``sha``, in their order. ``-w``: changes of white space do not
        count; ``-C``: lines are followed into the file that the same commit took them from."""
        lines = ("-L", f"{first},{last}")
        rows = self._quick("blame", "--incremental", "--no-textconv", *options, *lines, _hex(sha), "--", path)
        found: list[LineSpan] = []
        at: re.Match[bytes] | None = None
        for row in rows.split(b"\n"):
            if row.startswith(b"filename ") and at:  # the last row of each span
                name = row.removeprefix(b"filename ").decode("utf-8", "replace").strip('"')
                found.append(LineSpan(at[1].decode("ascii"), name, int(at[2]), int(at[3]), int(at[4])))
                at = None
            else:
                at = at or _BLAMED_SPAN.match(row)
        return sorted(found, key=lambda span: span.here)

    def between(self, base: str, head: str) -> list[FileChange]:
        """What differs between two commits; ``base`` ``""``: everything that ``head`` has."""
        old = _hex(base) if base else _EMPTY_TREES[self.object_format]
        return log.changes(self._quick("diff-tree", *_RAW, old, _hex(head)))

    def done_by(self, sha: str, path: str) -> list[FileChange]:
        """What commit ``sha`` did to ``path``, against its first parent or, for the first commit, against nothing."""
        args = ("--no-commit-id", "--root", *_RAW, _hex(sha), "--", path)
        return log.changes(self._quick("diff-tree", *args))

    def staged(self, index: str = "") -> list[FileChange]:
        """What git's index has that the checked-out commit has not; the work tree is not looked at. ``index``: the
        name of the index of a commit under way (``git commit -a`` makes one), where it is not the usual one."""
        head = self.head().sha or _EMPTY_TREES[self.object_format]
        self.check_size(head)
        own = index if _INDEX_NAME.fullmatch(index) and (self.git_dir / index).is_file() else ""
        args = ("--cached", *_RAW, _hex(head))
        call = GitCommand("diff-index", args, scope="worktree", index=own, silent_cpu_s=_ANSWER_CPU_S)
        return log.changes(self._runner.output(call))

    # --- objects

    def holds(self, shas: Iterable[str]) -> bool:
        """All of these are commits of the repository, whether or not a branch leads to them."""
        wanted = [_hex(sha) for sha in shas]
        call = GitCommand("cat-file", ("--batch-check=%(objectname) %(objecttype)",), stdin=_lines(wanted))
        return self._runner.output(call).decode("ascii", "replace").splitlines() == [
            f"{sha} commit" for sha in wanted
        ]

    def reaches(self, shas: Iterable[str]) -> bool:
        """All of these are commits in the history of what is or was checked out here, or of a branch of this clone. An
        object alone says nothing: anybody may have put it there."""
        wanted = [_hex(sha) for sha in shas]
        if not self.holds(wanted):
            return False
        heads = {sha for name, sha in self.refs().items() if name.startswith("refs/heads/")}
        heads |= {self.head().sha, *self._directory.were_checked_out(_MAX_CHECKED_OUT)} - {""}
        asked = _lines([*wanted, *(f"^{sha}" for sha in sorted(heads))])
        args = ("--max-count=1", "--ignore-missing", "--stdin")
        return not self._runner.output(GitCommand("rev-list", args, stdin=asked))

    def ls_tree(self, sha: str) -> list[TreeEntry]:
        """All files of the commit; links and submodules included, see their mode. Raises like ``check_size``."""
        self.check_size(sha)
        size = ("-l",)
        args = ("-r", "-z", *size, "--full-tree", "--end-of-options", _hex(sha))
        return list(tree_rows(self._output("ls-tree", *args)))

    def check_size(self, sha: str) -> None:
        """Raises GitTooCostly for a commit of more files and folders than are ever read."""
        check_size(self._runner, _hex(sha))

    def file_at(self, sha: str, path: str) -> bytes | None:
        """The file at a commit; None when it has none, or a link, folder or submodule of that name. Raises GitError
        for a path that leads out of the repository."""
        rows = self._output("ls-tree", "-z", "-l", "--full-tree", "--end-of-options", _hex(sha), path)
        found = [row.hash for row in tree_rows(rows) if row.path == path and row.mode.startswith("100")]
        return next((content for _sha, content in self.blobs(found[:1])), None)

    def blobs(self, hashes: Iterable[str], max_bytes: int = 64 * 1024 * 1024) -> Iterator[tuple[str, bytes]]:
        """(hash, content) in the order asked. Missing, damaged, larger ones and non-blobs are left out."""
        wanted, algorithm = [_hex(sha) for sha in hashes], self.object_format
        for _ in range(_BLOB_RESTARTS):
            if not wanted:
                return
            stream = self._runner.stream(
                GitCommand("cat-file", ("--batch",), stdin=_lines(wanted), endless=True)
            )
            answers = Answers(stream, max_bytes)
            try:
                for sha, content in zip(wanted, answers, strict=False):
                    if content is not None:
                        if (
                            blob_hash(content, algorithm) != sha
                        ):  # git hands out cut-off objects without a word
                            break
                        yield sha, content
                else:
                    return
            except (GitSilent, GitKilled):
                raise
            except GitError:  # an object killed git, the announced one or the next: go on behind it
                wanted = wanted[answers.count if answers.torn else answers.count + 1 :]
            else:
                wanted = wanted[answers.count :]
            finally:
                stream.close()
        raise GitError(
            "too many damaged objects", where=str(self.common_dir), next_step="run `git fsck` there"
        )

    # --- the work tree's names (never its contents)

    def index_entries(self) -> list[IndexEntry]:
        """What git tracks; a conflicted path once."""
        rows = self._runner.output(GitCommand("ls-files", ("-s", "-v", "-z"), scope="worktree"))
        found: dict[str, IndexEntry] = {}
        for row in rows.split(b"\0"):
            if b"\t" in row:
                entry = index_entry(row)
                found.setdefault(entry.path, entry)
        return list(found.values())

    def stamped_entries(self) -> list[IndexEntry]:
        """The same with their stamps; an entry has none where this git prints them in another form."""
        rows = self._runner.output(GitCommand("ls-files", ("-s", "-v", "-z", "--debug"), scope="worktree"))
        found: dict[str, IndexEntry] = {}
        row, *rest = rows.split(b"\0")
        for piece in rest:  # a row's stamp and the next row
            *lines, following = piece.split(b"\n", len(STAMP_LINES))
            stamp = stamp_of(lines)
            if stamp is None:
                return self.index_entries()
            entry = index_entry(row)
            found.setdefault(entry.path, replace(entry, stamp=stamp))
            row = following
        return list(found.values())

    def index_written_ns(self) -> int:
        """When git's index was last written; 0 where there is none."""
        try:
            return (self.git_dir / "index").stat().st_mtime_ns
        except OSError:
            return 0

    def autocrlf(self) -> str:
        """The repository's core.autocrlf, else the user's."""
        own = read_text(self.common_dir / "config", _CONFIG_LIMIT_BYTES)
        return setting(own, "core", "autocrlf").lower() or user_autocrlf()

    def attributes(self, paths: Collection[str]) -> dict[str, dict[str, str]]:
        """Path → attribute → value, of those that change what git stores of a file."""
        data = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
        args = ("-z", "--stdin", *ATTRIBUTES)
        words = self._runner.output(GitCommand("check-attr", args, stdin=data, scope="worktree"))
        rows = iter(words.decode("utf-8", "surrogateescape").split("\0"))
        found: dict[str, dict[str, str]] = {}
        for path, name, value in zip(rows, rows, rows, strict=False):
            found.setdefault(path, {})[name] = value
        return found

    def untracked(self) -> list[str]:
        """Paths neither tracked nor ignored; a nested repository is one path that ends with ``/``."""
        return _names(self._names_call("ls-files", "-o", "--exclude-standard", "-z"))

    def exclude_texts(self) -> tuple[str, str]:
        """The ignore rules beside those of the tree: the user's own file, and the repository's ``info/exclude``."""
        own = Path(user_excludes().partition("=")[2])
        return ignore_rules(own), ignore_rules(self.common_dir / "info" / "exclude")

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of ``paths`` that git's ignore rules exclude. Tracked ones are not ignored, nor is a path
        that git refuses to judge (behind a link, in a submodule)."""
        asked = [path for path in paths if path]
        if not asked:
            return frozenset()
        # "./" keeps a name that begins with ":" from being read as magic.
        data = b"".join(b"./" + path.encode("utf-8", "surrogateescape") + b"\0" for path in asked)
        try:
            answer = self._names_call("check-ignore", "-z", "--stdin", stdin=data)
        except (GitSilent, GitKilled, GitTooCostly):
            raise
        except GitError:
            if len(asked) == 1:
                return frozenset()
            middle = len(asked) // 2
            return self.ignored(asked[:middle]) | self.ignored(asked[middle:])
        return frozenset(name.removeprefix("./") for name in _names(answer))

    def _names_call(self, subcommand: str, *args: str, stdin: bytes = b"") -> bytes:
        """A call that applies ignore rules; git's exit code 1 says that it found nothing."""
        settings = (user_excludes(),)
        return self._runner.output(
            GitCommand(subcommand, args, stdin=stdin, scope="worktree", settings=settings, ok=(0, 1))
        )

    def _output(self, subcommand: str, *args: str) -> bytes:
        return self._runner.output(GitCommand(subcommand, args))

    def _quick(self, subcommand: str, *args: str) -> bytes:
        """An answer that takes a moment, unless somebody has made a tree that has no end."""
        return self._runner.output(GitCommand(subcommand, args, silent_cpu_s=_ANSWER_CPU_S))

    def _line(self, subcommand: str, *args: str) -> str:
        """The answer of one line, ``""`` when git has none."""
        return _text(self._runner.output(GitCommand(subcommand, args, ok=(0, 1, 128))))

    def _ref_line(self, *args: str) -> str:
        return _text(self._runner.output(GitCommand("rev-parse", args, scope="refs", ok=(0, 1, 128))))


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape").rstrip("\n")


def _hex(sha: str) -> str:
    """``sha`` itself; raises GitError unless it is a full object id, so that git never sees anything else."""
    if not _HEX_ID.fullmatch(sha):
        raise GitError(f"not a full object id: {sha[:100]!r}", next_step="resolve the revision first")
    return sha


def _lines(words: Iterable[str]) -> bytes:
    return "".join(f"{word}\n" for word in words).encode("ascii")


def _names(data: bytes) -> list[str]:
    return [name.decode("utf-8", "surrogateescape") for name in data.split(b"\0") if name]
