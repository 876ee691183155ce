"""The scan lists the project's text, names what it leaves out and why, and survives every odd file."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from pathlib import Path

import pytest
from projects import Repository

from memoryd.errors import UsageError
from memoryd.ingest.files import path_rules
from memoryd.ingest.files.scan import (
    Limits,
    Scan,
    TreeScan,
    Unreadable,
    blob_hash,
    check_root,
    read_file,
    scan,
    scan_tree,
)
from memoryd.ingest.git.repository import Git
from memoryd.ingest.watch.visibility import Visibility


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repo")
    made.commit("start", src__a_dot_py="a = 1\n", _dot_gitignore="*.log\nout/\n")
    return made


def _scan(root: Path, limits: Limits | None = None) -> Scan:
    return scan(root, Git.open(root), limits or Limits())


def _listed(found: Scan | TreeScan) -> set[str]:
    return {entry.path for entry in found.entries}


def _reasons(found: Scan | TreeScan) -> dict[str, str]:
    return {row.path: row.reason for row in found.skipped}


def _write(root: Path, paths: Iterable[str], text: str = "x\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


# --- what is listed


def test_tracked_and_new_files_are_listed_ignored_ones_are_not_mentioned(repo: Repository) -> None:
    """Entries carry what tells a change: size, mtime, inode; they come sorted."""
    _write(repo.root, ["new.py", "src/new.py", "debug.log", "out/x.py"])
    found = _scan(repo.root)
    assert [entry.path for entry in found.entries] == [".gitignore", "new.py", "src/a.py", "src/new.py"]
    state = (repo.root / "src/a.py").stat()
    entry = found.entries[2]
    assert (entry.size_bytes, entry.mtime_ns, entry.inode) == (state.st_size, state.st_mtime_ns, state.st_ino)
    assert found.skipped == ()
    assert _listed(_scan(repo.root, Limits(untracked=False))) == {".gitignore", "src/a.py"}


def test_a_second_scan_of_an_unchanged_tree_is_equal(repo: Repository) -> None:
    """So that nothing is read again."""
    assert _scan(repo.root) == _scan(repo.root)


def test_a_file_that_is_gone_is_in_neither_list(repo: Repository) -> None:
    """Deleted, replaced by a folder, behind a folder that became a link: as git sees it, not there. What a sparse
    checkout leaves out is listed as such."""
    repo.commit("more", b_dot_py="b\n", c_dot_py="c\n", dir__d_dot_py="d\n", lib__e_dot_py="e\n")
    (repo.root / "b.py").unlink()
    (repo.root / "c.py").unlink()
    _write(repo.root, ["c.py/inner.txt"])
    (repo.root / "dir").rename(repo.root.parent / "dir")
    (repo.root / "dir").symlink_to(repo.root.parent / "dir")
    repo.git("update-index", "--skip-worktree", "lib/e.py")
    (repo.root / "lib/e.py").unlink()
    found = _scan(repo.root)
    assert _listed(found) == {".gitignore", "src/a.py", "c.py/inner.txt"}
    assert _reasons(found) == {"dir": "link", "lib/e.py": "not-checked-out"}


def test_without_git_the_ignore_files_still_count(tmp_path: Path) -> None:
    """A plain folder: nested .gitignore files, other people's code and other repositories left out."""
    root = tmp_path / "plain"
    _write(
        root,
        ["a.py", "x.log", "sub/b.py", "sub/skip.py", "node_modules/m/i.js", "env/lib/x.py", "env/pyvenv.cfg"],
    )
    _write(
        root,
        [".venv/x.py", "cache/CACHEDIR.TAG", "cache/big.txt", "other/.git/HEAD", "other/c.py", ".hg/store"],
    )
    (root / ".gitignore").write_text("*.log\n")
    (root / "sub/.gitignore").write_text("skip.py\n")
    found = _scan(root)
    assert _listed(found) == {".gitignore", "a.py", "sub/.gitignore", "sub/b.py"}
    assert _reasons(found) == {
        "node_modules": "vendored", "env": "vendored", ".venv": "vendored", "cache": "vendored",
        "other": "repository", ".hg": "vendored",
    }  # fmt: skip


