"""Does a decision still hold? Computed from the code and the history it speaks of, never from its age.

``in_doubt`` when code that it names was there and is gone, when a commit that carried it out was reverted, when a
newer decision opposes it, when a package that it is about is no dependency any more, or when most of the lines that it
spoke of were rewritten. Its status stays what people said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct, structs

from indexers.profiles import is_lock, is_manifest
from memoryd.query.anchors import places
from memoryd.query.anchors.anchor_place import LOST
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.decision_item import DecisionItem
from memoryd.query.decisions import gone_packages
from memoryd.query.decisions.documents import Documents, documents
from memoryd.query.decisions.record_health import RecordPhysician
from memoryd.query.decisions.supersession import identifier, slug
from memoryd.query.history import reverts
from memoryd.query.safe_text import one_line, quote, safe_line
from memoryd.store.index import reader
from memoryd.store.index.queries import graph_queries, history_queries
from memoryd.store.index.queries.decision_queries import DecisionRow
from memoryd.store.index.queries.history_queries import CommitRow, Reachable, Touch

MIN_SURVIVING = 0.5  # of the linked lines
MIN_SEMANTIC = 2  # commits that touched them since
MAX_COMPARED = (
    24  # files that are compared with their former version for one answer: each costs two runs of git
)
MAX_LINKS = 6  # of one decision
_MIN_LINES = 5  # fewer lines are rewritten by any commit
_MIN_SURE = 0.8  # a link below may lead to the wrong file
_FOR_SHOW = re.compile(
    r"\b(typos?|lint|flake8|pep ?8|whitespace|format(?:ting|ted)?|isort|black|prettier|gofmt|rustfmt|changelog|docs?"
    r"|docstrings?|spelling|bump|merge|release|copyright|licen[cs]e|rename[ds]?|type hints?|annotations?)\b",
    re.I,
)
_DOCUMENT = re.compile(
    r"(?i)(?:^|/)(?:[\w.-]*lock(?:\.\w+)?|change[^/]*|readme[^/]*|history[^/]*|news[^/]*|[^/]*\.md)$"
)
_PATH = re.compile(r"[\w@.+/-]+(?:/[\w@.+-]+|\.\w{1,6})(?::[\w.]+)?$")
_NUMBERED = re.compile(r"\b(?:ADR|RFC|KEP|PEP|MADR)[\s#-]*0*([1-9]\d{0,7})\b", re.I)
_WORD = re.compile(r"(?<![\w.-])[\w.-]*\w")
_MIN_PACKAGE = 3


class _Life(Struct, frozen=True):
    """A document's own past, newest first, in the commits that the view can see."""

    touches: tuple[Touch, ...]

    @property
    def first(self) -> int:
        return self.touches[-1].commit_id if self.touches else 0

    @property
    def last(self) -> int:
        return self.touches[0].commit_id if self.touches else 0


