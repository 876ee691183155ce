"""What was undone, by which commit, and whether it stayed undone: claims of messages and bytes that went back."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from indexers.facts import FileEffect
from memoryd.query.answers import paging
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.history.commit_items import RevertItem
from memoryd.query.history.in_force import InForce, verdicts
from memoryd.query.history.reverts_answers import RevertsAnswer, RevertsRequest
from memoryd.query.safe_text import quote
from memoryd.store.index import reader
from memoryd.store.index.queries import history_queries, note_queries
from memoryd.store.index.queries.history_queries import CommitRow, Reachable
from memoryd.store.index.queries.note_queries import Undoing
from memoryd.store.sqlite import file_of

QUICK_S = 600  # who takes back own work sooner was still at it
WHOLE_FILE_S = 90 * 86_400  # a file deleted after longer was in use: it was retired, not reverted
MAX_CHAIN = 50
MAX_UNCLEAR, MAX_CANDIDATES = 60, 40  # patches that one deep look compares
_KEPT = 16
_UNDOES = re.compile(
    r"^(?:re-?vert|undo|back(?:ed|ing)? out|roll(?:ed|ing)? back|restor|bring back|put back|re-?appl|re-?enabl)",
    re.I,
)
_STRENGTH = {"stated": 0, "pull": 1, "text": 2, "structural": 3, "patch": 4, "lines": 5, "words": 6}
_WORDED = re.compile(
    r"\A(?:\[[^\]]{1,40}\] ?|\w{1,20}(?:\([^)]{0,40}\))?!?: ?)?"
    r"(?:re-?vert(?:s|ed|ing)?|undo(?:es|ing)?|back(?:s|ed|ing)? out|roll(?:s|ed|ing)? back)\b(?!-)",
    re.I,
)
_NOUN = re.compile(
    r"\W{1,3}(?:buttons?|commands?|options?|flags?|actions?|menus?|features?|support|logic|handling|tests?"
    r"|functions?|methods?|to|of|for|in|is|when|on|with)\b",
    re.I,
)
MAX_WORDED, MAX_EARLIER = (
    60,
    15,
)  # commits that say in free words that they undo something, and those looked at for each
_INVERSE = 0.8  # of what a commit did, turned back by another
_PULL_IN_SUBJECT = (" (#{})", "Merge pull request #{} ")


class Pair(Struct, frozen=True):
    """``target`` is 0 where the commit that ``sha`` names is not in this history."""

    by: int
    target: int
    sha: str
    how: str
    reason: str


class Undone(Struct, frozen=True):
    """All pairs of a view, oldest first, and which of the commits in them are in effect now."""

    pairs: tuple[Pair, ...]
    out: frozenset[int]
    steps: frozenset[Pair]  # those that changed something: not the repetitions of a squash
    by_commit: Mapping[int, tuple[Pair, ...]]  # every pair that the commit is in

    def chain(self, commit_id: int) -> tuple[int, ...]:
        """The first change, then what undid it, what undid that … through ``commit_id``; oldest first."""
        root = commit_id
        for _ in range(MAX_CHAIN):
            earlier = [pair.target for pair in self._steps(root) if pair.by == root]
            if not earlier:
                break
            root = min(earlier)
        found, edge = {root}, [root]
        while edge and len(found) < MAX_CHAIN:
            later = {pair.by for id_ in edge for pair in self._steps(id_) if pair.target == id_} - found
            found |= later
            edge = sorted(later)
        return tuple(sorted(found))

    def counted(self, commit_ids: Iterable[int]) -> list[Pair]:
        """The pairs that these commits are in, in their order, each once, without repetitions."""
        found = (pair for id_ in commit_ids for pair in self.by_commit.get(id_, ()))
        return list(dict.fromkeys(pair for pair in found if pair in self.steps or not pair.target))

    def _steps(self, commit_id: int) -> list[Pair]:
        return [pair for pair in self.by_commit.get(commit_id, ()) if pair in self.steps]


_known: OrderedDict[tuple[Any, ...], Undone] = OrderedDict()
_lock = threading.Lock()


def reverts(ctx: Context, request: RevertsRequest) -> RevertsAnswer:
    """Every revert of the view, newest first."""
    known = deep(ctx) if request.deep else undone(ctx)
    found = list(reversed(known.pairs))
    page = found[request.offset : request.offset + request.limit]
    return RevertsAnswer(
        ctx.freshness,
        reverts=tuple(items(ctx, page, known)),
        total=len(found),
        searched="" if found else f"{history_queries.reachable(ctx.index, ctx.view.id).count()} commits",
        **paging(
            "memoryd reverts --deep" if request.deep else "memoryd reverts",
            request.offset,
            len(page),
            len(found),
        ),
    )


def items(ctx: Context, pairs: Sequence[Pair], known: Undone | None = None) -> list[RevertItem]:
    """The pairs with what people want to read of their commits; ``known``: among which they are, ``undone`` by
    default."""
    all_pairs = known or undone(ctx)
    chains = {pair: all_pairs.chain(pair.by) for pair in pairs}
    ids = {id_ for pair in pairs for id_ in (pair.by, pair.target, *chains[pair])} - {0}
    rows = history_queries.commits(ctx.index, ids)
    asked = {id_ for pair in pairs if pair.target for id_ in (pair.target, chains[pair][0])}
    judged = standing(ctx, asked, all_pairs)
    return [_item(judged, pair, chains[pair], rows) for pair in pairs]


def standing(
    ctx: Context,
    commit_ids: Iterable[int],
    known: Undone | None = None,
    without: Mapping[str, Collection[bytes]] | None = None,
) -> dict[int, InForce]:
    """What became of the changes of these commits: the one verdict that every answer gives. ``without``: lines that
    count as not there, for a change that is being judged itself."""
    out = (known or undone(ctx)).out
    return verdicts(ctx, {id_: id_ in out for id_ in commit_ids}, without)


def _item(
    judged: Mapping[int, InForce], pair: Pair, chain: Sequence[int], rows: Mapping[int, CommitRow]
) -> RevertItem:
    by, target = rows[pair.by], rows.get(pair.target)
    verdict = judged.get(pair.target) or InForce("unknown", why="the commit is not in this history")
    return RevertItem(
        by=by.sha,
        target=target.sha if target else pair.sha,
        how=pair.how,
        parity=verdict.state,
        date=day(by.time_s),
        reason=quote(pair.reason, 300) if pair.reason else "",
        author=quote(by.author, 80),
        subject=quote(by.subject, 200),
        target_subject=quote(target.subject, 200) if target else "",
        target_date=day(target.time_s) if target else "",
        chain=tuple(rows[id_].sha for id_ in chain) if target else (),
        ends=judged[chain[0]].state if target else "unknown",
        reachable=target is not None,
        evidence=verdict.evidence(),
        path=verdict.path,
        restored_by=verdict.restored_by,
        why=quote(verdict.why, 120),
    )


def of_file(ctx: Context, commit_ids: Iterable[int], wrote: Collection[int]) -> list[Pair]:
    """The pairs that these commits are in and that tell of the file which the commits ``wrote`` changed. A squashed
    branch names what it took back in any of its files: only what was changed here counts, and of what is unknown
    only what a subject calls a revert."""
    pairs = undone(ctx).counted(commit_ids)
    lost = history_queries.commits(ctx.index, {pair.by for pair in pairs if not pair.target})
    return [
        pair
        for pair in pairs
        if pair.target in wrote
        or (not pair.target and pair.by in wrote and _UNDOES.search(lost[pair.by].subject))
    ]


def undone(ctx: Context) -> Undone:
    """The reverts that the view can see; kept for the next question about the same state."""
    file = file_of(ctx.index)
    key = (file, ctx.view.id, ctx.view.head, ctx.view.indexed_at_s, reader.meta(ctx.index, "mailmap"))
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    found = _find(ctx)
    with _lock:
        _known[key] = found
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return found


# -- finding them


def _find(ctx: Context) -> Undone:
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    pairs: dict[tuple[int, int | str], Pair] = {}
    for pair in (*_claimed(ctx, seen), *_structural(ctx, seen)):
        key = (pair.by, pair.target or pair.sha)
        known = pairs.get(key)
        if known is None or _STRENGTH[pair.how] < _STRENGTH[known.how]:
            pairs[key] = pair
    explained = {pair.by for pair in pairs.values()}
    return _followed([*pairs.values(), *_worded(ctx, seen, explained)])


def _worded(ctx: Context, seen: Reachable, explained: Collection[int]) -> Iterator[Pair]:
    """Commits whose subject says in free words that they undo something: what they turned back is found by the lines,
    among the earlier commits to the same files."""
    subjects = [
        (id_, match.end(), subject)
        for id_, subject in note_queries.subjects(ctx.index, seen)
        if id_ not in explained and (match := _WORDED.match(subject))
    ][-MAX_WORDED:]
    if not subjects or ctx.effects is None:
        return
    earlier = {id_: _same_files(ctx, id_, seen)[:MAX_EARLIER] for id_, _, _ in subjects}
    rows = history_queries.commits(
        ctx.index, {one for id_, found in earlier.items() for one in (id_, *found)}
    )
    effects = ctx.effects([row.sha for row in rows.values()])
    done = {id_: _lines_of(effects.get(row.sha, ())) for id_, row in rows.items()}
    notes = note_queries.of_commits(ctx.index, [id_ for id_, _, _ in subjects])
    for id_, end, subject in subjects:
        reason = next((note.quote for note in notes.get(id_, ()) if note.kind == "rationale"), "")
        found = [target for target in earlier[id_] if _turned_back(done[target], done[id_])]
        for target in found:
            yield Pair(id_, target, "", "lines", reason)
        if not found and any(done[id_]) and not _NOUN.match(subject, end):
            yield Pair(id_, 0, "", "words", reason)


def _lines_of(files: Iterable[FileEffect]) -> tuple[set[bytes], set[bytes]]:
    """(added, removed) of all files together."""
    pairs = [(effect.added, effect.removed) for effect in files]
    return {line for added, _ in pairs for line in added}, {line for _, removed in pairs for line in removed}


def _turned_back(done: tuple[set[bytes], set[bytes]], by: tuple[set[bytes], set[bytes]]) -> bool:
    (added, removed), (by_added, by_removed) = done, by
    return (
        bool(added or removed)
        and len(added & by_removed) >= _INVERSE * len(added)
        and len(removed & by_added) >= _INVERSE * len(removed)
    )


def _followed(pairs: Iterable[Pair]) -> Undone:
    ordered = tuple(sorted(pairs, key=lambda pair: (pair.by, pair.target)))
    by_commit: dict[int, list[Pair]] = defaultdict(list)
    for pair in ordered:
        for id_ in {pair.by, pair.target} - {0}:
            by_commit[id_].append(pair)
    out, steps = _follow(ordered)
    return Undone(ordered, out, steps, {id_: tuple(found) for id_, found in by_commit.items()})


def _claimed(ctx: Context, seen: Reachable) -> Iterable[Pair]:
    """What messages state. A commit that names a sha is not looked up by its title as well."""
    claims = note_queries.of_kind(ctx.index, "revert", seen)
    if not claims:
        return
    book = _Book(ctx, seen)
    stated: dict[int, int] = defaultdict(int)
    for by, note in claims:
        if note.how == "text" and stated[by]:
            continue
        if note.how == "stated":
            target, sha = book.by_sha(note.subject, by)
        elif note.how == "pull":
            target, sha = book.by_pull(note.subject.lstrip("#!"), by), ""
        else:
            target, sha = book.by_title(note.subject, by), ""
        if (target or sha) and target != by:
            stated[by] += note.how != "text"
            yield Pair(by, target, sha, note.how, note.quote)


class _Book:
    """Looks up which earlier, visible commit is meant."""

    def __init__(self, ctx: Context, seen: Reachable) -> None:
        self._ctx, self._seen = ctx, seen
        self._copies: dict[str, list[int]] = defaultdict(list)
        for id_, note in note_queries.of_kind(ctx.index, "picked", seen):
            self._copies[note.subject].append(id_)
        self._titles: dict[str, list[int]] | None = None

    def by_sha(self, sha: str, by: int) -> tuple[int, str]:
        """(id, ``""``), or (0, sha) when this history has no such commit; a copy stands for its original."""
        rows = history_queries.commits_with_prefix(self._ctx.index, sha, 3)
        visible = [row for row in rows if row.id in self._seen]
        if len(visible) == 1:
            return visible[0].id, ""
        copies = [id_ for id_ in self._copies.get(rows[0].sha if len(rows) == 1 else sha, ()) if id_ < by]
        if copies:
            return copies[-1], ""
        return 0, rows[0].sha if len(rows) == 1 else sha

    def by_title(self, title: str, by: int) -> int:
        """The latest commit before ``by`` of this title; a title that was cut (``…``) fits what begins like it."""
        plain = _plain_title(title)
        cut = plain.rstrip(".…")
        if cut != plain and len(cut) >= 20:
            found = [id_ for known, ids in self._by_title().items() if known.startswith(cut) for id_ in ids]
        else:
            found = self._by_title().get(plain, [])
        return max((id_ for id_ in found if id_ < by), default=0)

    def by_pull(self, number: str, by: int) -> int:
        wanted = tuple(form.format(number) for form in _PULL_IN_SUBJECT)
        return history_queries.last_with_subject(self._ctx.index, wanted, by, self._seen)

    def _by_title(self) -> dict[str, list[int]]:
        if self._titles is None:
            self._titles = defaultdict(list)
            for id_, subject in note_queries.subjects(self._ctx.index, self._seen):
                self._titles[_plain_title(subject)].append(id_)
        return self._titles


def _plain_title(subject: str) -> str:
    """Case, white space and the pull request's number do not make another title."""
    head, _, tail = subject.rstrip().rpartition(" (")
    numbered = head and tail.endswith(")") and tail[:-1].lstrip("#!GHgh-").isdigit()
    return " ".join((head if numbered else subject).casefold().split())


