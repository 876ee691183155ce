"""References across files of a TypeScript project, held against what the TypeScript compiler says they mean.

``python bench/eval_typescript.py TYPESCRIPT_JS CLONE [TSCONFIG] [SEED]`` prints, by kind of definition, how many places
the compiler knows and how many of them have an edge, how many ``exact`` and ``inferred`` edges it confirms and
contradicts, and samples of what is missed and contradicted. TYPESCRIPT_JS: ``lib/typescript.js`` of npm's
``typescript``, below 7. Places whose meaning the compiler does not know (packages that are not installed) do not count.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests" / "ingest")]

from in_memory import Project  # noqa: E402

from indexers.registry import extract  # noqa: E402

_SHOWN = 40
_FOLLOWED = ("exact", "inferred")
_OTHERS = (".json", ".yaml", ".js", ".mjs")
_CODE = (".ts", ".tsx", ".mts", ".cts")
_KINDS = {
    "FunctionDeclaration": "function",
    "ClassDeclaration": "class",
    "InterfaceDeclaration": "type",
    "TypeAliasDeclaration": "type",
    "EnumDeclaration": "class",
    "MethodDeclaration": "method",
    "MethodSignature": "method",
    "PropertyDeclaration": "property of a class",
    "Parameter": "property of a class",
    "PropertySignature": "property of a type",
    "inline PropertySignature": "property of an inline type",
    "PropertyAssignment": "property of an object",
    "ShorthandPropertyAssignment": "property of an object",
    "GetAccessor": "property of a class",
    "SetAccessor": "property of a class",
    "VariableDeclaration": "variable",
    "EnumMember": "member of an enum",
}
Place = tuple[str, int]
Use = tuple[str, int, str, str, str, tuple[Place, ...]]  # path, line, name, how, kind, where it is declared


def _tracked(clone: Path) -> list[str]:
    listed = subprocess.run(["git", "-C", clone, "ls-files", "-z"], capture_output=True, check=True).stdout
    names = [name for name in listed.decode().split("\0") if name]
    return [n for n in names if (clone / n).is_file() and not (clone / n).is_symlink()]


def _gold(library: str, clone: Path, config: Path, names: list[str]) -> list[Use]:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("\n".join(names))
        listed.flush()
        script = str(Path(__file__).with_name("typescript_gold.mjs"))
        command = ["node", "--max-old-space-size=6000", script, library, str(clone), str(config), listed.name]
        out = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    rows = map(json.loads, out.splitlines())
    return list(dict.fromkeys((*row[:5], tuple((at, line) for at, line in row[5])) for row in rows))


class Comparison:
    """The edges of a project beside what the compiler says."""

    def __init__(self, sources: dict[str, str], names: list[str], gold: list[Use]) -> None:
        self.sources, self.gold = sources, gold
        began = time.process_time()
        self.project = Project(sources)
        self.spent = time.process_time() - began
        self.lines_of: dict[tuple[str, str], list[int]] = defaultdict(list)
        for path in names:
            for symbol in extract("typescript", sources[path].encode()).symbols:
                self.lines_of[path, symbol.qualname].append(symbol.line)
        self.edges: dict[Place, dict[tuple[str, str], str]] = defaultdict(dict)
        for path in names:
            for edge in self.project.links[path].edges:
                if edge.dst and edge.dst_path != path and edge.kind != "overrides":
                    found, to = self.edges[path, edge.line], (edge.dst_path, edge.dst)
                    if edge.method == "exact" or to not in found:
                        found[to] = edge.method

    def _places(self, to: tuple[str, str]) -> set[Place]:
        return {(to[0], line) for line in self.lines_of.get(to, ())}

    def _shown(self, path: str, line: int) -> str:
        return self.sources[path].splitlines()[line - 1].strip()[:90]

    def recall(self) -> tuple[dict[str, list[int]], list[str]]:
        """By kind of definition: places that have an edge, places; and the others in words."""
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        missed = []
        for path, line, name, how, kind, places in self.gold:
            if how == "elsewhere":
                continue
            label = _KINDS.get(kind, kind) + (" in a literal" if how == "literal" else "")
            here = self.edges.get((path, line), {}).items()
            hit = any(m in _FOLLOWED and not self._places(to).isdisjoint(places) for to, m in here)
            counts[label][0] += hit
            counts[label][1] += 1
            if not hit:
                at = f"{places[0][0]}:{places[0][1]}"
                missed.append(f"{label}: {path}:{line} {name} -> {at} | {self._shown(path, line)}")
        return counts, missed

    def precision(self) -> tuple[dict[str, list[int]], dict[str, list[str]]]:
        """By method: edges that the compiler confirms, contradicts, says nothing of; the contradicted in words."""
        meant: dict[Place, set[Place]] = defaultdict(set)
        known: dict[Place, set[str]] = defaultdict(set)
        for path, line, name, _, _, places in self.gold:
            meant[path, line].update(places)
            known[path, line].add(name)
        judged: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        wrong: dict[str, list[str]] = defaultdict(list)
        for (path, line), found in self.edges.items():
            for to, method in found.items():
                right = not self._places(to).isdisjoint(meant[path, line])
                is_known = to[1].rpartition(".")[2] in known[path, line]
                judged[method][0 if right else 1 if is_known else 2] += 1
                if not right and is_known:
                    wrong[method].append(f"{path}:{line} -> {to[0]}:{to[1]} | {self._shown(path, line)}")
        return judged, wrong


def main(library: str, clone: str, config: str = "tsconfig.json", seed: str = "7") -> None:
    root, chance = Path(clone).resolve(), random.Random(int(seed))
    tracked = _tracked(root)
    names = [name for name in tracked if name.endswith(_CODE)]
    others = [n for n in tracked if n.endswith(_OTHERS) and (root / n).stat().st_size < 1 << 20]
    sources = {n: (root / n).read_bytes().decode("utf-8", "replace") for n in [*names, *others]}
    compared = Comparison(sources, names, _gold(library, root, root / config, names))
    print(f"{len(names)} files, linked in {compared.spent:.1f} s of processor time")
    counts, missed = compared.recall()
    total = [sum(pair[0] for pair in counts.values()), sum(pair[1] for pair in counts.values())]
    for label, (hits, places) in [*sorted(counts.items(), key=lambda item: -item[1][1]), ("all", total)]:
        print(f"{label:40} {hits:6}/{places:6} {hits / max(places, 1):.3f}")
    judged, wrong = compared.precision()
    for method, (right, against, unknown) in sorted(judged.items()):
        share = right / max(right + against, 1)
        print(f"{method}: {right} confirmed, {against} contradicted ({share:.4f}), {unknown} not judged")
    for title, rows in (("missed", missed), *((f"contradicted {m}", wrong[m]) for m in _FOLLOWED)):
        print(f"-- {title}: {len(rows)}", *chance.sample(sorted(rows), min(_SHOWN, len(rows))), sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
