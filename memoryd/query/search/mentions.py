"""What a text names outright: files by path, module or stack frame, definitions by identifier, code by its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from indexers import terms
from indexers.profiles import all_of
from memoryd.query.retrieval.chunk_lookup import Pieces
from memoryd.query.retrieval.lexical import LexicalView
from memoryd.query.retrieval.literals import holders, literals
from memoryd.query.retrieval.roles import ROLES
from memoryd.query.search.question import Question
from memoryd.query.search.traces import Frame, traces

# The weight of one mention, before it is shared by all files that it may mean.
PATH_MENTION = 1.0
LITERAL_MENTION = 1.0
MODULE_MENTION = 0.7
IDENTIFIER_MENTION = 0.5
MAX_MEANT = 3  # what fits more files than this names none of them
MAX_COMPONENTS = 16  # of a dotted name
MAX_MENTIONS = 200
MAX_TRACED = 5  # frames in the project's own files; what called those is far from the fault

_PATH = re.compile(
    r"(?<![\w.+@-])(?:[\w.+@-]+(?:[/\\][\w.+@-]+)*\.[A-Za-z]\w{0,4}\b|[\w.+@-]+(?:[/\\][\w.+@-]+)+)"
)
_PLACE = re.compile(
    r"(?<![\w.+@/\\-])(?P<path>[\w.+@/\\-]{1,300}\.[A-Za-z]\w{0,4})(?::|#L)(?P<line>\d{1,6})\b"
)
_DOTTED = re.compile(r"\b[A-Za-z_]\w*(?:(?:\.|::|#|->)[A-Za-z_]\w*)+")
_JOINT = re.compile(r"::|#|->")
_COMPOUND = re.compile(r"\b_*[A-Za-z0-9]*(?:[a-z0-9][A-Z]|[A-Za-z0-9]_[A-Za-z0-9])\w*")
_TICKED = re.compile(r"`([A-Za-z_]\w+)(?:\(\))?`")
_PACKAGE_FILES = all_of("folder_files")
Array = NDArray[np.float64]
T = TypeVar("T")


class MentionedPlaces(Struct, frozen=True):
    """``files``: per file slot the strongest mention, 0 where there is none. ``chunks``: per chunk, how surely it is
    what the text names (1: by all of its qualified name, its very words or the innermost frame)."""

    files: Array
    chunks: Array


def named(view: LexicalView, asked: Question, pieces: Pieces | None = None) -> MentionedPlaces:
    """What a question names. Without ``pieces``, lines and quoted texts are not looked up."""
    trace = traces(asked.text)
    found = MentionedPlaces(mentions(view, trace.rest), definitions(view, trace.rest))
    found.chunks[_called(view, asked)] = 1.0
    _credit_frames(view, found, trace.frames, pieces)
    if pieces is not None:
        for match in _first(_PLACE.finditer(trace.rest), key=re.Match.group):
            _credit_frames(view, found, (Frame(match["path"], int(match["line"])),), pieces)
        for literal in literals(asked.text):
            chunks = holders(view, pieces, literal)
            _credit(view, found.files, sorted({int(view.chunk_slot[n]) for n in chunks}), LITERAL_MENTION)
            if len(chunks) <= MAX_MEANT:
                found.chunks[chunks] = 1.0
    return found


def _called(view: LexicalView, asked: Question) -> NDArray[np.int64]:
    """The chunks whose name is the whole question."""
    chunks = view.names.having_all(asked.weights)
    whole: NDArray[np.int64] = chunks[view.names.lengths[chunks] == len(asked.weights)]
    return whole


def _credit_frames(
    view: LexicalView, found: MentionedPlaces, frames: Iterable[Frame], pieces: Pieces | None
) -> None:
    """The innermost frame that lies in the project counts fully, each further one half as much as the one before."""
    weight = PATH_MENTION
    for frame in frames:
        slots = _files_of_frame(view, frame.path)
        if not slots or len(slots) > MAX_MEANT:
            continue
        _credit(view, found.files, slots, weight)
        for slot in slots:
            chunks = _chunks_of_frame(view, slot, frame, pieces)
            found.chunks[chunks] = np.maximum(found.chunks[chunks], weight / len(slots))
        weight /= 2
        if weight < PATH_MENTION / 2**MAX_TRACED:
            break


def _chunks_of_frame(view: LexicalView, slot: int, frame: Frame, pieces: Pieces | None) -> list[int]:
    """By the function's name, which outlives a change of lines; else by the line."""
    file = view.slots[slot]
    named = view.names.having_all(terms.terms(frame.name)) if frame.name else np.zeros(0, np.int64)
    own = named[(named >= file.first_chunk) & (named < file.first_chunk + file.chunks)]
    if 0 < len(own) <= MAX_MEANT:
        return [int(chunk) for chunk in own]
    at = pieces.at_line(slot, frame.line) if pieces is not None else -1
    return [at] if at >= 0 else []


