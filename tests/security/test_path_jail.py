"""S4: what is read lies below the root, decided on the opened descriptor and not on the text of a path."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memoryd.ingest.files.rooted_files import RootedFiles
from memoryd.ingest.files.scan import Unreadable, read_file, scan

_SECRET = b"SECRET outside"
_INSIDE = b"inside"
_REFUSALS = {"outside", "vanished", "link", "special", "too-large", "denied", "unreadable"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``repo`` with files, folders and every kind of link, beside ``repo-evil`` and a secret."""
    base = tmp_path_factory.mktemp("rooted")
    made = base / "repo"
    for folder in (made / "dir/deep", base / "repo-evil", base / "outside"):
        folder.mkdir(parents=True)
    for secret in (base / "secret", base / "repo-evil/file", base / "outside/file"):
        secret.write_bytes(_SECRET)
    for file in ("file", "dir/file", "dir/deep/file", "..file", "dir/..."):
        (made / file).write_bytes(_INSIDE)
    links = {
        "to-file": "../secret", "to-dir": "../outside", "dir/up": "..", "dir/upup": "../..", "loop": "loop",
        "to-evil": "../repo-evil", "to-root": "/", "absolute": str(base / "secret"), "inner": "dir", "self": ".",
        "inner-file": "file",
    }  # fmt: skip
    for name, target in links.items():
        (made / name).symlink_to(target)
    os.mkfifo(made / "fifo")
    return made


_COMPONENTS = st.sampled_from(
    ["file", "dir", "deep", "..", ".", "", "to-file", "to-dir", "up", "upup", "loop", "to-evil", "to-root", "inner",
     "self", "absolute", "inner-file", "fifo", "repo", "repo-evil", "secret", "outside", "..file", "...", "etc",
     "passwd", "~", "file\0", "C:", "dir\\file", "dir/../..", "\u2025", "%2e%2e"]
)  # fmt: skip
_PATHS = st.one_of(
    st.lists(_COMPONENTS, max_size=7).map("/".join),
    st.lists(_COMPONENTS, max_size=5).map(lambda parts: "/" + "/".join(parts)),
    st.text(max_size=30),
)


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_PATHS)
def test_no_path_reads_outside(root: Path, path: str) -> None:
    """Any path: the bytes of a file inside, or Unreadable. Never the secret, never a block, never a crash."""
    assert _read(root, path) in {_INSIDE, *_REFUSALS}
    assert ".." not in path.split("/") or _read(root, path) in _REFUSALS


def _read(root: Path, path: str) -> bytes | str:
    """The bytes, or why not."""
    try:
        return read_file(root, path, 1_000_000)
    except Unreadable as error:
        return error.reason


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_PATHS)
def test_looking_at_a_path_stays_inside_too(root: Path, path: str) -> None:
    """stat and listing give away nothing of the outside."""
    outside = {
        (root.parent / name).stat().st_ino for name in ("secret", "outside", "repo-evil", "outside/file")
    }
    with RootedFiles(root) as rooted:
        try:
            state = rooted.stat(path)
        except (Unreadable, ValueError):
            pass
        else:
            assert state.st_ino not in outside
        try:
            entries = rooted.listing(path)
        except Unreadable:
            pass
        else:
            assert not {entry.stat(follow_symlinks=False).st_ino for entry in entries} & outside


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../secret", "outside"), ("../repo-evil/file", "outside"), ("/etc/passwd", "outside"), ("", "outside"),
        ("dir/../file", "outside"), ("dir//file", "outside"), ("./file", "outside"), ("file/", "outside"),
        ("file\0", "outside"), ("to-file", "link"), ("to-dir/file", "link"), ("to-evil/file", "link"),
        ("dir/up/file", "link"), ("inner/file", "link"), ("inner-file", "link"), ("loop", "link"),
        ("none", "vanished"), ("file/x", "vanished"), ("dir", "special"), ("fifo", "special"),
        (".git/config", "denied"), ("dir/none/x", "vanished"), ("x" * 300, "unreadable"),
    ],
)  # fmt: skip
def test_each_refusal_says_why(root: Path, path: str, reason: str) -> None:
    """The reason is one stable word, so that the caller can tell a vanished file from an attack."""
    with pytest.raises(Unreadable) as error:
        read_file(root, path, 1000)
    assert error.value.reason == reason


def test_a_root_given_through_a_link_is_that_root(root: Path, tmp_path: Path) -> None:
    """The user's own link to the project is fine; links inside are not."""
    (tmp_path / "alias").symlink_to(root)
    assert read_file(tmp_path / "alias", "dir/file", 100) == _INSIDE


def test_sizes_are_checked_on_the_open_file(root: Path, tmp_path: Path) -> None:
    """At the limit it is read, above it refused, whatever stat said before."""
    (tmp_path / "f").write_bytes(b"x" * 100)
    assert len(read_file(tmp_path, "f", 100)) == 100
    with pytest.raises(Unreadable) as error:
        read_file(tmp_path, "f", 99)
    assert error.value.reason == "too-large"


@pytest.fixture
def swapping(tmp_path: Path) -> Iterator[Path]:
    """A tree whose folder ``d`` and file ``f`` turn into links to the outside and back, all the time."""
    made, outside = tmp_path / "repo", tmp_path / "outside"
    for folder in (made / "d.real", outside):
        folder.mkdir(parents=True)
    (outside / "file").write_bytes(_SECRET)
    (made / "d.real/file").write_bytes(_INSIDE)
    (made / "f.real").write_bytes(_INSIDE)
    (made / "d.link").symlink_to(outside)
    (made / "f.link").symlink_to(outside / "file")
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            for name in ("d", "f"):
                for kind in ("real", "link"):
                    os.rename(made / f"{name}.{kind}", made / name)
                    os.rename(made / name, made / f"{name}.{kind}")

    thread = threading.Thread(target=swap)
    thread.start()
    yield made
    stop.set()
    thread.join()


def test_a_path_that_turns_into_a_link_meanwhile_is_never_followed(swapping: Path) -> None:
    """Two seconds of racing against the swap: inside bytes or a refusal."""
    end, seen = time.monotonic() + 2.0, set[object]()
    while time.monotonic() < end:
        seen |= {_read(swapping, "d/file"), _read(swapping, "f")}
    assert _INSIDE in seen
    assert _SECRET not in seen
    assert seen <= {_INSIDE, "link", "vanished"}


def test_a_scan_during_the_swap_lists_nothing_of_the_outside(swapping: Path) -> None:
    """Inodes of the outside never appear among the entries."""
    secret = (swapping.parent / "outside/file").stat().st_ino
    for _ in range(100):
        assert secret not in {entry.inode for entry in scan(swapping, None).entries}
