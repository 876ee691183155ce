"""What every part of a check works on: the change, the view it meets, and what follows from both once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from indexers.facts import Change, ChangedFile, Constraint, FileFacts
from memoryd.globs.paths import in_scope
from memoryd.query.context import Context
from memoryd.query.rules.modules import Imported, Modules, imported
from memoryd.query.safe_text import quote, safe_line
from memoryd.store.index import reader
from memoryd.store.index.queries import graph_queries

MAX_OUTLINES = 6_000  # files whose imports are all looked at, about 50 ms per thousand


class Rule(Struct, frozen=True):
    """A declared constraint and the file that declares it."""

    path: str
    constraint: Constraint

    @property
    def place(self) -> str:
        return f"{self.path}:{self.constraint.line}" if self.constraint.line else self.path

    @property
    def title(self) -> str:
        """Tool, name and place in one line."""
        where = f"({self.constraint.kind}, {safe_line(self.place)})"
        return f"{self.constraint.tool} “{quote(self.constraint.name, 80)}” {where}"


class Violation(Struct, frozen=True):
    """A place that breaks a rule. ``certain`` false: something speaks against it, so it never blocks."""

    path: str
    line: int
    message: str
    certain: bool = True


class Case:
    """``unknown`` collects what could not be checked, and why, while the check goes on."""

    def __init__(self, ctx: Context, change: Change) -> None:
        self.ctx, self.change = ctx, change
        self.unknown: dict[str, None] = {}
        self._imports: dict[tuple[str, int, str], list[Imported]] = {}

    @cached_property
    def paths(self) -> frozenset[str]:
        """The project's files after the change."""
        gone = {file.path for file in self.change.files if file.status == "D"}
        gone |= {file.old_path for file in self.change.files if file.status == "R"}
        come = {file.path for file in self.change.files if file.status != "D"}
        return frozenset(graph_queries.paths_of_view(self.ctx.index, self.ctx.view.id)) - gone | come

    @cached_property
    def modules(self) -> Modules:
        return Modules(sorted(self.paths))

    def imports(self, path: str, facts: FileFacts, top: str = "") -> list[Imported]:
        """As ``check_modules.imported``, once for each version: every rule asks again."""
        key = (path, id(facts), top)
        if key not in self._imports:
            self._imports[key] = imported(path, facts, self.modules, top)
        return self._imports[key]

    @cached_property
    def import_edges(self) -> tuple[tuple[str, str], ...]:
        """(path, imported path) of the view."""
        edges = graph_queries.file_edges(self.ctx.index, self.ctx.view.id, ("imports",))
        return tuple((path, used) for path, used, *_ in edges)

    @cached_property
    def outside_imports(self) -> dict[str, frozenset[tuple[str, bool]]]:
        """Path of each Python file of the view → (top-level name that it imports absolutely, only for types). Empty,
        and said to be unknown, where reading them all would take too long."""
        ctx = self.ctx
        rows = [row for row in reader.view_files(ctx.index, ctx.view.id) if row.language == "python"]
        if len(rows) > MAX_OUTLINES:
            self.unknown[f"chains of imports to outside packages (more than {MAX_OUTLINES} files)"] = None
            return {}
        paths = {row.file_id: row.path for row in rows}
        return {
            paths[file_id]: frozenset((i.module.partition(".")[0], i.type_only) for i in shown.imports)
            for file_id, shown in reader.outlines(ctx.index, paths)
        }


def governs(case: Case, rule: Rule) -> Iterator[ChangedFile]:
    """The changed files in the scope of a rule."""
    fits = in_scope(rule.constraint.scope)
    return (file for file in case.change.files if fits(file.path))
