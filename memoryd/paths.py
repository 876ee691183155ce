"""Where memoryd keeps things. Standard library only: the thin clients import this on their hot path."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from memoryd.errors import StoreError

SOCKET_PATH_MAX_BYTES = 100  # sockaddr_un holds 104 (macOS) or 108 (Linux) bytes


class Paths:
    """The files under one ``home`` (absolute). Nothing is created until ``prepare()``.

    ``socket`` falls back to ``/tmp/memoryd-<uid>-<hash of home>/daemon.sock`` when the path is too long.
    """

    __slots__ = ("home",)

    def __init__(self, home: str | os.PathLike[str]) -> None:
        self.home = Path(os.path.abspath(home))

    @property
    def config_file(self) -> Path:
        return self.home / "config.toml"

    @property
    def lock(self) -> Path:
        return self.home / "daemon.lock"

    @property
    def log(self) -> Path:
        return self.home / "daemon.log"

    @property
    def token(self) -> Path:
        return self.home / "token"

    @property
    def passphrase(self) -> Path:
        return self.home / "passphrase"

    @property
    def projects_file(self) -> Path:
        return self.home / "projects.json"

    @property
    def socket(self) -> Path:
        plain = self.home / "daemon.sock"
        if len(os.fsencode(plain)) <= SOCKET_PATH_MAX_BYTES:
            return plain
        import hashlib  # only here: it costs every client 2 ms

        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:8]
        return Path(f"/tmp/memoryd-{os.getuid()}-{digest}/daemon.sock")

    def project_dir(self, key: str) -> Path:
        """The folder of one project's stores (records.db, index.db, vectors/)."""
        return self.home / "projects" / key

    def prepare(self) -> None:
        """Create the home and the socket's folder, 0700, the home ignored by whatever project it lies in. Raises
        StoreError when one is not ours alone."""
        private_folder(self.home)
        private_folder(self.socket.parent)
        try:
            with open(self.home / ".gitignore", "x", opener=_private) as file:
                file.write("# memoryd's data, wherever it lies, is no part of a project\n*\n")
        except FileExistsError:
            pass
        except OSError as error:
            raise _unusable(self.home, error) from error

    def __repr__(self) -> str:
        return f"Paths({str(self.home)!r})"


def _private(path: str, flags: int) -> int:
    """Opens as ``open`` asks, but for nobody else to read."""
    return os.open(path, flags, 0o600)


def default_paths() -> Paths:
    """``$MEMORYD_HOME``, else the user's data folder (``~/.local/share/memoryd`` on Linux)."""
    home = os.environ.get("MEMORYD_HOME")
    if home:
        return Paths(os.path.expanduser(home))
    if sys.platform == "linux":  # what platformdirs answers, without its 18 ms of import
        base = os.environ.get("XDG_DATA_HOME", "").strip() or os.path.expanduser("~/.local/share")
        return Paths(os.path.join(base, "memoryd"))
    import platformdirs

    return Paths(platformdirs.user_data_dir("memoryd", appauthor=False))


def private_folder(folder: Path) -> None:
    """Create ``folder`` (and parents) 0700, or narrow an existing one of ours.

    Raises StoreError when it is a link, a file or another user's: whoever owns it could read along.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
            raise StoreError(
                "this folder must be a real folder that belongs to you",
                where=str(folder),
                next_step="remove it, or set MEMORYD_HOME to another folder",
            )
        if stat.S_IMODE(status.st_mode) != 0o700:
            folder.chmod(0o700)
    except OSError as error:
        raise _unusable(folder, error) from error


def _unusable(folder: Path, error: OSError) -> StoreError:
    return StoreError(
        f"cannot use this folder: {error.strerror}",
        where=str(folder),
        next_step="set MEMORYD_HOME to a folder that you can write",
    )


def replace_private(file: Path, data: bytes) -> None:
    """Make ``data`` the content of a file that only its owner may read (0600): a crash leaves the old or the new file
    whole. Raises OSError."""
    aside = file.with_name(f".{file.name}.new")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(descriptor)
    os.replace(aside, file)
