"""What linking costs, beside parsing, and what one change costs. Usage: link_cost.py FOLDER.

The folder (a clone: it is edited and put back) is indexed into a scratch store in this process. Printed: cpu
seconds of a bare parse of the same files, of reading them (parse, facts, chunks, terms) and of linking; then,
for one save each, milliseconds of wall and cpu of the link phase and how many files were linked again:
a comment in the file that most others use, a new definition there, and a renamed one.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from threading import Event

from measure import load_line

from memoryd.ingest import pipeline
from memoryd.ingest.job import IndexJob
from memoryd.ingest.parse.pool import ParsePool, PoolLimits

HERE = Path(__file__).resolve().parent


class Store:
    """One index, and the cpu seconds that its link phases took."""

    def __init__(self, root: Path, store: Path) -> None:
        self.root, self.index = root, store / "index.db"
        self.pool = ParsePool(PoolLimits(workers=2))
        self.link_cpu_s = self.link_wall_s = 0.0
        link = pipeline.link_view

        def timed(*arguments: object) -> None:
            cpu_s, wall_s = time.process_time(), time.perf_counter()
            link(*arguments)  # type: ignore[arg-type]
            self.link_cpu_s, self.link_wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s

        pipeline.link_view = timed

    def run(self, *paths: str) -> None:
        job = IndexJob(root=self.root, index=self.index, paths=frozenset(paths) if paths else None)
        pipeline.index(job, self.pool, None, lambda *_: None, Event())

    def links(self) -> dict[int, int]:
        with closing(sqlite3.connect(self.index)) as conn:
            return dict(conn.execute("SELECT path_id, link_id FROM view_file"))

    def most_used(self) -> tuple[str, str, int]:
        """(path, top-level function, files that use it) with about a hundred users, else the most used."""
        query = (
            "SELECT p.path, n.text, count(DISTINCT vf.path_id) FROM edge e JOIN view_file vf ON vf.link_id = e.link_id"
            " JOIN path p ON p.id = e.dst_path_id JOIN name n ON n.id = e.dst_name_id"
            " JOIN symbol s ON s.qualname = n.text AND s.kind = 'function' JOIN file f ON f.id = s.file_id"
            " AND f.path_id = p.id WHERE instr(n.text, '.') = 0 AND p.path LIKE '%.py'"
            " GROUP BY 1, 2 ORDER BY abs(count(DISTINCT vf.path_id) - 100), 1, 2 LIMIT 1"
        )
        with closing(sqlite3.connect(self.index)) as conn:
            return conn.execute(query).fetchone()


def save(store: Store, path: str, text: str) -> tuple[float, float, int]:
    """(cpu ms, wall ms, files linked) of the link phase after one save."""
    before = store.links()
    (store.root / path).write_text(text)
    store.run(path)
    after = store.links()
    relinked = sum(after.get(key) != before.get(key) for key in after)
    return 1e3 * store.link_cpu_s, 1e3 * store.link_wall_s, relinked


def main() -> None:
    root = Path(sys.argv[1]).resolve()
    floor = json.loads(subprocess.check_output([sys.executable, str(HERE / "floor.py"), str(root)]))
    with tempfile.TemporaryDirectory() as scratch:
        store = Store(root, Path(scratch))
        store.run()
        read_s = store.pool.cpu_s
        link_s = store.link_cpu_s
        print(
            f"{load_line()}\nbare parse {floor['parse_cpu_s']:.2f} cpu-s, reading {read_s:.2f}, linking {link_s:.2f}:"
        )
        both, bare = (read_s + link_s) / read_s, link_s / floor["parse_cpu_s"]
        print(f"reading and linking: {both:.2f} x reading; linking: {bare:.2f} x the bare parse")
        path, name, users = store.most_used()
        original = (root / path).read_text()
        print(f"{path}:{name} is used by {users} files")
        edits = {
            "body": lambda n: f"{original}\n# {n}\n",
            "new definition": lambda n: f"{original}\n\ndef added_{n}():\n    pass\n",
            "renamed definition": lambda n: original.replace(f"def {name}(", f"def {name}_{n}("),
        }
        try:
            for label, edit in edits.items():
                took = []
                for n in range(5):
                    took.append(save(store, path, edit(n)))
                    save(store, path, original)
                print(
                    f"{label}: cpu {statistics.median(t[0] for t in took):.1f} ms, wall"
                    f" {statistics.median(t[1] for t in took):.1f} ms, changed links {max(t[2] for t in took)}"
                )
        finally:
            (root / path).write_text(original)
            store.pool.close()
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB; {load_line()}")


if __name__ == "__main__":
    main()
