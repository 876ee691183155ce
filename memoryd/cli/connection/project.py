"""Which folder a command is about."""

from __future__ import annotations

import os

from memoryd.errors import UsageError


def folder(given: str | None) -> str:
    """The real absolute path of ``given``, by default of the working directory. The daemon finds its project.

    Raises UsageError when it is no folder, and for ``""``: that is a variable somebody forgot to set.
    """
    if given == "":
        raise UsageError("the folder's name is empty", where="PATH", next_step="name the project's folder")
    try:
        path = os.path.realpath(os.path.expanduser(given or os.getcwd()))
    except FileNotFoundError as error:
        raise UsageError("the working directory no longer exists", next_step="cd into a project") from error
    if not os.path.isdir(path):
        what = "this is no folder" if os.path.lexists(path) else "there is no such folder"
        raise UsageError(what, where=given or path, next_step="name the project's folder")
    return path


def git_root(path: str) -> str:
    """The nearest of ``path`` and its parents that holds ``.git``; else ``path``."""
    here = path
    while not os.path.lexists(os.path.join(here, ".git")):
        parent = os.path.dirname(here)
        if parent == here:
            return path
        here = parent
    return here
