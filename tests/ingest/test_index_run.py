"""One index run, seen from its store: what comes in, what stays out, what a crash leaves."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import tracemalloc
import zlib
from pathlib import Path
from threading import Event

import pytest
from projects import Repository, digest_of, run_index

from memoryd.errors import MemorydError, UsageError
from memoryd.ingest.job import Cancelled, IndexJob
from memoryd.ingest.parse import stage
from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.ingest.parse.worker import in_short
from memoryd.ingest.pipeline import index
from memoryd.store.index import reader
from memoryd.store.sqlite import connect


def _skipped(store: Path) -> dict[str, str]:
    conn = connect(store / "index.db", readonly=True)
    try:
        return dict(conn.execute("SELECT path, reason FROM skipped"))
    finally:
        conn.close()


def test_a_folder_without_git_is_indexed(pool: ParsePool, tmp_path: Path) -> None:
    """No git: files are found by walking, the history is empty, and nothing is claimed about commits."""
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.py").write_text("def f():\n    pass\n")
    summary = run_index(pool, tmp_path / "plain", tmp_path / "store")
    assert (summary.files, summary.symbols, summary.commits, summary.head) == (1, 1, 0, "")


def test_an_empty_repository_is_an_empty_index(pool: ParsePool, tmp_path: Path) -> None:
    """A repository without a commit and without a file gives zeros, not an error."""
    repo = Repository(tmp_path / "repo")
    summary = run_index(pool, repo.root, tmp_path / "store")
    assert (summary.files, summary.commits, summary.skipped) == (0, 0, 0)


def test_binary_files_are_listed_with_their_reason(pool: ParsePool, tmp_path: Path) -> None:
    """What is not text is skipped by name, and the reason is kept."""
    repo = Repository(tmp_path / "repo")
    (repo.root / "data.py").write_bytes(b"\0\1\2" * 100)
    repo.commit("binary")
    summary = run_index(pool, repo.root, tmp_path / "store")
    assert summary.files == 0
    assert _skipped(tmp_path / "store") == {"data.py": "binary"}


def test_any_text_is_read(pool: ParsePool, tmp_path: Path) -> None:
    """Whatever the extension: a shader, a build file, a fixture; Latin-1 too."""
    repo = Repository(tmp_path / "repo")
    (repo.root / "steuer.xyz").write_bytes("Größe des Maßstabs".encode("latin-1"))
    repo.commit(
        "text", water_dot_glsl="float ripple;\n", Kconfig="config QUINCE\n", boot_dot_asm="mov ax, 1\n"
    )
    summary = run_index(pool, repo.root, tmp_path / "store")
    assert (summary.files, summary.skipped) == (4, 0)


def test_a_notebook_is_not_minified_by_its_outputs(pool: ParsePool, tmp_path: Path) -> None:
    """A picture of 60 kB on one line is left out, the cells are read."""
    repo = Repository(tmp_path / "repo")
    cell = {"cell_type": "code", "source": ["def score():\n"], "outputs": [{"data": "A" * 60_000}]}
    (repo.root / "a.ipynb").write_text(json.dumps({"cells": [cell]}, indent=1))
    repo.commit("notebook")
    summary = run_index(pool, repo.root, tmp_path / "store")
    assert (summary.files, summary.symbols, summary.skipped) == (1, 1, 0)


def test_git_says_in_which_encoding_a_file_is_on_disk(pool: ParsePool, tmp_path: Path) -> None:
    """``working-tree-encoding`` gives the text, and the blob that git has; a second run reads nothing."""
    repo = Repository(tmp_path / "repo")
    repo.write(
        ".gitattributes", "*.c working-tree-encoding=GBK\nsub/*.txt working-tree-encoding=UTF-16LE-BOM\n"
    )
    (repo.root / "m.c").write_bytes("/* 初始化 */\nint m;\n".encode("gbk"))
    (repo.root / "sub").mkdir()
    (repo.root / "sub" / "a.txt").write_bytes("größe\n".encode("utf-16"))
    repo.commit("encodings")
    run_index(pool, repo.root, tmp_path / "store")
    conn = connect(tmp_path / "store" / "index.db", readonly=True)
    found = {path: blob.hex() for path, blob in conn.execute(
        "SELECT p.path, f.hash FROM file f JOIN path p ON p.id = f.path_id"
    )}  # fmt: skip
    texts = [zlib.decompress(text).decode() for (text,) in conn.execute("SELECT text FROM file ORDER BY id")]
    conn.close()
    for path in ("m.c", "sub/a.txt"):
        assert found[path] == repo.git("rev-parse", f"HEAD:{path}"), path
    assert "/* 初始化 */\nint m;\n" in texts
    assert "größe\n" in texts
    assert run_index(pool, repo.root, tmp_path / "store").parsed == 0


def test_a_minified_file_is_skipped(pool: ParsePool, tmp_path: Path) -> None:
    """One line of 60 kB is generated code: it is named as `minified` and not parsed."""
    repo = Repository(tmp_path / "repo")
    repo.commit("min", app_dot_js="var a=1;" * 8000)
    run_index(pool, repo.root, tmp_path / "store")
    assert _skipped(tmp_path / "store") == {"app.js": "minified"}


@pytest.mark.parametrize("root", ["/", str(Path.home()), "/nonexistent/folder"])
def test_refused_roots(pool: ParsePool, tmp_path: Path, root: str) -> None:
    """The file system's root, the home folder and a missing folder are refused in words."""
    with pytest.raises(UsageError):
        run_index(pool, Path(root), tmp_path / "store")


