"""A store that follows its project: what was stopped, dropped, deepened or renamed leaves no old state behind."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from threading import Event

import pytest
from growth import assert_linear
from projects import Repository, digest_of, run_index

from indexers.terms import terms
from memoryd.ingest.files import source
from memoryd.ingest.job import Cancelled, IndexJob
from memoryd.ingest.link import linker
from memoryd.ingest.parse.pool import ParsePool
from memoryd.ingest.pipeline import index
from memoryd.store.index import writer
from memoryd.store.sqlite import connect

SECRET = "ghp_" + "k3Jx9QmZ2vLrT8sWcY4bNfH6dGpA1eRu5oMi"


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repo")


def _rows(store: Path, query: str) -> list[tuple]:
    conn = connect(store / "index.db", readonly=True)
    try:
        return conn.execute(query).fetchall()
    finally:
        conn.close()


def _same_as_clean(pool: ParsePool, root: Path, store: Path) -> None:
    run_index(pool, root, store.parent / "clean")
    name = f"worktree:{root}"
    assert digest_of(store, name) == digest_of(store.parent / "clean", name)


def test_linking_that_was_stopped_halfway_is_finished(
    repo: Repository, pool: ParsePool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run stopped between two batches of the link phase leaves files linked to the former surface: the next
    run links them, although no file changed since."""
    callers = {f"m{n}.py": f"from lib import one\n\n\ndef f{n}():\n    return one()\n" for n in range(6)}
    for path, text in callers.items():
        repo.write(path, text)
    repo.commit("start", lib_dot_py="def one():\n    return 1\n")
    run_index(pool, repo.root, tmp_path / "store")
    repo.write("lib.py", "from impl import one\n")
    repo.write("impl.py", "def one():\n    return 2\n")
    run_index(pool, repo.root, tmp_path / "store")
    repo.write("lib.py", "from other import one\n")
    repo.write("impl.py", "def one_more():\n    return 2\n")
    stop = Event()

    def progress(phase: str, done: int, total: int) -> None:
        if phase == "link" and done:
            stop.set()

    monkeypatch.setattr(
        linker, "FILES_PER_TRANSACTION", 2
    )  # the progress of the second batch stops the third
    job = IndexJob(root=repo.root, index=tmp_path / "store/index.db")
    with pytest.raises(Cancelled):
        index(job, pool, None, progress, stop)
    run_index(pool, repo.root, tmp_path / "store")
    _same_as_clean(pool, repo.root, tmp_path / "store")


