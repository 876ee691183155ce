"""Which uses of a name are accounted for by the graph, and which may be the target's without being known: an answer
of none is only as good as this."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from indexers.outline import CLASS_KINDS
from indexers.profiles import all_of, not_followed
from memoryd.query.context import Context
from memoryd.query.exact.unsearched import NO_SOURCE, unsearched
from memoryd.query.graph.accounting_answers import Accounting, NamePlace, Reconciliation
from memoryd.query.graph.name_in_text import NameInText, Place
from memoryd.query.graph.unseen_callers import unseen_callers
from memoryd.query.targets import Target
from memoryd.query.text.lines import place
from memoryd.store.index.queries import graph_queries, unresolved_queries
from memoryd.store.index.queries.graph_queries import NAME_BITS, Node, SymbolRow
from memoryd.store.index.queries.state import status_queries

MAX_NAMED = 500  # definitions of one name whose uses are counted
MAX_PLACES = 10
FEW = 20  # uses: with more known ones it is not said what could hold further ones
_CONSTRUCTORS = all_of("constructors")
_NO_DATA = CLASS_KINDS | {"function", "method"}
_FOLDER_FILES = frozenset(("index", "__init__", "mod", "lib", "main"))
_ALIKE = (
    frozenset(("javascript", "typescript", "vue", "svelte", "astro")),
    frozenset(("c", "cpp")),
    frozenset(("java", "kotlin", "scala")),
)  # languages that use each other's definitions
_SEGMENTS = re.compile(r"[./\\:]+")


def accounting(ctx: Context, targets: Sequence[Target]) -> Accounting | None:
    """Of the one name that all targets have; None where they have several."""
    names = {_simple_name(target) for target in targets}
    if len(names) != 1 or (len(targets) > 1 and not targets[0].qualname):
        return None
    return _Account(ctx, targets, names.pop()).made()


def of_no_definition(ctx: Context, name: str) -> Accounting:
    """Where a name stands that nothing of the view is known to define."""
    return _Account(ctx, (), name.rpartition(".")[2]).undefined()


def _simple_name(target: Target) -> str:
    """The word by which code uses the target: a constructor has that of its class, a file that of its module."""
    if not target.qualname:
        return module_name(target.path)
    owner, _, name = target.qualname.rpartition(".")
    return owner.rpartition(".")[2] if owner and name in _CONSTRUCTORS else name


def module_name(path: str) -> str:
    """The last part of what an import of the file says."""
    folder, _, base = path.rpartition("/")
    stem = base.partition(".")[0]
    return folder.rpartition("/")[2] if stem in _FOLDER_FILES and folder else stem


class _Account:
    def __init__(self, ctx: Context, targets: Sequence[Target], name: str) -> None:
        self._ctx, self._targets, self._name = ctx, targets, name
        self._is_file = bool(targets) and not targets[0].qualname
        self._named = (
            () if self._is_file else graph_queries.symbols_named(ctx.index, ctx.view.id, name, MAX_NAMED)
        )
        self._kinds = {id_: one.kind for id_, one in graph_queries.provenances(ctx.index).items()}

    def made(self) -> Accounting:
        own = self._nodes((target.path_id, target.qualname) for target in self._targets)
        accounted = self._users_of_files() if self._is_file else self._users(own)
        through = self._users(self._bases(own)) - accounted
        meant = {(target.path_id, target.qualname) for target in self._targets}
        rest = [row for row in self._named if (row.path_id, row.qualname) not in meant]
        others = self._users_of(rest) - accounted - through
        twins = [row for row in rest if self._is_twin(row)]
        of_twins = self._users_of(twins) & others
        known = accounted | through | others
        could_be = self._unresolved()
        unresolved = sorted(could_be - known)
        defined = {(row.path_id, row.line) for row in self._named}
        text = self._text(known | could_be | defined)
        lines = self._reconciled(text, accounted, through, others, could_be | of_twins, defined)
        is_whole = lines is not None and lines.complete  # nothing that is not indexed has the name
        return Accounting(
            self._name,
            accounted=len(accounted),
            through_base=len(through),
            others=len(others),
            others_are_whole=len(self._named) < MAX_NAMED,
            unresolved=len(unresolved),
            in_text=len(text.rest),
            text=text.state,
            first_unresolved=self._places(unresolved),
            first_in_text=self._places(text.rest),
            lines=lines,
            gaps=(
                *_of_twins(twins, len(of_twins)),
                *not_followed_in(self._ctx, self._targets),
                *unseen_callers(self._ctx, self._targets),
                *(gaps(self._ctx) if len(accounted) <= FEW and not is_whole else ()),
            ),
        )

    def undefined(self) -> Accounting:
        """Of a name without a definition: only the words of the text and what is not indexed."""
        text = self._text(frozenset())
        return Accounting(
            self._name,
            in_text=len(text.rest),
            text=text.state,
            first_in_text=self._places(text.rest),
            lines=self._reconciled(text, set(), set(), set(), set(), set()),
            gaps=tuple(gaps(self._ctx)),
        )

    def _is_twin(self, row: SymbolRow) -> bool:
        """A definition of the very same name beside a target: of another arity, for another build, in another branch of
        a condition. Who uses the one may mean the other."""
        folder = row.path.rpartition("/")[0]
        return any(
            row.qualname == target.qualname
            and folder == target.path.rpartition("/")[0]
            and (row.kind in CLASS_KINDS) == (target.kind in CLASS_KINDS)
            for target in self._targets
        )

    # -- what the graph knows

    def _nodes(self, wanted: Iterable[tuple[int, str]]) -> set[Node]:
        rows = [(path_id, qualname) for path_id, qualname in wanted if qualname]
        ids = graph_queries.name_ids(self._ctx.index, {qualname for _, qualname in rows})
        return {graph_queries.node(path_id, ids[name]) for path_id, name in rows if name in ids}

    def _users(self, nodes: Collection[Node]) -> set[Place]:
        edges = graph_queries.edges_towards(self._ctx.index, self._ctx.view.id, nodes)
        return {(edge[1] >> NAME_BITS, edge[4]) for edge in edges if self._kinds[edge[2]] != "overrides"}

    def _users_of(self, rows: Iterable[SymbolRow]) -> set[Place]:
        return self._users(self._nodes((row.path_id, row.qualname) for row in rows))

    def _users_of_files(self) -> set[Place]:
        files = {target.path_id for target in self._targets}
        edges = graph_queries.edges_into_files(self._ctx.index, self._ctx.view.id, files)
        return {(edge[1] >> NAME_BITS, edge[4]) for edge in edges}

    def _bases(self, nodes: Collection[Node]) -> set[Node]:
        found: set[Node] = set()
        waiting = set(nodes)
        while waiting:
            edges = graph_queries.overridden(self._ctx.index, self._ctx.view.id, waiting)
            waiting = {edge[0] for edge in edges} - found
            found |= waiting
        return found - set(nodes)

    # -- what it does not know

    def _unresolved(self) -> set[Place]:
        index, view = self._ctx.index, self._ctx.view.id
        languages = used_along_with(self._ctx, [target.path for target in self._targets])
        found: set[Place] = set()
        if not self._is_file:
            for use in unresolved_queries.unresolved_uses(index, view, self._name):
                if use.language in languages:
                    found.update((use.path_id, line) for line in use.lines)
        parts = [_parts(target.path) for target in self._targets]
        for item in unresolved_queries.outside_imports(index, view, self._name):
            last = _SEGMENTS.split(item.module)[-1]
            of_name = item.name in ((self._name,) if not self._is_file else ("", "*"))
            if (
                (of_name or last == self._name)
                and any(last in one for one in parts)
                and item.language in languages
            ):
                found.add((item.path_id, item.line))
        return found

    def _text(self, known: Collection[Place]) -> NameInText:
        own = {target.path_id for target in self._targets if self._is_file}
        labels = bool(self._targets) and all(target.kind in _NO_DATA for target in self._targets)
        return NameInText(self._ctx, self._name, known, own, labels=labels)

    def _reconciled(
        self,
        text: NameInText,
        used: set[Place],
        through: set[Place],
        others: set[Place],
        could_be: set[Place],
        defined: set[Place],
    ) -> Reconciliation | None:
        """Every line of the text counted once, by the first that holds."""
        if self._is_file or text.state != "read":
            return None
        rest = set(text.lines)
        counts: list[list[Place]] = []
        for part in (used, defined, through, others, could_be):
            counts.append(sorted(part & rest))
            rest -= part
        hidden = could_be & (through | others | defined) - used
        name = self._name.encode("utf-8", "surrogateescape")
        searched = unsearched(self._ctx, len(name), name if self._targets else b"")
        defining = {path_id for path_id, _ in defined}
        outside = [place for place in text.outside if place[0] not in defining]
        prose = [place for place in text.rest if place in text.prose and place not in text.documents]
        documents = [place for place in text.rest if place in text.documents]
        local = text.local - text.documents
        told = {*prose, *documents, *local}
        unknown = [place for place in text.rest if place not in told]
        return Reconciliation(
            lines=len(text.lines),
            files=len({path_id for path_id, _ in text.lines}),
            used=len(counts[0]),
            defined=len(counts[1]),
            through_base=len(counts[2]),
            others=len(counts[3]),
            first_others=self._places(counts[3]),
            unresolved=len(counts[4]),
            beside=len(text.outside) - len(outside),
            outside=len(outside),
            first_outside=self._places(outside),
            comments=len(text.comments),
            documents=len(documents),
            first_documents=self._places(documents),
            prose=len(prose),
            first_prose=self._places(prose),
            local=len(local),
            first_comments=self._places(text.comments),
            in_words=len(text.in_words),
            unknown=len(unknown),
            first_unknown=self._places(unknown),
            gaps=searched.gaps,
            left_out=searched.left_out,
            complete=not (counts[4] or hidden or outside or unknown or searched.gaps)
            and len(self._named) < MAX_NAMED,
        )

    def _places(self, places: Sequence[Place]) -> tuple[NamePlace, ...]:
        first = places[:MAX_PLACES]
        paths = graph_queries.path_names(self._ctx.index, {path_id for path_id, _ in first})
        return tuple(NamePlace(paths[path_id], line) for path_id, line in first)


def used_along_with(ctx: Context, paths: Sequence[str]) -> frozenset[str]:
    """The languages whose code may use the definitions of these files."""
    own = frozenset(row.language for row in graph_queries.files_at(ctx.index, ctx.view.id, paths))
    return own.union(*(group for group in _ALIKE if group & own))


def _of_twins(twins: Sequence[SymbolRow], uses: int) -> Iterator[str]:
    if uses:
        where = place(twins[0].path, twins[0].line)
        count = f"{uses} uses are" if uses > 1 else "1 use is"
        yield f"{count} of the definition of the same name beside it ({where}), and may be of this one"


def _parts(path: str) -> frozenset[str]:
    folder, _, base = path.rpartition("/")
    return frozenset((*folder.split("/"), base.partition(".")[0]))


def not_followed_in(ctx: Context, targets: Sequence[Target]) -> tuple[str, ...]:
    """What must be said of references across files in the languages of the targets."""
    rows = graph_queries.files_at(ctx.index, ctx.view.id, [target.path for target in targets])
    languages = {row.path_id: row.language for row in rows}
    said = (not_followed(languages.get(target.path_id, ""), target.kind) for target in targets)
    return tuple(dict.fromkeys(filter(None, said)))


def gaps(ctx: Context) -> Iterator[str]:
    """What of the project an answer of none does not cover, in words."""
    yield from ctx.freshness.doubts()
    reasons = status_queries.skipped_reasons(ctx.index, ctx.view.id)
    unread = [(reason, files) for reason, files in reasons if reason not in NO_SOURCE]
    if unread:
        total = sum(files for _, files in unread)
        listed = ", ".join(f"{reason} {files}" for reason, files in unread)
        yield f"{total} files are not indexed ({listed})"