def test_a_second_run_reads_nothing(pool: ParsePool, tmp_path: Path) -> None:
    """Nothing changed: nothing is read or parsed again."""
    repo = Repository(tmp_path / "repo")
    repo.commit("one", a_dot_py="x = 1\n", b_dot_py="y = 2\n")
    time.sleep(0.06)  # older than the tick in which a stamp is not trusted
    run_index(pool, repo.root, tmp_path / "store")
    assert run_index(pool, repo.root, tmp_path / "store").parsed == 0


def test_a_file_that_cannot_be_parsed_is_counted_in_every_run(tmp_path: Path) -> None:
    """A file in quarantine is not tried again, and no later run passes for one without losses."""
    repo = Repository(tmp_path / "repo")
    repo.commit("one", a_dot_py="x = 1\n")
    hasty = ParsePool(PoolLimits(workers=1, file_wall_s=0.0))
    try:
        for _ in range(2):
            summary = run_index(hasty, repo.root, tmp_path / "store")
            assert (summary.files, summary.parsed, summary.failed) == (0, 0, 1)
    finally:
        hasty.close()


def test_a_failure_is_told_in_one_line() -> None:
    """What is kept of a parser's exception is its name, its words and its place."""
    with pytest.raises(KeyError) as caught:
        {}["key"]
    assert re.fullmatch(r"KeyError: 'key' \(ingest/test_index_run\.py:\d+\)", in_short(caught.value))


def test_a_revision_needs_no_work_tree_and_shares_its_files(pool: ParsePool, tmp_path: Path) -> None:
    """A view of a commit is built from objects; what the work tree had in common is not parsed again."""
    repo = Repository(tmp_path / "repo")
    first = repo.commit("one", a_dot_py="def one():\n    pass\n", b_dot_py="z = 3\n")
    repo.commit("two", a_dot_py="def two():\n    pass\n")
    run_index(pool, repo.root, tmp_path / "store")
    summary = run_index(pool, repo.root, tmp_path / "store", rev=first)
    assert (summary.view, summary.commits, summary.files) == (f"rev:{first}", 1, 2)
    conn = connect(tmp_path / "store" / "index.db", readonly=True)
    assert conn.execute("SELECT count(*) FROM file").fetchone() == (3,)  # b.py is shared
    view = reader.view(conn, f"rev:{first}")
    assert view is not None
    symbols = conn.execute(
        "SELECT s.qualname FROM view_file v JOIN symbol s ON s.file_id = v.file_id WHERE v.view_id = ?",
        (view.id,),
    ).fetchall()
    assert ("one",) in symbols
    assert ("two",) not in symbols
    conn.close()


def test_a_secret_is_in_no_file_of_the_store(pool: ParsePool, tmp_path: Path) -> None:
    """P6: a key in a source file and in a commit message is nowhere in the store's bytes."""
    secret = "AKIA" + "Z7Q4M2XW9K1LPB3D"
    repo = Repository(tmp_path / "repo")
    repo.commit(f"add key {secret}", settings_dot_py=f'AWS_KEY = "{secret}"\n')
    run_index(pool, repo.root, tmp_path / "store")
    for file in (tmp_path / "store").iterdir():
        assert secret.encode() not in file.read_bytes(), file.name
    conn = connect(tmp_path / "store" / "index.db", readonly=True)
    (file_id,) = conn.execute("SELECT id FROM file").fetchone()
    assert reader.file_text(conn, file_id) == b'AWS_KEY = "' + b"*" * len(secret) + b'"\n'
    conn.close()


