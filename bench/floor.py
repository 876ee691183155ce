"""The floors that an index is compared with: a bare tree-sitter parse, and ``git log --raw``. Prints JSON.

Usage: floor.py FOLDER. One process, cpu seconds.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import tree_sitter
import tree_sitter_c
import tree_sitter_cpp
import tree_sitter_go
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_python
import tree_sitter_rust
import tree_sitter_typescript

GRAMMARS = {
    (".py", ".pyi"): tree_sitter_python.language(),
    (".js", ".jsx", ".mjs", ".cjs"): tree_sitter_javascript.language(),
    (".ts", ".mts", ".cts"): tree_sitter_typescript.language_typescript(),
    (".tsx",): tree_sitter_typescript.language_tsx(),
    (".go",): tree_sitter_go.language(),
    (".rs",): tree_sitter_rust.language(),
    (".java",): tree_sitter_java.language(),
    (".c", ".h"): tree_sitter_c.language(),
    (".cc", ".cpp", ".cxx", ".hpp", ".hh"): tree_sitter_cpp.language(),
}
MAX_FILE_BYTES = 2 * 1024 * 1024


def parse_all(root: Path) -> dict[str, float]:
    """Parse every file of a known grammar; cpu seconds without reading."""
    parsers = {e: tree_sitter.Parser(tree_sitter.Language(g)) for es, g in GRAMMARS.items() for e in es}
    files = size_bytes = 0
    cpu_s = 0.0
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        for name in names:
            path = Path(folder, name)
            parser = parsers.get(path.suffix)
            if parser is None or path.is_symlink() or path.stat().st_size > MAX_FILE_BYTES:
                continue
            data = path.read_bytes()
            start = time.process_time()
            parser.parse(data)
            cpu_s += time.process_time() - start
            files, size_bytes = files + 1, size_bytes + len(data)
    return {"files": files, "megabytes": round(size_bytes / 1e6, 1), "parse_cpu_s": round(cpu_s, 2)}


def git_log(root: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        ["git", "-C", str(root), "log", "--raw", "-z", "--no-abbrev"], stdout=subprocess.DEVNULL, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    print(json.dumps({**parse_all(folder), "git_log_cpu_s": git_log(folder)}))
