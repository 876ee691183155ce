"""Read and replace a file of the user's: whole or not at all, never through a link in a repository, with a
backup of what was there."""

from __future__ import annotations

import os
import secrets
import stat
import time
from pathlib import Path

from memoryd.errors import MemorydError, UsageError
from memoryd.paths import Paths, private_folder

SIZE_LIMIT_BYTES = 32 << 20


class ChangedMeanwhile(Exception):
    """Somebody else wrote the file since it was read."""


def target(path: Path, repository: Path | None) -> Path:
    """The real file to edit. In the user's own folders links are followed (dotfiles are often linked);
    below ``repository`` (a repository, hostile) a link on the way is refused. Raises UsageError."""
    if repository is None:
        return Path(os.path.realpath(path))
    here = repository
    for part in path.relative_to(repository).parts:
        here = here / part
        if here.is_symlink():
            raise UsageError(
                "this is a link, and a link in a project is not followed",
                where=str(here),
                next_step="edit the file by hand: --print shows what goes in",
            )
    return path


def read(path: Path) -> bytes | None:
    """The file's bytes, None when there is none. Raises MemorydError for anything but a regular file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _failed("read", path, error) from error
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > SIZE_LIMIT_BYTES:
            raise UsageError(
                "this is no configuration file",
                where=str(path),
                next_step="edit by hand: --print shows what goes in",
            )
        try:
            return file.read()
        except OSError as error:
            raise _failed("read", path, error) from error


def backup(paths: Paths, client: str, path: Path, data: bytes) -> Path:
    """A copy of ``data`` in ``$MEMORYD_HOME/backups``, 0600, named by client, file and UTC time."""
    folder = paths.home / "backups"
    private_folder(paths.home)
    private_folder(folder)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    place = folder / f"{client}-{path.name.lstrip('.')}-{stamp}-{secrets.token_hex(2)}"
    _write_new(place, data, 0o600)
    return place


def replace(path: Path, before: bytes | None, after: bytes, new_mode: int) -> None:
    """Put ``after`` in the place of ``before``, keeping mode and owner. Raises ChangedMeanwhile, MemorydError."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.memoryd")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        status = path.stat() if before is not None else None
        _write_new(aside, after, stat.S_IMODE(status.st_mode) if status else new_mode)
        if status and status.st_uid != os.geteuid():
            os.chown(aside, status.st_uid, status.st_gid)
        if read(path) != before:
            raise ChangedMeanwhile
        os.replace(aside, path)
    except OSError as error:
        raise _failed("write", path, error) from error
    finally:
        aside.unlink(missing_ok=True)


def remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _failed("remove", path, error) from error


def _write_new(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)


def _failed(verb: str, path: Path, error: OSError) -> MemorydError:
    return MemorydError(
        f"cannot {verb} this file: {error.strerror}",
        where=str(path),
        next_step="repair its rights, or edit it by hand: --print shows what goes in",
    )