def _structural(ctx: Context, seen: Reachable) -> Iterable[Pair]:
    """Commits that turn the bytes of an earlier one back, the latest such; what somebody took back at once is left
    out, and so are files that were deleted long after they came."""
    latest: dict[int, Undoing] = {}
    for row in note_queries.undoings(ctx.index, seen):
        target = latest.get(row.inverse)
        latest[row.effect] = row
        if target is None or target.id == row.id or row.time_s < target.time_s:
            continue
        apart_s = row.time_s - target.time_s
        quick = row.author_id == target.author_id and apart_s < QUICK_S
        if not quick and not (row.effect & 1 and apart_s > WHOLE_FILE_S):
            yield Pair(row.id, target.id, "", "structural", "")


# -- patches, on request


def deep(ctx: Context) -> Undone:
    """``undone``, and what commits undo that say so without saying what: found among the earlier commits that changed
    the same files, by the lines. Asks git for patches."""
    known = undone(ctx)
    if ctx.patches is None:
        return known
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    done_by = {pair.by for pair in known.pairs if pair.target}
    unclear = [
        id_
        for id_, subject in note_queries.subjects(ctx.index, seen)
        if id_ not in done_by and _UNDOES.search(subject)
    ][-MAX_UNCLEAR:]
    candidates = {id_: _same_files(ctx, id_, seen) for id_ in unclear}
    ids = {id_ for by, targets in candidates.items() if targets for id_ in (by, *targets)}
    shas = {id_: row.sha for id_, row in history_queries.commits(ctx.index, ids).items()}
    keys = ctx.patches(list(shas.values()))
    found = [
        Pair(by, target, "", "patch", "")
        for by, targets in candidates.items()
        for target in [next((t for t in targets if _is_undone(keys, shas, by, t)), 0)]
        if target
    ]
    return _followed([*known.pairs, *found]) if found else known


