"""What a TARGET means: a path (in the forms of ``globs.given``, with a line or name), ``Qual.name``, a bare name or a
glob."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, structs

from memoryd.errors import NothingThere, UsageError
from memoryd.globs import given
from memoryd.globs.given import PathReading, PathScope, Standpoint
from memoryd.globs.paths import matcher
from memoryd.query.answers import Definition
from memoryd.query.context import Context
from memoryd.store.index import reader
from memoryd.store.index.queries import graph_queries
from memoryd.store.index.queries.graph_queries import FileRow, SymbolRow

MAX_TARGETS = 500  # files that one glob or folder may mean
MAX_CANDIDATES = 20
_SAME_NAME = 2_000  # definitions of one bare name that are looked at
_HOLDERS = frozenset(("variable", "field", "property", "constant", "module", "namespace"))


class Target(Struct, frozen=True):
    """One file or symbol. ``qualname`` ``""`` = the file; then ``line`` is 0, or the line that was asked for.
    ``role``: of the file. ``asked``: the first and last line that the question names, (0, 0) where it names none."""

    path: str
    path_id: int
    file_id: int
    hash: bytes
    qualname: str = ""
    kind: str = "file"
    line: int = 0
    end_line: int = 0
    signature: str = ""
    role: str = "code"
    asked: tuple[int, int] = (0, 0)

    @property
    def text(self) -> str:
        return f"{self.path}:{self.qualname}" if self.qualname else self.path

    @property
    def definition(self) -> Definition:
        return Definition(
            self.path,
            self.line or 1,
            self.end_line or self.line or 1,
            self.kind,
            self.qualname,
            self.signature,
        )


class Resolution(Struct, frozen=True):
    """``targets``: what is meant (several for a glob or folder, else one). When the text names several things
    and none is likelier, ``targets`` is empty and ``candidates`` lists them; ``total`` counts them all."""

    text: str
    targets: tuple[Target, ...]
    candidates: tuple[Target, ...] = ()
    total: int = 1


def resolve(ctx: Context, text: str) -> Resolution:
    """Raises UsageError, naming the text and what was searched, when it means nothing in this view."""
    found = _as_path(ctx, text)
    if found:
        return found
    wanted = given.cleaned(text).removeprefix("./")
    for look in (_of_ending_path, _named, _file_ending, _dotted_module):
        targets = look(ctx, wanted)
        if targets:
            return _chosen(text, targets, wanted)
    raise _nothing(ctx, text, wanted)


def find_targets(ctx: Context, text: str) -> Sequence[Target]:
    """Like ``resolve``, empty where the text means nothing or several things."""
    try:
        return resolve(ctx, text).targets
    except UsageError:
        return ()


def definitions(ctx: Context, name: str) -> tuple[Target, ...]:
    """Everything that ``name`` may be the definition of, likeliest first; empty when nothing is."""
    wanted = given.cleaned(name).removeprefix("./")
    found = (
        _part_of_path(ctx, name)
        or _of_ending_path(ctx, wanted)
        or _named(ctx, wanted)
        or _dotted_module(ctx, wanted)
    )
    return tuple(sorted(found, key=lambda target: _unlikely(target, wanted)))


def scope(ctx: Context, text: str) -> PathScope:
    """The files that a path, folder or glob means. Raises UsageError when it means none."""
    found = find_scope(ctx, text)
    if found is None:
        raise no_such_path(ctx, text)
    return found


def find_scope(ctx: Context, text: str) -> PathScope | None:
    """Like ``scope``, None where it means no file."""
    return given.scope(text, ctx.here, lambda path: is_there(ctx, path), lambda: _paths(ctx))


def is_there(ctx: Context, path: str) -> bool:
    """A file or a folder of the view; ``""`` is its root."""
    if not path or graph_queries.file_at(ctx.index, ctx.view.id, path):
        return True
    return bool(graph_queries.paths_under(ctx.index, ctx.view.id, f"{path}/", 1))


def anchor(ctx: Context, text: str) -> str:
    """What a record is about, as it is kept: a path relative to the root with its line or name; else as it was
    given."""
    for reading in given.readings(text, ctx.here):
        if not (reading.path and is_there(ctx, reading.path)):
            continue
        if not reading.is_whole:
            return f"{reading.path}:{_dots(reading.part) if reading.line is None else reading.line}"
        return reading.path
    for pattern in given.patterns(text, ctx.here):
        if any(map(matcher(pattern), _paths(ctx))):
            return pattern.removeprefix("./")
    return given.relative(text, ctx.here)


def no_such_path(ctx: Context, text: str) -> NothingThere:
    """That no file of the project is called so, and which nearly are."""
    return given.absent(text, ctx.here, _paths(ctx))


# -- the forms


def _as_path(ctx: Context, text: str) -> Resolution | None:
    """A file or folder as it stands, with a line or name behind it; else what a glob means."""
    for reading in given.readings(text, ctx.here):
        found = _at(ctx, reading)
        if found:
            return _chosen(text, found, reading.path or ".")
    for pattern in given.patterns(text, ctx.here):
        matches = matcher(pattern)
        paths = [path for path in _paths(ctx) if matches(path)]
        if paths:
            return Resolution(text, tuple(_files(ctx, _limited(text, paths))), total=len(paths))
    return None


def _part_of_path(ctx: Context, text: str) -> Sequence[Target]:
    readings = (reading for reading in given.readings(text, ctx.here) if not reading.is_whole)
    return next((found for reading in readings if (found := _at(ctx, reading))), ())


def _at(ctx: Context, reading: PathReading) -> Sequence[Target]:
    row = graph_queries.file_at(ctx.index, ctx.view.id, reading.path)
    if row:
        return _within(ctx, reading, [row])
    if not reading.is_whole:
        return ()
    prefix = f"{reading.path}/" if reading.path else ""
    paths = graph_queries.paths_under(ctx.index, ctx.view.id, prefix, MAX_TARGETS + 1)
    return list(_files(ctx, _limited(reading.path, paths)))


def _within(ctx: Context, reading: PathReading, rows: Sequence[FileRow]) -> Sequence[Target]:
    """The line or name that was asked for in files of this path, or the files."""
    if reading.line is not None:
        asked = (reading.line, reading.line)
        return [structs.replace(target, asked=asked) for target in _at_lines(ctx, rows, reading.line)]
    if not reading.part:
        return [_file(row) for row in rows]
    found: list[Target] = []
    qualname = _dots(reading.part.partition("[")[0])  # a test of pytest says its parameters behind its name
    for row in rows:
        symbols = graph_queries.symbols_of(ctx.index, ctx.view.id, row.path_id)
        exact = [symbol for symbol in symbols if symbol.qualname == qualname]
        found += _symbols(ctx, exact or [s for s in symbols if s.qualname.endswith(f".{qualname}")], row)
    return found


def _of_ending_path(ctx: Context, text: str) -> Sequence[Target]:
    """``path:line`` or ``path:Qual.name`` where the path is its last components only."""
    for reading in given.readings(text, Standpoint(ctx.root)):
        if reading.path and not reading.is_whole:
            rows = graph_queries.files_ending(ctx.index, ctx.view.id, reading.path, MAX_CANDIDATES)
            if found := _within(ctx, reading, rows):
                return found
    return ()


def _named(ctx: Context, text: str) -> Sequence[Target]:
    qualname = _dots(text)
    name = qualname.rpartition(".")[2]
    rows = graph_queries.symbols_named(ctx.index, ctx.view.id, name, _SAME_NAME) if name else ()
    return _symbols(ctx, [r for r in rows if r.qualname == qualname or r.qualname.endswith(f".{qualname}")])


def _file_ending(ctx: Context, text: str) -> Sequence[Target]:
    if ":" in text or ("/" not in text and "." not in text):
        return ()
    return [_file(row) for row in graph_queries.files_ending(ctx.index, ctx.view.id, text, MAX_CANDIDATES)]


def _dotted_module(ctx: Context, text: str) -> Sequence[Target]:
    """``package.module`` or ``package.module.Qual.name``, as imports write it."""
    parts = text.split(".")
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        return ()
    for cut in range(len(parts), 0, -1):
        stem, qualname = "/".join(parts[:cut]), ".".join(parts[cut:])
        for path in (f"{stem}.py", f"{stem}/__init__.py"):
            if _rows_of_path(ctx, path):
                return _within(ctx, PathReading(path, qualname), _rows_of_path(ctx, path))
    return ()


# -- pieces


def _rows_of_path(ctx: Context, path: str) -> Sequence[FileRow]:
    row = graph_queries.file_at(ctx.index, ctx.view.id, path)
    if row:
        return [row]
    return graph_queries.files_ending(ctx.index, ctx.view.id, path, MAX_CANDIDATES)


def _files(ctx: Context, paths: Sequence[str]) -> Iterable[Target]:
    return (_file(row) for row in graph_queries.files_at(ctx.index, ctx.view.id, paths))


def _file(row: FileRow, line: int = 0) -> Target:
    return Target(row.path, row.path_id, row.file_id, row.hash, line=line, end_line=line, role=row.role)


def _at_lines(ctx: Context, rows: Sequence[FileRow], line: int) -> list[Target]:
    """What stands at the line of each file. Raises UsageError when none of the files is that long."""
    found = [target for row in rows if (target := _at_line(ctx, row, line))]
    if rows and not found:
        last = reader.file_text(ctx.index, rows[0].file_id).count(b"\n") + 1
        raise UsageError(
            f"{rows[0].path} has no line {line}", where="target", next_step=f"name a line from 1 to {last}"
        )
    return found


def _at_line(ctx: Context, row: FileRow, line: int) -> Target | None:
    """The definition that begins at the line, else the innermost one around it, else the line of the file, None
    beyond its end."""
    symbols = graph_queries.symbols_of(ctx.index, ctx.view.id, row.path_id)
    around = [symbol for symbol in symbols if symbol.line <= line <= symbol.end_line]
    starting = [symbol for symbol in around if symbol.line == line]
    if around:
        return _symbols(ctx, [starting[0] if starting else around[-1]], row)[0]
    lines = reader.file_text(ctx.index, row.file_id).count(b"\n") + 1
    return _file(row, line) if 1 <= line <= lines else None


def _symbols(ctx: Context, rows: Sequence[SymbolRow], file: FileRow | None = None) -> list[Target]:
    """One target per (path, qualname): overloads and conditional definitions are one thing."""
    first = {(row.path, row.qualname): row for row in reversed(rows)}
    hashes = (
        {file.path: file.hash}
        if file
        else {
            f.path: f.hash
            for f in graph_queries.files_at(ctx.index, ctx.view.id, [path for path, _ in first])
        }
    )
    return [
        Target(
            row.path, row.path_id, row.file_id, hashes[row.path], row.qualname, row.kind, row.line, row.end_line,
            row.signature, row.role,
        )
        for row in reversed(first.values())
    ]  # fmt: skip


def _dots(text: str) -> str:
    return text.replace("::", ".").replace("#", ".").lstrip(".")


def _limited(text: str, paths: Sequence[str]) -> Sequence[str]:
    if len(paths) > MAX_TARGETS:
        raise UsageError(
            f"`{text}` means more than {MAX_TARGETS} files",
            where="target",
            next_step="name a folder or file inside",
        )
    return paths


def _chosen(text: str, found: Sequence[Target], wanted: str) -> Resolution:
    """Files of a folder are all meant; of symbols the likeliest class, when it has exactly one member."""
    if len(found) == 1:
        return Resolution(text, tuple(found))
    if all(not target.qualname for target in found) and all(
        t.path.startswith(f"{wanted}/") or wanted == "." for t in found
    ):
        return Resolution(text, tuple(found), total=len(found))
    ranked = sorted(found, key=lambda target: _unlikely(target, wanted))
    best = [target for target in ranked if _unlikely(target, wanted)[:3] == _unlikely(ranked[0], wanted)[:3]]
    if len(best) == 1:
        return Resolution(text, (best[0],))
    return Resolution(text, (), tuple(best[:MAX_CANDIDATES]), total=len(best))


def _unlikely(target: Target, wanted: str) -> tuple[bool, bool, bool, str, int]:
    """Sort key: tests, members of something else and mere holders of values come last."""
    return (
        target.role == "test",
        bool(target.qualname) and target.qualname != _dots(wanted.rpartition(":")[2]),
        target.kind in _HOLDERS,
        target.path,
        target.line,
    )


def _paths(ctx: Context) -> Sequence[str]:
    return graph_queries.paths_of_view(ctx.index, ctx.view.id)


def _nothing(ctx: Context, text: str, wanted: str) -> NothingThere:
    if given.cleaned(text) and not given.readings(text, ctx.here):
        return no_such_path(ctx, text)
    name = _dots(wanted.rpartition(":")[2]).rpartition(".")[2].rpartition("/")[2]
    symbols = graph_queries.symbols_like(ctx.index, ctx.view.id, name, 3) if 2 < len(name) <= 64 else []
    paths = _paths(ctx)
    alike = [f"{row.path}:{row.qualname}" for row in symbols]
    alike = alike or given.near(text, paths)
    step = " or ".join(f"`{one}`" for one in alike)
    searched = (
        f"searched {len(paths)} files and {graph_queries.count_symbols(ctx.index, ctx.view.id)} symbols"
    )
    return NothingThere(
        f"no file or symbol of the project is called `{text[:200]}`",
        where="; ".join((searched, *ctx.freshness.doubts())),
        next_step=f"did you mean {step}?" if alike else "try `memoryd search`",
    )