def mentions(view: LexicalView, text: str) -> Array:
    """Per file slot: the strongest mention in ``text`` by path, module or identifier."""
    found = np.zeros(len(view.paths.alive))
    for name in _first(match.replace("\\", "/") for match in _PATH.findall(text)):
        _credit(view, found, _files_ending(view, name), PATH_MENTION)
    for name in _first(_JOINT.sub(".", match) for match in _DOTTED.findall(text)):
        _credit(view, found, _files_of_module(view, name.split(".")), MODULE_MENTION)
    for name in _first(_COMPOUND.findall(text)):
        _credit(view, found, _files_defining(view, name), IDENTIFIER_MENTION)
    return found


def definitions(view: LexicalView, text: str) -> Array:
    """Per chunk: how much of its qualified name is an identifier or dotted name in ``text`` (1: all of it)."""
    found = np.zeros(len(view.chunk_slot))
    for pattern, weight in ((_DOTTED, 1.0), (_COMPOUND, 0.7), (_TICKED, 0.7)):
        for name in _first(pattern.findall(text)):
            wanted = terms.terms(name)
            chunks = view.names.having_all(wanted)
            share = weight * len(wanted) / np.maximum(view.names.lengths[chunks], len(wanted))
            found[chunks] = np.maximum(found[chunks], share)
    return found


def _first(found: Iterable[T], key: Callable[[T], object] = lambda item: item) -> list[T]:
    return list({key(item): item for item in found}.values())[:MAX_MENTIONS]


def _credit(view: LexicalView, found: Array, slots: list[int], weight: float) -> None:
    """Share ``weight`` among the files meant: the source files where some are, since tests and documents speak of
    what source defines."""
    is_source = view.roles[slots] == ROLES.index("code")
    meant = np.array(slots, np.int64)[is_source if is_source.any() else slice(None)]
    if 0 < len(meant) <= MAX_MEANT:
        found[meant] = np.maximum(found[meant], weight / len(meant))


def _files_of_frame(view: LexicalView, path: str) -> list[int]:
    """As ``_files_ending``; of a path with folders, one of them must agree unless ours is a whole one."""
    slots = _files_ending(view, path)
    wanted = path.lower().split("/")
    agreed = [_shared_tail(view.slots[slot].path.lower().split("/"), wanted) for slot in slots]
    return slots if not agreed or max(agreed) > 1 or len(wanted) == 1 else []


def _files_ending(view: LexicalView, named: str) -> list[int]:
    """The files whose path shares the most trailing components with ``named`` (an absolute path of a stack frame,
    a path from the root, a base name)."""
    wanted = named.lower().strip("./").split("/")
    stem = wanted[-1].rpartition(".")[0] or wanted[-1]
    paths = [(slot, view.slots[slot].path.lower().split("/")) for slot in _files_with(view, stem, wanted[-1])]
    return _agreeing(paths, wanted, least=1)


def _files_of_module(view: LexicalView, wanted: list[str]) -> list[int]:
    """The files of the longest leading part of a dotted name that is a module, of two components at least."""
    wanted = [part.lower() for part in wanted[:MAX_COMPONENTS]]
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