def _is_undone(keys: Mapping[str, tuple[int, int]], shas: Mapping[int, str], by: int, target: int) -> bool:
    _, undoing = keys.get(shas[by], (0, 0))
    return bool(undoing) and keys.get(shas[target], (0, 0))[0] == undoing


def _same_files(ctx: Context, by: int, seen: Reachable) -> list[int]:
    """The earlier commits, newest first, that changed a file of this one."""
    paths = {row[1] for row in history_queries.changes_of(ctx.index, [by])}
    touching = {
        touch.commit_id
        for path_id in sorted(paths)[:3]
        for touch in history_queries.touches(ctx.index, path_id, seen)
    }
    return sorted((id_ for id_ in touching if id_ < by), reverse=True)[:MAX_CANDIDATES]


def _follow(pairs: Sequence[Pair]) -> tuple[frozenset[int], frozenset[Pair]]:
    """(commits whose change is undone now, pairs that did something). Each pair, in the order of time, takes its target
    out unless it is out already (a squash repeats what its parts said), and whoever is taken out gives back what it
    had undone."""
    out: set[int] = set()
    undid: dict[int, list[int]] = defaultdict(list)
    steps = []
    for pair in pairs:
        if pair.target and pair.target not in out:
            undid[pair.by].append(pair.target)
            _flip(pair.target, out, undid)
            steps.append(pair)
    return frozenset(out), frozenset(steps)


def _flip(commit_id: int, out: set[int], undid: Mapping[int, Sequence[int]]) -> None:
    """Take the commit out or back in, and with it the other way round what it undid."""
    stack, flipped = [commit_id], set()
    while stack:
        id_ = stack.pop()
        if id_ not in flipped:
            flipped.add(id_)
            out.symmetric_difference_update({id_})
            stack += undid.get(id_, ())
