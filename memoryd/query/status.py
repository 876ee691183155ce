"""How the index is: counts, sizes, what was left out and why, and checks for `doctor`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from indexers.facts import Problem
from memoryd.query.context import Context
from memoryd.query.safe_text import quote, safe_line
from memoryd.query.status_answers import Check, Counts, LeftOutPart, SkippedItem, StatusAnswer, StatusRequest
from memoryd.store import integrity
from memoryd.store.index import totals
from memoryd.store.index.queries import finding_queries
from memoryd.store.index.queries.state import left_out_queries, status_queries

MAX_SKIPPED = 100


def status(ctx: Context, request: StatusRequest) -> StatusAnswer:
    """What the store knows of itself; the daemon adds ``watch`` and its own checks."""
    known = totals.view_totals(ctx.index, ctx.view.id)
    more = status_queries.extras(ctx.index, ctx.view.id)
    fresh = ctx.freshness
    return StatusAnswer(
        fresh,
        root=ctx.root,
        view=ctx.view.name,
        indexed_commit=fresh.indexed_commit,
        head=fresh.head,
        branch=fresh.branch,
        dirty=fresh.dirty,
        pending=fresh.pending,
        indexing=fresh.indexing,
        vectors=fresh.vectors,
        watch="",
        indexed_at_s=ctx.view.indexed_at_s,
        complete=ctx.view.complete,
        counts=Counts(
            files=known.files,
            symbols=known.symbols,
            chunks=known.chunks,
            edges=known.edges,
            unresolved=more.unresolved,
            commits=known.commits,
            commits_known=more.commits_known,
            decisions=known.decisions,
            records=ctx.records.count() if ctx.records else 0,
            proposals=ctx.records.count("proposed") if ctx.records else 0,
            embeddings=more.embeddings,
            redacted=more.redacted,
        ),
        languages=tuple(status_queries.languages(ctx.index, ctx.view.id)),
        encodings=_encodings(ctx),
        skipped_total=known.skipped,
        skipped_reasons=tuple(status_queries.skipped_reasons(ctx.index, ctx.view.id)),
        skipped=tuple(
            SkippedItem(safe_line(path), reason, quote(detail, 200))
            for path, reason, detail in status_queries.skipped(ctx.index, ctx.view.id, MAX_SKIPPED)
        ),
        quarantined=more.quarantined,
        index_bytes=more.bytes,
        records_bytes=ctx.records.size_bytes() if ctx.records else 0,
        checks=tuple(_checks(ctx, known, request.deep)),
        left_out=tuple(
            LeftOutPart(safe_line(item.path), item.phase, safe_line(item.key), quote(item.reason, 200))
            for item in left_out_queries.of_view(ctx.index, ctx.view.id)[:MAX_SKIPPED]
        ),
    )


def _encodings(ctx: Context) -> tuple[tuple[str, int], ...]:
    """What is not certain of the encoding of files, without places, and of how many."""
    found = finding_queries.findings(ctx.index, ctx.view.id, Problem)
    return tuple(Counter(problem.message.partition(" at byte ")[0] for _, problem in found).most_common())


def _checks(ctx: Context, known: totals.Totals, deep: bool) -> Iterator[Check]:
    yield _files(ctx, known)
    if count := left_out_queries.count_of_view(ctx.index, ctx.view.id):
        said = f"{count} files, manifests or commits cost too much and are left out"
        yield Check(
            "left out", "warn", said, "`memoryd status` names them; they are tried again when they change"
        )
    yield _sqlite()
    if deep:
        if not ctx.freshness.no_index:
            damage = integrity.problem(ctx.index, deep=True)
            step = "`memoryd doctor --repair` rebuilds it" if damage else ""
            yield Check("index integrity", "fail" if damage else "ok", quote(damage or "sound", 200), step)
        if ctx.records is not None:
            yield _audit(ctx)


def _files(ctx: Context, known: totals.Totals) -> Check:
    if ctx.freshness.no_index:
        return Check("index", "fail", quote(ctx.freshness.no_index, 400))
    if not ctx.view.complete:
        return Check("index", "warn", "the first index is under way", "ask again later")
    if known.files == 0:
        return Check("index", "fail", "no file is indexed", "see what was skipped: `memoryd status`")
    of_language = dict(status_queries.languages(ctx.index, ctx.view.id))
    plain, doubtful = of_language.get("text", 0), sum(files for _, files in _encodings(ctx))
    found = f"{known.files} files indexed, {known.skipped} skipped"
    found += f"; {plain} are text in no language that is read, found by their words alone" if plain else ""
    found += f"; the encoding of {doubtful} is not certain" if doubtful else ""
    return Check("index", "ok", found)


def _sqlite() -> Check:
    version = status_queries.sqlite_version()
    if status_queries.sqlite_is_fixed():
        return Check("sqlite", "ok", version)
    return Check(
        "sqlite",
        "ok",
        f"{version}: its WAL-reset bug cannot occur here, one process alone writes and checkpoints",
    )


def _audit(ctx: Context) -> Check:
    report = ctx.records.verify() if ctx.records else None
    if report is None or report.ok:
        return Check(
            "audit", "ok", f"{report.rows if report else 0} entries, each covered by the hash of the next"
        )
    return Check("audit", "fail", f"{report.problem} (row {report.seq})", "`memoryd records restore`")
