"""What the history has against a change: a reverted change that comes back, a dependency that was taken out for a
reason, an alternative that was rejected. All of it is told with its source; none of it blocks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence, Set

from msgspec import Struct

from indexers.facts import ChangedFile
from memoryd.query.check.answers import CheckFinding, Severity
from memoryd.query.context import Lines
from memoryd.query.dates import day
from memoryd.query.decisions import listing
from memoryd.query.history import cochange, reverts
from memoryd.query.rules.change_case import Case
from memoryd.query.rules.executors import added_dependencies, package_name
from memoryd.query.rules.imports import added_imports
from memoryd.query.safe_text import quote, safe_line
from memoryd.store.index.queries import decision_queries, graph_queries, history_queries, note_queries
from memoryd.store.index.queries.history_queries import CommitRow, Reachable

MAX_FILES = 100  # of a change whose past is looked at
MAX_REVERTS = 24  # that are read, of all files, the newest of each first
MAX_NAMES = 50  # new packages whose past is looked at
_MIN_LINES, _MIN_SHARE = 3, 0.5  # so many telling lines, and this share of them, are back
_MIN_LINE_CHARS, _LONG_LINE_CHARS, _MAX_LINE_CHARS = 8, 24, 1_000
_MIN_NAME = 3
_WORD = re.compile(r"\w")
_Telling = dict[str, int]


def past(case: Case, checked: dict[str, None]) -> Iterator[CheckFinding]:
    """Warnings from the view's history and decisions, the notable ones of each kind."""
    checked["the history: reverted changes, removed dependencies, rejected alternatives"] = None
    if case.ctx.lines is None:
        case.unknown["reverted changes that come back (no git history)"] = None
    else:
        yield from _undone_again(case)
    yield from _dependencies(case)
    yield from _rejected(case)


# -- reverted changes


def _undone_again(case: Case) -> Iterator[CheckFinding]:
    """A change that does again what a commit did and another undid, while it is still undone: line by line, in a
    file that both of them changed."""
    known = reverts.undone(case.ctx)
    undoing = {pair.by: pair for pair in known.pairs if pair.target in known.out}
    if not undoing:
        return
    reported: set[int] = set()
    looks = MAX_REVERTS
    for file in case.change.files[:MAX_FILES]:
        ids = graph_queries.path_ids(case.ctx.index, [file.old_path or file.path])
        touches = {t.commit_id: t.path_id for t in cochange.touched(case.ctx, ids.values())} if ids else {}
        found = [undoing[id_] for id_ in touches if id_ in undoing and undoing[id_].target in touches]
        rows = history_queries.commits(
            case.ctx.index, [id_ for pair in found[:looks] for id_ in (pair.by, pair.target)]
        )
        names = graph_queries.path_names(case.ctx.index, touches.values()) if found else {}
        for pair in found[:looks]:
            by, target = rows[pair.by], rows[pair.target]
            line = None
            if pair.by not in reported and case.change.head not in (by.sha, target.sha):
                line = _back(case, file, (target, names[touches[target.id]]), (by, names[touches[by.id]]))
            if line is not None and not _is_in_force(case, target.id):
                reported.add(pair.by)
                message = f"repeats the change of {target.sha[:10]}, which was reverted"
                yield _of_commit(by, "reverted", file.path, line, message, pair.reason or by.subject)
        looks -= len(found[:looks])


def _is_in_force(case: Case, commit_id: int) -> bool:
    """The change is here again without what is being checked: then this does not bring it back."""
    own = {file.path: {text.strip().encode() for _, text in file.added} for file in case.change.files}
    return reverts.standing(case.ctx, [commit_id], without=own)[commit_id].state == "in"


_Place = tuple[CommitRow, str]  # a commit, and the file's name at that time


def _back(case: Case, file: ChangedFile, target: _Place, by: _Place) -> int | None:
    """The line at which lines stand again that ``target`` added and ``by`` took away; 0 where lines are gone again
    that it removed and ``by`` restored; None: neither."""
    assert case.ctx.lines
    (did_add, did_remove), (undid_add, undid_remove) = (
        [_telling(lines) for lines in case.ctx.lines(row.sha, path)] for row, path in (target, by)
    )
    came, gone = _telling(file.added), _telling(file.removed)
    again = _shared(did_add.keys() & undid_remove.keys(), came, gone)
    if again:
        return min(came[text] for text in again)
    return 0 if _shared(did_remove.keys() & undid_add.keys(), gone, came) else None


def _shared(wanted: Set[str], now: _Telling, other: _Telling) -> list[str]:
    """The ``wanted`` lines that come ``now`` and did not merely move, being in ``other`` too; empty where they are
    too few to say that it is all back."""
    shared = [text for text in now if text in wanted and text not in other]
    enough = len(shared) >= _MIN_LINES and len(shared) >= _MIN_SHARE * len(wanted)
    whole = bool(wanted) and len(shared) == len(wanted) and max(map(len, wanted)) >= _LONG_LINE_CHARS
    return shared if enough or whole else []


def _telling(lines: Lines) -> _Telling:
    """Lines long enough to be told from others, without their indentation → their first number."""
    found: _Telling = {}
    for number, text in lines:
        plain = text.strip()
        if (
            _MIN_LINE_CHARS <= len(plain) <= _MAX_LINE_CHARS
            and len(_WORD.findall(plain)) >= _MIN_LINE_CHARS // 2
        ):
            found.setdefault(plain, number)
    return found