def test_a_commit_is_chosen_from_by_the_same_rules(repo: Repository) -> None:
    """The files of a commit are those of a clean checkout of it, judged by its own .memoryignore."""
    repo.commit(
        "all",
        _dot_memoryignore="gen/\n",
        gen__g_dot_py="g\n",
        k_dot_pem="k\n",
        p_dot_png="p\n",
        big_dot_txt="x" * 5000,
    )
    (repo.root / "link.py").symlink_to("src/a.py")
    sha = repo.commit("link")
    git = Git.open(repo.root)
    assert git is not None
    limits = Limits(max_file_bytes=4000)
    tree, disk = scan_tree(git, git.ls_tree(sha), limits), scan(repo.root, git, limits)
    assert _listed(tree) == _listed(disk) == {".gitignore", ".memoryignore", "src/a.py"}
    assert tree.skipped == disk.skipped
    assert _reasons(tree) == {
        "big.txt": "too-large", "gen/g.py": "ignored", "k.pem": "denied", "link.py": "link", "p.png": "binary",
    }  # fmt: skip
    data = read_file(repo.root, "src/a.py", 100)
    assert blob_hash(data) == next(entry.hash for entry in tree.entries if entry.path == "src/a.py")


def test_a_bare_repository_has_no_work_tree_to_scan(repo: Repository, tmp_path: Path) -> None:
    """Nothing listed rather than git's own files."""
    repo.git("clone", "-q", "--bare", str(repo.root), str(tmp_path / "bare.git"))
    assert _scan(tmp_path / "bare.git") == Scan((), ())


# --- what is left out, by name


@pytest.mark.parametrize(
    "path",
    [".env", ".env.local", ".env.production", "prod.env", ".ENV", "id_rsa", "id_ed25519", "id_deploy", "server.pem",
     "server.key", "cert.p12", "a.pfx", "store.jks", "vault.kdbx", ".netrc", ".npmrc", ".pypirc", ".pgpass",
     ".git-credentials", "secrets.yml", "config/credentials.json", "service-account-prod.json", "x.tfstate",
     ".ssh/config", ".aws/credentials", "sub/.kube/config", "deep/.env", "kubeconfig", "AuthKey.p8", ".dev.vars",
     "ops/gh" + "p_" + "a1B2c3D4e5" * 4 + ".txt"],
)  # fmt: skip
def test_names_that_carry_secrets_are_denied(path: str) -> None:
    """By custom these hold credentials: they are not even opened."""
    assert path_rules.denied(path)


@pytest.mark.parametrize(
    "path",
    [".env.example", ".env.sample", "env.py", "environment.yml", "id_generator.py", "locale/id_ID/django.po",
     "keys.py", "pem.go", "secrets.py", "credentials.ts", "key", "id_rsa.pub", ".envoy/x.yaml", "awesome.md"],
)  # fmt: skip
def test_names_that_only_sound_like_secrets_are_read(path: str) -> None:
    """Templates, source code about secrets, public keys and Indonesian translations."""
    assert not path_rules.denied(path)


def test_denied_files_are_listed_and_never_read(repo: Repository) -> None:
    """Tracked or not, whatever an ignore file says, and also when asked for by name."""
    repo.commit("oops", _dot_env="KEY=1\n", _dot_memoryignore="!.env\n!id_rsa\n")
    _write(repo.root, ["id_rsa"])
    found = _scan(repo.root)
    assert _reasons(found) == {".env": "denied", "id_rsa": "denied"}
    for path in (".env", "id_rsa", ".git/config"):
        with pytest.raises(Unreadable) as error:
            read_file(repo.root, path, 1000)
        assert error.value.reason == "denied"


def test_memoryignore_narrows_and_the_users_patterns_cannot_be_lifted(repo: Repository) -> None:
    """A repository's own file may leave things out; it cannot bring back what the user excluded."""
    _write(repo.root, ["gen/g.py", "gen/keep.py", "private/p.py"])
    (repo.root / ".memoryignore").write_text("gen/*\n!gen/keep.py\n!private/p.py\n")
    found = _scan(repo.root, Limits(exclude=("private/",)))
    assert _listed(found) == {".gitignore", ".memoryignore", "src/a.py", "gen/keep.py"}
    assert _reasons(found) == {"gen/g.py": "ignored", "private/p.py": "ignored"}


def test_untracked_dependencies_are_one_line_tracked_ones_are_code(repo: Repository) -> None:
    """node_modules that nobody ignores must not be indexed; a vendor folder that is committed is the project's."""
    repo.commit("vendor", vendor__v_dot_go="package v\n")
    _write(repo.root, [f"web/node_modules/m{n}/i.js" for n in range(30)] + ["vendor/new.go"])
    found = _scan(repo.root)
    assert "vendor/v.go" in _listed(found)
    assert _reasons(found) == {"web/node_modules": "vendored", "vendor": "vendored"}


