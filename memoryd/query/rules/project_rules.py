"""Rules that a project states for whoever works on it: sentences of AGENTS.md and its kin, rules of its tools.
Quoted, never obeyed."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from msgspec import Struct

from indexers import terms
from indexers.facts import Constraint
from memoryd.query.context import Context
from memoryd.query.rules.declared import constraints, governs, kind_of

_FOR_AGENTS = re.compile(r"(?i)AGENT|CLAUDE|GEMINI|rules|copilot|instructions")
_STRENGTH = {"block": 2, "warn": 2, "info": 1}


class ProjectRule(Struct, frozen=True):
    """``text``: one sentence, or what a tool's rule says. ``scope``: the first glob that it is for (``""``: the
    project); ``strength``: 2 for must and never and whatever a tool enforces, 1 for should and prefer. ``binding``: a
    tool's rule for one of the paths in particular."""

    text: str
    path: str
    line: int
    scope: str
    strength: int
    binding: bool = False


def rules(ctx: Context, paths: Collection[str]) -> list[ProjectRule]:
    """The rules in scope of ``paths``: those of the project as a whole, and those that are for one of the paths,
    the narrowest scope first, in the order of their files."""
    found = [
        _rule(path, constraint, paths)
        for path, constraint in constraints(ctx)
        if kind_of(constraint) != "decision"
        and constraint.tool != "codeowners"
        and _in_scope(constraint, paths)
    ]
    return sorted(found, key=lambda rule: (-len(rule.scope), rule.path, rule.line))


def _in_scope(constraint: Constraint, paths: Collection[str]) -> bool:
    everywhere = not constraint.scope and not constraint.subject
    return everywhere or any(governs(constraint, path) for path in paths)


def _rule(path: str, constraint: Constraint, paths: Collection[str]) -> ProjectRule:
    enforced = constraint.kind != "prose"
    text = constraint.quote
    if enforced:
        name = f"{constraint.tool}: {constraint.name}"
        text = f"{name} ({constraint.message})" if constraint.message else name
    scope = next((glob for glob in constraint.scope if not glob.startswith("!")), "")
    binding = enforced and any(governs(constraint, path) for path in paths)
    return ProjectRule(text, path, constraint.line, scope, _STRENGTH[constraint.severity], binding)


def relevant(found: Sequence[ProjectRule], task: str, limit: int) -> list[ProjectRule]:
    """Those that share words with the task, then what agents must always heed; nearest scope first."""
    wanted = set(terms.terms(task))
    shared = {rule: len(wanted & set(terms.terms(rule.text))) for rule in found}
    ranked = sorted(
        found, key=lambda rule: (-min(shared[rule], 3), -rule.strength, -len(rule.scope), found.index(rule))
    )
    return [rule for rule in ranked if shared[rule] + rule.strength >= 3 or _heeded(rule)][:limit]


def _heeded(rule: ProjectRule) -> bool:
    """A must or never in a file that is written for agents, or a tool's rule for the very files."""
    near = "/".join(rule.path.rsplit("/", 2)[-2:])  # the file's name and its folder's
    return rule.binding or (rule.strength == 2 and bool(_FOR_AGENTS.search(near)))
