"""Banned imports of Python projects: ruff and flake8-tidy-imports (TID251, TID252, TID253, I251)."""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from typing import Any

from indexers.constraints.rule import anywhere_under, comment_above, rule, selects, table, texts, within
from indexers.facts import Constraint, Severity
from indexers.operations.source import OperationSource

_BANNED, _RELATIVE, _EARLY = "TID251", "TID252", "TID253"


def ruff_in_pyproject(source: OperationSource) -> Iterator[Constraint]:
    """``[tool.ruff…]``."""
    yield from _ruff(source, table(table(source.toml().get("tool")).get("ruff")))


def ruff(source: OperationSource) -> Iterator[Constraint]:
    """ruff.toml and .ruff.toml."""
    yield from _ruff(source, source.toml())


def _ruff(source: OperationSource, options: dict[str, Any]) -> Iterator[Constraint]:
    lint = {**options, **table(options.get("lint"))}  # before 0.2 the lint options stood at the top
    tidy = table(lint.get("flake8-tidy-imports"))
    for name, entry in table(tidy.get("banned-api")).items():
        line = source.line_of(f'"{name}"')
        said = entry if isinstance(entry, str) else table(entry).get("msg", "")
        yield rule(
            "forbid_import", "ruff", f"{_BANNED} {name}", line, source.lines[line - 1],
            severity=_severity(lint, _BANNED), scope=within(source.folder), target=[name],
            exceptions=_exempt(source, lint, _BANNED),
            message=str(said) or comment_above(source.lines, line),
        )  # fmt: skip
    early = texts(tidy.get("banned-module-level-imports"))
    if early:
        line = source.line_of("banned-module-level-imports")
        yield rule(
            "forbid_import", "ruff", _EARLY, line, source.lines[line - 1], severity=_severity(lint, _EARLY),
            scope=within(source.folder), target=early, exceptions=_exempt(source, lint, _EARLY),
            message=comment_above(source.lines, line), not_checkable="only imports at the top of a module are banned",
        )  # fmt: skip
    yield from _relative(source, lint, tidy)


def _relative(source: OperationSource, lint: dict[str, Any], tidy: dict[str, Any]) -> Iterator[Constraint]:
    """Silent unless the option or the code is written: few have decided about a default."""
    if "ban-relative-imports" in tidy:
        line = source.line_of("ban-relative-imports")
        form = "any relative import" if tidy["ban-relative-imports"] == "all" else "imports from a parent"
        yield rule(
            "forbid_import", "ruff", _RELATIVE, line, source.lines[line - 1], severity=_severity(lint, _RELATIVE),
            scope=within(source.folder), message=comment_above(source.lines, line),
            not_checkable=f"{form}: a form of the statement, not a module",
        )  # fmt: skip


def _severity(lint: dict[str, Any], code: str) -> Severity:
    """A ban that is not selected stops nobody."""
    selected = [*texts(lint.get("select")), *texts(lint.get("extend-select"))]
    ignored = [*texts(lint.get("ignore")), *texts(lint.get("extend-ignore"))]
    return "block" if selects(selected, code) and not selects(ignored, code) else "warn"


def _exempt(source: OperationSource, lint: dict[str, Any], code: str) -> list[str]:
    """Globs of files in which the code is switched off."""
    exempt: list[str] = []
    for key in ("per-file-ignores", "extend-per-file-ignores"):
        for glob, codes in table(lint.get(key)).items():
            if selects(texts(codes), code):
                exempt.append(anywhere_under(source.folder, glob))
    return exempt


def flake8(source: OperationSource) -> Iterator[Constraint]:
    """``banned-modules`` of setup.cfg, tox.ini or .flake8: ``name = what to use instead``, one per line."""
    if "banned-modules" not in source.text and "banned_modules" not in source.text:
        return
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(source.text)
    except configparser.Error:
        return
    options = dict(parser["flake8"]) if parser.has_section("flake8") else {}
    codes = {
        word for key in ("ignore", "extend-ignore") for word in options.get(key, "").replace(",", " ").split()
    }
    for entry in texts(options.get("banned-modules") or options.get("banned_modules")):
        name, _, said = (part.strip() for part in entry.partition("="))
        if not name or name.startswith("#"):
            continue
        line = source.line_of(name)
        yield rule(
            "forbid_import", "flake8-tidy-imports", f"I251 {name}", line, entry,
            severity="warn" if selects(codes, "I251") else "block", scope=within(source.folder),
            target=[name.removesuffix(".*")], message=said or comment_above(source.lines, line),
        )  # fmt: skip
