"""Narrowing a search to paths and languages. What fits nothing is named, never ignored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from memoryd.errors import UsageError
from memoryd.query import targets
from memoryd.query.context import Context
from memoryd.query.retrieval.lexical import FileSlot, LexicalView
from memoryd.query.search.answers import SearchRequest


def wanted_files(ctx: Context, view: LexicalView, request: SearchRequest) -> NDArray[np.bool_]:
    """Per slot: does it fit one of the paths and one of the languages (or are none given)? Raises UsageError for a
    path or language that fits no file."""
    wanted = np.ones(view.files, bool)
    if request.paths:
        wanted &= np.logical_or.reduce([_in_path(ctx, view, text) for text in request.paths])
    if request.langs:
        wanted &= np.logical_or.reduce([_in_language(view, text) for text in request.langs])
    return wanted


def commits_of(view: LexicalView, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Per commit number: did it change a wanted file?"""
    votes = view.votes
    owner = np.repeat(np.arange(len(votes.commit_ids)), np.diff(votes.starts))
    return np.bincount(owner[wanted[votes.slots]], minlength=len(votes.commit_ids)) > 0


def _fitting(view: LexicalView, test: Callable[[FileSlot], bool]) -> NDArray[np.bool_]:
    alive = view.paths.alive
    return np.array([bool(alive[i]) and test(view.slots[i]) for i in range(view.files)], dtype=bool)


def _in_path(ctx: Context, view: LexicalView, text: str) -> NDArray[np.bool_]:
    fits = targets.scope(ctx, text).fits
    return _fitting(view, lambda slot: fits(slot.path))


def _in_language(view: LexicalView, lang: str) -> NDArray[np.bool_]:
    """By the language's name or by a file extension."""
    name = lang.lower().lstrip(".")
    found = _fitting(view, lambda slot: slot.language == name or slot.path.lower().endswith(f".{name}"))
    if not found.any():
        raise _no_language(view, lang)
    return found


def _no_language(view: LexicalView, lang: str) -> UsageError:
    alive = np.flatnonzero(view.paths.alive)
    known = Counter(view.slots[slot].language for slot in alive.tolist())
    return UsageError(
        f"no file of the project is in the language {lang!r}",
        where="lang",
        next_step=f"it has: {', '.join(name for name, _ in known.most_common(12))}",
    )
