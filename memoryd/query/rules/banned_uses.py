"""Bans on what a module offers, where it is used through the module: ``asyncio.create_task(…)``."""

from __future__ import annotations

from collections.abc import Iterator

from indexers.facts import FileFacts, Import, Reference, Version
from memoryd.query.rules.change_case import Case, Rule, Violation, governs
from memoryd.query.rules.modules import Imported, covers
from memoryd.query.rules.tool_semantics import AppliesTo, doubts, exemptions


def banned_uses(case: Case, rule: Rule, applies: AppliesTo) -> Iterator[Violation]:
    """Uses of a target on added lines, where the file has more of them than before."""
    exempt = exemptions(case, rule.constraint)
    for target in rule.constraint.target:
        for file in governs(case, rule):
            if file.new is None or "." not in target or not applies(file.path, file.new):
                continue
            added = {line for line, _ in file.added}
            uses = _uses(file.new, target)
            came = [line for line in uses if line in added]
            if not came or len(uses) <= (len(_uses(file.old, target)) if file.old else 0):
                continue
            if exempt(file.path, Imported(Import(target, "", "", came[0]), "", target, target)):
                continue
            doubt = doubts(case, rule, file.path, file.new, came[0])
            message = f"uses {target}, which is forbidden here"
            yield Violation(
                file.path, came[0], f"{message}; but {doubt}" if doubt else message, certain=not doubt
            )


def _uses(version: Version, target: str) -> list[int]:
    """Lines that use the target, or something in it, through an imported module."""
    fits = covers(target)
    return [ref.line for ref in version.facts.references if fits(_absolute(version.facts, ref))]


def _absolute(facts: FileFacts, ref: Reference) -> str:
    """The dotted name of what is used, the local name of the import replaced by the module's own."""
    head, _, rest = ref.receiver.partition(".")
    tail = f".{rest}.{ref.name}" if rest else f".{ref.name}"
    for item in facts.imports:
        if item.alias == head:
            if not item.name and f"{item.module}.".startswith(f"{head}."):  # ``import a.b`` binds ``a``
                return head + tail
            return f"{item.module}.{item.name}{tail}" if item.name else item.module + tail
    return head + tail