def test_links_of_former_surfaces_do_not_pile_up(
    repo: Repository, pool: ParsePool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often definitions change, the store holds at most twice the links of its views (and a margin)."""
    monkeypatch.setattr(writer, "MIN_ORPHAN_FILES", 0)
    repo.commit("start", **{f"m{n}_dot_py": f"def f{n}():\n    return 1\n" for n in range(5)})
    for step in range(6):
        repo.write("m0.py", f"def step{step}():\n    return 1\n")
        run_index(pool, repo.root, tmp_path / "store")
    assert _rows(tmp_path / "store", "SELECT count(*) FROM link")[0][0] <= 10
    _same_as_clean(pool, repo.root, tmp_path / "store")


def test_what_was_skipped_below_a_folder_goes_with_it(
    repo: Repository, pool: ParsePool, tmp_path: Path
) -> None:
    """A watcher names the folder that was removed: the skipped files in it are forgotten as well."""
    repo.commit("start", art__logo_dot_png="x", artful_dot_png="x", app_dot_py="n = 1\n")
    run_index(pool, repo.root, tmp_path / "store")
    (repo.root / "art/logo.png").unlink()
    (repo.root / "art").rmdir()
    repo.git("add", "-A")
    run_index(pool, repo.root, tmp_path / "store", paths=frozenset({"art"}))
    assert _rows(tmp_path / "store", "SELECT path FROM skipped") == [("artful.png",)]


def test_a_deepened_clone_learns_its_past(pool: ParsePool, tmp_path: Path) -> None:
    """``git fetch --unshallow`` brings older commits below known ones: history equals that of a clean index."""
    origin = Repository(tmp_path / "origin")
    for n in range(4):
        origin.commit(f"step {n}", app_dot_py=f"n = {n}\n")
    clone = tmp_path / "clone"
    url = origin.root.as_uri()
    subprocess.run(["git", "clone", "-q", "--depth", "1", url, str(clone)], check=True)
    assert run_index(pool, clone, tmp_path / "store").commits == 1
    subprocess.run(["git", "-C", str(clone), "fetch", "-q", "--unshallow"], check=True)
    assert run_index(pool, clone, tmp_path / "store").commits == 4
    _same_as_clean(pool, clone, tmp_path / "store")


def test_a_secret_in_a_message_leaves_no_terms(repo: Repository, pool: ParsePool, tmp_path: Path) -> None:
    """The search terms of a commit are those of its redacted message: a guessed secret finds nothing."""
    repo.commit(f"Rotate the key\n\nIt was {SECRET} until now.", app_dot_py="n = 1\n")
    run_index(pool, repo.root, tmp_path / "store")
    forward = _rows(tmp_path / "store", "SELECT forward FROM git_commit")[0][0]
    held = {term for term in terms(SECRET) if term.to_bytes(4, "little") in forward}
    assert held == set()
    assert all(term.to_bytes(4, "little") in forward for term in terms("rotate"))


@pytest.mark.parametrize("name", [b"caf\xe9", f"topic/{SECRET}".encode()], ids=["latin-1", "secret"])
def test_any_name_of_a_branch_is_indexed_and_none_is_a_leak(
    repo: Repository, pool: ParsePool, tmp_path: Path, name: bytes
) -> None:
    """A branch name may be no UTF-8 and may hold a token: it is kept printable and redacted."""
    repo.commit("start", app_dot_py="n = 1\n")
    subprocess.run([b"git", b"-C", os.fsencode(repo.root), b"checkout", b"-q", b"-b", name], check=True)
    branch = run_index(pool, repo.root, tmp_path / "store").branch
    branch.encode("utf-8")
    assert branch[:3] in ("caf", "top")
    assert SECRET not in branch


def test_a_sha256_repository_shares_rows_with_its_commits(pool: ParsePool, tmp_path: Path) -> None:
    """File hashes are made as the repository makes its own: a commit's view parses nothing anew."""
    subprocess.run(["git", "init", "-q", "--object-format=sha256", str(tmp_path / "repo")], check=True)
    repo = Repository(tmp_path / "repo")
    head = repo.commit("start", app_dot_py="def f():\n    return 1\n")
    run_index(pool, repo.root, tmp_path / "store")
    run_index(pool, repo.root, tmp_path / "store", rev=head)
    assert _rows(tmp_path / "store", "SELECT count(*) FROM file") == [(1,)]
    expected = repo.git("rev-parse", "HEAD:app.py")
    assert _rows(tmp_path / "store", "SELECT lower(hex(hash)) FROM file") == [(expected,)]


def test_many_changed_paths_are_looked_up_not_compared() -> None:
    """Choosing among files by changed paths, a quarter of them, takes linear time."""

    def covered(files: int) -> int:
        listing = source.Listing((), (), frozenset(f"a/b{n}/file.py" for n in range(files // 4)))
        return sum(listing.covers(f"a/b{n}/file.py") for n in range(files))

    assert covered(20_000) == 5_000
    assert_linear(covered, 20_000)
    assert source.Listing((), (), frozenset({"a"})).covers("a/b/c.py")
    assert not source.Listing((), (), frozenset({"a"})).covers("ab/c.py")


def test_untracked_files_can_be_left_out(repo: Repository, pool: ParsePool, tmp_path: Path) -> None:
    """``index.untracked = false`` holds: what git does not track is not read, and forgotten if it was."""
    repo.commit("start", app_dot_py="n = 1\n")
    repo.write("scratch.py", "private = 1\n")
    assert run_index(pool, repo.root, tmp_path / "store").files == 2
    assert run_index(pool, repo.root, tmp_path / "store", untracked=False).files == 1


def test_so_many_views_of_commits_are_kept_as_asked(
    repo: Repository, pool: ParsePool, tmp_path: Path
) -> None:
    """``index.revision_views`` holds: the newest stay, the work tree is not counted."""
    shas = [repo.commit(f"step {n}", app_dot_py=f"n = {n}\n") for n in range(3)]
    run_index(pool, repo.root, tmp_path / "store")
    for sha in shas:
        run_index(pool, repo.root, tmp_path / "store", rev=sha, revision_views=2)
    names = {name for (name,) in _rows(tmp_path / "store", "SELECT name FROM view")}
    assert names == {f"worktree:{repo.root}", f"rev:{shas[1]}", f"rev:{shas[2]}"}


def test_a_modification_time_that_was_set_back_hides_nothing(
    repo: Repository, pool: ParsePool, tmp_path: Path
) -> None:
    """Same size, same inode, same modification time, as `rsync --times --inplace` leaves it: the change is seen."""
    repo.commit("start", app_dot_py="def one():\n    return 1\n")
    path = repo.root / "app.py"
    os.utime(path, (1_600_000_000, 1_600_000_000))
    time.sleep(0.1)  # older than the tick in which no stamp is trusted
    run_index(pool, repo.root, tmp_path / "store")
    path.write_text("def two():\n    return 2\n")
    os.utime(path, (1_600_000_000, 1_600_000_000))
    run_index(pool, repo.root, tmp_path / "store")
    assert _rows(tmp_path / "store", "SELECT s.name FROM symbol s JOIN view_file v USING (file_id)") == [
        ("two",)
    ]


def test_a_second_view_takes_over_the_links_that_hold(
    repo: Repository, pool: ParsePool, tmp_path: Path
) -> None:
    """A worktree on another branch parses what differs, links what looked at it, and shares all other links."""
    repo.commit("start", lib_dot_py="def one():\n    return 1\n", **{
        f"m{n}_dot_py": f"from lib import one\n\n\ndef f{n}():\n    return one()\n" for n in range(3)
    }, other_dot_py="import lib\n\nlib.two()\n", far_dot_py="def far():\n    pass\n")  # fmt: skip
    run_index(pool, repo.root, tmp_path / "store")
    repo.git("branch", "topic")
    tree = tmp_path / "tree"
    repo.git("worktree", "add", "-q", str(tree), "topic")
    (tree / "lib.py").write_text("def one():\n    return 2\n\n\ndef two():\n    return 2\n")
    assert run_index(pool, tree, tmp_path / "store").parsed == 1
    query = (
        "SELECT p.path, count(DISTINCT vf.link_id) FROM view_file vf JOIN path p ON p.id = vf.path_id"
        " GROUP BY 1 HAVING count(DISTINCT vf.link_id) > 1 ORDER BY 1"
    )
    assert [path for path, _ in _rows(tmp_path / "store", query)] == ["lib.py", "other.py"]
    _same_as_clean(pool, tree, tmp_path / "store")
