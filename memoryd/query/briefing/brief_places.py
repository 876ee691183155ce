"""Where a task leads: functions by their own text; files by search, by common history, by the tests that reach them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from msgspec import Struct, structs

from memoryd.errors import UsageError
from memoryd.query import targets
from memoryd.query.context import Context
from memoryd.query.graph import impact
from memoryd.query.graph.impact import BreadthFirstSearch
from memoryd.query.graph.impact_answers import ReachingTest
from memoryd.query.history import cochange
from memoryd.query.history.cochange import CochangedFile
from memoryd.query.retrieval.roles import Role, weighed_as
from memoryd.query.revision_cache import RevisionCache
from memoryd.query.search.answers import Hit, SearchRequest
from memoryd.query.search.hybrid import gathered, shown
from memoryd.query.search.mentions import mentions
from memoryd.query.search.question import question
from memoryd.query.search.relevance import cover
from memoryd.query.targets import Target
from memoryd.store.index.queries import graph_queries

# Weights are measured by bench/eval_brief.py: the best search hit is the unit.
COMPANION = 1.0  # of a file that changed with a place every time
REACHING = 0.4  # of a test that uses a place directly; half of it at the second hop
NAMESAKE = 0.4  # of a test that is called like a place
MIN_SHARE = 0.15  # of the best: a place below is noise
MIN_COVERED = 0.22  # of a task's title: less, on four projects, was no task of theirs
MIN_TOGETHER = 2  # common commits; once is chance
BEGINNING = 150  # words of a task that are taken for its title where its first line says nothing
DEPTH = 40  # files that are ranked
SOURCES = 6  # of the best files, whose co-changed files are asked for
SEARCHED = 3  # of them, whose dependents are searched
HOPS = 3  # of what depends on the starts
TEST_HOPS = 2  # of the tests that reach the best files
MAX_FUNCTIONS = 8
DIRECT_TESTS = 1  # that is named however little else speaks for it: it is to be run
KEPT_COMPANIONS = 512  # files whose companions are kept for the next brief
_TEST_WORD = re.compile(r"^tests?[_-]|[_-]tests?$|[_-]spec$|(?<=[a-z0-9])(?:Tests?|IT)$")


class BriefPlace(Struct, frozen=True):
    """A file that the task may be about. ``beside``: the likelier file that it changed with, as ``cochange`` says;
    ``reach``: how it reaches a likely file, of a test; ``followed``: the likeliest past change of the kind that changed
    it, a sha."""

    path: str
    role: Role
    score: float
    beside: str = ""
    cochange: CochangedFile | None = None
    reach: ReachingTest | None = None
    followed: str = ""


class Places(Struct, frozen=True):
    """``functions``: pieces of code, likeliest first. ``files``: all that may matter, likeliest first; ``left_out``: so
    many less likely ones are not among them. ``hits``: by path, how search found a file. ``starts``: what is looked at
    more closely; ``dependents``: what depends on that (None: nothing was found)."""

    functions: tuple[Hit, ...]
    files: tuple[BriefPlace, ...]
    hits: Mapping[str, Hit]
    starts: tuple[Target, ...]
    dependents: BreadthFirstSearch | None = None
    left_out: int = 0

    def likeliest(self, share: float, most: int) -> Places:
        """Only the files with that share of the best score, the likeliest test that uses a place directly, and the
        functions in all of them; the best score is 1 then, or less."""
        best = self.files[0].score if self.files else 0.0
        direct = [place.path for place in self.files if place.reach and place.reach.hop == 1][:DIRECT_TESTS]
        likely = [place for place in self.files if place.score >= share * best][:most]
        paths = {place.path for place in likely} | set(direct)
        kept = tuple(
            structs.replace(place, score=place.score / max(best, 1.0))
            for place in self.files
            if place.path in paths
        )
        functions = tuple(hit for hit in self.functions if hit.path in paths) or self.functions[:1]
        return structs.replace(self, functions=functions, files=kept, left_out=len(self.files) - len(kept))


def places(ctx: Context, task: str, given: Sequence[Target]) -> Places:
    """What search finds for ``task``, with the files that changed with it; ``given`` files count like the best hit. For
    a task that the project has nothing on, search still finds the least unlike: then only what is given counts."""
    hits, functions = _found(ctx, task) if is_about(ctx, task) else ((), ())
    best = max((hit.score for hit in hits), default=1.0)
    seeds = {hit.path: hit.score / best for hit in hits} | {target.path: 1.0 for target in given}
    sources = [*dict.fromkeys([target.path for target in given] + [hit.path for hit in hits])][:SOURCES]
    starts = tuple(given or _targets(ctx, functions))[:SEARCHED]
    dependents = impact.dependents_of(ctx, starts, HOPS) if starts else None
    around = impact.dependents_of(ctx, _of_paths(ctx, sources[:SEARCHED]), TEST_HOPS) if sources else None
    tests = {test.path: test for test in (impact.tests_of(ctx, around) if around else ())}
    cochanged = _cochanged(ctx, {path: seeds[path] for path in sources})
    roles = _roles(ctx, {*seeds, *cochanged, *tests})
    found = []
    for path, role in roles.items():
        by, item = cochanged.get(path, ("", None))
        score = seeds.get(path, 0.0) + (COMPANION * item.score * seeds[by] if item else 0.0)
        score += REACHING * tests[path].confidence / tests[path].hop if path in tests else 0.0
        score += NAMESAKE if path in tests and _namesake(path, sources[:SEARCHED]) else 0.0
        found.append(BriefPlace(path, role, score, by, item, tests.get(path)))
    found = sorted(found, key=lambda place: (-place.score, place.path))
    found = [place for place in found if place.score >= MIN_SHARE]
    return Places(functions, tuple(found), {hit.path: hit for hit in hits}, starts, dependents)


def is_about(ctx: Context, task: str) -> bool:
    """Whether the project knows what ``task`` speaks of: it names a file or a definition, or one piece of code or one
    commit holds a fair part of the words of its title or beginning, rare words counting more."""
    view = ctx.lexical.refresh(ctx.index, ctx.view.id, ctx.embedder)
    asked = question(task, view.main_language)
    beginning = " ".join(asked.text.split()[:BEGINNING])
    return (
        cover(view, asked).most >= MIN_COVERED
        or bool(mentions(view, asked.text).any())
        or cover(view, question(beginning, view.main_language)).most >= MIN_COVERED
    )


def _found(ctx: Context, task: str) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
    """The hits that are not far below the best: whole files, and pieces of code that are not of tests."""
    what = gathered(ctx, task)
    files = SearchRequest(query=task, k=DEPTH, files=True)
    code = SearchRequest(query=task, k=MAX_FUNCTIONS, kinds=("code",))
    likely = _likely(shown(ctx, code, what, snippets="nameless").hits)
    roles = _roles(ctx, {hit.path for hit in likely})
    functions = tuple(hit for hit in likely if roles[hit.path] != "test")
    return _likely(shown(ctx, files, what, snippets="none").hits), functions


def _likely(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    best = max((hit.score for hit in hits), default=0.0)
    return tuple(hit for hit in hits if hit.score >= MIN_SHARE * best)


def _roles(ctx: Context, paths: Collection[str]) -> dict[str, Role]:
    """What is no file of the view any more counts as code."""
    ids = graph_queries.path_ids(ctx.index, paths)
    known = graph_queries.roles(ctx.index, ctx.view.id, ids.values())
    return {
        path: weighed_as(known[ids[path]].role) if ids.get(path) in known else "code"
        for path in sorted(paths)
    }


def _targets(ctx: Context, hits: Iterable[Hit]) -> list[Target]:
    """The symbols (else files) of the best pieces of code."""
    found: list[Target] = []
    for hit in hits:
        try:
            resolution = targets.resolve(ctx, f"{hit.path}:{hit.symbol}" if hit.symbol else hit.path)
        except UsageError:
            continue  # a piece that is no definition, such as a window of lines
        found += resolution.targets[:1]
    return found


def _of_paths(ctx: Context, paths: Sequence[str]) -> list[Target]:
    rows = {row.path: row for row in graph_queries.files_at(ctx.index, ctx.view.id, paths)}
    return [
        Target(path, rows[path].path_id, rows[path].file_id, rows[path].hash)
        for path in paths
        if path in rows
    ]


def _cochanged(ctx: Context, sources: Mapping[str, float]) -> dict[str, tuple[str, CochangedFile]]:
    """Path → the source whose likelihood it shares most by having changed with it, and how often it did."""
    found: dict[str, tuple[str, CochangedFile]] = {}
    for path, path_id in graph_queries.path_ids(ctx.index, sources).items():
        for one in _companions.get(ctx, path_id, partial(_companions_of, ctx, path_id)):
            known = found.get(one.path)
            if known is None or one.score * sources[path] > known[1].score * sources[known[0]]:
                found[one.path] = path, one
    return found


def _companions_of(ctx: Context, path_id: int) -> tuple[CochangedFile, ...]:
    """The files that changed with it more than once, without those that change with everything."""
    past = cochange.touched(ctx, [path_id])
    found = cochange.cochanged_files(ctx, [path_id], past) if past else []
    return tuple(
        one for one in found if one.support >= MIN_TOGETHER and not cochange.is_always_touched(one.path)
    )


_companions: RevisionCache[tuple[CochangedFile, ...]] = RevisionCache(KEPT_COMPANIONS)


def _namesake(path: str, sources: Collection[str]) -> bool:
    """Whether a test is called like one of the sources: ``test_redis.py``, ``redis.spec.ts``, ``RedisTest.java``."""
    return _plain_name(path) in {_plain_name(source) for source in sources}


def _plain_name(path: str) -> str:
    stem = path.rpartition("/")[2].partition(".")[0]
    return _TEST_WORD.sub("", stem).lower()
