"""How often an answer of none was said without a reserve, and how often a plain text search proves it wrong.

    python bench/absence.py REPOSITORY… [--symbols 25] [--seed 1] [--show]

From each repository (a work tree) so many functions, methods and types are drawn. `impact` and `refs` are asked, and
their texts read: a *claim* is a sentence that nothing uses the symbol, or that no test reaches it, with no word about
unresolved uses, words in the text, a hop limit or an index that is behind. It is *proven false* where ``git grep -w``
of the name finds a line that is neither a definition of that name, nor in a comment, nor known as the use of another
definition; for tests, such a line in a test file.
"""

from __future__ import annotations

import argparse
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from measure import load_line  # noqa: E402

from memoryd.ingest.files.rooted_files import text_of  # noqa: E402
from memoryd.ingest.job import IndexJob  # noqa: E402
from memoryd.ingest.parse.pool import ParsePool, PoolLimits  # noqa: E402
from memoryd.ingest.pipeline import index  # noqa: E402
from memoryd.query.answers import Freshness  # noqa: E402
from memoryd.query.context import Context  # noqa: E402
from memoryd.query.graph.impact import impact  # noqa: E402
from memoryd.query.graph.impact_answers import ImpactRequest  # noqa: E402
from memoryd.query.graph.symbols import refs  # noqa: E402
from memoryd.query.graph.symbols_answers import RefsRequest  # noqa: E402
from memoryd.query.retrieval.lexical import LexicalIndex  # noqa: E402
from memoryd.query.text.render import render  # noqa: E402
from memoryd.store import sqlite  # noqa: E402
from memoryd.store.index import reader  # noqa: E402

KINDS = ("function", "method", "class", "struct", "interface", "trait", "enum")
NOTHING_USES = re.compile(r"^(?:Nothing in the (?:code graph|index) .*|0 references to .*)$", re.M)
NO_TEST = re.compile(r"\b0 test files reach it$", re.M)
RESERVE = re.compile(
    r"unresolved|the word stands in|through what it overrides|not indexed|too short|is behind|name it\."
)
Hit = tuple[str, int]


class Project:
    """One indexed work tree, asked in this process."""

    def __init__(self, root: Path, folder: Path, pool: ParsePool) -> None:
        self.root = root
        file = folder / f"{root.name}.db"
        index(IndexJob(root=root, index=file), pool, None, lambda *_: None, Event())
        self.conn = sqlite.connect(file, readonly=True)
        view = reader.view(self.conn, f"worktree:{root}")
        assert view is not None
        fresh = Freshness(view.head, view.head, view.branch, False, 0, False, "absent")
        self.ctx = Context(
            index=self.conn, records=None, view=view, lexical=LexicalIndex(), embedder=None, freshness=fresh,
            root=str(root), left_out_text=partial(text_of, str(root)),
        )  # fmt: skip

    def symbols(self, count: int, seed: int) -> list[tuple[str, str]]:
        """(path, qualname) of definitions drawn from those whose name is told apart from a word."""
        marks = ",".join("?" * len(KINDS))
        rows = self.conn.execute(
            f"SELECT DISTINCT p.path, s.qualname FROM symbol s JOIN view_file v ON v.file_id = s.file_id"
            f" JOIN path p ON p.id = v.path_id WHERE s.kind IN ({marks}) AND length(s.name) > 2 ORDER BY 1, 2",
            KINDS,
        ).fetchall()
        return random.Random(f"{seed} {self.root.name}").sample(rows, min(count, len(rows)))

    def hits(self, name: str) -> set[Hit]:
        """Lines with the word, without definitions of that name, comments and uses of other definitions."""
        lines = self.lines(name)
        return {hit for hit in lines if hit not in self._defined(name) and not self._is_comment(hit)}

    def lines(self, name: str) -> set[Hit]:
        """Lines of the work tree with the word, as git finds it."""
        command = ["git", "-c", "core.quotePath=false", "grep", "-nwIFz", "-e", name, "--", "."]
        found = subprocess.run(
            command, cwd=self.root, capture_output=True, text=True, errors="replace"
        ).stdout
        return {
            (path, int(line)) for path, line, _ in (row.split("\0", 2) for row in found.split("\n") if row)
        }

    def _defined(self, name: str) -> set[Hit]:
        return set(
            self.conn.execute(
                "SELECT p.path, s.line FROM symbol s JOIN view_file v ON v.file_id = s.file_id"
                " JOIN path p ON p.id = v.path_id WHERE s.name = ?",
                (name,),
            )
        )

    def _is_comment(self, hit: Hit) -> bool:
        row = self.conn.execute(
            "SELECT v.file_id FROM view_file v JOIN path p ON p.id = v.path_id WHERE p.path = ?", hit[:1]
        ).fetchone()
        facts = dict(reader.file_facts(self.conn, row)) if row else {}
        return any(c.line <= hit[1] <= c.end_line for one in facts.values() for c in one.comments)

    def used(self, name: str) -> set[Hit]:
        """Lines from which an edge leads to a definition of that name."""
        return set(
            self.conn.execute(
                "SELECT p.path, e.line FROM edge e JOIN view_file v ON v.link_id = e.link_id"
                " JOIN path p ON p.id = v.path_id JOIN name n ON n.id = e.dst_name_id"
                " WHERE n.text = ? OR n.text GLOB ?",
                (name, f"*.{name}"),
            )
        )

    def tests(self) -> set[str]:
        query = (
            "SELECT p.path FROM view_file v JOIN path p ON p.id = v.path_id JOIN file f ON f.id = v.file_id"
            " WHERE f.role = 'test'"
        )
        return {path for (path,) in self.conn.execute(query)}


def judged(project: Project, path: str, qualname: str) -> Iterator[tuple[str, bool, str]]:
    """(what was claimed, whether the text proves it false, the first line that does) for one symbol."""
    target = f"{path}:{qualname}"
    name = qualname.rpartition(".")[2]
    left = sorted(project.hits(name) - project.used(name))
    in_tests = [hit for hit in left if hit[0] in project.tests()]
    for verb, answer in (
        ("impact", impact(project.ctx, ImpactRequest(target=target))),
        ("refs", refs(project.ctx, RefsRequest(target=target))),
    ):
        text = render(answer, 4_000)
        yield f"{verb} asked", False, ""
        for claim, said, against in (
            (f"{verb}: none", NOTHING_USES, left),
            (f"{verb}: no test", NO_TEST, in_tests),
        ):
            if said.search(text) and not RESERVE.search(text):
                first = f"{against[0][0]}:{against[0][1]}" if against else ""
                yield claim, bool(against), f"{target} {first}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--symbols", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print each false claim")
    given = parser.parse_args()
    print(load_line())
    claims: Counter[str] = Counter()
    false: Counter[str] = Counter()
    pool = ParsePool(PoolLimits(workers=2))
    with tempfile.TemporaryDirectory() as folder:
        for root in given.repositories:
            project = Project(root.resolve(), Path(folder), pool)
            with closing(project.conn):
                for path, qualname in project.symbols(given.symbols, given.seed):
                    for claim, is_false, where in judged(project, path, qualname):
                        claims[claim] += 1
                        false[claim] += is_false
                        if is_false and given.show:
                            print(f"  {root.name}: {claim}: {where}")
    pool.close()
    for claim in sorted(claims):
        print(f"{claim:<18} {claims[claim]:>5}" + (f", proven false {false[claim]}" if ":" in claim else ""))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except sqlite3.Error as error:
        sys.exit(f"the index cannot be read: {error}")
