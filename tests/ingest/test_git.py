"""The questions memoryd asks git, on real repositories of every awkward kind."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import zlib
from pathlib import Path

import pytest
from projects import Repository

from indexers.facts import BlameSpan
from memoryd.errors import GitError, MemorydError, UsageError
from memoryd.ingest.git import process
from memoryd.ingest.git.discovery import discover, find_root
from memoryd.ingest.git.process import GitBlocked, GitCommand, GitKilled, GitSilent
from memoryd.ingest.git.repository import Git, Head
from memoryd.paths import default_paths


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repo")
    made.commit("one", a_dot_py="a = 1\nb = 2\n")
    return made


def _git(root: Path, **settings: float) -> Git:
    directory = discover(root)
    assert directory is not None
    return Git(root, directory, **settings)


def _blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


# --- where it stands


@pytest.mark.parametrize("damage", ["empty files", "no folders", "rubbish"])
def test_an_own_git_directory_that_a_power_cut_damaged_is_made_anew(repo: Repository, damage: str) -> None:
    """Regression: its files were there and empty, and no repository could be indexed any more."""
    git = _git(repo.root)
    sha = repo.git("rev-parse", "HEAD")
    assert git.holds([sha])
    own = default_paths().home / "git" / "sha1"
    if damage == "empty files":
        (own / "HEAD").write_bytes(b"")
        (own / "config").write_bytes(b"")
    elif damage == "no folders":
        (own / "refs").rmdir()
    else:
        (own / "HEAD").write_bytes(b"\xff\x00")
    assert git.holds([sha])
    assert not [file for file in own.parent.iterdir() if file.name.startswith("tmp")], "nothing is left aside"


@pytest.mark.parametrize("damage", ["an empty file", "no links", "a link elsewhere"])
def test_an_own_shared_directory_that_was_damaged_is_made_anew(repo: Repository, damage: str) -> None:
    """Refs and ignored names are those of the repository, whatever became of what leads git to them."""
    (repo.root / ".git/info/exclude").write_text("ignored.txt\n")
    (repo.root / "ignored.txt").write_text("")
    git = _git(repo.root)
    assert git.untracked() == []
    (own,) = {file for file in (default_paths().home / "git").iterdir() if (file / "info").is_symlink()
              and (file / "info").resolve() == (repo.root / ".git/info").resolve()}  # fmt: skip
    if damage == "an empty file":
        (own / "config").write_bytes(b"")
    else:
        (own / "info").unlink()
    if damage == "a link elsewhere":
        (own / "info").symlink_to(repo.root)
    assert git.untracked() == []
    assert set(git.refs()) == {"refs/heads/main"}
    assert (own / "info").readlink() == repo.root / ".git/info"


def test_head_names_commit_and_branch_without_a_process(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Branch, packed branch, detached, unborn: read from files."""
    git = _git(repo.root)
    sha = repo.git("rev-parse", "HEAD")
    monkeypatch.setattr(process, "git_path", lambda: "/nonexistent")
    assert git.head() == Head(sha, "main")
    repo.git("pack-refs", "--all")
    assert git.head() == Head(sha, "main")
    repo.git("checkout", "-q", "-b", "topic/deep")
    assert git.head() == Head(sha, "topic/deep")
    repo.git("checkout", "-q", "--detach")
    assert git.head() == Head(sha, "")
    repo.git("checkout", "-q", "--orphan", "fresh")
    assert git.head() == Head("", "fresh")
    (repo.root / ".git/HEAD").write_text("ref: refs/heads/topic\n")  # a folder of branches, not a branch
    assert git.head() == Head("", "topic")


def test_a_head_that_makes_no_sense_is_an_error_with_a_next_step(repo: Repository) -> None:
    """Garbage, a loop, a name that climbs out: never read, never guessed."""
    outside = repo.root / "secret"
    outside.write_text("f" * 40)
    for text in ("", "garbage", "ref: HEAD", "ref: refs/../../secret", "ref: refs/heads/a b"):
        (repo.root / ".git/HEAD").write_text(text)
        with pytest.raises(GitError) as error:
            _git(repo.root).head()
        assert error.value.next_step


