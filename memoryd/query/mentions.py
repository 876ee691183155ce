"""Files that a text names outright: by path, module, stack frame or the identifier of something defined there."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from indexers import terms
from memoryd.query.lexical import LexicalView

# The weight of one mention, before it is shared by all files that it may mean.
PATH_MENTION = 1.0
MODULE_MENTION = 0.7
IDENTIFIER_MENTION = 0.5
MAX_MEANT = 3  # what fits more files than this names none of them
MAX_MENTIONS = 200

_PATH = re.compile(r"[\w.+@-]+(?:[/\\][\w.+@-]+)*\.[A-Za-z]\w{0,4}\b|[\w.+@-]+(?:[/\\][\w.+@-]+)+")
_DOTTED = re.compile(r"\b[A-Za-z_]\w*(?:(?:\.|::)[A-Za-z_]\w*)+")
_COMPOUND = re.compile(r"\b_*[A-Za-z0-9]*(?:[a-z0-9][A-Z]|[A-Za-z0-9]_[A-Za-z0-9])\w*")
_PACKAGE_FILES = frozenset({"__init__", "index", "mod", "lib"})


def mentions(view: LexicalView, text: str) -> NDArray[np.float64]:
    """Per file slot: the strongest mention in ``text``, 0 where there is none."""
    found = np.zeros(len(view.paths.alive))
    for named in _first(match.replace("\\", "/") for match in _PATH.findall(text)):
        _credit(found, _files_ending(view, named), PATH_MENTION)
    for named in _first(re.sub(r"::", ".", match) for match in _DOTTED.findall(text)):
        _credit(found, _files_of_module(view, named.split(".")), MODULE_MENTION)
    for named in _first(_COMPOUND.findall(text)):
        _credit(found, _files_defining(view, named), IDENTIFIER_MENTION)
    return found


def definitions(view: LexicalView, text: str) -> NDArray[np.float64]:
    """Per chunk: how much of its qualified name is an identifier or dotted name in ``text`` (1: all of it)."""
    found = np.zeros(len(view.chunk_slot))
    for pattern, weight in ((_DOTTED, 1.0), (_COMPOUND, 0.7)):
        for named in _first(pattern.findall(text)):
            wanted = terms.terms(named)
            chunks = view.names.having_all(wanted)
            share = weight * len(wanted) / np.maximum(view.names.lengths[chunks], len(wanted))
            found[chunks] = np.maximum(found[chunks], share)
    return found


def _first(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))[:MAX_MENTIONS]


def _credit(found: NDArray[np.float64], slots: list[int], weight: float) -> None:
    if slots and len(slots) <= MAX_MEANT:
        found[slots] = np.maximum(found[slots], weight / len(slots))


def _files_ending(view: LexicalView, named: str) -> list[int]:
    """The files whose path shares the most trailing components with ``named`` (an absolute path of a stack frame,
    a path from the root, a base name)."""
    wanted = named.lower().strip("./").split("/")
    stem = wanted[-1].rpartition(".")[0] or wanted[-1]
    paths = [(slot, view.slots[slot].path.lower().split("/")) for slot in _files_with(view, stem, wanted[-1])]
    return _agreeing(paths, wanted, least=1)


def _files_of_module(view: LexicalView, wanted: list[str]) -> list[int]:
    """The files of the longest leading part of a dotted name that is a module, of two components at least."""
    wanted = [part.lower() for part in wanted]
    for length in range(len(wanted), 1, -1):
        slots = _files_with(view, wanted[length - 1], "/".join(wanted[length - 2 : length]))
        meant = _agreeing(
            [(slot, _module_parts(view.slots[slot].path)) for slot in slots], wanted[:length], least=2
        )
        if meant:
            return meant
    return []


def _module_parts(path: str) -> list[str]:
    parts = path.lower().rpartition(".")[0].split("/")
    return parts[:-1] if parts[-1] in _PACKAGE_FILES else parts


def _agreeing(paths: list[tuple[int, list[str]]], wanted: list[str], least: int) -> list[int]:
    """The slots whose path agrees with ``wanted`` in the most trailing components."""
    shared = [_shared_tail(parts, wanted) for _, parts in paths]
    most = max(shared, default=0.0)
    return [slot for (slot, _), n in zip(paths, shared, strict=True) if n == most >= least]


def _shared_tail(path: list[str], wanted: list[str]) -> float:
    """How many trailing components agree; a whole path that agrees beats a longer one that ends alike."""
    shared = 0
    for ours, theirs in zip(reversed(path), reversed(wanted), strict=False):
        if ours != theirs:
            break
        shared += 1
    return shared + 0.5 if shared == len(path) else shared


def _files_with(view: LexicalView, component: str, part: str) -> list[int]:
    """The files whose path holds all terms of ``component``, and ``part`` as it is but for case."""
    slots = view.paths.having_all(terms.terms(component)).tolist()
    return [slot for slot in slots if part in view.slots[slot].path.lower()]


def _files_defining(view: LexicalView, identifier: str) -> list[int]:
    """The files with a definition whose name holds exactly this compound identifier."""
    chunks = view.names.having_all(terms.expand(identifier)[-1:])
    return sorted(set(view.chunk_slot[chunks].tolist()))
