"""Replays the last commits of a repository through `check`: a rule that the project keeps must block none of them.

python bench/check_replay.py CLONE… [--commits 200] [--json FILE]

Each commit without merges is checked against its first parent, under the rules that hold after it. Every BLOCK is
printed: it is false unless the rule's own tool says the same of that commit. Exit code 1 when there is any.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from memoryd.ingest.change import ChangeRequest, read_change  # noqa: E402
from memoryd.ingest.git import Git  # noqa: E402
from memoryd.ingest.job import IndexJob  # noqa: E402
from memoryd.ingest.pipeline import index  # noqa: E402
from memoryd.ingest.pool import ParsePool, PoolLimits  # noqa: E402
from memoryd.ingest.versions import lines_of  # noqa: E402
from memoryd.query.answers import Freshness  # noqa: E402
from memoryd.query.check import check  # noqa: E402
from memoryd.query.check_answers import CheckAnswer  # noqa: E402
from memoryd.query.context import Context  # noqa: E402
from memoryd.query.requests import CheckRequest  # noqa: E402
from memoryd.store import reader, sqlite  # noqa: E402

FRESH = Freshness("", "", "", False, 0, False, "ready")


class Replay:
    """One repository and its index."""

    def __init__(self, root: Path, store: Path, pool: ParsePool) -> None:
        git = Git.open(root)
        assert git is not None, f"{root} is no git repository"
        self.git, self._root, self._index, self._pool = git, root, store / "index.db", pool
        self.seconds: list[float] = []

    def commits(self, count: int) -> list[str]:
        """The newest ones that are no merges, oldest first."""
        found = [c.sha for c in self.git.log(self.git.head().sha) if len(c.parents) == 1]
        return found[-count:]

    def check(self, sha: str) -> CheckAnswer:
        job = IndexJob(root=self._root, index=self._index, rev=sha, revision_views=4)
        view_name = index(job, self._pool, None, lambda *_: None, Event()).view
        began_s = time.perf_counter()
        change = read_change(ChangeRequest(root=str(self._root), index=str(self._index), range=sha), self._pool)
        conn = sqlite.connect(self._index, readonly=True)
        view = reader.view(conn, view_name)
        assert view is not None
        ctx = Context(
            index=conn, records=None, view=view, lexical=None, embedder=None, freshness=FRESH,  # type: ignore[arg-type]
            root=str(self._root), lines=partial(lines_of, self.git),
        )  # fmt: skip
        answer = check(ctx, CheckRequest(range=sha), change)
        conn.close()
        self.seconds.append(time.perf_counter() - began_s)
        return answer


def replay(root: Path, count: int, pool: ParsePool) -> dict[str, Any]:
    """Figures of one repository; its findings that block are printed as they come."""
    with tempfile.TemporaryDirectory() as store:
        run = Replay(root, Path(store), pool)
        verdicts: Counter[str] = Counter()
        warned: Counter[str] = Counter()
        executed: Counter[str] = Counter()
        unchecked: Counter[str] = Counter()
        blocks = []
        for sha in run.commits(count):
            answer = run.check(sha)
            verdicts[answer.verdict] += 1
            executed.update(answer.checked)
            unchecked.update(entry.rpartition(": ")[2] for entry in answer.not_checkable)
            for finding in answer.findings:
                if finding.severity == "block":
                    blocks.append(finding)
                    print(f"  BLOCK {sha[:10]} {finding.path}:{finding.line} {finding.message} [{finding.source}]")
                elif finding.severity == "warn":
                    warned[finding.rule] += 1
                    print(f"  warn {sha[:10]} {finding.path}:{finding.line} {finding.message[:110]} “{finding.quote[:90]}”")
    return {
        "repository": root.parent.name if root.name == "repo" else root.name,
        "commits": sum(verdicts.values()),
        "verdicts": dict(verdicts),
        "blocks": len(blocks),
        "rules executed": len(executed),
        "executions": sum(executed.values()),
        "warnings": dict(warned.most_common(12)),
        "not checkable": dict(unchecked.most_common(8)),
        "check ms median": round(1e3 * statistics.median(run.seconds), 1),
        "check ms p95": round(1e3 * sorted(run.seconds)[int(0.95 * (len(run.seconds) - 1))], 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clones", nargs="+", type=Path, metavar="CLONE")
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    pool = ParsePool(PoolLimits(2))
    rows = []
    for clone in args.clones:
        print(clone)
        rows.append(replay(clone, args.commits, pool))
        print(json.dumps(rows[-1], indent=1, ensure_ascii=False))
    pool.close()
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    return 1 if any(row["blocks"] for row in rows) else 0


if __name__ == "__main__":
    raise SystemExit(main())
