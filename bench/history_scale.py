"""How long `history` of one path takes when it has many commits.

python bench/history_scale.py [--commits 500]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "query")]

from rows import Rows, rename  # noqa: E402

from memoryd.query.history.history import history  # noqa: E402
from memoryd.query.history.history_answers import HistoryRequest  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--commits", type=int, default=500)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = Rows(Path(folder) / "index.db")
        rows.file("new.py")
        for number in range(args.commits):
            path = "old.py" if number < args.commits // 2 else "new.py"
            rows.commit(
                f"edit {number}", [rename("old.py", "new.py") if number == args.commits // 2 else path]
            )
        rows.close()
        ctx = rows.context()
        took = []
        for _ in range(20):
            began = time.perf_counter()
            answer = history(ctx, HistoryRequest(query="new.py", limit=args.commits))
            took.append(1e3 * (time.perf_counter() - began))
        print(
            f"{answer.total} commits: {statistics.median(took):.2f} ms median, {max(took):.2f} ms worst of {len(took)}"
        )


if __name__ == "__main__":
    main()
