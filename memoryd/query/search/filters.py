"""Narrowing a search to paths and languages. What fits nothing is named, never ignored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from memoryd.errors import UsageError
from memoryd.globs.paths import matcher
from memoryd.query.retrieval.lexical import FileSlot, LexicalView
from memoryd.query.search.answers import SearchRequest


def wanted_files(view: LexicalView, request: SearchRequest) -> NDArray[np.bool_]:
    """Per slot: does it fit one of the paths and one of the languages (or are none given)? Raises UsageError for a
    path or language that fits no file."""
    wanted = np.ones(view.files, bool)
    for given, test_of, refuse in (
        (request.paths, _lies_in, _no_path),
        (request.langs, _in_language, _no_language),
    ):
        if given:
            fits = np.array([_fitting(view, test_of(text)) for text in given])
            for text, row in zip(given, fits, strict=True):
                if not row.any():
                    raise refuse(view, text)
            wanted &= np.logical_or.reduce(fits)
    return wanted


def commits_of(view: LexicalView, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Per commit number: did it change a wanted file?"""
    votes = view.votes
    owner = np.repeat(np.arange(len(votes.commit_ids)), np.diff(votes.starts))
    return np.bincount(owner[wanted[votes.slots]], minlength=len(votes.commit_ids)) > 0


def _fitting(view: LexicalView, test: Callable[[FileSlot], bool]) -> NDArray[np.bool_]:
    alive = view.paths.alive
    return np.array([bool(alive[i]) and test(view.slots[i]) for i in range(view.files)], dtype=bool)


def _lies_in(glob: str) -> Callable[[FileSlot], bool]:
    fits = matcher(glob)
    return lambda slot: fits(slot.path)


def _in_language(lang: str) -> Callable[[FileSlot], bool]:
    """By the language's name or by a file extension."""
    name = lang.lower().lstrip(".")
    return lambda slot: slot.language == name or slot.path.lower().endswith(f".{name}")


def _no_path(view: LexicalView, glob: str) -> UsageError:
    return UsageError(
        f"no file of the project fits the path {glob!r}",
        where="path",
        next_step="paths are relative to the project's root: a file, a folder or a glob such as 'src/**/*.py'",
    )


def _no_language(view: LexicalView, lang: str) -> UsageError:
    alive = np.flatnonzero(view.paths.alive)
    known = Counter(view.slots[slot].language for slot in alive.tolist())
    return UsageError(
        f"no file of the project is in the language {lang!r}",
        where="lang",
        next_step=f"it has: {', '.join(name for name, _ in known.most_common(12))}",
    )
