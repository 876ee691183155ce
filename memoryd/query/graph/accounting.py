"""Which uses of a name are accounted for by the graph, and which may be the target's without being known: an answer
of none is only as good as this."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from indexers import terms
from indexers.facts import Reference
from indexers.profiles import all_of, not_followed, profile
from memoryd.query.context import Context
from memoryd.query.graph.accounting_answers import Accounting, NamePlace
from memoryd.query.graph.unseen_callers import unseen_callers
from memoryd.query.targets import Target
from memoryd.store.index import reader
from memoryd.store.index.queries import graph_queries, unresolved_queries
from memoryd.store.index.queries.graph_queries import NAME_BITS, Node
from memoryd.store.index.queries.state import status_queries

MAX_NAMED = 500  # definitions of one name whose uses are counted
MAX_FILES, MAX_READ_FACTS = 300, 60  # files that hold the word: whose text is read, whose facts
MAX_PLACES = 10
FEW = 20  # uses: with more known ones the words of the text are not looked at
_CONSTRUCTORS = all_of("constructors")
_FOLDER_FILES = frozenset(("index", "__init__", "mod", "lib", "main"))
_ALIKE = (
    frozenset(("javascript", "typescript", "vue", "svelte", "astro")),
    frozenset(("c", "cpp")),
    frozenset(("java", "kotlin", "scala")),
)  # languages that use each other's definitions
_WORD_BYTES = frozenset(bytes((n,)) for n in range(256) if n >= 128 or chr(n).isalnum() or chr(n) in "_$")
_TOLD = frozenset(("doc", "decision", "generated"))  # they tell of code: shown last
_COMMENT = frozenset(bytes((byte,)) for byte in b"#/*-;%<!'{(")
_SEGMENTS = re.compile(r"[./\\:]+")
_NO_SOURCE = frozenset(
    ("binary", "ignored", "link", "submodule", "repository", "special", "vendored", "denied")
)

Place = tuple[int, int]  # path id, line


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
        rest = (
            (row.path_id, row.qualname) for row in self._named if (row.path_id, row.qualname) not in meant
        )
        others = self._users(self._nodes(rest)) - accounted - through
        known = accounted | through | others
        unresolved = sorted(self._unresolved() - known)
        text, in_text = self._in_text(known | set(unresolved), len(accounted))
        return Accounting(
            self._name,
            accounted=len(accounted),
            through_base=len(through),
            others=len(others),
            others_are_whole=len(self._named) < MAX_NAMED,
            unresolved=len(unresolved),
            in_text=len(in_text),
            text=text,
            first_unresolved=self._places(unresolved),
            first_in_text=self._places(in_text),
            gaps=(
                *not_followed_in(self._ctx, self._targets),
                *unseen_callers(self._ctx, self._targets),
                *(gaps(self._ctx) if len(accounted) <= FEW else ()),
            ),
        )

    def undefined(self) -> Accounting:
        """Of a name without a definition: only the words of the text and what is not indexed."""
        text, in_text = self._in_text(frozenset(), 0)
        return Accounting(
            self._name,
            in_text=len(in_text),
            text=text,
            first_in_text=self._places(in_text),
            gaps=tuple(gaps(self._ctx)),
        )

    # -- what the graph knows

    def _nodes(self, wanted: Iterable[tuple[int, str]]) -> set[Node]:
        rows = [(path_id, qualname) for path_id, qualname in wanted if qualname]
        ids = graph_queries.name_ids(self._ctx.index, {qualname for _, qualname in rows})
        return {graph_queries.node(path_id, ids[name]) for path_id, name in rows if name in ids}

    def _users(self, nodes: Collection[Node]) -> set[Place]:
        edges = graph_queries.edges_towards(self._ctx.index, self._ctx.view.id, nodes)
        return {(edge[1] >> NAME_BITS, edge[4]) for edge in edges if self._kinds[edge[2]] != "overrides"}

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
        languages = self._languages()
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

    def _languages(self) -> frozenset[str]:
        """Those whose code may use the targets."""
        rows = graph_queries.files_at(
            self._ctx.index, self._ctx.view.id, [target.path for target in self._targets]
        )
        own = frozenset(row.language for row in rows)
        return own.union(*(group for group in _ALIKE if group & own))

    def _in_text(self, known: Collection[Place], uses: int) -> tuple[str, list[Place]]:
        """How the words of the text were looked at, and the further places in which the name stands."""
        if uses > FEW:
            return "many", []
        wanted = terms.terms(self._name)
        if not wanted:
            return "no-word", []
        ctx = self._ctx
        view = ctx.lexical.refresh(ctx.index, ctx.view.id, ctx.embedder)
        slots = sorted(set(view.chunk_slot[view.text.having_all(wanted)].tolist()))
        skipped = {*known, *((row.path_id, row.line) for row in self._named)}
        own = {target.path_id for target in self._targets if self._is_file}
        files = [view.slots[slot] for slot in slots if view.slots[slot].path_id not in own]
        found: dict[int, dict[Place, bool]] = {}
        for file in files[:MAX_FILES]:
            text = reader.file_text(ctx.index, file.file_id)
            rest = [n for n in word_lines(text, self._name) if (file.path_id, n) not in skipped]
            if rest:
                lines = text.split(b"\n")
                found[file.file_id] = {(file.path_id, n): lines[n - 1].lstrip()[:1] in _COMMENT for n in rest}
        told = {file.path_id for file in files if file.role in _TOLD}
        places = sorted(self._unexplained(found), key=lambda place: (place[0] in told, place))
        return "read" if len(files) <= MAX_FILES else "common", places

    def _unexplained(self, found: Mapping[int, Mapping[Place, bool]]) -> Iterator[Place]:
        """Without names and types that are known to be of another project, and without comments. A member that
        its class is not known to have may be there nevertheless (extensions, what a base of another project defines).
        ``found``: by file, the places, and whether the line begins as a comment may: one behind code hides none."""
        few = list(islice(found, MAX_READ_FACTS))
        outside: dict[int, set[int]] = {}
        comments: dict[int, set[int]] = {}
        for file_id, facts in reader.file_facts(self._ctx.index, few):
            refs = [ref for ref in facts.references if ref.name == self._name]
            outside[file_id] = {r.line for r in refs if not r.receiver or self._is_foreign(facts.language, r)}
            comments[file_id] = {n for c in facts.comments for n in range(c.line, c.end_line + 1)}
        for file_id, places in found.items():
            for place, may_be_comment in places.items():
                is_comment = may_be_comment and place[1] in comments.get(file_id, ())
                if not is_comment and place[1] not in outside.get(file_id, ()):
                    yield place

    def _is_foreign(self, language: str, ref: Reference) -> bool:
        """Whether it is a member of a type that nothing in the project defines."""
        known, type_ = profile(language), ref.receiver
        if ref.local or type_ in known.builtin_types:
            return not ref.local
        is_type = known.types_capitalised and type_.isidentifier() and type_[:1].isupper()
        return is_type and not graph_queries.symbols_named(self._ctx.index, self._ctx.view.id, type_, 1)

    def _places(self, places: Sequence[Place]) -> tuple[NamePlace, ...]:
        first = places[:MAX_PLACES]
        paths = graph_queries.path_names(self._ctx.index, {path_id for path_id, _ in first})
        return tuple(NamePlace(paths[path_id], line) for path_id, line in first)


def _parts(path: str) -> frozenset[str]:
    folder, _, base = path.rpartition("/")
    return frozenset((*folder.split("/"), base.partition(".")[0]))


def word_lines(text: bytes, name: str) -> list[int]:
    """The lines, from 1, in which the very word stands."""
    word = name.encode("utf-8", "surrogateescape")
    found: list[int] = []
    line, counted, at = 1, 0, text.find(word)
    while at >= 0:
        end = at + len(word)
        if text[at - 1 : at] not in _WORD_BYTES and text[end : end + 1] not in _WORD_BYTES:
            line += text.count(b"\n", counted, at)
            counted = at
            if not found or found[-1] != line:
                found.append(line)
        at = text.find(word, end)
    return found


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
    unread = [(reason, files) for reason, files in reasons if reason not in _NO_SOURCE]
    if unread:
        total = sum(files for _, files in unread)
        listed = ", ".join(f"{reason} {files}" for reason, files in unread)
        yield f"{total} files are not indexed ({listed})"
