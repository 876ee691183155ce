"""CODEOWNERS: whose files these are. A change is not forbidden; somebody has to look at it."""

from __future__ import annotations

from collections.abc import Iterator

from indexers.constraints.rule import comment_above, rule
from indexers.facts import Constraint
from indexers.operations.codeowners import codeowners
from indexers.operations.source import OperationSource


def owners(source: OperationSource) -> Iterator[Constraint]:
    """One per line that names owners; the last match wins, which is for readers to apply."""
    for owned in codeowners(source):
        if owned.detail:
            yield rule(
                "path_protected", "codeowners", owned.name, owned.line, source.lines[owned.line - 1],
                severity="info", subject=owned.targets, target=owned.detail.split(),
                message=comment_above(source.lines, owned.line),
            )  # fmt: skip
