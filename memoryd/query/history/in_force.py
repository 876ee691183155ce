"""Whether a change that was reverted is in force now: decided by the text of the view, not by counting commits.

A revert may itself be taken back under any title, or be merged with `ours`, so that the commits alone do not say what
became of a change. The lines that it added and removed do: they are looked for where its files are today, then
anywhere. Commits only break a tie: lines of a change that was restored may be gone because they were rewritten.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Collection, Mapping, Sequence, Set
from typing import Literal

from msgspec import Struct, structs

from indexers.facts import FileEffect
from memoryd.query.context import Context
from memoryd.query.history.cochange import names
from memoryd.query.revision_cache import Revision, revision
from memoryd.store.index import reader
from memoryd.store.index.queries import graph_queries, history_queries
from memoryd.store.index.queries.history_queries import CommitRow
from memoryd.store.index.queries.state import skipped_queries

_Effects = Mapping[str, Sequence[FileEffect]]
MAX_LATER = 12  # commits to a file that are looked at for the one that brought a change back
State = Literal["in", "partly", "out", "unknown"]
FEW, MOST = 0.2, 0.8  # shares of a change's lines that make it undone, or in force
MAX_SEARCHED_BYTES = 48 * 1024 * 1024  # of the view, for lines that are no longer in their files
_MOVED_LINES, _MOVED_CHARS = 3, 16  # so many lines of that length in one other file are no accident
_KEPT = 8


class InForce(Struct, frozen=True):
    """``added``: telling lines that the change brought, ``added_here`` of which are in the view; ``removed``: lines
    that it took out, ``back_here`` of which are in the view again. ``path``: where most of the lines are.
    ``restored_by``: the commit that brought them back; ``why``: why it cannot be told."""

    state: State
    added: int = 0
    added_here: int = 0
    removed: int = 0
    back_here: int = 0
    path: str = ""
    restored_by: str = ""
    why: str = ""

    def evidence(self) -> str:
        """The counts in words."""
        said = []
        if self.added:
            said.append(f"{self.added_here} of {self.added} lines that it added are here")
        if self.removed:
            said.append(f"{self.back_here} of {self.removed} lines that it removed are here")
        return ", ".join(said)


_known: OrderedDict[Revision, dict[int, InForce]] = OrderedDict()
_lock = threading.Lock()


def verdicts(
    ctx: Context, reverted: Mapping[int, bool], without: Mapping[str, Collection[bytes]] | None = None
) -> dict[int, InForce]:
    """For each commit what became of its change. ``reverted``: commit id → whether the commits alone say that it is
    undone. ``without``: lines by path that count as not there, for a change that is being judged itself."""
    if without:
        return _judged(ctx, reverted, without)
    key = revision(ctx)
    with _lock:
        known = dict(_known.get(key, {}))
    missing = {id_: out for id_, out in reverted.items() if id_ not in known}
    if missing:
        known |= _judged(ctx, missing, {})
        with _lock:
            _known[key] = _known.get(key, {}) | known
            _known.move_to_end(key)
            while len(_known) > _KEPT:
                _known.popitem(last=False)
    return {id_: known[id_] for id_ in reverted}


def _judged(
    ctx: Context, reverted: Mapping[int, bool], without: Mapping[str, Collection[bytes]]
) -> dict[int, InForce]:
    rows = history_queries.commits(ctx.index, reverted)
    effects = ctx.effects([row.sha for row in rows.values()]) if ctx.effects else {}
    tree = ViewLines(ctx, [effect for files in effects.values() for effect in files], without)
    counts = {id_: _Count(effects.get(row.sha), tree) for id_, row in rows.items()}
    tree.look_elsewhere([count for count in counts.values() if count.missing])
    found = {}
    for id_, out in reverted.items():
        count = counts.get(id_)
        verdict = count.verdict(out) if count else InForce("unknown", why="the commit is not here")
        if verdict.state in ("in", "partly") and not without:
            verdict = structs.replace(verdict, restored_by=_restorer(ctx, rows[id_], verdict, effects))
        found[id_] = verdict
    return found


class ViewLines:
    """The telling lines of the view, of the files that are asked about as they are called today."""

    def __init__(
        self, ctx: Context, effects: Sequence[FileEffect], without: Mapping[str, Collection[bytes]]
    ) -> None:
        self._ctx, self._without = ctx, without
        self._now = self._names(effects)
        self._lines: dict[str, set[bytes] | None] = {}
        self._there: set[str] = set()
        self._read()

    def _names(self, effects: Sequence[FileEffect]) -> dict[str, str]:
        """Path of then → path of now, where that is another one."""
        wanted = {path for effect in effects for path in (effect.path, effect.old_path)}
        ids = graph_queries.path_ids(self._ctx.index, wanted)
        if not ids:
            return {}
        today = names(self._ctx)
        now = {path: today.of(id_) for path, id_ in ids.items()}
        known = graph_queries.path_names(self._ctx.index, {id_ for id_ in now.values() if id_})
        return {path: known[now_id] if (now_id := now.get(path)) in known else path for path in wanted}

    def _read(self) -> None:
        ctx, wanted = self._ctx, set(self._now.values())
        rows = graph_queries.files_at(ctx.index, ctx.view.id, sorted(wanted))
        for row in rows:
            self._lines[row.path] = self._telling(row.path, reader.file_text(ctx.index, row.file_id))
        others = wanted - self._lines.keys()
        self._there |= self._lines.keys()
        skipped = set(skipped_queries.skipped_paths(ctx.index, ctx.view.id))
        texts = ctx.texts_at(ctx.view.head, sorted(others)) if others and ctx.texts_at else {}
        self._there |= others & (skipped | set(texts or ()))
        for path in others:
            if texts is None or (path in skipped and path not in texts):
                self._lines[path] = None
            else:
                self._lines[path] = self._telling(path, texts.get(path, b""))

    def _telling(self, path: str, text: bytes) -> set[bytes]:
        lines = {line.strip() for line in text.split(b"\n")}
        return lines - set(self._without.get(path, ()))

    def lines(self, effect: FileEffect) -> tuple[str, set[bytes] | None]:
        """(the file today, its lines; None where they cannot be read)."""
        path = self._now.get(effect.path, effect.path)
        return path, self._lines.get(path, set())

    def has(self, path: str) -> bool:
        """There is a file of that name."""
        return path in self._there

    def look_elsewhere(self, counts: Sequence[_Count]) -> None:
        """Find what is missing in other files, where so much of it stands together that it was moved there."""
        wanted = {line for count in counts for line in count.missing}
        if not wanted:
            return
        room = MAX_SEARCHED_BYTES
        for file in reader.view_files(self._ctx.index, self._ctx.view.id):
            room -= file.size_bytes
            if room < 0:
                return
            found = wanted & self._telling(file.path, reader.file_text(self._ctx.index, file.file_id))
            for count in counts if found else ():
                count.found_in(file.path, found)


class _Count:
    """What of one change is there."""

    def __init__(self, files: Sequence[FileEffect] | None, tree: ViewLines) -> None:
        self.missing: set[bytes] = set()
        self.added = self.added_here = self.removed = self.back_here = 0
        self._places: Counter[str] = Counter()
        self._elsewhere = ""
        self.problems = [] if files else ["it changed no file, or too many"]
        if files is None:
            self.problems = ["git cannot read the commit"]
        for effect in files or ():
            self._add(effect, tree)

    def _add(self, effect: FileEffect, tree: ViewLines) -> None:
        path, now = tree.lines(effect)
        if effect.problem or now is None:
            self.problems.append(effect.problem or "its file is not read")
            return
        here = effect.added & now
        self.added, self.added_here = self.added + len(effect.added), self.added_here + len(here)
        self.removed += len(effect.removed)
        self.back_here += len(effect.removed & now)
        self.missing |= effect.added - now
        self._places[path] += len(here)

    def found_in(self, path: str, lines: Set[bytes]) -> None:
        """They stand in another file. Enough long ones were moved there; of few or short ones nobody can say."""
        moved = self.missing & lines
        if sum(len(line) >= _MOVED_CHARS for line in moved) >= max(_MOVED_LINES, len(self.missing) // 2):
            self.missing -= moved
            self.added_here += len(moved)
            self._places[path] += len(moved)
        elif 2 * len(moved) >= self.added:
            self._elsewhere = self._elsewhere or path

    def verdict(self, out: bool) -> InForce:
        here = self.added_here / self.added if self.added else 0.0
        back = self.back_here / self.removed if self.removed else 0.0
        path = self._places.most_common(1)[0][0] if self._places else ""
        state, why = self._state(out, here, back)
        return InForce(state, self.added, self.added_here, self.removed, self.back_here, path, why=why)

    def _state(self, out: bool, here: float, back: float) -> tuple[State, str]:
        if not self.added + self.removed:
            return "unknown", self.problems[0] if self.problems else "it changed no telling line"
        standing = here if self.added else 1.0 - back
        if FEW < standing < MOST or (standing >= MOST and self.removed and back >= MOST and self.added):
            return "partly", ""
        if standing >= MOST:
            return "in", ""
        if self.problems:
            return "unknown", f"not all of its files can be compared ({self.problems[0]})"
        if self._elsewhere:
            return "unknown", f"lines like it stand in {self._elsewhere}"
        if not out and not back:
            return "unknown", "it was restored, and its lines were rewritten since"
        return "out", ""


def _restorer(ctx: Context, row: CommitRow, verdict: InForce, effects: _Effects) -> str:
    """The later commit to the file that added most of the change's lines once more: one of its title, else the first
    few are looked at. ``""`` where there is none: the change may have been taken out of another branch only."""
    path_id = graph_queries.path_ids(ctx.index, [verdict.path]).get(verdict.path)
    if not path_id or ctx.effects is None:
        return ""
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    later = [t.commit_id for t in history_queries.touches(ctx.index, path_id, seen) if t.commit_id > row.id]
    rows = history_queries.commits(ctx.index, later)
    title = row.subject.rpartition(" (")[0] or row.subject
    titled = [id_ for id_ in later if title in rows[id_].subject]
    looked = list(dict.fromkeys([*titled[:MAX_LATER], *reversed(later[-MAX_LATER:])]))
    done = ctx.effects([rows[id_].sha for id_ in looked])
    added = {line for effect in effects.get(row.sha, ()) for line in effect.added}
    for id_ in looked:
        again = {line for effect in done.get(rows[id_].sha, ()) for line in effect.added}
        if added and len(added & again) * 2 >= len(added):
            return rows[id_].sha
    return ""
