"""The folders of a work tree that can contain indexed files, found level by level; links are not folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator

from memoryd.errors import MemorydError
from memoryd.ingest.files.ignore_files import join
from memoryd.ingest.files.rooted_files import RootedFiles, Unreadable

IsIgnored = Callable[[Collection[str]], Collection[str]]


def visible(
    start: Iterable[str], rooted: RootedFiles, is_ignored: IsIgnored
) -> Iterator[tuple[str, list[os.DirEntry[str]]]]:
    """Each folder among ``start`` and below, with its listing; one question to ``is_ignored`` per level."""
    level = sorted(start)
    while level:
        below: list[str] = []
        for folder in level:
            try:
                listing = rooted.listing(folder)
            except Unreadable:  # it went away, or became a link
                continue
            yield folder, listing
            below += [
                join(folder, entry.name)
                for entry in listing
                if entry.name != ".git" and entry.is_dir(follow_symlinks=False) and printable(entry.name)
            ]
        hidden = hidden_of(below, is_ignored)
        level = sorted(path for path in below if path not in hidden)


def hidden_of(paths: Collection[str], is_ignored: IsIgnored) -> Collection[str]:
    """Those that are ignored. Where nobody can say (git is busy or broken), none: a look too much is
    cheaper than a change missed."""
    if not paths:
        return ()
    try:
        return is_ignored(paths)
    except MemorydError:
        return ()


def printable(name: str) -> bool:
    """The name is UTF-8; others are never indexed."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
