"""dependency-cruiser: forbidden dependencies whose regular expressions are plain paths."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from indexers.constraints.literal import LiteralScript, is_literal
from indexers.constraints.rule import bounded, comment_above, rule, table, texts, under
from indexers.facts import Constraint, Severity
from indexers.operations.source import OperationSource

_TOOL = "dependency-cruiser"
_SEVERITIES: dict[Any, Severity] = {"error": "block", "warn": "warn", "info": "info"}
_PIECE = re.compile(r"\(\??:?([\w@./|\\-]+)\)|\\([./-])|([\w@/-])")
_CONDITIONS = frozenset(("path", "pathNot"))
_MAX_PATHS = 64
_MAX_RULES = 200


def cruiser(source: OperationSource) -> Iterator[Constraint]:
    """.dependency-cruiser.js and its kin."""
    read = LiteralScript(source.text)
    for key in itertools.islice(read.keys("forbidden"), 3):
        heads = [index for index in itertools.islice(read.keys("name"), 2_000) if index > key]
        entries = read.value(key)
        for entry in entries[:_MAX_RULES] if isinstance(entries, list) else ():
            name = table(entry).get("name", "")
            if isinstance(name, str) and name:
                line = next((read.tokens[at].line for at in heads if read.tokens[at + 2].text == name), 1)
                found = _forbidden(source, name, table(entry), line)
                if found:
                    yield found


def _forbidden(source: OperationSource, name: str, entry: dict[str, Any], line: int) -> Constraint | None:
    severity = entry.get("severity", "warn")
    if severity == "ignore":
        return None
    origin, used = table(entry.get("from")), table(entry.get("to"))
    subject, target = _globs(origin.get("path")), _globs(used.get("path"))
    exceptions = _globs(used.get("pathNot")) if "pathNot" in used else []
    exempt = _globs(origin.get("pathNot")) if "pathNot" in origin else []
    said = entry.get("comment", "")
    return rule(
        "forbid_import", _TOOL, name, line, bounded(" ".join(source.lines[line - 1 : line + 8]), 400),
        severity=_SEVERITIES.get(severity, "warn"), scope=[f"!{glob}" for glob in exempt or ()], subject=subject or (),
        target=[f"./{glob.removeprefix('./')}" for glob in target or ()], exceptions=exceptions or (),
        message=said if isinstance(said, str) and said else comment_above(source.lines, line),
        not_checkable=_problem(entry, origin, used, target, None in (subject, exceptions, exempt)),
    )  # fmt: skip


def _problem(
    entry: Any, origin: dict[str, Any], used: dict[str, Any], target: list[str] | None, irregular: bool
) -> str:
    if not is_literal(entry):
        return "the config is computed: only running it would tell"
    if not target and "path" not in used:
        return "it is about cycles, orphans or kinds of dependencies"
    if irregular or not target:
        return "a regular expression that is no plain path"
    if not (set(used) <= _CONDITIONS and set(origin) <= _CONDITIONS):
        return "further conditions"
    return ""


def _globs(value: Any) -> list[str] | None:
    """The globs that regular expressions of plain paths stand for (``^src/(a|b)/``), None for others."""
    if value is None:
        return []
    found: list[str] = []
    for text in texts(value):
        paths = _paths(text)
        if not paths:
            return None
        found += paths
    return found or None


def _paths(text: str) -> list[str]:
    if not text.startswith("^") or len(text) > 200:
        return []
    body = re.sub(r"(?<=/)\.[*+]$", "", text[1:])
    ended = body.endswith("$")
    body, paths, at = body.removesuffix("$"), [""], 0
    while at < len(body):
        piece = _PIECE.match(body, at)
        if not piece:
            return []
        choices = piece[1].replace("\\", "").split("|") if piece[1] else [piece[2] or piece[3]]
        paths = [path + choice for path in paths for choice in choices][:_MAX_PATHS]
        at = piece.end()
    if ended:
        return paths
    return [glob for path in paths for glob in _beginning(path)]


def _beginning(path: str) -> list[str]:
    """Globs of all files whose path begins so."""
    return [f"{path}**"] if path.endswith("/") else [under("", f"{path}*"), f"{path}*/**"]
