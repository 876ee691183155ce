"""References across files, held against what a compiler (or a language server) says each name means.

``python bench/compiler_gold.py LANGUAGE CLONE GOLD.jsonl [SEED]``: GOLD.jsonl is what a driver in ``bench/gold``
prints: one JSON array a use: path, line, name, kind of what it means, and all places ``[path, line]`` of that. A use
counts where none of these places lies in its own file. Printed are, by kind, the uses and how many of them have an
``exact`` or ``inferred`` edge to one of the places;
how many edges of each sort the compiler confirms and contradicts (another
meaning of the name on that line); and samples of what is missed and contradicted.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests" / "ingest")]

from across_files import sources  # noqa: E402
from in_memory import Project  # noqa: E402

_SHOWN = 40
_FOLLOWED = ("exact", "inferred")
_BESIDE = {"cpp": ("c",), "c": ("cpp",)}
Place = tuple[str, int]


class Comparison:
    """The edges of a project beside what the compiler says."""

    def __init__(self, files: dict[str, str], gold: list[tuple[str, int, str, str, set[Place]]]) -> None:
        self.files, self.gold = files, gold
        began = time.process_time()
        self.project = Project(files)
        self.spent = time.process_time() - began
        self.lines_of: dict[tuple[str, str], set[Place]] = defaultdict(set)
        for path, facts in self.project.facts.items():
            for symbol in facts.symbols:
                self.lines_of[path, symbol.qualname].add((path, symbol.line))
        self.edges: dict[Place, dict[tuple[str, str], str]] = defaultdict(dict)
        for path, link in self.project.links.items():
            for edge in link.edges:
                if edge.dst and edge.dst_path != path and edge.kind != "overrides":
                    found, to = self.edges[path, edge.line], (edge.dst_path, edge.dst)
                    if edge.method == "exact" or to not in found:
                        found[to] = edge.method

    def _shown(self, path: str, line: int) -> str:
        return self.files[path].splitlines()[line - 1].strip()[:90]

    def _is_right(self, to: tuple[str, str], kind: str, places: set[Place]) -> bool:
        """Of a macro that several branches of one file define only the file counts."""
        if kind == "macro":
            return any(at == to[0] for at, _ in places)
        return not self.lines_of[to].isdisjoint(places)

    def recall(self) -> tuple[dict[str, list[int]], list[str]]:
        """By kind of definition: uses that have an edge, uses; and the others in words."""
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        missed = []
        for path, line, name, kind, places in self.gold:
            if any(at == path for at, _ in places):
                continue
            here = self.edges.get((path, line), {}).items()
            hit = any(m in _FOLLOWED and self._is_right(to, kind, places) for to, m in here)
            counts[kind][0] += hit
            counts[kind][1] += 1
            if not hit:
                at, number = min(places)
                missed.append(f"{kind}: {path}:{line} {name} -> {at}:{number} | {self._shown(path, line)}")
        return counts, missed

    def precision(self) -> tuple[dict[str, list[int]], dict[str, list[str]]]:
        """By method: edges that are confirmed, contradicted, not judged; the contradicted in words."""
        meant: dict[tuple[str, int, str], list[tuple[str, set[Place]]]] = defaultdict(list)
        for path, line, name, kind, places in self.gold:
            meant[path, line, name].append((kind, places))
        judged: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        wrong: dict[str, list[str]] = defaultdict(list)
        for (path, line), found in self.edges.items():
            for to, method in found.items():
                known = meant.get((path, line, to[1].rpartition(".")[2]), [])
                right = any(self._is_right(to, kind, places) for kind, places in known)
                judged[method][0 if right else 1 if known else 2] += 1
                if known and not right:
                    at, number = min(known[0][1])
                    wrong[method].append(
                        f"{path}:{line} -> {to[0]}:{to[1]}, not {at}:{number} | {self._shown(path, line)}"
                    )
        return judged, wrong


def main(language: str, clone: str, gold: str, seed: str = "7") -> None:
    root, chance = Path(clone), random.Random(int(seed))
    files = {
        p: text for one in (language, *_BESIDE.get(language, ())) for p, text in sources(one, root).items()
    }
    rows = [json.loads(line) for line in dict.fromkeys(Path(gold).read_text().splitlines())]
    uses = [
        (path, line, name, kind, {(at, n) for at, n in places}) for path, line, name, kind, places in rows
    ]
    compared = Comparison(
        files, [use for use in uses if use[0] in files and all(at in files for at, _ in use[4])]
    )
    print(f"{len(files)} files, linked in {compared.spent:.1f} s of processor time")
    counts, missed = compared.recall()
    total = [sum(pair[0] for pair in counts.values()), sum(pair[1] for pair in counts.values())]
    for label, (hits, places) in [*sorted(counts.items(), key=lambda item: -item[1][1]), ("all", total)]:
        print(f"{label:12} {hits:6}/{places:6} {hits / max(places, 1):.3f}")
    judged, wrong = compared.precision()
    for method, (right, against, unknown) in sorted(judged.items()):
        share = right / max(right + against, 1)
        print(f"{method}: {right} confirmed, {against} contradicted ({share:.4f}), {unknown} not judged")
    for title, listed in (("missed", missed), *((f"contradicted {m}", wrong[m]) for m in _FOLLOWED)):
        print(
            f"-- {title}: {len(listed)}", *chance.sample(sorted(listed), min(_SHOWN, len(listed))), sep="\n"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
