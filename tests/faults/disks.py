"""Disks of a test's own: an image of a file system that can be copied as a power cut leaves it, and a small one that is
soon full. They need the right to mount."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from daemon_harness import until

IMAGE_BYTES = 48 * 1024 * 1024


@cache
def can_mount() -> bool:
    """Whether this process may mount images and memory disks."""
    if not shutil.which("mkfs.ext4") or not shutil.which("mount"):
        return False
    with tempfile.TemporaryDirectory() as folder:
        try:
            with Image(Path(folder) / "try"):
                return True
        except subprocess.CalledProcessError:
            return False


class Image:
    """A file with an ext4 in ``folder``, mounted in a ``with``."""

    def __init__(self, folder: Path, like: Path | None = None) -> None:
        folder.mkdir()
        self.file, self.mounted = folder / "image", folder / "mounted"
        self.mounted.mkdir()
        if like:
            subprocess.run(["cp", "--sparse=always", like, self.file], check=True)
        else:
            with self.file.open("wb") as file:
                file.truncate(IMAGE_BYTES)
            subprocess.run(["mkfs.ext4", "-q", "-F", self.file], check=True, capture_output=True)

    def __enter__(self) -> Image:
        subprocess.run(["mount", "-o", "loop", self.file, self.mounted], check=True, capture_output=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Processes that were killed may take a moment to let go."""
        until(
            lambda: not subprocess.run(["umount", self.mounted], capture_output=True).returncode, "unmounted"
        )

    def copied(self, folder: Path) -> Image:
        """The disk as it is now, with nothing that was not written to it."""
        return Image(folder, self.file)


@contextlib.contextmanager
def memory_disk(folder: Path, size_kib: int) -> Iterator[Path]:
    """A disk of so many KiB in memory."""
    folder.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size_kib}k", "tmpfs", folder], check=True, capture_output=True
    )
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True, capture_output=True)


needs_mounts = pytest.mark.skipif("not __import__('disks').can_mount()", reason="this user may mount nothing")