def test_a_new_mailmap_renames_old_authors(pool: ParsePool, tmp_path: Path) -> None:
    """Regression: authors were mapped once; a mailmap committed later left the store unlike a clean one."""
    repo = Repository(tmp_path / "repo")
    repo.commit("one", a_dot_py="x = 1\n")
    run_index(pool, repo.root, tmp_path / "store")
    repo.commit("map", _dot_mailmap="Ada Lovelace <ada@example.org>\n")
    run_index(pool, repo.root, tmp_path / "store")
    run_index(pool, repo.root, tmp_path / "clean")
    name = f"worktree:{repo.root}"
    assert digest_of(tmp_path / "store", name) == digest_of(tmp_path / "clean", name)


def test_an_unmounted_project_is_not_forgotten(pool: ParsePool, tmp_path: Path) -> None:
    """Files and git directory gone at once: an error, and the store keeps what it knew."""
    repo = Repository(tmp_path / "repo")
    repo.commit("one", a_dot_py="x = 1\n")
    run_index(pool, repo.root, tmp_path / "store")
    repo.root.rename(tmp_path / "elsewhere")
    repo.root.mkdir()
    with pytest.raises(MemorydError, match="gone"):
        run_index(pool, repo.root, tmp_path / "store")
    (tmp_path / "elsewhere").rename(repo.root)
    assert run_index(pool, repo.root, tmp_path / "store").files == 1


