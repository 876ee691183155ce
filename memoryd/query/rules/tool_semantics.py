"""How each tool means what its contracts say: to whom a rule applies, what is targeted, what is exempt."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from indexers.facts import Constraint, Version
from memoryd.globs.paths import matcher
from memoryd.query.rules.change_case import Case, Rule
from memoryd.query.rules.modules import (
    DOTTED,
    Imported,
    covers,
    exactly,
    package,
    prefix,
    script_path,
    specifiers,
)
from memoryd.store.index import reader
from memoryd.store.index.queries import graph_queries

DIRECT_ONLY, TYPING_FREE = "indirect imports", "type-checking imports"
"""Words that a rule's exceptions may hold: chains of imports, and imports for types alone, are allowed."""
_STATEMENT_LINES = 3  # a statement over several lines: the comment may stand at its end
_SILENCERS = {
    "ruff": re.compile(r"noqa(?!\s*:)|noqa\s*:[^#]{0,400}\b(?:TID|TID25\d)\b", re.I),
    "flake8-tidy-imports": re.compile(r"noqa(?!\s*:)|noqa\s*:[^#]{0,400}\bI2(?:51)?\b", re.I),
    "eslint": re.compile(r"eslint-disable"),
    "depguard": re.compile(r"nolint(?!\s*:)|nolint\s*:[^/]{0,400}\b(?:depguard|all)\b"),
}
_FOR_THE_FILE = re.compile(r"(?:ruff|flake8): noqa|eslint-disable(?!-)", re.I)
_NESTED = {
    "ruff": ("ruff.toml", ".ruff.toml", "pyproject.toml"),
    "eslint": (
        ".eslintrc",
        ".eslintrc.js",
        ".eslintrc.cjs",
        ".eslintrc.json",
        ".eslintrc.yml",
        ".eslintrc.yaml",
    ),
}

AppliesTo = Callable[[str, Version], bool]
Targets = Callable[[str, Imported], str]
Exemption = Callable[[str, Imported], bool]


def applies_to(case: Case, rule: Constraint) -> AppliesTo:
    """Whether the rule applies to a file."""
    if rule.tool == "archunit":
        packages = [package(name) for name in rule.subject]
        return lambda _, version: not packages or any(test(version.facts.package) for test in packages)
    globs = [matcher(entry) for entry in rule.subject if rule.tool not in DOTTED or _is_file_glob(entry)]
    names = [entry for entry in rule.subject if rule.tool in DOTTED and not _is_file_glob(entry)]
    tests = [(entry.partition(".")[0], covers(entry)) for entry in names]
    if rule.tool == "import-linter" and not rule.subject:  # it sees the project's packages, not its tests
        tests = [(top, lambda name: bool(name)) for top in root_packages(rule)]

    def test(path: str, _: Version) -> bool:
        if not tests and not globs:
            return True
        named = any(fits(_module(case, path, top, rule.tool)) for top, fits in tests)
        return named or any(fits(path) for fits in globs)

    return test


def _module(case: Case, path: str, top: str, tool: str) -> str:
    found = case.modules.name(path, top)
    return found if found or tool == "import-linter" else case.modules.own_name(path)


def _is_file_glob(entry: str) -> bool:
    return "/" in entry or entry.startswith("*.")


def root_packages(rule: Constraint) -> list[str]:
    """The top-level packages that a rule speaks of."""
    return sorted({name.partition(".")[0].strip("( ") for name in (*rule.subject, *rule.target)}) or [""]


def targets(case: Case, rule: Constraint) -> Targets:
    """Which target of the rule an import is, in words that stay the same from version to version; ``""``: none."""
    if rule.tool in DOTTED:
        hits = [(target, covers(target)) for target in rule.target]
        return lambda _, item: next((t for t, hit in hits if hit(item.name) or hit(item.base)), "")
    if rule.tool == "depguard":
        begins = [(target, prefix(target)) for target in rule.target]
        return lambda _, item: next((t for t, hit in begins if hit(item.base)), "")
    if rule.tool == "archunit":
        packages = [(target, package(target)) for target in rule.target]
        return lambda _, item: next((t for t, hit in packages if hit(item.base)), "")
    return _script_targets(case, rule)


