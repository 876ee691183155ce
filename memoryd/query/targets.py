"""What a TARGET means: ``path``, ``path:line``, ``path:Qual.name``, ``Qual.name``, a bare name or a glob."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from memoryd.errors import UsageError
from memoryd.globs.paths import is_glob, matcher
from memoryd.query.answers import Definition
from memoryd.query.context import Context
from memoryd.store.index import reader
from memoryd.store.index.queries import graph_queries
from memoryd.store.index.queries.graph_queries import FileRow, SymbolRow

MAX_TARGETS = 500  # files that one glob or folder may mean
MAX_CANDIDATES = 20
_SAME_NAME = 2_000  # definitions of one bare name that are looked at
_PATH_LINE = re.compile(r"(?P<path>.+?):(?P<line>\d{1,9})(?:[-:]\d+)?")
_HOLDERS = frozenset(("variable", "field", "property", "constant", "module", "namespace"))


class Target(Struct, frozen=True):
    """One file or symbol. ``qualname`` ``""`` = the file; then ``line`` is 0, or the line that was asked for.
    ``role``: of the file."""

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
    wanted = _cleaned(ctx, text)
    if is_glob(wanted):
        return _glob(ctx, text, wanted)
    for look in (_exact_file, _path_and_part, _folder, _named, _file_ending, _dotted_module):
        found = look(ctx, wanted)
        if found:
            return _chosen(text, found, wanted)
    raise _nothing(ctx, text, wanted)


def definitions(ctx: Context, name: str) -> tuple[Target, ...]:
    """Everything that ``name`` may be the definition of, likeliest first; empty when nothing is."""
    wanted = _cleaned(ctx, name)
    found = _path_and_part(ctx, wanted) or _named(ctx, wanted) or _dotted_module(ctx, wanted)
    return tuple(sorted(found, key=lambda target: _unlikely(target, wanted)))


def _cleaned(ctx: Context, text: str) -> str:
    text = text.strip().strip("`\"'")
    if ctx.root and text.startswith(f"{ctx.root}/"):
        text = text[len(ctx.root) + 1 :]
    return text.removeprefix("./").removesuffix("()").rstrip("/") or "."


# -- the forms


def _glob(ctx: Context, text: str, pattern: str) -> Resolution:
    matches = matcher(pattern)
    paths = [path for path in graph_queries.paths_of_view(ctx.index, ctx.view.id) if matches(path)]
    if not paths:
        raise _nothing(ctx, text, pattern)
    return Resolution(text, tuple(_files(ctx, _limited(text, paths))), total=len(paths))


def _exact_file(ctx: Context, text: str) -> Sequence[Target]:
    row = graph_queries.file_at(ctx.index, ctx.view.id, text)
    return [_file(row)] if row else ()


def _folder(ctx: Context, text: str) -> Sequence[Target]:
    if ":" in text:
        return ()
    prefix = "" if text == "." else f"{text}/"
    paths = graph_queries.paths_under(ctx.index, ctx.view.id, prefix, MAX_TARGETS + 1)
    return list(_files(ctx, _limited(text, paths)))


def _path_and_part(ctx: Context, text: str) -> Sequence[Target]:
    """``path:line`` or ``path:Qual.name``; the path may be its last components only."""
    with_line = _PATH_LINE.fullmatch(text)
    if with_line:
        return _at_lines(ctx, _rows_of_path(ctx, with_line["path"]), int(with_line["line"]))
    path, colon, part = text.partition(":")
    if not colon or part.startswith(":"):
        return ()
    qualname = _dots(part)
    found: list[Target] = []
    for row in _rows_of_path(ctx, path):
        symbols = graph_queries.symbols_of(ctx.index, ctx.view.id, row.path_id)
        exact = [symbol for symbol in symbols if symbol.qualname == qualname]
        found += _symbols(ctx, exact or [s for s in symbols if s.qualname.endswith(f".{qualname}")], row)
    return found


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
                return _path_and_part(ctx, f"{path}:{qualname}") if qualname else _files_like(ctx, path)
    return ()


# -- pieces


def _rows_of_path(ctx: Context, path: str) -> Sequence[FileRow]:
    row = graph_queries.file_at(ctx.index, ctx.view.id, path)
    if row:
        return [row]
    return graph_queries.files_ending(ctx.index, ctx.view.id, path, MAX_CANDIDATES)


def _files_like(ctx: Context, path: str) -> list[Target]:
    return [_file(row) for row in _rows_of_path(ctx, path)]


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


def _nothing(ctx: Context, text: str, wanted: str) -> UsageError:
    name = _dots(wanted.rpartition(":")[2]).rpartition(".")[2].rpartition("/")[2]
    near = graph_queries.symbols_like(ctx.index, ctx.view.id, name, 3) if 2 < len(name) <= 64 else []
    files = len(graph_queries.paths_of_view(ctx.index, ctx.view.id))
    symbols = graph_queries.count_symbols(ctx.index, ctx.view.id)
    step = " or ".join(f"`{row.path}:{row.qualname}`" for row in near)
    return UsageError(
        f"no file or symbol of the project is called `{text[:200]}`",
        where=f"searched {files} files and {symbols} symbols",
        next_step=f"did you mean {step}?" if near else "try `memoryd search`",
    )
