"""Whether what is said of Python's uses (reads, writes, both) is what Python's own parser says.

    python bench/access_truth.py FOLDER…

Each reference that is told apart is compared with the context that `ast` gives the same name or attribute (Load, Store,
Del; the target of an augmented assignment and what an element is assigned of do both).
"""

from __future__ import annotations

import argparse
import ast
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from indexers import registry  # noqa: E402

_SAID = ("", "read", "write", "both")  # by Reference.access
Place = tuple[int, int]


def truth(tree: ast.AST) -> Iterator[tuple[Place, str]]:
    """(line and column of the name, what is done with it) of each name and attribute."""
    nodes = [*ast.walk(tree)]
    changed = {id(node.target) for node in nodes if isinstance(node, ast.AugAssign)}
    changed |= {
        id(node.value)
        for node in nodes
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)
    }
    for node in nodes:
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        done = "write" if isinstance(node.ctx, ast.Store | ast.Del) else "read"
        done = "both" if id(node) in changed else done
        if isinstance(node, ast.Attribute):
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            yield (node.end_lineno, node.end_col_offset - len(node.attr.encode())), done
        else:
            yield (node.lineno, node.col_offset), done


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    counts: Counter[tuple[str, str]] = Counter()
    for path in sorted(path for folder in given.folders for path in folder.rglob("*.py")):
        source = path.read_bytes()
        try:
            known = dict(truth(ast.parse(source.decode())))
        except (SyntaxError, UnicodeDecodeError, ValueError):
            counts["unread", "files"] += 1
            continue
        for ref in registry.extract("python", source).references:
            said, true = _SAID[ref.access], known.get((ref.line, ref.column))
            if said and true:
                counts[said, true] += 1
                if said != true:
                    print(f"{path}:{ref.line}: {ref.name} is said to {said}, and does {true}")
    for (said, true), count in sorted(counts.items()):
        print(f"{said:<8} {true:<8} {count:>8}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