def _script_targets(case: Case, rule: Constraint) -> Targets:
    """Specifiers as written, and with ``./`` the project's files that they lead to."""
    files = [matcher(target) for target in rule.target if target.startswith("./")]
    restricted = specifiers([target for target in rule.target if not target.startswith("./")])

    def test(path: str, item: Imported) -> str:
        if restricted(item.base, item.statement.name):
            return f"{item.base}#{item.statement.name}"
        used = script_path(case.paths, path, item.base) if files else ""
        return used if used and any(hit(used) for hit in files) else ""

    return test


def exemptions(case: Case, rule: Constraint) -> Exemption:
    """Whether the rule's exceptions allow an import."""
    names = [e for e in rule.exceptions if e not in (DIRECT_ONLY, TYPING_FREE)]
    typing_free = TYPING_FREE in rule.exceptions
    allowed = _allowed(case, rule, names)
    return lambda path, item: (typing_free and item.statement.type_only) or allowed(path, item)


def _allowed(case: Case, rule: Constraint, names: list[str]) -> Exemption:
    if not names:
        return lambda _, item: False
    if rule.tool == "depguard":
        begins = [prefix(name) for name in names]
        return lambda _, item: any(test(item.base) for test in begins)
    if any(target.startswith("./") for target in rule.target):
        used = [matcher(name) for name in names]
        return lambda path, item: any(test(script_path(case.paths, path, item.base)) for test in used)
    pairs = exempt_pairs(rule)
    files = [matcher(name) for name in names if rule.tool != "import-linter" and "->" not in name]
    importers = [covers(name) for name in names if rule.tool == "import-linter" and "->" not in name]

    def test(path: str, item: Imported) -> bool:
        known = {item.name, item.base, item.name.partition(".")[0]}
        return (
            any(a(item.module) and any(map(b, known)) for a, b in pairs)
            or any(fits(item.module) for fits in importers)
            or any(fits(path) for fits in files)
        )

    return test


def exempt_pairs(rule: Constraint) -> list[tuple[Callable[[str], bool], Callable[[str], bool]]]:
    """``a -> b`` of the exceptions as tests of the importing and the imported module."""
    pairs = [exception.partition("->") for exception in rule.exceptions if "->" in exception]
    return [(exactly(importer.strip()), exactly(target.strip())) for importer, _, target in pairs]


# -- what speaks against a violation


def doubts(case: Case, rule: Rule, path: str, version: Version, line: int) -> str:
    """Why the tool itself may be silent about an import on ``line``; ``""``: nothing speaks against it."""
    tool = rule.constraint.tool
    if _is_silenced(tool, version, line):
        return "a comment silences the linter"
    if tool == "archunit" and version.role == "test":
        return "rules on classes are usually not run on tests"
    if _nearer_config(case, rule, path):
        return "another configuration of the linter lies nearer to the file"
    if tool == "eslint" and not _said_once(case, rule):
        return "the configuration sets this rule more than once"
    return ""


def _is_silenced(tool: str, version: Version, line: int) -> bool:
    silencer = _SILENCERS.get(tool)
    if silencer is None:
        return False
    for comment in version.facts.comments:
        at_statement = comment.line <= line + _STATEMENT_LINES and comment.end_line >= line - 1
        before = comment.line < line and _FOR_THE_FILE.search(comment.text)
        if (at_statement or before) and silencer.search(comment.text):
            return True
    return False


def _nearer_config(case: Case, rule: Rule, path: str) -> bool:
    """ruff and eslint take the nearest configuration of a file."""
    names = _NESTED.get(rule.constraint.tool, ())
    home = posixpath.dirname(rule.path)
    folder = posixpath.dirname(path)
    while names and folder != home and folder.startswith(home) and folder:
        if any(f"{folder}/{name}" in case.paths for name in names):
            return True
        folder = posixpath.dirname(folder)
    return False


def _said_once(case: Case, rule: Rule) -> bool:
    """Later blocks of an eslint configuration replace earlier ones for their files, and may switch a rule off."""
    row = graph_queries.file_at(case.ctx.index, case.ctx.view.id, rule.path)
    text = reader.file_text(case.ctx.index, row.file_id).decode("utf-8", "replace") if row else ""
    name = re.escape(rule.constraint.name.partition(" ")[0])
    return len(re.findall(rf"[\"']?(?<![\w/-]){name}[\"']?\s*:", text)) <= 1
