"""What part a file plays in its project: by the tests that are seen in it, then by its path and first lines."""

from __future__ import annotations

import re

from indexers import found_tests
from indexers.facts import FileRole
from indexers.files.path_facts import is_code, is_document, is_foreign
from indexers.found_tests import Tests
from indexers.profiles import is_test_folder

_TEST_SUPPORT = re.compile(r"(^|/)(fixtures?|benchmarks?|__mocks__|mocks?|__snapshots__)/")
_EXAMPLE = re.compile(r"(^|/)([Ee]xamples?|[Dd]emos?|[Ss]amples?|playground|sandbox|tutorials?)/")


def role_of(path: str, language: str, tests: Tests = found_tests.NONE, data: bytes = b"") -> FileRole:
    """The likeliest part of the file. A path decides where no test is seen: the folder before the extension, tests
    before all else. ``data``: the file, for the marks of generators."""
    folder = path.rpartition("/")[0]
    if tests.is_file or found_tests.is_called_so(path, language) or is_test_folder(folder):
        return "test"
    if _TEST_SUPPORT.search(path):
        return "test-support"
    if is_document(path, language):
        return "doc"
    if is_foreign(path, data):
        return "generated"
    if (
        _EXAMPLE.search(path) and "src/main/" not in path
    ):  # org.springframework.samples.… is a package of Java's
        return "example"
    return "code" if is_code(path) else "config"  # or data
