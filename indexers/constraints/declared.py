"""``DECISION:`` comments: what somebody decided, written where it holds. Declared, like a decision document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.constraints.rule import bounded, rule
from indexers.facts import Constraint
from indexers.operations.source import OperationSource

TOOL = "comment"
NAME = "decision"
_DECISION = re.compile(r"(?:^|\n)[^\S\n]*DECISION(?:\s*\(([^()\n]{0,100})\))?\s*:\s*")
_NEXT = re.compile(r"\n[^\S\n]*\n|\n[^\S\n]*[A-Z]{4,}(?:\s*\([^()\n]{0,100}\))?:")
MIN_CHARS = 12


def declared(source: OperationSource) -> Iterator[Constraint]:
    """Each goes from its word to the end of the paragraph."""
    for comment in source.facts.comments:
        for found in _DECISION.finditer(comment.text[:10_000]):
            text = _NEXT.split(comment.text[found.end() : found.end() + 2_000], maxsplit=1)[0]
            line = comment.line + comment.text.count("\n", 0, found.end())
            if len(text.strip()) >= MIN_CHARS:
                yield rule(
                    "prose", TOOL, NAME, line, bounded(text, 400), end_line=line + text.rstrip().count("\n"),
                    severity="info", scope=[source.path], subject=[comment.scope] if comment.scope else (),
                    message=found[1] or "", not_checkable="a sentence for people",
                )  # fmt: skip