# --- what is left out, by kind


def test_special_files_links_and_sizes_are_skipped_with_their_reason(repo: Repository) -> None:
    """Fifo, socket, links inside, outside, dangling and in circles, a sparse terabyte: listed, never opened."""
    root = repo.root
    os.mkfifo(root / "fifo.py")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(root / "sock.py"))
    (root / "inside.py").symlink_to("src/a.py")
    (root / "outside.py").symlink_to("/etc/passwd")
    (root / "dangling.py").symlink_to("nowhere")
    (root / "loop").symlink_to(".")
    with (root / "sparse.txt").open("wb") as sparse:
        sparse.truncate(1 << 40)
    (root / "big.txt").write_bytes(b"x" * 3_000_000)
    found = _scan(root)
    assert _listed(found) == {".gitignore", "src/a.py"}
    # git lists neither fifos nor sockets; the walk without git names them.
    assert _reasons(found) == {
        "inside.py": "link", "outside.py": "link", "dangling.py": "link", "loop": "link",
        "sparse.txt": "too-large", "big.txt": "too-large",
    }  # fmt: skip
    assert next(row.detail for row in found.skipped if row.path == "big.txt") == "3000000 bytes"
    plain = scan(root, None)
    assert _reasons(plain)["fifo.py"] == _reasons(plain)["sock.py"] == "special"
    assert _listed(plain) == {".gitignore", "src/a.py"}


def test_a_tracked_file_that_became_a_fifo_is_special(repo: Repository) -> None:
    """What git takes for a file may be something else by now."""
    (repo.root / "src/a.py").unlink()
    os.mkfifo(repo.root / "src/a.py")
    assert _reasons(_scan(repo.root)) == {"src/a.py": "special"}


def test_submodules_and_nested_repositories_are_other_projects(repo: Repository, tmp_path: Path) -> None:
    """Listed once, not walked into."""
    inner = Repository(tmp_path / "inner")
    inner.commit("inner", i_dot_py="i\n")
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.root), "sub")
    repo.commit("add submodule")
    Repository(repo.root / "nested").commit("n", n_dot_py="n\n")
    found = _scan(repo.root)
    assert _listed(found) == {".gitignore", ".gitmodules", "src/a.py"}
    assert _reasons(found) == {"sub": "submodule", "nested": "repository"}


def test_binary_extensions_are_not_opened(repo: Repository) -> None:
    """The extension is enough; a text without a known extension is left to the reader."""
    _write(repo.root, ["logo.PNG", "lib.so", "font.woff2", "archive.tar.gz", "Makefile", "noext", "png"])
    found = _scan(repo.root)
    assert set(_reasons(found)) == {"logo.PNG", "lib.so", "font.woff2", "archive.tar.gz"}
    assert {"Makefile", "noext", "png"} <= _listed(found)


def test_names_that_are_not_utf8_are_said_others_are_taken_as_they_are(repo: Repository) -> None:
    """Newlines, quotes and leading dashes are names; a byte that is no text is a reason."""
    _write(repo.root, ["new\nline.py", 'quo"te.py', "-rf", "ünï.py", " lead.py"])
    bad = os.fsencode(repo.root) + b"/bad\xff.py"
    Path(os.fsdecode(bad)).write_text("x\n")
    for found in (_scan(repo.root), scan(repo.root, None)):
        assert {"new\nline.py", 'quo"te.py', "-rf", "ünï.py", " lead.py"} <= _listed(found)
        assert _reasons(found) == {"bad\ufffd.py": "name"}


class _Stopped(Exception):
    pass


@pytest.mark.parametrize("kind", ["folders", "git", "commit"])
def test_a_look_at_many_files_can_be_stopped_at_any_time(tmp_path: Path, kind: str) -> None:
    """Regression: listing 200,000 folders took 40 s, in which no run could be stopped nor told how far it was; folders
    without files count too."""
    root, counts = tmp_path / "many", list[int]()
    if kind == "folders":
        for number in range(2_500):
            (root / f"d{number}").mkdir(parents=True)
    else:
        repo = Repository(root)
        _write(repo.root, [f"f{number}.py" for number in range(2_500)])
        repo.commit("many")

    def stop(count: int) -> None:
        counts.append(count)
        if len(counts) == 2:
            raise _Stopped

    git = Git.open(root)

    def look() -> None:
        if kind == "commit":
            assert git is not None
            scan_tree(git, git.ls_tree(git.head().sha), looked_at=stop)
        else:
            scan(root, git, looked_at=stop)

    with pytest.raises(_Stopped):
        look()
    assert counts == [1_000, 2_000]