class Physician:
    """Looks at the decisions of one answer."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._seen: Reachable = history_queries.reachable(ctx.index, ctx.view.id)
        self._documents: Documents = documents(ctx)
        self._lives: dict[str, _Life] = {}
        self._compared = 0
        self._paths: set[str] | None = None
        self._undone: list[tuple[CommitRow, set[str]]] | None = None

    def examined(self, item: DecisionItem) -> DecisionItem:
        """The document's item with health, reason and the commits between which it held."""
        row = self._documents.rows.get(item.path)
        if row is None or item.kind != "adr":
            return item
        life = self._life(item.path)
        shas = history_queries.commits(self._ctx.index, {life.first, self._ended(item, life)} - {0})
        item = structs.replace(
            item, valid_from=_sha(shas, life.first), valid_to=_sha(shas, self._ended(item, life))
        )
        if item.status not in ("accepted", "proposed"):
            return item
        reason = next((found for check in _CHECKS if (found := check(self, item, row, life))), "")
        if reason:
            return structs.replace(item, health="in_doubt", reason=one_line(reason))
        return structs.replace(
            item, reason="no file or symbol that it names was found" if item.health == "unlinked" else ""
        )

    def _life(self, path: str) -> _Life:
        if path not in self._lives:
            ids = graph_queries.path_ids(self._ctx.index, [path])
            past = history_queries.touches(self._ctx.index, ids[path], self._seen) if ids else []
            self._lives[path] = _Life(tuple(past))
        return self._lives[path]

    def _ended(self, item: DecisionItem, life: _Life) -> int:
        """The commit that brought its successor, else the last that touched a document that is not in force."""
        if item.status in ("accepted", "proposed"):
            return 0
        paths = [self._documents.succession.book.at(name) for name in item.superseded_by]
        brought = [self._life(path).first for path in paths if path]
        return min((id_ for id_ in brought if id_ > life.first), default=life.last)

    # -- code that it names

    def lost_code(self, item: DecisionItem, row: DecisionRow, life: _Life) -> str:
        """A path that was there when the document came and was deleted since; one that never was proves nothing."""
        named = [name for name in row.decision.references if _path_of(name) in self._once()]
        found = places.of_names(self._ctx, named)
        for name in named:
            if found[name].state == LOST and (gone := self._deleted(_path_of(name), life)):
                return f"`{safe_line(name)}`, which it names, was deleted{self._when(gone)}"
        return ""

    def _once(self) -> set[str]:
        """Of the paths that any document names, those of a file that is or ever was; documents are none."""
        if self._paths is None:
            book = self._documents.succession.book
            named = {
                n for row in self._documents.rows.values() for n in row.decision.references if not book.at(n)
            }
            self._paths = set(
                graph_queries.path_ids(self._ctx.index, {_path_of(n) for n in named if _PATH.fullmatch(n)})
            )
        return self._paths

    def _deleted(self, path: str, life: _Life) -> int:
        """The commit since the document's first one that deleted the file or the last file of the folder; else 0."""
        ids = graph_queries.path_ids(self._ctx.index, [path])
        if not ids or not life.first:
            return 0
        past = history_queries.touches(self._ctx.index, ids[path], self._seen)
        lived = any(touch.status != "D" for touch in past)
        return (
            past[0].commit_id
            if past and lived and past[0].status == "D" and past[0].commit_id > life.first
            else 0
        )

    # -- what became of carrying it out

    def reverted(self, item: DecisionItem, row: DecisionRow, life: _Life) -> str:
        """A commit that names it, or changed it together with its code, is undone now."""
        own = {touch.commit_id for touch in life.touches}
        names = _names(row)
        linked = {link.to.partition(":")[0] for link in item.links}
        for commit, words in self._undone_commits():
            together = commit.id in own and self._touched(commit.id, linked)
            if (together or (commit.id >= life.first and words & names)) and not self._is_back(commit.id):
                return f"commit {commit.sha[:10]} “{quote(commit.subject, 160)}”, which carried it out, was reverted"
        return ""

    def _is_back(self, commit_id: int) -> bool:
        """Its lines are here, whatever the commits say."""
        return reverts.standing(self._ctx, [commit_id])[commit_id].state == "in"

    def _undone_commits(self) -> list[tuple[CommitRow, set[str]]]:
        """The commits that are undone now, newest first, with the words of their messages."""
        if self._undone is None:
            undone = reverts.undone(self._ctx)
            out = undone.out - {pair.by for pair in undone.pairs}  # a revert carries nothing out
            bodies = history_queries.bodies(self._ctx.index, out)
            rows = history_queries.commits(self._ctx.index, out)
            self._undone = [
                (rows[id_], _words(f"{rows[id_].subject}\n{bodies.get(id_, '')}"))
                for id_ in sorted(rows, reverse=True)
            ]
        return self._undone

    def _touched(self, commit_id: int, paths: set[str]) -> bool:
        changed = {path_id for _, path_id, _, _ in history_queries.changes_of(self._ctx.index, [commit_id])}
        return bool(changed & set(graph_queries.path_ids(self._ctx.index, paths).values()))

    # -- other decisions

    def opposed(self, item: DecisionItem, row: DecisionRow, life: _Life) -> str:
        """A newer accepted decision says so, replaces a part, or chooses an option that this one rejected where both
        are about the same code."""
        book = self._documents.succession.book
        conflicting = [path for name in item.conflicts_with if (path := book.at(name))]
        for path in (*conflicting, *self._documents.succession.narrowed.get(item.path, ())):
            if self._is_newer(path, life):
                words = "contradicts it" if path in conflicting else "replaces a part of it"
                return f"the newer decision {safe_line(identifier(path))} {words}"
        for entry in self._documents.entries:
            other = entry.item
            if (
                other.path != item.path
                and set(other.scope) & set(item.scope)
                and self._is_newer(other.path, life)
            ):
                option = _takes(other.title, row.decision.alternatives)
                if option:
                    chosen = f"“{quote(option, 160)}”, which this one rejected"
                    return f"the newer decision {safe_line(other.id)} chooses {chosen}"
        return ""

    def _is_newer(self, path: str, life: _Life) -> bool:
        other = self._documents.rows[path].decision
        return other.status == "accepted" and self._life(path).first > life.first

    # -- packages

    def lost_package(self, item: DecisionItem, row: DecisionRow, life: _Life) -> str:
        """A package of the title, or in back-ticks in the decision, that left the manifests after it."""
        words = gone_packages.named(row.decision.title, row.decision.decision)
        refused = " ".join(row.decision.alternatives).casefold()
        word, gone = gone_packages.first_gone(words, self._packages_gone, life.first, refused)
        return gone_packages.removed(self._ctx, word, gone) if word else ""

    @cached_property
    def _packages_gone(self) -> Mapping[str, int]:
        return gone_packages.gone_packages(self._ctx, self._seen)

    # -- the lines it spoke of

    def rewritten(self, item: DecisionItem, row: DecisionRow, life: _Life) -> str:
        """Less than half of the lines that it was about are left, and two commits of substance touched their file:
        of a file, its lines of then; of a symbol, its lines of now."""
        written = history_queries.commits(self._ctx.index, [life.last] if life.last else [])
        if self._ctx.text_at is None or not written:
            return ""
        named = [
            link for link in item.links if link.how in ("path", "symbol") and link.confidence >= _MIN_SURE
        ]
        for link in named[:MAX_LINKS]:
            path, _, qualname = link.to.partition(":")
            since = [] if _is_of_a_release(path) else self._semantic_since(path, life.last)
            if len(since) < MIN_SEMANTIC or self._compared >= MAX_COMPARED:
                continue
            self._compared += 1
            then = _counted(
                self._ctx.text_at(written[life.last].sha, path).decode("utf-8", "replace").splitlines()
            )
            now = _counted(self._lines_now(path, qualname))
            total = (now if qualname else then).total()
            left = (now & then).total()
            if then and total >= _MIN_LINES and left < MIN_SURVIVING * total:
                code = safe_line(link.to)
                return (
                    f"{left} of {total} lines of {code} are left after {len(since)} commits that changed it"
                )
        return ""

    def _lines_now(self, path: str, qualname: str) -> list[str]:
        """The file's lines, or those of its symbol."""
        row = graph_queries.file_at(self._ctx.index, self._ctx.view.id, path)
        if row is None:
            return []
        lines = reader.file_text(self._ctx.index, row.file_id).decode("utf-8", "replace").splitlines()
        if not qualname:
            return lines
        symbols = graph_queries.symbols_of(self._ctx.index, self._ctx.view.id, row.path_id)
        spans = [lines[s.line - 1 : s.end_line] for s in symbols if s.qualname == qualname]
        return spans[0] if spans else []

    def _semantic_since(self, path: str, commit_id: int) -> list[CommitRow]:
        ids = graph_queries.path_ids(self._ctx.index, [path])
        past = history_queries.touches(self._ctx.index, ids[path], self._seen) if ids else []
        later = [touch.commit_id for touch in past if touch.commit_id > commit_id and touch.status == "M"]
        rows = history_queries.commits(self._ctx.index, later)
        return [row for row in rows.values() if not _FOR_SHOW.search(row.subject)]

    def _when(self, commit_id: int) -> str:
        row = history_queries.commits(self._ctx.index, [commit_id])[commit_id]
        return f" in {row.sha[:10]} ({day(row.time_s)})"