# -- dependencies


class _Name(Struct, frozen=True):
    """A package that the change brings in, by a manifest or by an import."""

    path: str
    line: int
    name: str
    is_dependency: bool


def _new_names(case: Case) -> list[_Name]:
    found = [
        _Name(file.path, line, name, True)
        for file in case.change.files
        for line, name in added_dependencies(file)
    ]
    for file in case.change.files:
        for line, item in added_imports(case, file):
            if not item.statement.module.startswith(".") and not case.modules.path(item.base):
                found.append(_Name(file.path, line, item.statement.module, False))
    return found[:MAX_NAMES]


def _dependencies(case: Case) -> Iterator[CheckFinding]:
    """Dependencies that come back although the last that the history says of them is that they were removed."""
    seen = history_queries.reachable(case.ctx.index, case.ctx.view.id)
    for new in _new_names(case):
        removal = _removal(case, seen, new.name) if new.is_dependency else None
        if removal is None:
            continue
        notes = note_queries.of_commits(case.ctx.index, [removal.id]).get(removal.id, [])
        reason = next((note.quote for note in notes if note.kind == "rationale"), "")
        message = f"adds the dependency {safe_line(new.name)} again, which was removed"
        severity: Severity = "warn" if reason else "info"
        yield _of_commit(
            removal, "dependency", new.path, new.line, message, reason or removal.subject, severity
        )


def _removal(case: Case, seen: Reachable, name: str) -> CommitRow | None:
    """The commit that removed the package, if nothing brought it back since."""
    spelled = dict.fromkeys((name, package_name(name)))
    notes = [
        row
        for spelling in spelled
        for row in note_queries.of_kind(case.ctx.index, "dependency", seen, spelling)
    ]
    last = max(notes, key=lambda row: row[0], default=None)
    if last is None or last[1].how not in ("removed", "replaced"):
        return None
    row = history_queries.commits(case.ctx.index, [last[0]]).get(last[0])
    return row if row and row.sha != case.change.head else None


# -- rejected alternatives


def _rejected(case: Case) -> Iterator[CheckFinding]:
    """New packages and modules that a decision considered and did not choose."""
    new = [(name, _words(name.name)) for name in _new_names(case)]
    if not new:
        return
    changed = {file.path for file in case.change.files}
    reported: set[tuple[str, str]] = set()
    for rejection in _rejections(case):
        for name, words in new:
            if (
                rejection.path in changed
                or (rejection.source, name.name) in reported
                or not rejection.names(words)
            ):
                continue
            reported.add((rejection.source, name.name))
            yield CheckFinding(
                severity="warn",
                rule="rejected alternative",
                path=name.path,
                line=name.line,
                message=f"adds {safe_line(name.name)}, an alternative that a decision did not choose",
                quote=quote(rejection.text, 300),
                source=rejection.source,
            )


class _Rejection(Struct, frozen=True):
    """``option``: the alternative that was not chosen; ``chosen``: the decision's own words, which may name it too."""

    option: str
    chosen: str
    text: str
    source: str
    path: str = ""

    def names(self, words: Collection[str]) -> bool:
        option, chosen = set(_all_words(self.option)), set(_all_words(self.chosen))
        return any(word in option and word not in chosen for word in words)


def _rejections(case: Case) -> Iterator[_Rejection]:
    rows_of = decision_queries.decisions(case.ctx.index, case.ctx.view.id)
    options = {row.path: row.decision.alternatives for row in rows_of}
    for entry in listing.entries(case.ctx):
        item = entry.item
        source = f"{item.path}:{item.line}" if item.path else item.id
        if item.status == "rejected" and item.tier == "declared":
            yield _Rejection(item.title, "", item.title, source, item.path)
        elif item.status == "accepted":
            for option in options.get(item.path, ()):
                yield _Rejection(option, item.title, f"{item.title}: not {option}", source, item.path)
    seen = history_queries.reachable(case.ctx.index, case.ctx.view.id)
    trailers = [(id_, n) for id_, n in note_queries.of_kind(case.ctx.index, "trailer", seen, "Rejected")]
    rows = history_queries.commits(case.ctx.index, [id_ for id_, _ in trailers])
    for id_, note in trailers:
        if rows[id_].sha != case.change.head:
            option = re.split(r"[|:;—]| - ", note.quote, maxsplit=1)[0]
            yield _Rejection(option, "", f"Rejected: {note.quote}", rows[id_].sha)


def _words(name: str) -> Sequence[str]:
    """The words under which a text would name a module or package: itself and its parts that are telling."""
    plain = package_name(name)
    parts = re.split(r"[./:@]+", plain)
    return [word for word in dict.fromkeys((plain, *parts[:1], *parts[-1:])) if len(word) >= _MIN_NAME]


def _all_words(text: str) -> Iterator[str]:
    for word in re.findall(r"[\w./@-]+", text.lower()):
        plain = package_name(word.strip(".-/"))
        yield plain
        yield from (part for part in re.split(r"[-./@]+", plain) if part != plain)


def _of_commit(
    row: CommitRow, rule: str, path: str, line: int, message: str, said: str, severity: Severity = "warn"
) -> CheckFinding:
    return CheckFinding(
        severity=severity,
        rule=rule,
        path=path,
        line=line,
        message=f"{message} by {row.sha[:10]} ({day(row.time_s)})",
        quote=quote(said, 300),
        source=row.sha,
    )
