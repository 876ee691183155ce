"""Whether a path is a test by its form."""

from __future__ import annotations

import re
from functools import lru_cache

_TEST = re.compile(
    r"(^|/)(tests?|testing|__tests__|spec|specs|testdata|e2e)/"
    r"|(^|/)(test_[^/]*|[^/]*_test|conftest|tests)\.py$"
    r"|_test\.(go|rs|c|cc|cpp)$|\.(test|spec)\.[cm]?[jt]sx?$|(^|/)[^/]*(Test|Tests|IT)\.(java|kt)$|_spec\.rb$"
)


@lru_cache(maxsize=1 << 16)  # a walk asks for thousands of paths, the next walk for the same
def is_test(path: str) -> bool:
    """Whether the file looks like a test by the customs of its language."""
    return bool(_TEST.search(path))


def is_inner_test(path: str, qualname: str) -> bool:
    """Whether a definition is in the tests that Rust keeps in the file that they are about: ``mod tests``."""
    return path.endswith(".rs") and qualname.partition(".")[0] in ("test", "tests")
