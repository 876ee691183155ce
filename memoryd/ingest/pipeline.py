"""One index run: list, read, parse, store, link, history, embed. What happens now? Read ``index`` top down.

Each phase commits; a run that dies leaves whole transactions, and the next run goes on from them, because
everything is keyed by content.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

from msgspec import structs

from memoryd.embedding.base import Embedder
from memoryd.errors import MemorydError
from memoryd.ingest import embed, left_out
from memoryd.ingest.files.source import FileSource, open_source
from memoryd.ingest.git.no_history import why_no_history
from memoryd.ingest.history import stage
from memoryd.ingest.job import IndexJob, IndexSummary, Progress, Run
from memoryd.ingest.link.linker import link_view
from memoryd.ingest.parse.pool import ParsePool
from memoryd.ingest.parse.stage import Work, parse
from memoryd.ingest.units import Units
from memoryd.store.index import reader, totals
from memoryd.store.index.writer import IndexWriter


def index(
    job: IndexJob,
    pool: ParsePool,
    embedder: Embedder | None,
    progress: Progress,
    cancelled: Event,
    units: Units | None = None,
) -> IndexSummary:
    """Bring the view that ``job`` names up to date; returns its totals. ``units``: where somebody watches this process.

    Raises UsageError (root refused, revision unknown), Cancelled, StoreError, GitError.
    """
    run = Run(progress, cancelled, units)
    pool_cpu_start_s = pool.cpu_s
    source, git = open_source(job)
    writer = IndexWriter(job.index)
    try:
        view_id = _open_view(writer, source, job, run)
        with run.phase("scan"):
            work = _scan(writer, source, view_id, job, run)
        with run.phase("parse"):
            done = parse(writer, source, view_id, work, pool, run)
        with run.phase("history"):
            commits = stage.update(writer, git, view_id, source.head, run) if git else None
        run.units.end()
        with writer.transaction():
            writer.finish_view(view_id, source.head, source.branch, commits)
        with run.phase("link"):
            link_view(writer, view_id, run)
        with run.phase("embed"):
            if embedder:
                embed.fill(writer, embedder, run)
        run.units.end()
        with writer.transaction():
            writer.prune(job.revision_views)
        counted = totals.view_totals(writer.conn, view_id)
    finally:
        writer.close()
    return IndexSummary(
        view=source.name,
        head=source.head,
        branch=source.branch,
        **structs.asdict(counted),
        **structs.asdict(done),
        wall_seconds=round(run.wall_s(), 4),
        seconds=run.seconds,
        cpu_seconds=round(run.cpu_s() + pool.cpu_s - pool_cpu_start_s, 3),
        notes=tuple(_notes(job)),
    )


def _notes(job: IndexJob) -> Iterator[str]:
    yield from job.notes
    if refused := why_no_history(job.root):
        yield f"indexed without history: {refused.reason}; {refused.next_step}"


def _open_view(writer: IndexWriter, source: FileSource, job: IndexJob, run: Run) -> int:
    with writer.transaction():
        writer.forget_outdated()
        if job.full:
            writer.forget_files()
        left_out.begin(writer, run.units, job.ended)
        return writer.open_view(source.name)


def _scan(writer: IndexWriter, source: FileSource, view_id: int, job: IndexJob, run: Run) -> Work:
    known = {row.path: row for row in reader.view_files(writer.conn, view_id)}
    # what was never read whole cannot be kept up by its changes alone
    only = job.paths if reader.is_complete(writer.conn, view_id) else None
    listing = source.list(only, lambda count: run.step("scan", count, 0))
    if known and not listing.candidates and not source.head and reader.view_head(writer.conn, view_id):
        raise MemorydError(
            "the project's files and its git directory are gone; nothing was forgotten",
            where=str(job.root),
            next_step="mount or restore it, or `memoryd projects remove` it",
        )
    present = {candidate.path for candidate in listing.candidates}
    return Work(
        changed=tuple(
            candidate
            for candidate in listing.candidates
            if (row := known.get(candidate.path)) is None or not source.unchanged(candidate, row)
        ),
        removed=tuple(path for path in known if path not in present and listing.covers(path)),
        skipped=listing.skipped,
        only=listing.only,
    )