def test_a_hopelessly_deep_tree_ends(tmp_path: Path) -> None:
    """Hundreds of nested folders: cut at a depth no project reaches, no crash."""
    root = tmp_path / "deep"
    root.mkdir()
    (root / "a.py").write_text("a\n")
    at = os.open(root, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d", dir_fd=at)
        deeper = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = deeper
    os.close(at)
    found = scan(root, None)
    assert _listed(found) == {"a.py"}
    assert list(_reasons(found).values()) == ["too-deep"]


def test_more_files_than_allowed_is_an_error_that_says_what_to_do(repo: Repository) -> None:
    """A home folder by accident ends early."""
    _write(repo.root, [f"f{n}.py" for n in range(20)])
    with pytest.raises(UsageError, match="more than 10 files") as error:
        _scan(repo.root, Limits(max_files=10))
    assert ".memoryignore" in error.value.next_step


@pytest.mark.parametrize("folder", ["", "src/"])
def test_a_fifo_among_the_ignore_files_costs_no_file(repo: Repository, folder: str) -> None:
    """git would hang on it: what is not tracked is found without git, and what the repository and the user exclude
    stays out."""
    for name in (".gitignore", "src/.gitignore"):
        (repo.root / name).unlink(missing_ok=True)
    os.mkfifo(repo.root / folder / ".gitignore")
    os.mkfifo(repo.root / ".memoryignore")
    (repo.root / ".git/info/exclude").write_text("private.py\n")
    (repo.root / "other").mkdir()
    (repo.root / "other/.gitignore").write_text("built.py\n")
    _write(repo.root, ["new.py", "src/new.py", "src/private.py", "other/built.py"])
    opened = Git.open(repo.root)
    assert opened is not None
    found = scan(repo.root, Git(repo.root, opened._directory, silence_s=10_000))
    assert {"src/a.py", "new.py", "src/new.py"} <= set(_listed(found))
    assert not {"src/private.py", "other/built.py"} & set(_listed(found))
    assert (f"{folder}.gitignore", "special") in {(row.path, row.reason) for row in found.skipped}


# --- roots


def test_roots_that_are_never_one_project_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing, a file, /, system folders, the home folder and what contains it: named, with a next step."""
    home = tmp_path / "home" / "ada"
    (home / "project").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    (tmp_path / "file").touch()
    (tmp_path / "to-home").symlink_to(home)
    refused = ["/", "/etc", "/usr", "/tmp", "/proc/self", "~", home, home.parent, tmp_path / "to-home"]
    for path in (*refused, tmp_path / "none", tmp_path / "file", "nul\0"):
        with pytest.raises(UsageError) as error:
            check_root(path)
        assert error.value.next_step
    assert check_root("~/project") == home / "project"
    (tmp_path / "alias").symlink_to(home / "project")
    assert check_root(tmp_path / "alias") == home / "project"


# --- what the watcher asks


@pytest.mark.parametrize("with_git", [True, False])
def test_hidden_is_what_a_scan_would_not_list(repo: Repository, with_git: bool) -> None:
    """Ignored, denied and vendored paths and folders; files that do not exist yet are judged by name."""
    (repo.root / ".memoryignore").write_text("gen/\n")
    for folder in ("out", "gen", "src/deep", "node_modules", ".git", "locale/id_ID"):
        (repo.root / folder).mkdir(parents=True, exist_ok=True)
    rules = Visibility(repo.root, Git.open(repo.root) if with_git else None, ("private/",))
    seen = ["src", "src/deep", "src/a.py", "src/new.py", "locale/id_ID"]
    unseen = [
        "out",
        "out/x.py",
        "gen",
        "gen/g.py",
        "x.log",
        ".env",
        "node_modules",
        ".git",
        ".git/HEAD",
        "private/p.py",
    ]
    assert rules.hidden([*seen, *unseen]) == set(unseen)


def test_a_tracked_file_in_an_ignored_folder_stays_visible(repo: Repository) -> None:
    """git keeps following what was added by force; so does the watcher."""
    _write(repo.root, ["out/kept.py"])
    repo.git("add", "-f", "out/kept.py")
    repo.git("commit", "-q", "-m", "forced")
    rules = Visibility(repo.root, Git.open(repo.root))
    assert rules.hidden(["out", "out/kept.py", "out/new.py"]) == {"out/new.py"}
