"""Call edges of the callgraph development set through the CLI. Usage: eval_callgraph.py EVAL_FOLDER.

The set is PyCG's micro-benchmark and two programs labelled by hand (V. Salis et al., "PyCG: Practical Call
Graph Generation in Python", ICSE 2021). Its nodes are dotted; a call of a class is a call of its ``__init__``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Home


def module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def calls(home: Home, tree: Path) -> set[tuple[str, str]]:
    """(caller, callee) as the set names them."""
    home.run("index", str(tree))
    text = home.run("edges", "--level", "symbol", "-C", str(tree))
    rows = [json.loads(line) for line in text.splitlines()]
    bases: dict[str, list[str]] = {}
    for row in rows:
        if row["kind"] == "inherits":
            bases.setdefault(row["src"], []).append(row["dst"])
    constructors = Constructors(home, tree, bases)
    found = set()
    for row in rows:
        if row["kind"] == "calls" and row["method"] != "name-only":
            callee = constructors.of(row["dst"])
            if callee:
                found.add((dotted(row["src"]), dotted(callee)))
    return found


def dotted(node: str) -> str:
    path, _, name = node.partition(":")
    return f"{module(path)}.{name}" if name else module(path)


class Constructors:
    """Which ``__init__`` a call of a class runs; ``""`` for a class of which the project defines none."""

    def __init__(self, home: Home, tree: Path, bases: dict[str, list[str]]) -> None:
        self._home, self._tree, self._bases = home, tree, bases
        self._kinds: dict[str, str] = {}

    def of(self, node: str) -> str:
        if self._kind(node) != "class":
            return node
        seen, level = {node}, [node]
        while level:
            for cls in level:
                if self._kind(f"{cls}.__init__"):
                    return f"{cls}.__init__"
            level = [b for cls in level for b in self._bases.get(cls, ()) if b not in seen]
            seen.update(level)
        return ""

    def _kind(self, node: str) -> str:
        if node not in self._kinds:
            answer = self._home.json("symbol", node, "-C", str(self._tree))
            self._kinds[node] = (answer["definition"] or {}).get("kind", "")
        return self._kinds[node]


def main() -> None:
    folder = Path(sys.argv[1]) / "callgraph"
    cases = [json.loads(line) for line in (folder / "dev.jsonl").read_text().splitlines()]
    with (
        tempfile.TemporaryDirectory(prefix="memoryd-calls-") as scratch,
        Home(Path(scratch) / "home") as home,
    ):
        rows = []
        for number, case in enumerate(cases):
            tree = Path(scratch) / f"case{number}"
            for path, text in case["files"].items():
                (tree / path).parent.mkdir(parents=True, exist_ok=True)
                (tree / path).write_text(text)
            rows.append(json.dumps({"id": case["id"], "edges": sorted(calls(home, tree))}))
        predicted = Path(scratch) / "predicted.jsonl"
        predicted.write_text("\n".join(rows))
        command = [sys.executable, str(folder / "score.py"), str(folder / "dev.jsonl"), str(predicted)]
        print(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())


if __name__ == "__main__":
    main()
