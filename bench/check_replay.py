"""Replays the last commits of a repository through `check`: a rule that the project keeps must block none of them.

python bench/check_replay.py CLONE… [--commits 200] [--seed] [--json FILE]

Each commit without merges is checked against its first parent, under the rules that hold after it. Every BLOCK is
printed: it is false unless the rule's own tool says the same of that commit. Exit code 1 when there is any. With
`--seed` each executable import rule of HEAD is then broken once, by a diff against HEAD, in a file that it binds.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
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

from indexers.facts import Change, FileFacts, Version  # noqa: E402
from indexers.roles import role_of  # noqa: E402
from memoryd.globs.paths import in_scope  # noqa: E402
from memoryd.ingest.change.change import ChangeRequest, read_change  # noqa: E402
from memoryd.ingest.change.versions import lines_of  # noqa: E402
from memoryd.ingest.git.repository import Git  # noqa: E402
from memoryd.ingest.job import IndexJob  # noqa: E402
from memoryd.ingest.parse.pool import ParsePool, PoolLimits  # noqa: E402
from memoryd.ingest.pipeline import index  # noqa: E402
from memoryd.query.answers import Freshness  # noqa: E402
from memoryd.query.check.answers import CheckAnswer, CheckRequest  # noqa: E402
from memoryd.query.check.verdict import check, is_executable  # noqa: E402
from memoryd.query.context import Context  # noqa: E402
from memoryd.query.rules.change_case import Case, Rule  # noqa: E402
from memoryd.query.rules.executors import in_force  # noqa: E402
from memoryd.query.rules.modules import speaks  # noqa: E402
from memoryd.query.rules.tool_semantics import binds  # noqa: E402
from memoryd.store import sqlite  # noqa: E402
from memoryd.store.index import reader  # noqa: E402

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
        change = read_change(
            ChangeRequest(root=str(self._root), index=str(self._index), range=sha), self._pool
        )
        conn = sqlite.connect(self._index, readonly=True)
        view = reader.view(conn, view_name)
        assert view is not None
        answer = check(self.context(conn, view), CheckRequest(range=sha), change)
        conn.close()
        self.seconds.append(time.perf_counter() - began_s)
        return answer

    def context(self, conn: sqlite3.Connection, view: reader.View) -> Context:
        return Context(
            index=conn, records=None, view=view, lexical=None, embedder=None, freshness=FRESH,  # type: ignore[arg-type]
            root=str(self._root), lines=partial(lines_of, self.git),
        )  # fmt: skip


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
            executed.update(re.sub(r":\d+\)$", ")", title) for title in answer.checked if "“" in title)
            unchecked.update(entry.rpartition(": ")[2] for entry in answer.not_checkable)
            for finding in answer.findings:
                if finding.severity == "block":
                    blocks.append(finding)
                    print(
                        f"  BLOCK {sha[:10]} {finding.path}:{finding.line} {finding.message} [{finding.source}]"
                    )
                elif finding.severity == "warn":
                    warned[finding.rule] += 1
                    print(
                        f"  warn {sha[:10]} {finding.path}:{finding.line} {finding.message[:99]} “{finding.quote[:90]}”"
                    )
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


# -- seeded violations


def seed(root: Path, pool: ParsePool) -> dict[str, Any]:
    """How many seeded violations of the import rules of HEAD are found."""
    with tempfile.TemporaryDirectory() as store:
        run = Replay(root, Path(store), pool)
        head = run.git.head().sha
        run.check(head)
        conn = sqlite.connect(Path(store) / "index.db", readonly=True)
        view = reader.view(conn, f"rev:{head}")
        assert view is not None
        ctx = run.context(conn, view)
        case = Case(ctx, Change("", ()))
        rules = [rule for rule in in_force(case)[0] if is_executable(rule)]
        found, missed, without = 0, [], []
        for rule in rules:
            diff = _violation(case, rule)
            if diff is None:
                without.append(rule.title)
                continue
            asked = ChangeRequest(root=str(root), diff=diff, rev=head)
            answer = check(ctx, CheckRequest(diff=diff), read_change(asked, pool))
            hits = [f for f in answer.findings if f.source == rule.place and f.severity in ("block", "warn")]
            found += bool(hits)
            if not hits:
                missed.append(f"{rule.title}: {diff.splitlines()[-1]}")
        conn.close()
    return {
        "rules": len(rules),
        "seeded": found + len(missed),
        "found": found,
        "missed": missed,
        "no seed": without,
    }


def _violation(case: Case, rule: Rule) -> str | None:
    """A diff that adds the import that the rule is against to a file that it binds; None where none can be made."""
    if rule.constraint.kind == "layers":
        names = [[n.strip() for n in re.split(r"[|:]", layer)] for layer in rule.constraint.subject]
        pairs = [
            (low, high)
            for i, layer in enumerate(names)
            for low in layer
            for other in names[:i]
            for high in other
        ]
        pairs += [(a, b) for layer in names for a in layer for b in layer if a != b]
    else:
        pairs = [("", target) for target in rule.constraint.target]
    for importer, target in pairs:
        if "*" in importer + target or target.startswith(("glob:", "./")):
            continue
        for row in reader.view_files(case.ctx.index, case.ctx.view.id):
            if _can_hold(case, rule, row, importer):
                text = reader.file_text(case.ctx.index, row.file_id).decode("utf-8", "replace")
                line = _statement(row.language, target, text)
                if line and not text.count(target):
                    return line.replace("PATH", row.path)
    return None


def _can_hold(case: Case, rule: Rule, row: reader.ViewFile, importer: str) -> bool:
    if not speaks(rule.constraint.tool, row.language) or not in_scope(rule.constraint.scope)(row.path):
        return False
    module = case.modules.name(row.path, importer.partition(".")[0]) if importer else ""
    if importer:
        return module == importer or module.startswith(f"{importer}.")
    version = Version(FileFacts(row.language, package=row.package))
    return binds(case, rule.constraint)(row.path, version) and role_of(row.path, row.language) != "test"


def _statement(language: str, target: str, text: str) -> str:
    """A diff of file PATH with the import as a line more, at the end (Go: behind the package clause)."""
    lines = text.splitlines()
    name, _, member = target.partition("#")
    if language == "go":
        at = next((n for n, line in enumerate(lines) if line.startswith("package ")), -1) + 1
        added = f'import "{name.rstrip("$")}"'
    elif language in ("javascript", "typescript"):
        at, added = 0, f"import {{ {member or 'x'} }} from '{name}';"
    else:
        at, added = len(lines), f"import {name}"
    if not lines or (not at and language == "go"):
        return ""
    start, context = (at, lines[at - 1]) if at else (1, lines[0])
    body = [f" {context}", f"+{added}"] if at else [f"+{added}", f" {context}"]
    return "\n".join(["--- a/PATH", "+++ b/PATH", f"@@ -{start},1 +{start},2 @@", *body, ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clones", nargs="+", type=Path, metavar="CLONE")
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--seed", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    pool = ParsePool(PoolLimits(2))
    rows = []
    for clone in args.clones:
        print(clone)
        rows.append(
            replay(clone, args.commits, pool) if args.commits else {"repository": str(clone), "blocks": 0}
        )
        if args.seed:
            rows[-1]["seeds"] = seed(clone, pool)
        print(json.dumps(rows[-1], indent=1, ensure_ascii=False))
    pool.close()
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    return 1 if any(row["blocks"] for row in rows) else 0


if __name__ == "__main__":
    raise SystemExit(main())
