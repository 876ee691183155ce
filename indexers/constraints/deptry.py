"""deptry: imports must be declared as dependencies. It looks into the environment, so it is listed, not run."""

from __future__ import annotations

from collections.abc import Iterator

from indexers.constraints.rule import comment_above, rule, table, texts
from indexers.facts import Constraint
from indexers.operations.source import OperationSource


def deptry(source: OperationSource) -> Iterator[Constraint]:
    """``[tool.deptry]`` of pyproject.toml."""
    tool = table(source.toml().get("tool"))
    if "deptry" not in tool:
        return
    options = table(tool["deptry"])
    line = source.line_of("[tool.deptry")
    ignored = texts(options.get("ignore"))
    yield rule(
        "ban_dependency", "deptry", "imports and declared dependencies agree", line, source.lines[line - 1],
        exceptions=ignored, message=comment_above(source.lines, line),
        not_checkable="which package provides a module is known in the installed environment only",
    )  # fmt: skip
