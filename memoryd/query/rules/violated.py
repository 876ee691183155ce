"""Is a declared rule on imports broken already? Executed on what the whole project imports, as `check` executes it on a
change that adds it all; chains through other modules are left to the tool itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import structs

from indexers.facts import Change, ChangedFile, Constraint, FileFacts, Version
from memoryd.globs.paths import in_scope
from memoryd.query.context import Context
from memoryd.query.decision_item import DecisionItem
from memoryd.query.rules import declared
from memoryd.query.rules.change_case import MAX_OUTLINES, Case, Rule, Violation
from memoryd.query.rules.executors import EXECUTORS
from memoryd.query.rules.modules import is_for_language
from memoryd.query.rules.tool_semantics import DIRECT_ONLY
from memoryd.query.safe_text import safe_line
from memoryd.store.index import reader
from memoryd.store.index.reader import ViewFile

MAX_TRIALS = 100_000  # rules × files of one answer, about a second; more rules are left unjudged
MAX_CONFIRMED = 20  # places of one rule that are looked at closely
Place = tuple[str, int]  # path and line of a rule
_KINDS = frozenset({"layers", "forbid_import"})


def judged(ctx: Context, items: Iterable[DecisionItem]) -> Iterator[DecisionItem]:
    """The items; rules on imports that the code of the view breaks are ``violated``, with the places as the reason."""
    auditor = _Auditor(ctx)
    return map(auditor.judged, items)


class _Auditor:
    """Looks at the rules of one answer."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._left = MAX_TRIALS
        self._known: dict[Place, list[Violation]] = {}

    def judged(self, item: DecisionItem) -> DecisionItem:
        if item.kind != "constraint" or not item.path:
            return item
        broken = self._broken_at((item.path, item.line))
        if not broken:
            return item
        more = f", and {len(broken) - 1} more" if len(broken) > 1 else ""
        reason = f"{broken[0].path}:{broken[0].line} {broken[0].message}{more}"
        return structs.replace(item, health="violated", reason=safe_line(reason))

    def _broken_at(self, place: Place) -> list[Violation]:
        """Of all rules that are declared there; once, for several may stand on one line."""
        if place not in self._known:
            rules = self._rules.get(place, ())
            self._known[place] = [found for rule in rules for found in self._broken(rule)]
        return self._known[place]

    @cached_property
    def _rules(self) -> dict[Place, list[Rule]]:
        found: dict[Place, list[Rule]] = {}
        for path, constraint in declared.constraints(self._ctx):
            if constraint.kind in _KINDS and not constraint.not_checkable:
                found.setdefault((path, constraint.line), []).append(Rule(path, _direct(constraint)))
        return found

    def _broken(self, rule: Rule) -> list[Violation]:
        """The places that break it, of those that its tool would report."""
        tool, governed = rule.constraint.tool, in_scope(rule.constraint.scope)
        rows = [row for row in self._files.values() if is_for_language(tool, row.language)]
        self._left -= len(rows)
        if self._left < 0:
            return []
        rows = [row for row in rows if governed(row.path)]
        suspects = self._execute(rule, [self._added(row.path, self._shown[row.path]) for row in rows])
        files = [self._whole(path) for path in dict.fromkeys(v.path for v in suspects[:MAX_CONFIRMED])]
        return [violation for violation in self._execute(rule, files) if violation.certain]

    def _execute(self, rule: Rule, files: list[ChangedFile]) -> list[Violation]:
        case = Case(self._ctx, Change("the project", tuple(files)))
        return list(EXECUTORS[rule.constraint.kind](case, rule)) if files else []

    @cached_property
    def _files(self) -> dict[str, ViewFile]:
        """Empty where looking at them all would take too long."""
        rows = reader.view_files(self._ctx.index, self._ctx.view.id)
        return {row.path: row for row in rows} if len(rows) <= MAX_OUTLINES else {}

    @cached_property
    def _shown(self) -> dict[str, FileFacts]:
        """What each file imports: enough to suspect it."""
        paths = {row.file_id: row.path for row in self._files.values()}
        return {
            paths[file_id]: FileFacts(shown.language, imports=shown.imports, package=shown.package)
            for file_id, shown in reader.outlines(self._ctx.index, paths)
        }

    def _whole(self, path: str) -> ChangedFile:
        """With its comments, which may silence the tool."""
        ((_, facts),) = reader.file_facts(self._ctx.index, [self._files[path].file_id])
        return self._added(path, structs.replace(self._shown[path], comments=facts.comments))

    def _added(self, path: str, facts: FileFacts) -> ChangedFile:
        lines = sorted({item.line for item in facts.imports})
        version = Version(facts, role=self._files[path].role)
        return ChangedFile(path, "A", added=tuple((line, "") for line in lines), new=version)


def _direct(constraint: Constraint) -> Constraint:
    return structs.replace(constraint, exceptions=(*constraint.exceptions, DIRECT_ONLY))
