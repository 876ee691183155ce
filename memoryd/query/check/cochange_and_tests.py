"""What belongs to a change although no rule says so: files that come along with it, tests that reach it."""

from __future__ import annotations

from collections.abc import Iterator

from indexers.facts import ChangedFile
from memoryd.query.check.answers import CheckFinding
from memoryd.query.graph.impact import dependents_of, tests_of
from memoryd.query.history import cochange
from memoryd.query.rules.change_case import Case
from memoryd.query.safe_text import safe_line, safe_name
from memoryd.query.targets import Target
from memoryd.store.index.queries import graph_queries

MAX_FILES = 20  # of a change whose co-changed files are looked for; a larger one is no single matter
MAX_TARGETS = 200
MAX_HOPS = 3
MAX_REPORTED = 3  # statistics are no rule
MAX_TESTS = 8


def cochanged_and_tests(case: Case, checked: dict[str, None]) -> Iterator[CheckFinding]:
    """Companion files that are missing, and tests to run."""
    checked["files that changed together before, tests that reach the change"] = None
    if len(case.change.files) > MAX_FILES:
        case.unknown[f"files that belong together (more than {MAX_FILES} files change)"] = None
        return
    yield from _companions(case)
    yield from _tests(case)


def _companions(case: Case) -> Iterator[CheckFinding]:
    known = [file for file in case.change.files if file.status == "M"]
    changed = {path for file in case.change.files for path in (file.path, file.old_path)}
    ids = graph_queries.path_ids(case.ctx.index, [file.path for file in known])
    found: dict[str, tuple[cochange.CochangedFile, ChangedFile]] = {}
    for file in known:
        if file.path not in ids:
            continue
        past = cochange.touched(case.ctx, [ids[file.path]])
        for item in cochange.worth_showing(cochange.cochanged_files(case.ctx, [ids[file.path]], past)):
            if item.path in case.paths - changed and (
                item.path not in found or item.score > found[item.path][0].score
            ):
                found[item.path] = (item, file)
    ranked = sorted(found.values(), key=lambda entry: (-entry[0].score, entry[0].path))
    for item, file in ranked[:MAX_REPORTED]:
        forgotten = cochange.is_forgotten(item)
        often = f"in {item.support} of {item.commits} commits"
        yield CheckFinding(
            severity="warn" if forgotten else "info",
            rule="companion" if forgotten else "co-change",
            path=file.path,
            line=0,
            message=f"changed together with {safe_name(item.path)} {often}; this change leaves that as it is",
            quote=f"{item.support} commits changed both",
            source=item.path,
        )


def _tests(case: Case) -> Iterator[CheckFinding]:
    targets = [target for file in case.change.files for target in _touched(case, file)][:MAX_TARGETS]
    if not targets:
        return
    changed = {file.path for file in case.change.files}
    reaching = tests_of(case.ctx, dependents_of(case.ctx, targets, MAX_HOPS))
    names = [test.path for test in reaching if test.path not in changed]
    if names:
        more = f" and {len(names) - MAX_TESTS} more" if len(names) > MAX_TESTS else ""
        yield CheckFinding(
            severity="info",
            rule="tests",
            path=targets[0].path,
            line=0,
            message=safe_line(f"tests to run: {', '.join(names[:MAX_TESTS])}{more}"),
            quote="",
            source="memoryd impact",
        )


def _touched(case: Case, file: ChangedFile) -> Iterator[Target]:
    """The definitions of the view in which something changes; the file itself where that is none of them."""
    row = graph_queries.file_at(case.ctx.index, case.ctx.view.id, file.path)
    if row is None or row.role == "test":
        return
    lines = [line for line, _ in file.added]
    lines += [line for line, _ in file.removed] if not lines else []
    symbols = graph_queries.symbols_of(case.ctx.index, case.ctx.view.id, row.path_id)
    hit = [s for s in symbols if any(s.line <= line <= s.end_line for line in lines)]
    outer = {
        s.qualname for s in hit if any(o is not s and o.qualname.startswith(f"{s.qualname}.") for o in hit)
    }
    inner = [s for s in hit if s.qualname not in outer]
    for symbol in inner:
        yield Target(row.path, row.path_id, row.file_id, row.hash, symbol.qualname, symbol.kind, symbol.line)
    if not inner and lines:
        yield Target(row.path, row.path_id, row.file_id, row.hash)
