"""Which files of rules a tool reads: a configuration beside one that goes before it is dead, and forbids nothing."""

from __future__ import annotations

import posixpath
from collections.abc import Collection

from msgspec import structs

from memoryd.query.rules.change_case import Rule

_ESLINT_FLAT = tuple(f"eslint.config.{ending}" for ending in ("js", "mjs", "cjs", "ts", "mts", "cts"))
_ESLINT_OLD = (
    ".eslintrc.js", ".eslintrc.cjs", ".eslintrc.yaml", ".eslintrc.yml", ".eslintrc.json", ".eslintrc", "package.json",
)  # fmt: skip
_IN_FOLDER = {
    "eslint": _ESLINT_OLD,
    "ruff": (".ruff.toml", "ruff.toml", "pyproject.toml"),
}
"""Tool -> its files, of which it reads the first one that a folder has."""


def in_use(rule: Rule, paths: Collection[str]) -> Rule:
    """The rule, not checkable where its tool does not read its file. ``paths``: all files."""
    before = _read_instead(rule, paths)
    if not before:
        return rule
    why = f"{rule.constraint.tool} does not read this file: {before} goes before it"
    return Rule(rule.path, structs.replace(rule.constraint, not_checkable=why))


def _read_instead(rule: Rule, paths: Collection[str]) -> str:
    folder, name = posixpath.split(rule.path)
    if rule.constraint.tool == "eslint" and name in _ESLINT_OLD:
        for above in _up(folder):
            for flat in _ESLINT_FLAT:
                if posixpath.join(above, flat) in paths:
                    return posixpath.join(above, flat)
    order = _IN_FOLDER.get(rule.constraint.tool, ())
    earlier = order[: order.index(name)] if name in order else ()
    places = (posixpath.join(folder, other) for other in earlier)
    return next((place for place in places if place in paths and place != rule.path), "")


def _up(folder: str) -> list[str]:
    found = [folder]
    while folder:
        folder = posixpath.dirname(folder)
        found.append(folder)
    return found
