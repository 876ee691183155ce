"""Directories of ours that git is given in the place of a repository's, so that it never reads that one's
configuration, which may run programs, name files elsewhere (``include.path``) or be broken.

Each is made once and kept, since whoever is killed cannot tidy up; git only reads it. One that a power cut has left
with empty files is made anew. All raise StoreError where ``place`` is not ours alone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from memoryd.ingest.git.directory import GitDir
from memoryd.paths import private_folder

_SHARED = ("info", "packed-refs", "refs", "reftable", "shallow")  # by all work trees, the objects apart
_KEPT = ("ignorecase", "precomposeunicode")  # settings of [core] that say how the disk takes names


class _Contents(Struct, frozen=True):
    """What has to be in a directory: name → text, folders, name → what the link leads to."""

    files: dict[str, str]
    folders: tuple[str, ...] = ()
    links: dict[str, str] = {}

    def is_in(self, folder: Path) -> bool:
        try:
            return (
                all((folder / inner).is_dir() for inner in self.folders)
                and all((folder / name).read_text() == text for name, text in self.files.items())
                and all(os.readlink(folder / name) == target for name, target in self.links.items())
            )
        except (OSError, ValueError):
            return False

    def write(self, folder: Path) -> None:
        for inner in self.folders:
            (folder / inner).mkdir()
        for name, text in self.files.items():
            (folder / name).write_text(text)
        for name, target in self.links.items():
            (folder / name).symlink_to(target)


def empty(place: Path, object_format: str) -> Path:
    """A git directory without objects, refs or settings."""
    files = {"HEAD": "ref: refs/heads/none\n", "config": _config(object_format, {"bare": "true"}, "")}
    return _made(place / object_format, _Contents(files, ("objects", "refs")))


def common(place: Path, directory: GitDir) -> Path:
    """What git takes for the directory that all work trees of this repository share: refs and ignore rules are the
    repository's, the configuration is not, and there are no objects."""
    core = {name: "true" for name in _KEPT if directory.is_set("core", name)}
    refs = "refstorage = reftable\n" if directory.uses_reftable() else ""
    config = _config(directory.object_format(), core, refs)
    links = {name: str(directory.common_dir / name) for name in _SHARED}
    name = sha256(os.fsencode(f"{directory.common_dir}\0{config}")).hexdigest()[:32]
    return _made(place / name, _Contents({"config": config}, ("objects",), links))


def _config(object_format: str, core: dict[str, str], extensions: str) -> str:
    settings = "".join(f"{name} = {value}\n" for name, value in core.items())
    return (
        f"[core]\n{settings}repositoryformatversion = 1\n"
        f"[extensions]\nobjectformat = {object_format}\n{extensions}"
    )


def _made(folder: Path, wanted: _Contents) -> Path:
    if not wanted.is_in(folder):
        place = folder.parent
        private_folder(place.parent)
        private_folder(place)
        aside = Path(tempfile.mkdtemp(dir=place))
        wanted.write(aside)
        _put_in_place(aside, folder, wanted)
    return folder


def _put_in_place(aside: Path, folder: Path, wanted: _Contents) -> None:
    """Another process may do the same at this moment: what it has put there is as good."""
    damaged = Path(tempfile.mkdtemp(dir=folder.parent))
    with contextlib.suppress(OSError):
        if folder.exists() and not wanted.is_in(folder):
            folder.rename(damaged)
        aside.rename(folder)
    for rest in (aside, damaged):
        shutil.rmtree(rest, ignore_errors=True)
