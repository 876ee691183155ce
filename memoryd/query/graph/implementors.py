"""Which types implement or extend a type: those that say so, and those that have its methods, directly or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from msgspec import Struct

from indexers.outline import CLASS_KINDS
from memoryd.query.context import Context
from memoryd.query.safe_text import quote, safe_name
from memoryd.query.source_lines import SourceLines
from memoryd.query.targets import Target
from memoryd.query.text.lines import place
from memoryd.store.index.queries import graph_queries
from memoryd.store.index.queries.graph_queries import NAME_BITS, NAME_MASK, Node

MOST = 500  # types that are followed from one
_BUILD_LINES = 10  # in which Go says for which builds a file is


_Type = tuple[int, str]  # path id and qualname


class MemberFile(Struct, frozen=True):
    """A file with so many of the members; ``build``: for which builds it is, where it says so."""

    path: str
    members: int
    build: str = ""

    def label(self) -> str:
        """With the constraint as it is written."""
        build = f" “{quote(self.build, 80)}”" if self.build else ""
        return f"{self.members} in {safe_name(self.path)}{build}"


class Implementor(Struct, frozen=True):
    """A type that implements or extends the target. ``members``: how many of the target's ``of`` members it has itself;
    ``through``: the type between the two (``""``: none). ``files``: where its members are, if not all in ``path``. A
    class without a name is called after the function that it stands in (``is_anonymous``)."""

    path: str
    line: int
    name: str
    members: int
    of: int
    through: str = ""
    files: tuple[MemberFile, ...] = ()
    is_anonymous: bool = False

    def label(self) -> str:
        """One line."""
        own = f" {self.members} of {self.of} members" if self.of else ""
        through = f" through {safe_name(self.through)}" if self.through else ""
        files = f": {', '.join(file.label() for file in self.files)}" if self.files else ""
        name = f"{'anonymous in ' if self.is_anonymous else ''}{safe_name(self.name)}"
        return f"{place(self.path, self.line)} {name}{own}{through}{files}"


def implementors(ctx: Context, targets: Sequence[Target]) -> tuple[Implementor, ...]:
    """Of one target that is a type, the direct ones first; none of anything else."""
    if len(targets) != 1 or targets[0].kind not in CLASS_KINDS:
        return ()
    return _Followed(ctx, targets[0]).found()


class _Followed:
    """The types below one, step by step."""

    def __init__(self, ctx: Context, target: Target) -> None:
        self._ctx, self._target = ctx, target
        kinds = graph_queries.provenances(ctx.index)
        self._inherits = {id_ for id_, one in kinds.items() if one.kind == "inherits"}
        self._overrides = {id_ for id_, one in kinds.items() if one.kind == "overrides"}
        self._lines = SourceLines(ctx)
        rows = graph_queries.symbols_of(ctx.index, ctx.view.id, target.path_id)
        self._members = [row.qualname for row in rows if row.qualname.rpartition(".")[0] == target.qualname]

    def found(self) -> tuple[Implementor, ...]:
        own = (self._target.path_id, self._target.qualname)
        first: dict[_Type, _Type] = {own: own}  # what each was first reached from
        bases: dict[_Type, list[_Type]] = defaultdict(list)  # that a type names
        having: dict[_Type, set[str]] = defaultdict(set)
        waiting, step = {own}, {(self._target.path_id, name): name for name in self._members}
        while (waiting or step) and len(first) < MOST:
            below = self._below(waiting, step)
            waiting, step = set(), {}
            for holder, above, member, name in below:
                if holder not in first:
                    first[holder] = above
                    waiting.add(holder)
                if not member:
                    bases[holder].append(above)
                elif name not in having[holder]:
                    having[holder].add(name)
                    step[(holder[0], member)] = name
        del first[own]
        between = {
            one: own if own in bases[one] else next((base for base in bases[one] if base in first), above)
            for one, above in first.items()
        }
        through = {one: "" if above == own else above[1] for one, above in between.items()}
        return self._shown(list(first), having, through)

    def _below(
        self, types: Collection[_Type], members: dict[_Type, str]
    ) -> list[tuple[_Type, _Type, str, str]]:
        """(type, the one above it, its member, the target's member that this is) of what is one step below."""
        ctx = self._ctx
        names = graph_queries.name_ids(ctx.index, {name for _, name in (*types, *members)})
        tops = {_node(one, names): one for one in types if one[1] in names}
        bases = {_node(one, names): one for one in members if one[1] in names}
        edges = [
            edge
            for edge in graph_queries.edges_towards(ctx.index, ctx.view.id, {*tops, *bases})
            if (edge[0] in tops and edge[2] in self._inherits)
            or (edge[0] in bases and edge[2] in self._overrides)
        ]
        known = graph_queries.names(ctx.index, {edge[1] & NAME_MASK for edge in edges})
        found = []
        for edge in edges:
            path_id, name = edge[1] >> NAME_BITS, known[edge[1] & NAME_MASK]
            if edge[0] in tops and name:
                found.append(((path_id, name), tops[edge[0]], "", ""))
            elif edge[0] in bases and "." in name:
                base = bases[edge[0]]
                above = (base[0], base[1].rpartition(".")[0])
                found.append(((path_id, name.rpartition(".")[0]), above, name, members[base]))
        return found

    def _shown(
        self,
        types: Sequence[_Type],
        having: dict[_Type, set[str]],
        through: dict[_Type, str],
    ) -> tuple[Implementor, ...]:
        paths = graph_queries.path_names(self._ctx.index, {path_id for path_id, _ in types})
        parts: dict[tuple[str, int, str], list[_Type]] = defaultdict(list)
        anonymous = set[tuple[str, int, str]]()
        for one in types:
            path, line, is_anonymous = self._definition(paths[one[0]], one[1])
            parts[path, line, one[1]].append(one)
            anonymous |= {(path, line, one[1])} if is_anonymous else set()
        rows = [
            Implementor(
                *place,
                is_anonymous=place in anonymous,
                members=len(set[str]().union(*(having[part] for part in found))),
                of=len(self._members),
                through=through[found[0]],
                files=self._files(place[0], {paths[part[0]]: len(having[part]) for part in found}),
            )
            for place, found in parts.items()
        ]
        return tuple(sorted(rows, key=lambda one: (bool(one.through), -one.members, one.path, one.line)))

    def _files(self, path: str, members: dict[str, int]) -> tuple[MemberFile, ...]:
        files = [
            MemberFile(file, count, self._build(file)) for file, count in sorted(members.items()) if count
        ]
        return tuple(files) if any(file.path != path or file.build for file in files) else ()

    def _definition(self, path: str, qualname: str) -> tuple[str, int, bool]:
        """Where the type is defined, and whether that is a function around a class without a name: in that file, else
        in one beside it, as Go has methods of a type elsewhere."""
        folder = path.rpartition("/")[0]
        rows = graph_queries.symbols_named(
            self._ctx.index, self._ctx.view.id, qualname.rpartition(".")[2], MOST
        )
        there = [row for row in rows if row.qualname == qualname]
        same = [row for row in there if row.path == path]
        types = [row for row in same if row.kind in CLASS_KINDS]
        beside = [row for row in there if row.kind in CLASS_KINDS and row.path.rpartition("/")[0] == folder]
        row = next(iter(types or (beside if len(beside) == 1 else same)), None)
        return (row.path, row.line, row.kind not in CLASS_KINDS) if row else (path, 0, False)

    def _build(self, path: str) -> str:
        """The build constraint of a file of Go (https://pkg.go.dev/cmd/go#hdr-Build_constraints)."""
        if not path.endswith(".go"):
            return ""
        lines = (self._lines.line(path, number) for number in range(1, _BUILD_LINES))
        return next((line.strip() for line in lines if line.startswith("//go:build ")), "")


def _node(one: tuple[int, str], names: dict[str, int]) -> Node:
    return graph_queries.node(one[0], names[one[1]])