_KILLED_RUN = """
import sys
sys.path[:0] = [sys.argv[3]]
from pathlib import Path
from projects import run_index, small_pool
run_index(small_pool(), Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_killed_in_the_middle_it_goes_on_to_the_digest_of_a_clean_index(
    pool: ParsePool, tmp_path: Path
) -> None:
    """F1: kill -9 at several moments; the next run ends at the digest of an index that was never killed."""
    repo = Repository(tmp_path / "repo")
    for number in range(120):
        repo.write(
            f"pkg/m{number}.py", f"from pkg.m{max(0, number - 1)} import f\n\n\ndef f():\n    return f()\n"
        )
    repo.commit("all")
    run_index(pool, repo.root, tmp_path / "clean")
    command = [
        sys.executable,
        "-c",
        _KILLED_RUN,
        str(repo.root),
        str(tmp_path / "store"),
        str(Path(__file__).parent),
    ]
    for delay_s in (0.25, 0.35, 0.5):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        time.sleep(delay_s)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    run_index(pool, repo.root, tmp_path / "store")
    name = f"worktree:{repo.root}"
    assert digest_of(tmp_path / "store", name) == digest_of(tmp_path / "clean", name)


def test_stopped_between_two_steps_it_goes_on_to_the_digest_of_a_clean_index(
    pool: ParsePool, tmp_path: Path
) -> None:
    """Regression: a name handed on through more than 60 files meant something else when half of them were linked
    already."""
    repo = Repository(tmp_path / "repo")
    for number in range(230):
        above = f"from pkg.m{number - 1} import f\n\n\n" if number else ""
        repo.write(f"pkg/m{number}.py", f"{above}def f{number or ''}():\n    return f()\n")
    repo.commit("all")
    run_index(pool, repo.root, tmp_path / "clean")
    clean = digest_of(tmp_path / "clean", f"worktree:{repo.root}")
    job = IndexJob(root=repo.root, index=tmp_path / "store" / "index.db")
    for stop_at in itertools.count(1):
        (tmp_path / "store").mkdir()
        is_whole = _stopped(job, pool, stop_at)
        run_index(pool, repo.root, tmp_path / "store")
        assert digest_of(tmp_path / "store", f"worktree:{repo.root}") == clean, stop_at
        shutil.rmtree(tmp_path / "store")
        if is_whole:
            break


def _stopped(job: IndexJob, pool: ParsePool, step: int) -> bool:
    """Index, and give up at that step, those of parsing not counted; whether it came to the end before."""
    cancelled, steps = Event(), itertools.count(1)

    def progress(phase: str, done: int, total: int | None) -> None:
        if phase != "parse" and next(steps) == step:
            cancelled.set()

    try:
        index(job, pool, None, progress, cancelled)
    except Cancelled:
        return False
    return True


def test_a_run_that_is_stopped_while_it_lists_leaves_the_index_as_it_was(
    pool: ParsePool, tmp_path: Path
) -> None:
    """Listing says how far it is, and ends at once when it is told to."""
    root, cancelled = tmp_path / "many", Event()
    root.mkdir()
    (root / "a.py").write_text("a = 1\n")
    run_index(pool, root, tmp_path / "store")
    before = digest_of(tmp_path / "store", f"worktree:{root}")
    (root / "b.py").write_text("b = 1\n")
    for number in range(3_000):
        (root / f"d{number}").mkdir()

    def progress(phase: str, done: int, total: int | None) -> None:
        assert (phase, done) in (("scan", 0), ("scan", 1_000))
        if done:
            cancelled.set()

    with pytest.raises(Cancelled):
        index(IndexJob(root=root, index=tmp_path / "store/index.db"), pool, None, progress, cancelled)
    assert digest_of(tmp_path / "store", f"worktree:{root}") == before


def test_a_tree_ten_thousand_folders_deep_is_no_obstacle(pool: ParsePool, tmp_path: Path) -> None:
    """git writes such trees though no disk takes them: history goes on past it, and the commit has a view."""
    repo = Repository(tmp_path / "repo")
    first = repo.commit("first", a_dot_py="def alpha():\n    return 1\n")
    stream = (
        "blob\nmark :1\ndata 6\nb = 1\n\ncommit refs/heads/deep\ncommitter T <t@example.com> 1700000000 +0000\n"
        f"data 4\ndeep\nfrom {first}\nM 100644 :1 {'d/' * 10_000}b.py\n\n"
    )
    subprocess.run(["git", "-C", repo.root, "fast-import", "--quiet"], input=stream.encode(), check=True)
    deep = repo.git("rev-parse", "deep")
    last = repo.git("commit-tree", f"{first}^{{tree}}", "-p", deep, "-m", "last")
    repo.git("update-ref", "refs/heads/main", last)
    store = repo.root.parent / "store"
    assert run_index(pool, repo.root, store).commits == 3
    assert run_index(pool, repo.root, store, rev=deep).files == 2
    assert run_index(pool, repo.root, store, rev=last).files == 1


def test_phases_are_parts_of_the_time_that_passed(pool: ParsePool, tmp_path: Path) -> None:
    """Phases and total are of one clock, so that the phases never sum to more than the run took."""
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.py").write_text("def f():\n    pass\n")
    summary = run_index(pool, tmp_path / "plain", tmp_path / "store")
    assert set(summary.seconds) >= {"scan", "parse", "link"}
    assert sum(summary.seconds.values()) <= summary.wall_seconds + 0.001  # each is rounded


def _large_texts(root: Path, count: int) -> Path:
    """Files of about 1 MB that do not compress well."""
    root.mkdir()
    chance = random.Random(1)
    for number in range(count):
        lines = (chance.randbytes(48).hex() for _ in range(11_000))
        (root / f"notes{number:02}.txt").write_text("\n".join(lines))
    return root


def test_large_files_do_not_wait_in_memory_for_their_number(pool: ParsePool, tmp_path: Path) -> None:
    """What waits for a transaction is bounded by bytes, not only by a count of files: 48 files of 1 MB each need less
    than their own size; each has it once as it was read and, parsed, once more."""
    root = _large_texts(tmp_path / "large", 48)
    tracemalloc.start()
    try:
        summary = run_index(pool, root, tmp_path / "store")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert summary.files == 48
    assert peak < 40 << 20, f"{peak / 2**20:.0f} MiB"


def test_the_size_of_transactions_changes_nothing(
    pool: ParsePool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored file by file or all at once, the same is known in the end."""
    root = tmp_path / "p"
    root.mkdir()
    for number in range(30):
        (root / f"m{number}.py").write_text(
            f"from m{(number + 1) % 30} import f\n\ndef g(): return f({number})\n"
        )
    run_index(pool, root, tmp_path / "usual")
    monkeypatch.setattr(stage, "PACKED_BYTES_PER_TRANSACTION", 1)
    run_index(pool, root, tmp_path / "small")
    view = f"worktree:{root}"
    assert digest_of(tmp_path / "usual", view) == digest_of(tmp_path / "small", view)
