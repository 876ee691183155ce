"""What anchors say of a project that is edited at random, held against where its code really went."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from moving_code import File, Function, Line, MovingCode

from memoryd.ingest.git.repository import Git
from memoryd.ingest.job import IndexJob
from memoryd.ingest.parse.pool import ParsePool
from memoryd.ingest.pipeline import index
from memoryd.query.anchors import capture, places
from memoryd.query.anchors.anchor_place import DOUBTFUL, HERE, LOST, MOVED, AnchorPlace
from memoryd.query.answers import Freshness
from memoryd.query.context import Context
from memoryd.query.retrieval.lexical import LexicalIndex
from memoryd.store import sqlite
from memoryd.store.index import reader
from memoryd.store.records.reader import RecordReader
from memoryd.store.records.values import Record

FRESH = Freshness("", "", "main", False, 0, False, "ready")


class IndexedProject:
    """A folder of Python files with git, indexed when it is opened."""

    def __init__(self, root: Path, pool: ParsePool) -> None:
        self.root, self._pool = root, pool
        self._index = root.parent / f"{root.name}-store" / "index.db"
        self._index.parent.mkdir(parents=True)
        self._lexical = LexicalIndex()
        root.mkdir()
        self.git("init", "-q", "-b", "main")

    def save(self, texts: dict[str, str], message: str, *, commit: bool = True) -> None:
        """The project has just these files."""
        known = {path.relative_to(self.root).as_posix() for path in self.root.rglob("*.py")}
        for path in known - set(texts):
            (self.root / path).unlink()
        for path, text in texts.items():
            (self.root / path).parent.mkdir(exist_ok=True)
            (self.root / path).write_text(text)
        if commit:
            self.git("add", "-A")
            self.git("commit", "-q", "--allow-empty", "-m", message)

    def git(self, *arguments: str) -> str:
        command = ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org", *arguments]
        return subprocess.run(
            command, cwd=self.root, check=True, capture_output=True, text=True
        ).stdout.strip()

    @contextmanager
    def opened(self, records: RecordReader | None = None) -> Iterator[Context]:
        name = index(
            IndexJob(root=self.root, index=self._index), self._pool, None, lambda *_: None, Event()
        ).view
        conn = sqlite.connect(self._index, readonly=True)
        git = Git.open(self.root)
        assert git is not None
        try:
            view = reader.view(conn, name)
            assert view is not None
            yield Context(
                index=conn, records=records, view=view, lexical=self._lexical, embedder=None, freshness=FRESH,
                root=str(self.root), branches_with=git.branches_with,
            )  # fmt: skip
        finally:
            conn.close()


@dataclass
class Anchored:
    record: Record
    thing: Line | Function | File


class AnchorTruth:
    """``counts``: (state, whether that is true) → how often; ``wrong``: what was claimed and is not so, in words."""

    def __init__(self, root: Path, pool: ParsePool, code: MovingCode) -> None:
        self._project = IndexedProject(root, pool)
        self.code = code
        self._anchored: list[Anchored] = []
        self.counts: Counter[tuple[str, bool]] = Counter()
        self.wrong: list[str] = []
        self.save("Begin")

    def save(self, message: str, *, commit: bool = True) -> None:
        """Write the project as it is now."""
        self._project.save(self.code.texts(), message, commit=commit)

    def anchor(self, lines: int, functions: int, files: int) -> None:
        """Anchor so many of each, chosen at random."""
        with self._project.opened() as ctx:
            pick = self.code.random.sample
            for path, number, line in pick(list(self.code.line_places().values()), lines):
                self._add(ctx, f"{path}:{number}", line)
            alone = [
                (path, f)
                for path, f in self.code.function_places().values()
                if len(self.code.functions_at(path, f.name)) == 1
            ]
            for path, function in pick(alone, min(functions, len(alone))):
                self._add(ctx, f"{path}:{function.name}", function)
            for path, file in pick(list(self.code.files.items()), min(files, len(self.code.files))):
                self._add(ctx, path, file)

    def look(self) -> None:
        """Ask where every anchor is, and note whether that is so."""
        with self._project.opened() as ctx:
            found = places.of_records(ctx, [one.record for one in self._anchored])
        for one in self._anchored:
            place = found[one.record.id][0]
            is_true = self._is_true(one.thing, place)
            state = "exact" if place.is_sure else place.state if place.state != HERE else "changed"
            self.counts[f"{type(one.thing).__name__.lower()} {state}", is_true] += 1
            if not is_true:
                self.wrong.append(f"{state}: {place.said() or place.now}, but it is {self._where(one.thing)}")

    # -- the truth

    def _is_true(self, thing: Line | Function | File, place: AnchorPlace) -> bool:
        named = [self._is_it(thing, name) for name in place.named]
        if place.state in (HERE, MOVED):
            return named[0]
        if place.state == DOUBTFUL:
            return any(named) or not self._is_left(thing)
        return place.state == LOST and not self._is_left(thing)

    def _is_it(self, thing: Line | Function | File, name: str) -> bool:
        """The place holds it, or, where it is gone, a copy of it."""
        path, _, part = name.partition(":")
        if isinstance(thing, File):
            return not part and path in self.code.files and self.code.files[path] is thing
        is_left = self._is_left(thing)
        if isinstance(thing, Line):
            there = self.code.line_at(path, int(part)) if part.isdigit() else None
            held = [there] if there else []
        else:
            held = self.code.functions_at(path, part)
        return any(one.id == thing.id if is_left else one.family == thing.family for one in held)

    def _is_left(self, thing: Line | Function | File) -> bool:
        if isinstance(thing, File):
            return any(file is thing for file in self.code.files.values())
        known = self.code.line_places() if isinstance(thing, Line) else self.code.function_places()
        return thing.id in known

    def _where(self, thing: Line | Function | File) -> str:
        if isinstance(thing, Line):
            place = self.code.line_places().get(thing.id)
            return f"{place[0]}:{place[1]} “{thing.text}”" if place else f"gone, “{thing.text}”"
        if isinstance(thing, Function):
            where = self.code.function_places().get(thing.id)
            return f"{where[0]}:{where[1].name}" if where else "gone"
        return next((path for path, file in self.code.files.items() if file is thing), "gone")

    # -- pieces

    def _add(self, ctx: Context, anchor: str, thing: Line | Function | File) -> None:
        self._anchored.append(Anchored(anchored(ctx, len(self._anchored), anchor), thing))


def anchored(ctx: Context, number: int, anchor: str) -> Record:
    """A confirmed record about ``anchor``, with what stands there now."""
    contents = capture.contents(ctx, [anchor])
    return Record(
        f"{number:020}", "lesson", "x", "confirmed", "human:ann", 1, "", "", (anchor,), contents=contents
    )
