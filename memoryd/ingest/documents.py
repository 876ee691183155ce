"""The one door through which memoryd writes into a project: a new file that a person asked for, and saw before."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from memoryd.errors import MemorydError, StoreError, UsageError
from memoryd.ingest.files.rooted_files import RootedFiles, Unreadable, components

MAX_BYTES = 1_000_000
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def write_new(root: Path, path: str, data: bytes) -> None:
    """Create ``path`` below ``root`` with the content, and the folders that it lacks. Nothing is overwritten, no link
    is followed, and a file that could not be written whole does not stay. Raises UsageError, StoreError."""
    if len(data) > MAX_BYTES or ".git" in path.split("/"):
        raise _refused(path, "this is no place for a document")
    try:
        *folders, name = components(path)
        with RootedFiles(root) as rooted:
            _make_folders(rooted, folders)
            _create(rooted.folder("/".join(folders)), name, path, data)
    except Unreadable as error:
        raise _refused(path, error.what) from error
    except FileExistsError as error:
        raise UsageError(
            "the file exists; nothing is overwritten", where=path, next_step="name another with --path"
        ) from error
    except OSError as error:
        raise StoreError(
            f"cannot write the file: {error.strerror}",
            where=path,
            next_step="free disk space"
            if error.errno in (errno.ENOSPC, errno.EDQUOT)
            else "check its rights",
        ) from error


def _make_folders(rooted: RootedFiles, folders: list[str]) -> None:
    for depth, name in enumerate(folders):
        at = rooted.folder("/".join(folders[:depth]))
        with contextlib.suppress(FileExistsError):  # visiting it tells whether it is a folder
            os.mkdir(name, 0o777, dir_fd=at)


def _create(folder: int, name: str, path: str, data: bytes) -> None:
    descriptor = os.open(name, _NEW_FILE, 0o666, dir_fd=folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        os.unlink(name, dir_fd=folder)
        raise


def _refused(path: str, what: str) -> MemorydError:
    return UsageError(
        f"cannot write there: {what}",
        where=path,
        next_step="name a path below the project's root with --path",
    )
