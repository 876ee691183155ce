"""P1: an acknowledged record is never lost: by a kill at any moment or any call of the system, by a power cut, by a
full disk. What is acknowledged is what the writer has told; nothing else is promised."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest
from disks import Image, needs_mounts
from writing import Writer, lost

needs_strace = pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
CALLS = ("fsync,fdatasync", "pwrite64", "rename,renameat,renameat2,unlink,ftruncate")


@pytest.mark.parametrize("acknowledged", [1, 2, 7, 33, 61])
def test_every_acknowledged_change_survives_kill_9(tmp_path: Path, acknowledged: int) -> None:
    """After SIGKILL in full flight each change that was told is there, what is there verifies, and writing goes on."""
    writer = Writer(tmp_path / "records.db")
    writer.hear(acknowledged)
    writer.process.send_signal(signal.SIGKILL)
    writer.rest()
    assert lost(tmp_path / "records.db", writer.told) == []


def _killed_at(folder: Path, calls: str, number: int) -> tuple[int, list[str]]:
    """How many changes were told before the ``number``-th of these calls, in which the process is killed; what of
    them is lost."""
    folder.mkdir()
    inject = f"inject={calls}:signal=SIGKILL:when={number}"
    writer = Writer(
        folder / "records.db", "strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", inject
    )
    writer.hear(200)
    writer.kill()
    return len(writer.told), lost(folder / "records.db", writer.told)


@needs_strace
@pytest.mark.parametrize("calls", CALLS)
def test_killed_in_a_call_of_the_system(tmp_path: Path, calls: str) -> None:
    """At the first calls of each kind, and at later ones: between any two of them the store is whole."""
    found = [_killed_at(tmp_path / str(number), calls, number) for number in (1, 2, 3, 5, 9, 17, 40)]
    assert [problems for _, problems in found] == [[]] * len(found)


@pytest.mark.sweep
@pytest.mark.timeout(7200)
@needs_strace
@pytest.mark.parametrize("calls", CALLS)
def test_killed_in_each_call_of_the_system(tmp_path: Path, calls: str) -> None:
    """170 kills for each kind of call, one at each of the first 120 and then at every fifth."""
    for number in (*range(1, 121), *range(125, 375, 5)):
        told, problems = _killed_at(tmp_path / str(number), calls, number)
        assert problems == [], (calls, number, told)
        shutil.rmtree(tmp_path / str(number))


def _cut(image: Image, folder: Path, acknowledged: int) -> list[str]:
    """What is lost of the told changes when the power goes: the disk is taken as it is, without what the system had
    not written to it yet."""
    writer = Writer(image.mounted / "records.db")
    writer.hear(acknowledged)
    writer.process.send_signal(signal.SIGSTOP)
    told = list(writer.told)
    after = image.copied(folder)
    writer.process.send_signal(signal.SIGCONT)
    writer.kill()
    with after:
        return lost(after.mounted / "records.db", told)


@needs_mounts
@pytest.mark.parametrize("acknowledged", [1, 8, 61])
def test_every_acknowledged_change_survives_a_power_cut(tmp_path: Path, acknowledged: int) -> None:
    """On a file system that is copied without a sync."""
    with Image(tmp_path / "disk") as image:
        assert _cut(image, tmp_path / "after", acknowledged) == []


@pytest.mark.sweep
@pytest.mark.timeout(7200)
@needs_mounts
def test_every_acknowledged_change_survives_many_power_cuts(tmp_path: Path) -> None:
    """At fifty different moments."""
    for number in range(50):
        with Image(tmp_path / f"disk{number}") as image:
            assert _cut(image, tmp_path / f"after{number}", 1 + 3 * number) == [], number
        shutil.rmtree(tmp_path / f"disk{number}")
        shutil.rmtree(tmp_path / f"after{number}")
