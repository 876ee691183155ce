"""Contracts that are broken through other modules: a chain of imports that the change completes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache

from indexers.facts import ChangedFile, FileFacts
from memoryd.query.rules.change_case import Case, Rule, Violation
from memoryd.query.rules.modules import Imported
from memoryd.query.rules.tool_semantics import TYPING_FREE, exempt_pairs, root_packages

MAX_VISITED = 50_000  # modules that one search looks at
MAX_REPORTED = 10  # chains of one rule
Place = tuple[int, int]
Edges = Mapping[str, frozenset[str]]


class Chains:
    """Chains of one rule in the graph of Python modules. ``place``: where a module stands in the rule, None: nowhere;
    ``wrong``: whether a module at the first place must not reach one at the second. Chains are looked for between
    modules with a place; what lies between has none, for a chain through a third place breaks a rule of its own.
    ``outside``: packages that are not the project's and count as modules."""

    def __init__(
        self,
        case: Case,
        rule: Rule,
        place: Callable[[str], Place | None],
        wrong: Callable[[Place, Place], bool],
        outside: Collection[str] = (),
    ) -> None:
        self._case, self._place, self._wrong = case, cache(place), wrong
        self._root_packages = root_packages(rule.constraint)
        self._outside = frozenset(outside)
        self._known: dict[str, frozenset[str]] = {}
        self._exempt = exempt_pairs(rule.constraint)
        self._typing_free = TYPING_FREE in rule.constraint.exceptions

    def broken(self) -> Iterator[Violation]:
        """Chains of at least two imports that were not there before the change."""
        fresh = [edge for file in self._case.change.files for edge in self._fresh(file)]
        if not fresh:
            return
        before, after = self._graphs()
        back = _reversed(after)
        reported: set[tuple[str, str, Place, Place]] = set()
        for file, line, importer, target in fresh:
            for source, end in self._ends(importer, target, after, back):
                matter = (importer, target, *self._places(source, end))
                if (
                    len(reported) < MAX_REPORTED
                    and matter not in reported
                    and end not in self._reached(source, before)
                ):
                    reported.add(matter)
                    yield Violation(
                        file.path,
                        line,
                        f"{source} now imports {end} indirectly, through the new import {importer} -> {target}",
                    )

    def _fresh(self, file: ChangedFile) -> Iterator[tuple[ChangedFile, int, str, str]]:
        """(file, line, importing module, imported module) of imports between the project's modules that the file
        did not have. Where its old version is unknown nothing is known to be new."""
        if not file.new or file.new.facts.language != "python":
            return
        if file.status == "R" or (file.status == "M" and file.old is None):
            self._case.unknown[f"{file.path}: chains of imports (its former imports are not known)"] = None
            return
        added = [line for line, _ in file.added]
        before = {target for _, target in self._imports(file.path, file.old.facts)} if file.old else set()
        for item, target in self._imports(file.path, file.new.facts):
            line = next((number for number in added if number >= item.statement.line), 0)
            if line and target not in before:
                yield file, line, item.module, target

    def _imports(self, path: str, facts: FileFacts) -> list[tuple[Imported, str]]:
        modules = self._case.modules
        found: list[tuple[Imported, str]] = []
        for item in self._case.imports(path, facts, self._name(path).partition(".")[0]):
            if self._typing_free and item.statement.type_only:
                continue
            top = item.name.partition(".")[0]
            target = next((name for name in (item.name, item.base) if modules.path(name)), "")
            target = target or (top if top in self._outside else "")
            if item.module and target and not self._is_exempt(item.module, target):
                found.append((item, target))
        return found

    def _name(self, path: str) -> str:
        """The file's module, if it is one of the packages that the rule speaks of."""
        modules = self._case.modules
        return next((name for top in self._root_packages if (name := modules.name(path, top))), "")

    def _is_exempt(self, importer: str, target: str) -> bool:
        return any(a(importer) and b(target) for a, b in self._exempt)

    def _graphs(self) -> tuple[Edges, Edges]:
        """Module → modules it imports, before and after the change."""
        changed = {file.path: file for file in self._case.change.files}
        kept: dict[str, set[str]] = {}
        for path, used in self._case.import_edges:
            if path not in changed:
                importer, target = self._name(path), self._name(used)
                if importer and target and not self._is_exempt(importer, target):
                    kept.setdefault(importer, set()).add(target)
        for path, names in (self._case.outside_imports if self._outside else {}).items():
            importer = self._name(path) if path not in changed else ""
            for top, for_types in names:
                counts = top in self._outside and not (for_types and self._typing_free)
                if importer and counts and not self._is_exempt(importer, top):
                    kept.setdefault(importer, set()).add(top)
        before, after = (dict(kept) for _ in range(2))
        for path, file in changed.items():
            for graph, version in ((before, file.old), (after, file.new)):
                importer = self._name(path)
                if version and importer:
                    graph[importer] = {target for _, target in self._imports(path, version.facts)}
        return (
            {name: frozenset(used) for name, used in before.items()},
            {name: frozenset(used) for name, used in after.items()},
        )

    def _ends(self, importer: str, target: str, after: Edges, back: Edges) -> Iterator[tuple[str, str]]:
        """Pairs (from, to) of modules with places, the wrong way round, that a chain over this edge connects."""
        sources = [importer] if self._place(importer) else self._placed_beyond(importer, back)
        targets = [target] if self._place(target) else self._placed_beyond(target, after)
        for source in sources:
            for end in targets:
                direct = (source, end) == (importer, target)
                if not direct and source != end and self._wrong(*self._places(source, end)):
                    yield source, end

    def _places(self, source: str, end: str) -> tuple[Place, Place]:
        here, there = self._place(source), self._place(end)
        assert here
        assert there
        return here, there

    def _placed_beyond(self, start: str, edges: Edges) -> list[str]:
        """The modules with a place that are reached over modules without."""
        seen, at = {start}, deque([start])
        found: list[str] = []
        while at and len(seen) < MAX_VISITED:
            for name in sorted(edges.get(at.popleft(), ())):
                if name not in seen:
                    seen.add(name)
                    (found if self._place(name) else at).append(name)
        return found

    def _reached(self, source: str, edges: Edges) -> frozenset[str]:
        """What the module reached before the change; looked for once."""
        if source not in self._known:
            self._known[source] = frozenset(self._placed_beyond(source, edges))
        return self._known[source]


def _reversed(edges: Edges) -> Edges:
    back: dict[str, set[str]] = {}
    for name, used in edges.items():
        for target in used:
            back.setdefault(target, set()).add(name)
    return {name: frozenset(users) for name, users in back.items()}