_CHECKS = (
    Physician.lost_code,
    Physician.reverted,
    Physician.opposed,
    Physician.lost_package,
    Physician.rewritten,
)


def examined(ctx: Context, items: Iterable[DecisionItem]) -> Iterator[DecisionItem]:
    """The documents and records of an answer with what became of them; rules stay as they are."""
    documents_, records = Physician(ctx), RecordPhysician(ctx)
    return (documents_.examined(item) if item.path else records.examined(item) for item in items)


def _is_of_a_release(path: str) -> bool:
    """Whether the file changes with every release: a manifest, a lock file, a change log, a document."""
    return is_manifest(path) or is_lock(path) or _DOCUMENT.search(path) is not None


def _counted(lines: Iterable[str]) -> Counter[str]:
    """How often each line stands there; indentation and empty lines do not count."""
    return Counter(text for line in lines if (text := line.strip()))


def _path_of(name: str) -> str:
    """The path in ``path:symbol``."""
    return name.partition(":")[0].removeprefix("./").strip("/")


def _sha(rows: dict[int, CommitRow], commit_id: int) -> str:
    return rows[commit_id].sha if commit_id in rows else ""


def _names(row: DecisionRow) -> set[str]:
    """How a message names the document: by its path, its slug of several words, or its kind and number."""
    names = {row.path.casefold()}
    if re.search(r"\w[-_]\w", slug(row.path)):
        names.add(slug(row.path))
    number = row.decision.number.lstrip("0")
    return names | {f"#{number}"} if number else names


def _words(message: str) -> set[str]:
    """The words of a message as ``_names`` has them."""
    words = {word.strip("./-").casefold() for word in re.findall(r"[\w./-]+", message)}
    return words | {f"#{number}" for number in _NUMBERED.findall(message)}


def _takes(title: str, options: Sequence[str]) -> str:
    """The option, of several words or one long one, whose words are all in the title."""
    words = set(_WORD.findall(title.casefold()))
    for option in options:
        wanted = _WORD.findall(option.casefold())
        if wanted and (len(wanted) > 1 or len(wanted[0]) > _MIN_PACKAGE) and words.issuperset(wanted):
            return option
    return ""
