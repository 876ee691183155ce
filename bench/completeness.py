"""How often an answer says that it is complete, and whether `git grep -w` then finds a line that it does not count.

    python bench/completeness.py REPOSITORY… [--symbols 75] [--seed 1] [--show]

From each repository (a work tree) so many functions, methods and types are drawn, and `refs` is asked. For each name
`git grep -w` over the work tree gives the lines that have it. *false*: the answer says COMPLETE, and the lines of the
text that it counts are not those of git, or git has one in a file that is not indexed and the answer leaves nothing
out. For every name, complete or not, `search --exact --word` is compared with git, line by line, over the indexed
files: *differs*.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from absence import Hit, Project  # noqa: E402
from measure import load_line  # noqa: E402

from memoryd.ingest.parse.pool import ParsePool, PoolLimits  # noqa: E402
from memoryd.query.graph.symbols import refs  # noqa: E402
from memoryd.query.graph.symbols_answers import RefsRequest  # noqa: E402
from memoryd.query.search.answers import SearchRequest  # noqa: E402
from memoryd.query.search.by_text import search  # noqa: E402
from memoryd.query.search.text_answers import TextAnswer  # noqa: E402
from memoryd.store.index import reader  # noqa: E402


def judged(project: Project, path: str, qualname: str) -> Iterator[tuple[str, str]]:
    """(what is so of the answer about one symbol, where to see it)."""
    target = f"{path}:{qualname}"
    if not qualname.replace(".", "").isidentifier():
        yield "not asked (no word: an operator)", ""
        return
    account = refs(project.ctx, RefsRequest(target=target)).accounting
    name = account.name if account else qualname.rpartition(".")[2]
    of_git = project.lines(name)
    indexed = {file.path for file in reader.view_files(project.ctx.index, project.ctx.view.id)}
    inside = {hit for hit in of_git if hit[0] in indexed}
    found = search(project.ctx, SearchRequest(query=name, mode="exact", word=True, limit=10_000))
    assert isinstance(found, TextAnswer)
    yield "asked", ""
    if len(found.lines) == found.total:
        yield from _compared(inside, {(one.path, one.line) for one in found.lines}, target)
    lines = account.lines if account else None
    if lines is None:
        yield "not counted (common, or no word)", ""
        return
    open_ = [what for what in ("unresolved", "outside", "unknown", "gaps") if getattr(lines, what)]
    yield f"open: {'+'.join(open_) or 'nothing'}", ""
    if lines.complete:
        yield "complete", ""
        is_unsaid = inside != of_git and not lines.left_out
        if lines.lines != len(inside) or is_unsaid:
            first = min(of_git, default=("", 0))
            yield (
                "FALSE complete",
                f"{target}: {lines.lines} lines, git {len(of_git)} (first {first[0]}:{first[1]})",
            )


def _compared(of_git: set[Hit], found: set[Hit], target: str) -> Iterator[tuple[str, str]]:
    yield "exact search compared", ""
    if of_git != found:
        first = sorted(of_git ^ found)[0]
        yield (
            "exact search DIFFERS",
            f"{target}: {len(of_git)} lines of git, {len(found)} found, {first[0]}:{first[1]}",
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--symbols", type=int, default=75)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print what differs")
    given = parser.parse_args()
    print(load_line())
    pool = ParsePool(PoolLimits(workers=2))
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for root in given.repositories:
            project = Project(root.resolve(), Path(folder), pool)
            counts: Counter[str] = Counter()
            with closing(project.conn):
                for path, qualname in project.symbols(given.symbols, given.seed):
                    for what, where in judged(project, path, qualname):
                        counts[what] += 1
                        if where and given.show:
                            print(f"  {root.name}: {what}: {where}")
            print(f"{root.name}: {dict(sorted(counts.items()))}", flush=True)
            total += counts
    pool.close()
    for what, count in sorted(total.items()):
        print(f"{what:<34} {count:>5}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
