"""Ruby that is not meant well."""

from __future__ import annotations

from indexers import registry


def test_endless_here_documents() -> None:
    """Here-documents that never end are refused: past about a hundred the grammar's scanner overruns its buffer."""
    facts = registry.extract("ruby", b'"#{x <<A\n' * 200)
    assert [problem.code for problem in facts.problems] == ["limit"]