def test_a_linked_worktree_has_its_own_head_and_the_common_store(repo: Repository, tmp_path: Path) -> None:
    """Its HEAD and branch differ, its objects and refs are the main repository's."""
    repo.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    linked = Repository(tmp_path / "linked")
    sha = linked.commit("there", b_dot_py="b = 1\n")
    git = _git(tmp_path / "linked")
    assert git.head() == Head(sha, "side")
    assert git.common_dir == repo.root / ".git"
    assert [entry.path for entry in git.index_entries()] == ["a.py", "b.py"]
    assert _git(repo.root).head().branch == "main"
    assert "refs/heads/side" in _git(repo.root).refs()


def test_a_folder_without_git_is_none_and_roots_are_found_from_below(
    repo: Repository, tmp_path: Path
) -> None:
    """open() looks at exactly the folder; find_root() climbs."""
    (repo.root / "src/deep").mkdir(parents=True)
    assert Git.open(repo.root / "src") is None
    assert find_root(repo.root / "src/deep") == repo.root
    assert find_root(tmp_path) is None
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")
    assert Git.open(tmp_path) is None


def test_without_a_usable_git_there_is_no_repository(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not installed: None. Too old to be run safely: an error that says what to install."""
    monkeypatch.setattr("memoryd.ingest.git.repository.git_version", lambda: ())
    assert Git.open(repo.root) is None
    monkeypatch.setattr("memoryd.ingest.git.repository.git_version", lambda: (2, 25, 1))
    with pytest.raises(GitError, match="too old") as error:
        Git.open(repo.root)
    assert "2.32" in error.value.next_step


def test_busy_names_the_lock_or_the_rebase(repo: Repository) -> None:
    """Empty when nothing is under way."""
    git = _git(repo.root)
    assert git.busy() == ""
    (repo.root / ".git/index.lock").touch()
    assert git.busy() == "index.lock"
    (repo.root / ".git/index.lock").unlink()
    (repo.root / ".git/rebase-merge").mkdir()
    assert git.busy() == "rebase"


def test_a_bare_repository_answers_from_its_objects(repo: Repository, tmp_path: Path) -> None:
    """No work tree, but head, history and files."""
    repo.git("clone", "-q", "--bare", str(repo.root), str(tmp_path / "bare.git"))
    git = _git(tmp_path / "bare.git")
    assert git.bare
    assert [entry.path for entry in git.ls_tree(git.head().sha)] == ["a.py"]


# --- revisions


def test_resolve_knows_every_usual_name(repo: Repository) -> None:
    """HEAD, steps, short and long shas, branches, annotated and light tags, remotes, a hex-looking branch."""
    first = repo.git("rev-parse", "HEAD")
    second = repo.commit("two", a_dot_py="a = 2\n")
    repo.git("tag", "-a", "v1", "-m", "x", first)
    repo.git("tag", "light", first)
    repo.git("branch", "feature/x", first)
    repo.git("branch", "decade", first)
    repo.git("update-ref", "refs/remotes/origin/main", first)
    git = _git(repo.root)
    for name in (
        "HEAD~1", "HEAD^", "main~1", "v1", "refs/tags/v1", "tags/v1", "light", "feature/x", "heads/feature/x",
        "decade", "origin/main", first, first[:7],
    ):  # fmt: skip
        assert git.resolve(name) == first, name
    assert git.resolve("HEAD") == git.resolve("main") == second


@pytest.mark.parametrize(
    "rev",
    ["", "nope", "-n1", "--all", "--output=/tmp/x", "HEAD:a.py", "HEAD@{1}", ":/one", "a..b", "^HEAD", "main ",
     "HEAD~99", "@{u}", "HEAD^{tree}", "\0", "dead", "x" * 5000],
)  # fmt: skip
def test_resolve_refuses_everything_else_by_name(repo: Repository, rev: str) -> None:
    """Options, paths, ranges, reflogs and unknown names are a UsageError; git never sees them."""
    with pytest.raises(UsageError) as error:
        _git(repo.root).resolve(rev)
    assert error.value.next_step
    assert len(error.value.what) < 200


@pytest.mark.parametrize("sha", ["HEAD", "--all", "abc", "A" * 40, "a" * 40 + "\n", ""])
def test_only_full_ids_reach_git(repo: Repository, sha: str) -> None:
    """Methods that take a sha take nothing else."""
    git = _git(repo.root)
    for ask in (
        git.rev_list,
        git.ls_tree,
        git.mailmap,
        lambda s: list(git.log(s)),
        lambda s: list(git.blobs([s])),
    ):
        with pytest.raises(GitError, match="not a full object id"):
            ask(sha)


# --- history


def test_log_is_oldest_first_and_knows_renames(repo: Repository) -> None:
    """Parents before children; a rename with changes is one R row with both paths and both blobs."""
    body = "".join(f"line {n}\n" for n in range(50))
    repo.commit("add", src__old_dot_py=body)
    repo.git("mv", "src/old.py", "src/new.py")
    repo.commit("move", src__new_dot_py=body + "more\n")
    commits = list(_git(repo.root).log(repo.git("rev-parse", "HEAD")))
    assert [commit.subject for commit in commits] == ["one", "add", "move"]
    (change,) = commits[2].changes
    assert (change.status, change.old_path, change.path) == ("R", "src/old.py", "src/new.py")
    assert (change.old_blob, change.new_blob) == (_blob(body.encode()), _blob((body + "more\n").encode()))
    assert commits[1].parents == (commits[0].sha,)
    assert commits[0].time_s < commits[2].time_s


def test_log_gives_only_what_is_not_known_yet(repo: Repository) -> None:
    """Known tips and all before them are left out; a known commit that was pruned does not matter."""
    first = repo.git("rev-parse", "HEAD")
    tip = repo.commit("two", a_dot_py="a = 2\n")
    git = _git(repo.root)
    assert [commit.subject for commit in git.log(tip, [first])] == ["two"]
    assert [commit.subject for commit in git.log(tip, [first, "0123456789" * 4])] == ["two"]
    assert list(git.log(tip, [tip])) == []
    known = [f"{number:040x}" for number in range(10_000)]
    assert len(list(git.log(tip, known))) == 2


def test_a_merge_comes_after_both_sides_and_counts_no_change_twice(repo: Repository) -> None:
    """Topological order even where dates lie."""
    repo.git("checkout", "-q", "-b", "side")
    side = repo.commit("side", s_dot_py="s = 1\n")
    repo.git("checkout", "-q", "main")
    main = repo.commit("main", m_dot_py="m = 1\n")
    repo.git("merge", "-q", "--no-ff", "-m", "join", "side")
    *_, merge = commits = list(_git(repo.root).log(repo.git("rev-parse", "HEAD")))
    assert merge.parents == (main, side)
    assert merge.changes == ()
    assert [commit.sha for commit in commits].index(side) < len(commits) - 1


def test_authors_go_through_the_committed_mailmap(repo: Repository) -> None:
    """The .mailmap of the tip counts; one that only lies in the work tree does not."""
    tip = repo.git("rev-parse", "HEAD")
    (repo.root / ".mailmap").write_text("Wrong <wrong@example.org> <ada@example.org>\n")
    git = _git(repo.root)
    assert [(commit.author, commit.email) for commit in git.log(tip)] == [("Ada", "ada@example.org")]
    assert git.mailmap(tip) == ""
    mapped = repo.commit("map", _dot_mailmap="Ada Lovelace <ada@lovelace.org> <ada@example.org>\n")
    assert {(commit.author, commit.email) for commit in git.log(mapped)} == {
        ("Ada Lovelace", "ada@lovelace.org")
    }
    assert git.mailmap(mapped) == _blob(b"Ada Lovelace <ada@lovelace.org> <ada@example.org>\n")


def test_replace_refs_and_grafts_do_not_change_what_a_hash_means(repo: Repository) -> None:
    """Content addressing holds: a replaced object is answered as itself."""
    tip = repo.git("rev-parse", "HEAD")
    other = repo.git("commit-tree", "-m", "replaced", f"{tip}^{{tree}}")
    repo.git("replace", tip, other)
    assert [commit.subject for commit in _git(repo.root).log(tip)] == ["one"]


def test_blame_covers_every_line_once(repo: Repository) -> None:
    """Spans in line order; a line changed later belongs to the later commit."""
    first = repo.git("rev-parse", "HEAD")
    second = repo.commit("two", a_dot_py="a = 1\nb = 22\nc = 3\n")
    git = _git(repo.root)
    assert git.blame("a.py", second) == [BlameSpan(first, 1, 1), BlameSpan(second, 2, 2)]
    assert git.blame("a.py", first) == [BlameSpan(first, 1, 2)]
    with pytest.raises(GitError):
        git.blame("none.py", first)


def test_a_file_of_a_commit_is_read_from_the_objects(repo: Repository) -> None:
    """As it was there; a folder, a link, a missing name and one that looks like an option are none."""
    first = repo.commit("one", src__a_dot_py="1\n")
    second = repo.commit("two", src__a_dot_py="2\n")
    git = _git(repo.root)
    assert (git.file_at(first, "src/a.py"), git.file_at(second, "src/a.py")) == (b"1\n", b"2\n")
    for name in ("src", "src/b.py", "--help", ":(glob)**"):
        assert git.file_at(first, name) is None
    with pytest.raises(GitError):
        git.file_at(first, "../a.py")


def test_a_shallow_clone_says_so_and_gives_what_it_has(repo: Repository, tmp_path: Path) -> None:
    """Cut-off history is no error."""
    repo.commit("two", a_dot_py="a = 2\n")
    repo.git("clone", "-q", "--depth", "1", f"file://{repo.root}", str(tmp_path / "shallow"))
    git = _git(tmp_path / "shallow")
    assert git.is_shallow()
    assert [commit.subject for commit in git.log(git.head().sha)] == ["two"]
    assert len(git.rev_list(git.head().sha)) == 1


def test_a_partial_clone_is_read_as_far_as_it_goes(repo: Repository, tmp_path: Path) -> None:
    """Missing blobs are left out, inexact renames become add and delete, nothing is fetched."""
    body = "".join(f"line {n}\n" for n in range(50))
    repo.commit("add", old_dot_py=body)
    repo.git("mv", "old.py", "new.py")
    repo.commit("move", new_dot_py=body + "more\n")
    repo.git("config", "uploadpack.allowFilter", "true")
    source, target = f"file://{repo.root}", tmp_path / "partial"
    repo.git("clone", "-q", "--filter=blob:none", "--no-checkout", source, str(target))
    git = _git(target)
    assert git.is_partial()
    commits = list(git.log(git.head().sha))
    assert [commit.subject for commit in commits] == ["one", "add", "move"]
    assert {change.status for change in commits[2].changes} == {"A", "D"}
    tree = git.ls_tree(git.head().sha)
    assert [(entry.path, entry.size_bytes) for entry in tree] == [("a.py", -1), ("new.py", -1)]
    assert list(git.blobs(entry.hash for entry in tree)) == []


def test_sha256_repositories_are_read_like_any_other(tmp_path: Path) -> None:
    """64-digit ids throughout."""
    root = tmp_path / "repo"
    root.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main", "--object-format=sha256", str(root)], check=True)
    repo = Repository.__new__(Repository)
    repo.root, repo._tick = root, 1_700_000_000
    sha = repo.commit("one", a_dot_py="a = 1\n")
    git = _git(root)
    assert (git.object_format, git.head(), len(sha)) == ("sha256", Head(sha, "main"), 64)
    (commit,) = git.log(sha)
    ((blob, data),) = git.blobs([commit.changes[0].new_blob])
    assert (len(blob), data) == (64, b"a = 1\n")


# --- objects


def test_blobs_come_in_order_and_what_cannot_be_had_is_left_out(repo: Repository) -> None:
    """Missing ids, trees and blobs above the limit are skipped; the others are exact."""
    files = {f"f{n}_dot_txt": os.urandom(5).hex() * n for n in range(1, 40)}
    repo.commit("many", **files)
    tree = _git(repo.root).ls_tree(repo.git("rev-parse", "HEAD"))
    hashes = [entry.hash for entry in tree]
    hashes.insert(3, "0123456789" * 4)
    hashes.insert(5, repo.git("rev-parse", "HEAD^{tree}"))
    found = list(_git(repo.root).blobs(hashes, max_bytes=300))
    small = [entry for entry in tree if entry.size_bytes <= 300]
    assert [blob for blob, _data in found] == [entry.hash for entry in small]
    assert all(_blob(data) == blob for blob, data in found)


def test_damaged_objects_are_stepped_over(repo: Repository) -> None:
    """A loose object that is garbage, cut off or empty costs itself, not its neighbours."""
    repo.commit("many", **{f"f{n}_dot_txt": f"content {n}\n" * 200 for n in range(6)})
    tree = _git(repo.root).ls_tree(repo.git("rev-parse", "HEAD"))
    damage = (b"garbage", b"", zlib.compress(b"blob 2000\0short"))
    for entry, data in zip(tree[1:6:2], damage, strict=True):
        loose = repo.root / ".git/objects" / entry.hash[:2] / entry.hash[2:]
        loose.chmod(0o644)
        loose.write_bytes(data)
    found = [blob for blob, _data in _git(repo.root).blobs(entry.hash for entry in tree)]
    assert found == [entry.hash for entry in (tree[0], tree[2], tree[4], tree[6])]


def test_a_damaged_history_yields_what_comes_before_the_damage(repo: Repository) -> None:
    """Whole commits first, then GitError: what was stored of them stays right."""
    for number in range(5):
        repo.commit(f"c{number}", a_dot_py=f"a = {number + 5}\n")
    tree = repo.git("rev-parse", "HEAD~1^{tree}")
    (repo.root / ".git/objects" / tree[:2] / tree[2:]).unlink()
    stream = _git(repo.root).log(repo.git("rev-parse", "HEAD"))
    seen: list[str] = []
    with pytest.raises(GitError):
        any(seen.append(commit.subject) for commit in stream)
    assert set(seen) <= {"one", "c0", "c1", "c2"}
    assert "c1" in seen


def test_odd_names_survive_the_tree(repo: Repository) -> None:
    """Newlines, quotes, tabs, leading dashes and bytes that are not UTF-8 come through unquoted."""
    names = ["-n", "a\tb", "new\nline", 'quo"te', "ünïcode", "*.py", ":(top)x"]
    for name in names:
        repo.write(name, "x\n")
    (Path(os.fsdecode(os.fsencode(repo.root) + b"/bad\xff"))).write_text("x\n")
    sha = repo.commit("odd")
    git = _git(repo.root)
    expected = {*names, "a.py", "bad\udcff"}
    assert {entry.path for entry in git.ls_tree(sha)} == expected
    assert {entry.path for entry in git.index_entries()} == expected
    assert {change.path for change in list(git.log(sha))[1].changes} == {*names, "bad\ufffd"}
    assert git.blame("-n", sha) == [BlameSpan(sha, 1, 1)]


# --- names of the work tree


def test_untracked_and_ignored_follow_gits_rules(repo: Repository) -> None:
    """Nested .gitignore files, info/exclude, nested repositories; tracked files are never ignored."""
    repo.commit("rules", _dot_gitignore="*.log\nbuild/\n!keep.log\n", keep_dot_log="k\n")
    repo.git("add", "-f", "a.py")
    for path in ("x.log", "build/o.py", "new.py", "sub/y.tmp", "sub/z.py"):
        repo.write(path, "x\n")
    (repo.root / "sub/.gitignore").write_text("*.tmp\n")
    (repo.root / ".git/info/exclude").write_text("z.py\n")
    Repository(repo.root / "nested").commit("inner", i_dot_py="i = 1\n")
    git = _git(repo.root)
    assert sorted(git.untracked()) == ["nested/", "new.py", "sub/.gitignore"]
    asked = [
        "x.log",
        "build",
        "build/o.py",
        "new.py",
        "sub/y.tmp",
        "sub/z.py",
        "keep.log",
        "a.py",
        "not/there.log",
    ]
    assert git.ignored(asked) == {"x.log", "build", "build/o.py", "sub/y.tmp", "sub/z.py", "not/there.log"}
    assert git.ignored([]) == frozenset()


def test_ignored_answers_the_rest_when_one_path_cannot_be_judged(repo: Repository, tmp_path: Path) -> None:
    """A path behind a link or with a magic-looking name does not spoil the answer for the others."""
    repo.commit("rules", _dot_gitignore="*.log\n:odd\n")
    (repo.root / "link").symlink_to(tmp_path)
    paths = [f"f{number}.log" for number in range(20)] + ["link/x.log", ":odd", ":(top)y", "../up.log"]
    found = _git(repo.root).ignored(paths)
    assert {*paths[:20], ":odd"} <= found
    assert not {":(top)y", "../up.log"} & found


def test_a_conflicted_path_is_listed_once(repo: Repository) -> None:
    """The index has three rows for it."""
    repo.git("checkout", "-q", "-b", "side")
    repo.commit("side", a_dot_py="side\n")
    repo.git("checkout", "-q", "main")
    repo.commit("main", a_dot_py="main\n")
    with pytest.raises(subprocess.CalledProcessError):
        repo.git("merge", "side")
    assert [entry.path for entry in _git(repo.root).index_entries()] == ["a.py"]


# --- how it is run


def test_only_listed_subcommands_run(repo: Repository) -> None:
    """status, diff, describe, hash-object and the rest can run a repository's filters: refused here."""
    runner = _git(repo.root)._runner
    for subcommand in ("status", "diff", "describe", "hash-object", "fetch", "config", "gc", "show", "-c"):
        with pytest.raises(GitError, match="allow-list"):
            runner.output(GitCommand(subcommand))


def test_a_git_that_hangs_is_ended(repo: Repository) -> None:
    """A fifo where git expects a file blocks it for ever; memoryd says so in time and leaves no process."""
    os.mkfifo(repo.root / "fifo")
    runner = _git(repo.root, silence_s=0.3)._runner
    with pytest.raises(GitSilent) as error:
        runner.output(
            GitCommand("ls-files", ("-o", f"--exclude-from={repo.root / 'fifo'}"), scope="worktree")
        )
    assert error.value.next_step
    assert not isinstance(error.value, GitBlocked)


@pytest.mark.parametrize(
    "place",
    [
        ".gitignore", ".gitattributes", ".git/index", ".git/packed-refs", ".git/info/exclude",
        ".git/refs/heads/planted", ".git/objects/info/commit-graph", ".git/objects/pack/pack-0.idx", ".git/shallow",
        "deep/er/.gitignore", "nested/.git/HEAD",
    ],
)  # fmt: skip
def test_a_fifo_that_git_would_read_is_refused_at_once(repo: Repository, place: str) -> None:
    """git would wait for a writer for ever: it is not started, or ended, and the file is named."""
    planted = repo.root / place
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.unlink(missing_ok=True)
    os.mkfifo(planted)
    if place == "nested/.git/HEAD":
        for folder in ("objects", "refs"):
            (planted.parent / folder).mkdir()
    before = _children()
    git = _git(repo.root, silence_s=10_000)
    with pytest.raises(GitBlocked) as error:
        git.untracked()
    assert error.value.where == str(planted)
    assert "fifo" in error.value.what
    assert _children() == before


def test_a_link_to_a_fifo_or_device_is_refused_like_one(repo: Repository, tmp_path: Path) -> None:
    """What a name leads to counts; `/dev/null`, as people put it in the place of a file, is let be."""
    os.mkfifo(tmp_path / "fifo")
    exclude = repo.root / ".git/info/exclude"
    exclude.unlink(missing_ok=True)
    exclude.symlink_to(os.devnull)
    assert _git(repo.root).untracked() == []
    (repo.root / ".git/refs/heads/planted").symlink_to(tmp_path / "fifo")
    with pytest.raises(GitBlocked, match="fifo"):
        Git(repo.root, _git(repo.root)._directory, silence_s=10_000)._runner.output(
            GitCommand("for-each-ref", scope="refs")
        )


def test_the_socket_that_git_keeps_is_no_reason_to_refuse(repo: Repository) -> None:
    """git's own file monitor answers on a socket in the git directory."""
    with socket.socket(socket.AF_UNIX) as monitor:
        before = os.getcwd()
        os.chdir(repo.root / ".git")  # the name of a socket has to be short
        try:
            monitor.bind("fsmonitor--daemon.ipc")
        finally:
            os.chdir(before)
        assert _git(repo.root).untracked() == []


_CONFIGURATIONS = {
    "broken": "[core",
    "includes what is broken": "[include]\n\tpath = broken\n",
    "includes it where it fits": '[includeIf "gitdir:/**"]\n\tpath = broken\n',
    "includes what blocks": "[include]\n\tpath = {outside}/fifo\n",
    "includes what lies outside": "[include]\n\tpath = {outside}/settings\n",
    "includes itself": "[include]\n\tpath = config\n",
    "has one for work trees": "[extensions]\n\tworktreeConfig = true\n",
    "asks for what git does not know": "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tmystery = 1\n",
}


@pytest.mark.parametrize("kind", _CONFIGURATIONS)
def test_no_configuration_of_a_repository_stops_it_or_is_followed(
    repo: Repository, tmp_path: Path, kind: str
) -> None:
    """Regression: an `include.path` was followed where refs and names were asked for; a broken file there, or one that
    blocks, kept the project from being indexed, and one outside of it was read."""
    tip = repo.git("rev-parse", "HEAD")
    repo.git("tag", "-a", "v1", "-m", "one")
    outside = tmp_path / "outside"
    outside.mkdir()
    os.mkfifo(outside / "fifo")
    (outside / "settings").write_text("[core]\n\tignoreCase = true\n")
    (repo.root / ".git/broken").write_text("[broken")
    (repo.root / ".git/config.worktree").write_text("[broken")
    (repo.root / ".gitignore").write_text("*.LOG\n")
    (repo.root / "x.log").write_text("")
    with (repo.root / ".git/config").open("a") as config:
        config.write(_CONFIGURATIONS[kind].format(outside=outside))
    git = _git(repo.root, silence_s=5)
    _asked_everything(git, tip)
    assert git.refs() == {"refs/heads/main": tip, "refs/tags/v1": tip}
    assert set(git.untracked()) == {".gitignore", "x.log"}, "core.ignoreCase from outside has no effect"


def test_a_fifo_for_a_configuration_holds_nothing_up(repo: Repository) -> None:
    """git never opens it."""
    tip = repo.git("rev-parse", "HEAD")
    (repo.root / ".git/config").unlink()
    os.mkfifo(repo.root / ".git/config")
    os.mkfifo(repo.root / ".git/config.worktree")
    git = _git(repo.root, silence_s=5)
    _asked_everything(git, tip)
    assert git.untracked() == []


def _asked_everything(git: Git, tip: str) -> None:
    assert git.head().sha == tip
    assert len(list(git.log(tip))) == len(git.rev_list(tip)) == 1
    assert [entry.path for entry in git.ls_tree(tip)] == ["a.py"]
    assert git.blame("a.py", tip)
    assert git.resolve("main") == tip
    assert git.branches_with([tip]) == {tip: "main"}
    assert [entry.path for entry in git.index_entries()] == ["a.py"]
    assert git.ignored(["a.py"]) == frozenset()
    assert git.attributes(["a.py"])
    assert git.staged() == []


def test_whether_names_differ_by_case_is_as_the_repository_says(repo: Repository) -> None:
    """`core.ignoreCase`, which git sets for the disk that it lies on, counts for ignored names."""
    (repo.root / ".gitignore").write_text("*.LOG\n")
    assert _git(repo.root).ignored(["x.log"]) == frozenset()
    repo.git("config", "core.ignoreCase", "true")
    assert _git(repo.root).ignored(["x.log"]) == {"x.log"}


@pytest.mark.parametrize("kind", ["split", "sparse"])
def test_an_index_of_an_odd_form_is_read_without_the_configuration(repo: Repository, kind: str) -> None:
    """A split one keeps most entries in a file beside it; a sparse one has folders in the place of their files."""
    repo.commit("deep", **{f"{folder}/f{n}_dot_py": "f = 1\n" for folder in ("x", "y") for n in range(3)})
    expected = [entry.path for entry in _git(repo.root).index_entries()]
    if kind == "split":
        repo.git("update-index", "--split-index")
        assert list((repo.root / ".git").glob("sharedindex.*"))
    else:
        repo.git("sparse-checkout", "init", "--cone", "--sparse-index")
        repo.git("sparse-checkout", "set", "x")
        assert not (repo.root / "y").exists()
    assert [entry.path for entry in _git(repo.root).index_entries()] == expected
    assert _git(repo.root).untracked() == []


def test_leaving_a_stream_early_ends_git(repo: Repository) -> None:
    """No zombie and no running git stays behind a consumer that stops reading."""
    repo.commit("big", **{f"f{n}_dot_txt": os.urandom(60_000).hex() for n in range(20)})
    git = _git(repo.root)
    before = _children()
    stream = git.blobs(entry.hash for entry in git.ls_tree(repo.git("rev-parse", "HEAD")))
    next(stream)
    stream.close()
    assert _children() == before


def test_a_git_that_is_killed_is_no_damaged_repository(repo: Repository) -> None:
    """When somebody kills git in the middle of the history nothing is concluded from that: the run fails by name."""
    text = "x" * 4_000
    for number in range(60):
        repo.git("commit", "-q", "--allow-empty", "-m", f"{number} {text}")
    before = _children()
    commits = _git(repo.root).log(repo.git("rev-parse", "HEAD"))
    next(commits)
    (running,) = _children() - before
    os.kill(int(running), signal.SIGKILL)
    with pytest.raises(GitKilled, match="was killed"):
        list(commits)


def test_a_process_that_is_killed_leaves_no_file_behind(
    repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While git runs the folder for temporary files stays empty: who is killed cannot tidy up."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    stream = _git(repo.root).log(repo.git("rev-parse", "HEAD"))
    next(stream)
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("closed", [".git", "."])
def test_a_repository_without_rights_is_not_one_without_history(repo: Repository, closed: str) -> None:
    """What may not be looked into is an error that says so, with the way out."""
    look = "from memoryd.ingest.git.discovery import discover; from pathlib import Path; discover(Path('.'))"
    (repo.root / closed).chmod(0)
    try:
        done = subprocess.run(
            [*_bound_by_rights(), sys.executable, "-c", look.replace("'.'", repr(str(repo.root)))],
            capture_output=True,
            text=True,
        )
    finally:
        (repo.root / closed).chmod(0o700)
    assert "GitError: no right to look into the repository" in done.stderr
    assert "next: check its owner and mode" in done.stderr


@pytest.mark.parametrize("closed", ["HEAD", "objects/info/alternates", "commondir", "packed-refs"])
def test_a_file_of_a_repository_that_is_kept_from_us_is_not_an_empty_one(
    repo: Repository, closed: str
) -> None:
    """What it says may be that the history lies elsewhere: the error names the file."""
    file = repo.root / ".git" / closed
    file.touch()
    look = "from memoryd.ingest.git.discovery import discover; from pathlib import Path; discover(Path('.')).head()"
    repo.git("pack-refs", "--all") if closed == "packed-refs" else None
    file.chmod(0)
    done = subprocess.run(
        [*_bound_by_rights(), sys.executable, "-c", look.replace("'.'", repr(str(repo.root)))],
        capture_output=True,
        text=True,
    )
    assert f"GitError: no right to look into the repository ({file})" in done.stderr
    assert "next: check its owner and mode" in done.stderr


def _bound_by_rights() -> list[str]:
    """A prefix under which even root is refused what a mode forbids."""
    if os.geteuid():
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root, and no setpriv")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def _children() -> set[str]:
    return set(Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/children").read_text().split())


def test_the_callers_git_variables_do_not_reach_git(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hook runs with GIT_DIR and GIT_INDEX_FILE set; memoryd called from one still reads its own root."""
    for name, value in {
        "GIT_DIR": "/nonexistent", "GIT_INDEX_FILE": "/nonexistent", "GIT_WORK_TREE": "/", "GIT_TRACE": "1",
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "true",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    git = Git.open(repo.root)
    assert git is not None
    assert [entry.path for entry in git.index_entries()] == ["a.py"]


def test_a_git_beside_the_repository_is_not_run(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """PATH entries that depend on the working directory are dropped."""
    fake = repo.root / "git"
    fake.write_text("#!/bin/sh\ntouch canary\n")
    fake.chmod(0o755)
    monkeypatch.chdir(repo.root)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")
    process.git_path.cache_clear()
    try:
        assert [entry.path for entry in _git(repo.root).index_entries()] == ["a.py"]
        assert not (repo.root / "canary").exists()
    finally:
        process.git_path.cache_clear()


def test_every_error_is_ours(tmp_path: Path) -> None:
    """A repository without objects answers with MemorydError, nothing else."""
    repo = Repository(tmp_path / "repo")
    git = _git(repo.root)
    assert git.head() == Head("", "main")
    assert git.refs() == {}
    assert [entry.path for entry in git.index_entries()] == []
    with pytest.raises(MemorydError):
        git.rev_list("a" * 40)
    with pytest.raises(UsageError):
        git.resolve("HEAD")
