"""How many uses in other files have an edge: names that one file of a clone defines exactly once, found by their text.

``python bench/across_files.py LANGUAGE CLONE [SEED]`` prints, by kind of definition, how many of the places where
such a name stands in another file have an edge to it, then 50 of them without one and 50 exact edges, to be read by
hand. The text knows no scopes: a foreign member or a local variable of that name counts as a place, too.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests" / "ingest")]

from in_memory import Project  # noqa: E402

from indexers.registry import extract, language_of  # noqa: E402

_MANIFESTS = (".csproj", ".props", "Package.swift")
_SKIPPED = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|//[^\n]*|/\*.*?\*/", re.S)
_HASHED = re.compile(rf"{_SKIPPED.pattern}|#[^\n]*", re.S)  # comments of PHP and Ruby
_IMPORT = re.compile(r"\s*(?:using|import|use|require|namespace|package)\b")
_SHOWN, _SHORTEST = 50, 4


def sources(language: str, clone: Path) -> dict[str, str]:
    listed = subprocess.run(["git", "-C", clone, "ls-files", "-z"], capture_output=True, check=True).stdout
    found = {}
    for name in filter(None, listed.decode().split("\0")):
        path = clone / name
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if language_of(name, data) == language or name.endswith(_MANIFESTS):
                found[name] = data.decode("utf-8", "replace")
    return found


def main(language: str, clone: str, seed: str = "7") -> None:
    files = sources(language, Path(clone))
    project, chance = Project(files), random.Random(int(seed))
    code = [path for path in files if project.view.files[path].language == language]
    defined = defaultdict(list)
    for path in code:
        for symbol in extract(language, files[path].encode()).symbols:
            defined[symbol.name].append((path, symbol.qualname, symbol.kind))
    once = {n: found[0] for n, found in defined.items() if len(found) == 1 and len(n) >= _SHORTEST}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    missed: list[str] = []
    for path in code:
        skipped = _HASHED if language in ("php", "ruby") else _SKIPPED
        text = skipped.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), files[path])
        edges = {(e.line, e.dst_path, e.dst) for e in project.links[path].edges if e.method != "name-only"}
        for number, line in enumerate(text.split("\n"), 1):
            for name in re.findall(r"[A-Za-z_]\w*", line) if not _IMPORT.match(line) else ():
                at, qualname, kind = once.get(name, (path, "", ""))
                if at != path:
                    hit = (number, at, qualname) in edges
                    counts[kind][0] += hit
                    counts[kind][1] += 1
                    missed += (
                        [] if hit else [f"{path}:{number} {name} ({kind} of {at}) | {line.strip()[:90]}"]
                    )
    exact = [
        f"{path}:{e.line} {e.kind} {e.dst_path}:{e.dst} | {files[path].splitlines()[e.line - 1].strip()[:90]}"
        for path in code
        for e in project.links[path].edges
        if e.dst_path != path and e.method == "exact" and e.dst
    ]
    print(len(code), "files", {kind: f"{hits}/{places}" for kind, (hits, places) in sorted(counts.items())})
    for title, rows in (("without an edge", missed), ("exact", exact)):
        print(f"-- {title}: {len(rows)}", *chance.sample(sorted(rows), min(_SHOWN, len(rows))), sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
