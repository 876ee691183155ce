"""What a whole daemon makes of a disk that is full, and of one that lost its power in the middle of an index run."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from daemon_harness import Client, RunningDaemon, git
from disks import Image, memory_disk, needs_mounts
from index_digests import clean_digest, digest

pytestmark = [needs_mounts, pytest.mark.timeout(300)]
DISK_KIB = 6 * 1024


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "pkg").mkdir(parents=True)
    for number in range(120):
        text = f"from pkg.m{max(0, number - 1)} import f\n\n\ndef f():\n    return f()\n"
        (root / "pkg" / f"m{number}.py").write_text(text)
    git(root, "init", "-qb", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "All of it")
    return root


def fill(folder: Path) -> Path:
    """A file that takes what is left of the disk."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    return filler


def test_a_full_disk_loses_nothing_and_needs_no_restart(tmp_path: Path, project: Path) -> None:
    """Questions are answered, what cannot be written is a plain error, and with space again all goes on."""
    asked = {"project": str(project)}
    with memory_disk(tmp_path / "disk", DISK_KIB) as disk:
        daemon = RunningDaemon(disk / "m").ready()
        with Client(daemon.paths, person=True) as person:
            person.json("up", path=str(project))
            kept = person.json("record", **asked, kind="lesson", text="Flush first")["record"]["id"]
            filler = fill(disk)
            for number in range(150):
                (project / f"new{number}.py").write_text(f"# {number}\n" + f"def g{number}(): pass\n" * 40)
            error = person.error("record", **asked, kind="lesson", text="Close the socket " + "x" * 5_000)
            assert "disk is full" in error["what"]
            failed = person.error("index", path=str(project))
            assert "full" in failed["what"]
            answer = person.json("symbol", **asked, name="f")
            assert answer["total"] == 120
            assert "full" in answer["freshness"]["failed"]
            filler.unlink()
            assert digest(person, project) == clean_digest(tmp_path / "clean", project)
            person.json("record", **asked, kind="lesson", text="Close the socket")
            records = person.json("proposals", **asked, status="")["records"]
            assert kept in {one["id"] for one in records}
            assert len(records) == 2
            assert person.json("audit", **asked)["ok"]
        daemon.end()


def _cut_while_indexing(tmp_path: Path, project: Path, delay_s: float) -> dict[str, str]:
    """The digest after `up` on a disk whose power went so long after an index run began."""
    with Image(tmp_path / f"disk{delay_s}") as image:
        daemon = RunningDaemon(image.mounted / "m").ready()
        with Client(daemon.paths) as client:
            client.post("up", {"path": str(project)})
            time.sleep(delay_s)
            after = image.copied(tmp_path / f"after{delay_s}")
        daemon.process.kill()
        daemon.end()
    with after:
        again = RunningDaemon(after.mounted / "m").ready()
        with Client(again.paths) as client:
            found = digest(client, project)
        again.end()
    return found


def test_an_index_run_goes_on_after_a_power_cut(tmp_path: Path, project: Path) -> None:
    """To the digest of a clean index."""
    clean = clean_digest(tmp_path / "clean", project)
    assert _cut_while_indexing(tmp_path, project, 0.6) == clean


@pytest.mark.sweep
@pytest.mark.timeout(3600)
def test_index_runs_go_on_after_many_power_cuts(tmp_path: Path, project: Path) -> None:
    """At twenty moments."""
    clean = clean_digest(tmp_path / "clean", project)
    for step in range(20):
        assert _cut_while_indexing(tmp_path, project, 0.1 + 0.15 * step) == clean, step
