"""The search index of one project in memory: text, names and paths of its files, and its commits.

`LexicalIndex` grows with what the store holds; all views of the project share it. `LexicalView` is an
unchanging picture of one view: it may be used by any thread while the index grows.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from threading import Lock

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from indexers import terms
from memoryd.embedding.base import Embedder
from memoryd.query.retrieval.dense import VectorRows, Vectors
from memoryd.query.retrieval.dictionary import Dictionary
from memoryd.query.retrieval.history_vote import CommitLog, Votes
from memoryd.query.retrieval.postings import Forward, SearchScope, Segment, count, decode, grow, join
from memoryd.query.retrieval.roles import ROLES, Role, weighed_as
from memoryd.store.index import reader
from memoryd.store.index.queries import lexical_queries, word_queries
from memoryd.store.index.queries.lexical_queries import FileForward

K1 = 1.2
TEXT_B = 0.75
PATH_B = 0.3  # long paths are deep folders, not more talk: normalise their length little
MAX_VIEWS = 8
NOTEBOOK = ".ipynb"
_MASK = re.compile(rb"\*+")
FRAMES = frozenset({"class", "remainder"})  # kinds of chunks around functions
FILES_PER_READ = 500
MAIN_LANGUAGE_SHARE = 0.6
MIN_DEAD_FILES = 2_000  # a rebuild pays only when dead files outnumber both this and the live ones


# File id, path id, blob hash: only together do they say that nothing changed.
FileKey = tuple[int, int, bytes]


class FileSlot(Struct, frozen=True, gc=False):
    """A file of the index; its chunks are numbered ``first_chunk … first_chunk + chunks - 1``. ``mask``: how many bytes
    its longest overwritten secret has at most, 0: it has none."""

    file_id: int
    path_id: int
    path: str
    hash: bytes
    language: str
    role: Role
    first_chunk: int
    chunks: int
    mask: int = 0


class LexicalView(Struct, frozen=True):
    """One view, ready to be scored. Arrays over files run over slots, arrays over chunks over chunk numbers, those of
    other views included (dead: ``alive`` of the scopes is False). ``roles``: index in ROLES. ``slots`` may hold
    more than ``files`` files: the index grew since. ``main_language``: of nearly all code, ``""`` if mixed. ``frames``:
    which chunks are no function but what stands around them: the header of a class, the rest of a module. ``apart``:
    (slot, its words that no term leads to, each between line ends; None: too many). ``masks``: of its files with
    overwritten secrets. ``notebooks``: how many of its files are."""

    generation: int
    main_language: str
    slots: list[FileSlot]
    roles: NDArray[np.int8]
    chunk_slot: NDArray[np.int32]
    frames: NDArray[np.bool_]
    text: SearchScope
    names: SearchScope
    paths: SearchScope
    commits: SearchScope
    votes: Votes
    apart: Sequence[tuple[int, str | None]]
    masks: Sequence[int]
    notebooks: int
    vectors: Vectors | None = None

    @property
    def files(self) -> int:
        """How many slots the arrays over files have."""
        return len(self.paths.alive)


class _Field:
    """Postings and lengths of one kind of document."""

    def __init__(self) -> None:
        self.segments: tuple[Segment, ...] = ()
        self.lengths: NDArray[np.uint32] = np.zeros(0, np.uint32)

    def add(self, forward: Forward) -> None:
        self.segments = grow(self.segments, forward, len(self.lengths))
        self.lengths = np.concatenate([self.lengths, forward.lengths])

    def scope(self, alive: NDArray[np.bool_], b: float) -> SearchScope:
        return SearchScope.of(self.segments, self.lengths, alive, k1=K1, b=b)


class _Fresh(Struct, frozen=True):
    """Files read but not yet in the index; their ``first_chunk`` is not set."""

    files: list[FileSlot]
    frames: NDArray[np.bool_]
    text: Forward
    names: Forward
    paths: Forward


class LexicalIndex:
    """Search data of one project. Safe to share between threads. It is read in steps of so many files: a reading that
    is interrupted (a question's time is up) goes on from there at the next question."""

    def __init__(self, step_files: int = 4_000) -> None:
        self._step_files = step_files
        self._lock = Lock()
        self._dictionary: Dictionary | None = None
        self._reset("")

    def _reset(self, extractor: str) -> None:
        self._extractor = extractor
        self._slots: list[FileSlot] = []
        self._roles: NDArray[np.int8] = np.zeros(0, np.int8)
        self._frames: NDArray[np.bool_] = np.zeros(0, bool)
        self._slot_of: dict[int, int] = {}
        self._text, self._names, self._paths = _Field(), _Field(), _Field()
        self._log = CommitLog()
        self._vectors = VectorRows()
        self._views: dict[int, LexicalView] = {}

    def refresh(
        self, conn: sqlite3.Connection, view_id: int, embedder: Embedder | None = None
    ) -> LexicalView:
        """The view as stored now. Cheap when nothing was written since the last call; otherwise only files
        and commits never seen before are read. Without ``embedder`` it comes without vectors."""
        with self._lock:
            known = self._views.get(view_id)
            wanted = embedder.model if embedder else ""
            has = known.vectors.model if known and known.vectors else ""
            if known and has == wanted and known.generation == reader.generation(conn):
                return known
            own = not conn.in_transaction
            if own:
                conn.execute("BEGIN")
            try:
                return self._load(conn, view_id, embedder)
            finally:
                if own:
                    conn.execute("ROLLBACK")

    def dictionary(self, conn: sqlite3.Connection) -> Dictionary:
        """The words of all files as stored now."""
        with self._lock:
            state = word_queries.state(conn)
            if self._dictionary is None or self._dictionary.state != state:
                self._dictionary = Dictionary(state, word_queries.words(conn))
            return self._dictionary

    def _load(self, conn: sqlite3.Connection, view_id: int, embedder: Embedder | None) -> LexicalView:
        extractor = reader.meta(conn, "extractor")
        if extractor != self._extractor:
            self._reset(extractor)
        keys = lexical_queries.view_file_keys(conn, view_id)
        held = [slot for key in keys if (slot := self._held(key)) is not None]
        if self._is_mostly_dead(held):
            self._reset(extractor)
        missing = [key[0] for key in keys if self._held(key) is None] if len(held) < len(keys) else []
        for part in reader.batches(missing, self._step_files):
            self._add(_read(conn, part))
        self._log.load(conn)
        view = self._view(conn, view_id, [self._slot_of[key[0]] for key in keys], embedder)
        self._views.pop(view_id, None)
        self._views[view_id] = view
        while len(self._views) > MAX_VIEWS:
            self._views.pop(next(iter(self._views)))
        return view

    def _held(self, key: FileKey) -> int | None:
        """The slot of just this file."""
        number = self._slot_of.get(key[0])
        if number is None:
            return None
        slot = self._slots[number]
        return number if slot.hash == key[2] and slot.path_id == key[1] else None

    def _is_mostly_dead(self, held: list[int]) -> bool:
        live = np.zeros(len(self._slots), bool)
        for view in self._views.values():
            live[: len(view.paths.alive)] |= view.paths.alive
        live[held] = True
        used = int(np.count_nonzero(live))
        return len(self._slots) - used > max(used, MIN_DEAD_FILES)

    def _add(self, fresh: _Fresh) -> None:
        first = self._slots[-1].first_chunk + self._slots[-1].chunks if self._slots else 0
        for file in fresh.files:
            self._slot_of[file.file_id] = len(self._slots)
            self._slots.append(msgspec.structs.replace(file, first_chunk=first))
            first += file.chunks
        roles = np.array([ROLES.index(file.role) for file in fresh.files], np.int8)
        self._roles = np.concatenate([self._roles, roles])
        self._frames = np.concatenate([self._frames, fresh.frames])
        self._text.add(fresh.text)
        self._names.add(fresh.names)
        self._paths.add(fresh.paths)

    def _view(
        self, conn: sqlite3.Connection, view_id: int, slots: list[int], embedder: Embedder | None
    ) -> LexicalView:
        files_alive = np.zeros(len(self._slots), bool)
        files_alive[slots] = True
        chunk_slot = np.repeat(
            np.arange(len(self._slots), dtype=np.int32), [slot.chunks for slot in self._slots]
        ).astype(np.int32)
        chunks_alive = files_alive[chunk_slot]
        slot_of_path = {self._slots[slot].path_id: slot for slot in slots}
        reachable = self._log.reachable(reader.view_commits(conn, view_id))
        files = [self._slots[slot] for slot in slots]
        return LexicalView(
            generation=reader.generation(conn),
            main_language=_main_language(files),
            slots=self._slots,
            roles=self._roles,
            chunk_slot=chunk_slot,
            frames=self._frames,
            text=self._text.scope(chunks_alive, TEXT_B),
            names=self._names.scope(chunks_alive, TEXT_B),
            paths=self._paths.scope(files_alive, PATH_B),
            commits=self._log.field_scope(reachable, K1, TEXT_B),
            votes=self._log.votes(reachable, slot_of_path),
            apart=[
                (slot_of_path[path], words and f"\n{words}\n")
                for path, words in word_queries.apart(conn, view_id)
            ],
            masks=[file.mask for file in files if file.mask],
            notebooks=sum(file.path.endswith(NOTEBOOK) for file in files),
            vectors=self._vectors.load(conn, embedder, files, len(chunk_slot)) if embedder else None,
        )


def _read(conn: sqlite3.Connection, file_ids: list[int]) -> _Fresh:
    """Everything about these files, read in batches so that the rows themselves never lie in memory together."""
    files: list[FileSlot] = []
    text, names, paths = [], [], []
    frames: list[bool] = []
    for part in reader.batches(file_ids, FILES_PER_READ):
        rows = list(lexical_queries.file_forwards(conn, part))
        masks = _masks(conn, [row.file_id for row in rows if row.has_secrets])
        files += [_slot(row, masks.get(row.file_id, 0)) for row in rows]
        frames += [kind in FRAMES for row in rows for kind in row.kinds]
        text.append(decode(row.forward for row in rows))
        names.append(count([terms.terms(name) for row in rows for name in row.names]))
        paths.append(count([_path_terms(row.path) for row in rows]))
    return _Fresh(files, np.array(frames, bool), join(text), join(names), join(paths))


def _masks(conn: sqlite3.Connection, file_ids: list[int]) -> dict[int, int]:
    """The longest run of ``*`` in each text: a secret that was overwritten is no longer than that."""
    return {
        file_id: max((len(run) for run in _MASK.findall(text)), default=0)
        for file_id, text in word_queries.texts(conn, file_ids, FILES_PER_READ)
    }


def _slot(row: FileForward, mask: int) -> FileSlot:
    role: Role = "decision" if row.is_decision else weighed_as(row.role)
    return FileSlot(row.file_id, row.path_id, row.path, row.hash, row.language, role, 0, len(row.names), mask)


def _path_terms(path: str) -> list[int]:
    """The base name counts twice: the name of a file says more about it than its folders do."""
    return terms.terms(path) + terms.terms(path.rpartition("/")[2])


def _main_language(files: list[FileSlot]) -> str:
    counts = Counter(file.language for file in files if file.role == "code" and file.language != "text")
    name, most = counts.most_common(1)[0] if counts else ("", 0)
    return name if most > MAIN_LANGUAGE_SHARE * sum(counts.values()) else ""
