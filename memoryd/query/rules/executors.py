"""Which declared rules hold for a change, and the executors of those that are not about imports."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from indexers.facts import ChangedFile, Constraint, ConstraintKind, Version
from memoryd.globs.paths import any_matcher, is_glob, matcher
from memoryd.query.rules.change_case import Case, Rule, Violation, governs
from memoryd.query.rules.imports import forbid_import, layers, require_import
from memoryd.query.rules.in_use import in_use
from memoryd.store.index.queries import finding_queries

MAX_PATTERN_CHARS = 400
_STYLES = {
    "snake_case": re.compile(r"_*[a-z0-9]+(?:_[a-z0-9]+)*_*").fullmatch,
    "PascalCase": re.compile(r"_*[A-Z][a-zA-Z0-9]*").fullmatch,
    "camelCase": re.compile(r"_*[a-z][a-zA-Z0-9]*").fullmatch,
    "kebab-case": re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*").fullmatch,
    "UPPER_CASE": re.compile(r"_*[A-Z0-9]+(?:_[A-Z0-9]+)*").fullmatch,
}
_SEPARATORS = re.compile(r"[-_.]+")


def in_force(case: Case) -> tuple[list[Rule], list[Rule]]:
    """(the rules after the change, those that the change takes away or alters)."""
    ctx = case.ctx
    changed = {file.path for file in case.change.files if file.new is not None or file.status == "D"}
    changed |= {file.old_path for file in case.change.files if file.old_path}
    now = [
        Rule(path, constraint)
        for path, constraint in finding_queries.findings(ctx.index, ctx.view.id, Constraint)
        if path not in changed
    ]
    now += [Rule(file.path, c) for file in case.change.files for c in _declared(file.new)]
    before = [Rule(file.old_path or file.path, c) for file in case.change.files for c in _declared(file.old)]
    now, before = ([in_use(rule, case.paths) for rule in rules] for rules in (now, before))
    kept = {_identity(rule.constraint) for rule in now}
    return now, [rule for rule in before if _identity(rule.constraint) not in kept]


def _declared(version: Version | None) -> Sequence[Constraint]:
    return version.constraints if version else ()


def _identity(constraint: Constraint) -> tuple[object, ...]:
    """What a rule says, wherever it stands."""
    return (
        constraint.kind, constraint.tool, constraint.severity, constraint.scope, constraint.subject, constraint.target,
        constraint.exceptions, constraint.not_checkable,
    )  # fmt: skip


# -- the kinds


def ban_dependency(case: Case, rule: Rule) -> Iterator[Violation]:
    """Banned packages that a manifest did not name before."""
    banned = {package_name(name) for name in rule.constraint.target}
    exempt = {package_name(name) for name in rule.constraint.exceptions}
    for file in governs(case, rule):
        for line, name in added_dependencies(file):
            if package_name(name) in banned - exempt:
                yield Violation(file.path, line, f"adds the dependency {name}, which is banned")


def ban_pattern(case: Case, rule: Rule) -> Iterator[Violation]:
    """Literal texts on added lines, more often than on removed ones: a line that moved is no news."""
    texts = [text for text in rule.constraint.target if 0 < len(text) <= MAX_PATTERN_CHARS]
    for file in governs(case, rule):
        for text in texts:
            gone = sum(text in line for _, line in file.removed)
            came = [number for number, line in file.added if text in line]
            if len(came) > gone:
                yield Violation(file.path, came[gone], f"adds {text!r}, which is banned here")


def require_companion(case: Case, rule: Rule) -> Iterator[Violation]:
    """Files of the subject that changed while none of their companions did."""
    subject, target = any_matcher(rule.constraint.subject), any_matcher(rule.constraint.target)
    everything = [path for file in case.change.files for path in (file.path, file.old_path) if path]
    if any(target(path) for path in everything):
        return
    exempt = any_matcher(rule.constraint.exceptions)
    first = next((f for f in governs(case, rule) if subject(f.path) and not exempt(f.path)), None)
    if first:
        wanted = " or ".join(rule.constraint.target[:3])
        yield Violation(first.path, 0, f"changes, but {wanted} does not change with it")


def path_protected(case: Case, rule: Rule) -> Iterator[Violation]:
    """Files that are not to be changed."""
    subject, exempt = any_matcher(rule.constraint.subject), any_matcher(rule.constraint.exceptions)
    for file in governs(case, rule):
        names = [path for path in (file.path, file.old_path) if path and subject(path) and not exempt(path)]
        if names:
            line = file.added[0][0] if file.added else 0
            yield Violation(file.path, line, f"{names[0]} is protected: it is not to be changed")


def naming(case: Case, rule: Rule) -> Iterator[Violation]:
    """New names, of symbols or of files, that are not of the form that they should have."""
    globs = [entry for entry in rule.constraint.subject if "/" in entry or is_glob(entry)]
    kinds = {entry for entry in rule.constraint.subject if entry not in globs}
    applies = any_matcher(globs) if globs else lambda _: True
    fits = [_form(target) for target in rule.constraint.target]
    for file in governs(case, rule):
        if not applies(file.path):
            continue
        names = _new_symbols(file, kinds) if kinds else _new_file(file)
        for line, name in names:
            if name not in rule.constraint.exceptions and not any(fit(name) for fit in fits):
                yield Violation(
                    file.path, line, f"{name} is not named {' or '.join(rule.constraint.target[:3])}"
                )


def _new_symbols(file: ChangedFile, kinds: set[str]) -> Iterator[tuple[int, str]]:
    added = {line for line, _ in file.added}
    before = {symbol.qualname for symbol in file.old.facts.symbols} if file.old else set()
    for symbol in file.new.facts.symbols if file.new else ():
        if symbol.kind in kinds and symbol.line in added and symbol.qualname not in before:
            yield symbol.line, symbol.name


def _new_file(file: ChangedFile) -> Iterator[tuple[int, str]]:
    if file.status in ("A", "R"):
        yield 0, posixpath.basename(file.path).partition(".")[0]


def _form(target: str) -> Callable[[str], bool]:
    fits = _STYLES.get(target)
    return (lambda name: bool(fits(name[:200]))) if fits else matcher(target)


# -- dependencies


def added_dependencies(file: ChangedFile) -> list[tuple[int, str]]:
    """(line, package) of what a manifest names more often than before."""
    before = Counter(package_name(name) for _, name in _dependencies(file.old))
    added = []
    for line, name in _dependencies(file.new):
        before[package_name(name)] -= 1
        if before[package_name(name)] < 0:
            added.append((line, name))
    return added


def _dependencies(version: Version | None) -> Iterator[tuple[int, str]]:
    for operation in version.operations if version else ():
        if operation.kind == "dependency":
            yield operation.line, operation.name


def package_name(name: str) -> str:
    """As package indexes compare names; case and separators do not count."""
    return _SEPARATORS.sub("-", name.partition("[")[0].strip().lower())


EXECUTORS: Mapping[ConstraintKind, Callable[[Case, Rule], Iterator[Violation]]] = {
    "layers": layers,
    "forbid_import": forbid_import,
    "require_import": require_import,
    "ban_dependency": ban_dependency,
    "ban_pattern": ban_pattern,
    "require_companion": require_companion,
    "path_protected": path_protected,
    "naming": naming,
}
