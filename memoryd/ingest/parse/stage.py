"""From candidates to rows: read what may have changed, parse what is new, store it in bounded transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from msgspec import Struct

from indexers.files.notebooks import EXTENSION
from indexers.registry import language_of
from memoryd.ingest import left_out
from memoryd.ingest.files.source import FileCandidate, FileSource
from memoryd.ingest.job import Run
from memoryd.ingest.parse.pool import Outcome, ParsePool
from memoryd.ingest.parse.worker import PackedFile, ParseJob
from memoryd.store.index.writer import IndexWriter, NewFileRow, ViewEntry

FILES_PER_TRANSACTION = 400
PACKED_BYTES_PER_TRANSACTION = 16 << 20  # as the workers send them; decoded they take a small multiple
# Generated one-line files cost a parser minutes and tell a reader nothing.
_MINIFIED_MIN_BYTES, _MINIFIED_MEAN_LINE = 50_000, 1_000


class Work(Struct, frozen=True):
    """What one scan found to do. ``only``: the scan looked at these paths alone (None: at all)."""

    changed: tuple[FileCandidate, ...]
    removed: tuple[str, ...]
    skipped: tuple[tuple[str, str, str], ...]
    only: frozenset[str] | None


class Parsed(Struct, frozen=True):
    """How many files were parsed, and how many could not be, in this run or an earlier one."""

    parsed: int
    failed: int


def parse(
    writer: IndexWriter, source: FileSource, view_id: int, work: Work, pool: ParsePool, run: Run
) -> Parsed:
    """Read and parse what changed, in transactions of bounded size."""
    stage = _ParseStage(writer, source, view_id, work, run)
    with closing(pool.run(stage.jobs(), run.units.lost_s)) as outcomes:
        for outcome in outcomes:
            stage.take(outcome)
    stage.finish()
    return Parsed(parsed=stage.parsed, failed=stage.failed)


class _ParsedRow(Struct, frozen=True):
    """A parsed file until its transaction: all but the bytes that were read, which are in no row. ``problem``: why it
    was not parsed; ``packed`` is None then. ``stays``, ``lost_s``: see Outcome."""

    candidate: FileCandidate
    blob: bytes
    language: str
    size_bytes: int
    packed: PackedFile | None
    problem: str
    stays: bool
    lost_s: float


class _ParseStage:
    """Turns candidates into parse jobs, and outcomes into rows."""

    def __init__(self, writer: IndexWriter, source: FileSource, view_id: int, work: Work, run: Run) -> None:
        self._writer, self._source, self._view_id, self._work, self._run = writer, source, view_id, work, run
        self._waiting: list[_ParsedRow] = []
        self._waiting_bytes = 0
        self._entries: list[ViewEntry] = []
        self._of_path: dict[str, tuple[FileCandidate, str]] = {}
        self._lost = list(work.removed)
        self._skipped = list(work.skipped)
        self._done = 0
        self.parsed = self.failed = 0

    def jobs(self) -> Iterator[ParseJob]:
        for candidate, data, blob in self._source.read(self._work.changed):
            job = self._job(candidate, data, blob)
            if job:
                self._of_path[candidate.path] = (candidate, blob)
                yield job
            else:
                self._step()

    def _job(self, candidate: FileCandidate, data: bytes | None, blob: str) -> ParseJob | None:
        """A job when the bytes are new; otherwise the candidate is settled here."""
        if data is None:
            self._skip(candidate, reason=blob, detail="")
            return None
        if reason := self._run.units.left_out.get(("read", blob, "")):
            self._give_up(candidate, reason)
            return None
        with self._run.units.at("read", blob, "", len(data)):
            return self._judged(candidate, data, blob)

    def _give_up(self, candidate: FileCandidate, reason: str) -> None:
        self.failed += 1
        self._skip(candidate, "quarantined", reason)

    def _judged(self, candidate: FileCandidate, data: bytes, blob: str) -> ParseJob | None:
        language = language_of(candidate.path, data)
        if language is None:
            self._skip(candidate, "binary", "")
            return None
        if _is_minified(candidate.path, data):
            self._skip(candidate, "minified", f"{len(data)} bytes in {data.count(10) + 1} lines")
            return None
        file_id = self._writer.find_file(candidate.path, bytes.fromhex(blob))
        if file_id is not None:
            self._entries.append(_entry(candidate, file_id, len(data)))
            return None
        key = left_out.parse_key(bytes.fromhex(blob), language)
        if reason := self._run.units.left_out.get(("parse", key, "")):
            self._give_up(candidate, reason)
            return None
        return ParseJob(candidate.path, language, data)

    def _skip(self, candidate: FileCandidate, reason: str, detail: str) -> None:
        if reason != "vanished":  # deleted since the listing: simply not there
            self._skipped.append((candidate.path, reason, detail))
        self._lost.append(candidate.path)

    def take(self, outcome: Outcome) -> None:
        candidate, blob = self._of_path.pop(outcome.job.path)
        job = outcome.job
        problem = "" if outcome.packed else f"{outcome.reason}: {outcome.detail}"
        self._waiting.append(
            _ParsedRow(
                candidate=candidate,
                blob=bytes.fromhex(blob),
                language=job.language,
                size_bytes=len(job.data),
                packed=outcome.packed,
                problem=problem,
                stays=outcome.stays,
                lost_s=outcome.lost_s,
            )
        )
        self._waiting_bytes += outcome.packed_bytes
        self._step()
        is_much = (
            len(self._waiting) >= FILES_PER_TRANSACTION or self._waiting_bytes >= PACKED_BYTES_PER_TRANSACTION
        )
        if is_much or outcome.lost_s:  # nobody pays twice for what cost much
            self._flush()

    def _step(self) -> None:
        self._done += 1
        self._run.step("parse", self._done, len(self._work.changed))

    def _flush(self) -> None:
        with self._writer.transaction():
            for file in self._waiting:
                with self._run.units.at("read", file.blob.hex(), "", file.size_bytes):
                    self._store(file)
            self._writer.put_view_files(self._view_id, self._entries)
            self._waiting, self._waiting_bytes, self._entries = [], 0, []

    def _store(self, file: _ParsedRow) -> None:
        packed = file.packed
        if packed is None:
            self._give_up(file.candidate, file.problem)
            left_out.give_up_parsing(
                self._writer,
                file.blob,
                file.language,
                file.problem,
                stays=file.stays,
                lost_s=file.lost_s,
            )
            return
        self.parsed += 1
        file_id = self._writer.add_file(
            NewFileRow(
                path=file.candidate.path,
                hash=file.blob,
                language=file.language,
                size_bytes=file.size_bytes,
                facts=packed.facts,
                text=packed.text,
                forward=packed.forward,
                redacted=packed.redacted,
                reference_count=packed.references,
                symbols=packed.symbols,
                chunks=packed.chunks,
                decision=packed.decision,
                decision_row=packed.decision_row,
                findings=packed.findings,
                outline=packed.outline,
                package=packed.package,
                role=packed.role,
                test_cases=packed.test_cases,
                words=packed.words,
                words_apart=packed.words_apart,
            )
        )
        self._entries.append(_entry(file.candidate, file_id, file.size_bytes))

    def finish(self) -> None:
        """Store the rest; the last transaction also settles what left the view and why."""
        self._flush()
        with self._writer.transaction():
            self._writer.drop_view_files(self._view_id, self._lost)
            self._writer.put_skipped(self._view_id, self._skipped, self._work.only)


def _entry(candidate: FileCandidate, file_id: int, size_bytes: int) -> ViewEntry:
    """The size is that on disk, where it is known: git may have the file in another encoding."""
    known = candidate.size_bytes if candidate.size_bytes >= 0 else size_bytes
    return ViewEntry(candidate.path, file_id, known, candidate.mtime_ns, candidate.inode)


def _is_minified(path: str, data: bytes) -> bool:
    """Of a notebook only the sources of cells count, whatever its outputs are."""
    if path.lower().endswith(EXTENSION) or len(data) < _MINIFIED_MIN_BYTES:
        return False
    return len(data) / (max(data.count(10), data.count(13)) + 1) > _MINIFIED_MEAN_LINE
