"""Executes contracts on the imports that a change adds: layers, forbidden and required imports, direct and through
other modules. What a file imported before is its baseline and nobody's fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from indexers.facts import ChangedFile, Version
from memoryd.globs.paths import is_glob
from memoryd.query.rules.banned_uses import banned_uses
from memoryd.query.rules.change_case import Case, Rule, Violation, governs
from memoryd.query.rules.import_chains import Chains, Place
from memoryd.query.rules.modules import Imported, covers, exactly, is_for_language
from memoryd.query.rules.tool_semantics import (
    DIRECT_ONLY,
    applies_to,
    doubts,
    exemptions,
    root_packages,
    targets,
)


class Found(Struct, frozen=True):
    """An import that breaks a rule. ``key``: what of the rule it breaks, the same before and after."""

    item: Imported
    key: str
    message: str


Judge = Callable[[str, Version], Iterator[Found]]


def layers(case: Case, rule: Rule) -> Iterator[Violation]:
    """Imports from a lower layer to a higher one, or between independent siblings."""
    order = Layers(case, rule)
    if order.problem:
        case.unknown[f"{rule.title}: {order.problem}"] = None
        return
    yield from _added(case, rule, order.broken)
    if DIRECT_ONLY not in rule.constraint.exceptions and rule.constraint.tool == "import-linter":
        yield from Chains(case, rule, order.place, order.wrong).broken()


class Layers:
    """The order that a ``layers`` rule declares. A place is (layer from the top, sibling in it)."""

    def __init__(self, case: Case, rule: Rule) -> None:
        self._case = case
        self._places: dict[str, Place] = {}
        self._closed: dict[int, bool] = {}
        self.problem = ""
        for number, layer in enumerate(rule.constraint.subject):
            self._closed[number] = ":" not in layer
            names = [name.strip().strip("()") for name in layer.replace(":", "|").split("|")]
            for name in names:
                if is_glob(name) and len(rule.constraint.subject) > 1:
                    self.problem = "layers are named by a wildcard"
                for module in self._expanded(name):
                    self._places[module] = (number, len(self._places))
        self._root_packages = sorted({name.partition(".")[0] for name in self._places})
        self._exempt = exemptions(case, rule.constraint)

    def _expanded(self, name: str) -> Sequence[str]:
        """A wildcard stands for the modules that it fits."""
        if not is_glob(name):
            return (name,)
        fits = exactly(name)
        return sorted(
            module for module in self._case.modules.packages(name.partition(".")[0]) if fits(module)
        )

    def place(self, module: str) -> Place | None:
        """Of the most special layer that ``module`` is in."""
        while module:
            if module in self._places:
                return self._places[module]
            module = module.rpartition(".")[0]
        return None

    def wrong(self, importer: Place, target: Place) -> bool:
        if target[0] == importer[0]:
            return importer != target and self._closed[target[0]]
        return target[0] < importer[0]

    def broken(self, path: str, version: Version) -> Iterator[Found]:
        for top in self._root_packages:
            if not self._case.modules.name(path, top):
                continue
            for item in self._case.imports(path, version.facts, top):
                source, target = self.place(item.module), self.place(item.name)
                if source and target and self.wrong(source, target) and not self._exempt(path, item):
                    used = item.name if self._case.modules.path(item.name) else item.base
                    how = "its independent sibling" if source[0] == target[0] else "a higher layer"
                    yield Found(item, f"{item.module} -> {used}", f"{item.module} imports {used}, {how}")


def forbid_import(case: Case, rule: Rule) -> Iterator[Violation]:
    """Imports of a target by files of the subject."""
    constraint = rule.constraint
    applies, target_of, exempt = (
        applies_to(case, constraint),
        targets(case, constraint),
        exemptions(case, constraint),
    )
    names = root_packages(constraint) if constraint.tool == "import-linter" else [""]

    def broken(path: str, version: Version) -> Iterator[Found]:
        if applies(path, version):
            for item in {i: None for top in names for i in case.imports(path, version.facts, top)}:
                key = target_of(path, item)
                if key and not exempt(path, item):
                    yield Found(item, key, f"imports {item.name}, which is forbidden here")

    yield from _added(case, rule, broken)
    if constraint.tool == "ruff":
        yield from banned_uses(case, rule, applies)
    if constraint.tool == "import-linter" and constraint.subject and DIRECT_ONLY not in constraint.exceptions:
        yield from _forbidden_chains(case, rule)


def _forbidden_chains(case: Case, rule: Rule) -> Iterator[Violation]:
    sources = [covers(name) for name in rule.constraint.subject]
    ends = [covers(name) for name in rule.constraint.target]

    def place(module: str) -> Place | None:
        if any(test(module) for test in ends):
            return 0, 0
        return (1, 0) if any(test(module) for test in sources) else None

    outside = [name for name in rule.constraint.target if case.modules.root(name.partition(".")[0]) is None]
    yield from Chains(case, rule, place, lambda source, target: target < source, outside).broken()


def require_import(case: Case, rule: Rule) -> Iterator[Violation]:
    """New files of the subject that do not import a target, and files that no longer do."""
    constraint = rule.constraint
    applies, target_of = applies_to(case, constraint), targets(case, constraint)

    def has(path: str, version: Version) -> bool:
        return any(target_of(path, item) for item in case.imports(path, version.facts))

    for file in governed(case, rule):
        if not file.new or not applies(file.path, file.new) or has(file.path, file.new):
            continue
        if file.status == "A" or (file.old and has(file.old_path or file.path, file.old)):
            yield Violation(file.path, 1, f"must import {' or '.join(constraint.target[:3])}")


# -- what the change adds


def governed(case: Case, rule: Rule) -> Iterator[ChangedFile]:
    """Changed files in the rule's scope, of a language that its tool looks at."""
    for file in governs(case, rule):
        if file.new and is_for_language(rule.constraint.tool, file.new.facts.language):
            yield file


def _added(case: Case, rule: Rule, judge: Judge) -> Iterator[Violation]:
    """What a judge finds in the new version and not in the old one, where the change adds it."""
    for file in governed(case, rule):
        assert file.new
        before = {found.key for found in judge(file.old_path or file.path, file.old)} if file.old else set()
        reported: set[str] = set()
        for found in judge(file.path, file.new):
            line = added_line(file, found.item)
            if line == 0 or found.key in before or found.key in reported:
                continue
            reported.add(found.key)
            doubt = doubts(case, rule, file.path, file.new, found.item.statement.line)
            yield Violation(
                file.path,
                line,
                f"{found.message}; but {doubt}" if doubt else found.message,
                certain=not doubt,
            )


def added_line(file: ChangedFile, item: Imported) -> int:
    """The added line that the import stands on, 0: none. A name that is new in a statement over several lines
    stands on the first added line after its beginning."""
    added = [line for line, _ in file.added]
    if item.statement.line in added:
        return item.statement.line
    if file.old is None:
        return 0
    statement = (item.statement.module, item.statement.name)
    if any((old.module, old.name) == statement for old in file.old.facts.imports):
        return 0
    return next((line for line in added if line > item.statement.line), 0)


def added_imports(case: Case, file: ChangedFile) -> list[tuple[int, Imported]]:
    """(line, import) of every module or name that the file did not import before."""
    if file.new is None:
        return []
    old_path = file.old_path or file.path
    before = {i.name for i in case.imports(old_path, file.old.facts)} if file.old else set()
    found = [(added_line(file, i), i) for i in case.imports(file.path, file.new.facts)]
    return [(line, item) for line, item in found if line and item.name not in before]
