"""What all readers of rules share: a bounded Constraint, and the comment that stands above a rule."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from typing import Any

from indexers.facts import Constraint, ConstraintKind, Severity

MAX_QUOTE = 400  # characters of a rule that are kept
MAX_NAMES = 200  # modules, packages or globs of one rule
MAX_COMMENT_LINES = 12
_COMMENT = re.compile(r"^\s*(?:#+|//+|\*(?!/)|/\*+)\s?(.*?)(?:\*/)?\s*$")
_SECTION_RULE = re.compile(r"^[-=*#\s]*$")


def rule(
    kind: ConstraintKind,
    tool: str,
    name: str,
    line: int,
    quote: str,
    *,
    severity: Severity = "block",
    end_line: int = 0,
    scope: Iterable[str] = (),
    subject: Iterable[str] = (),
    target: Iterable[str] = (),
    exceptions: Iterable[str] = (),
    message: str = "",
    not_checkable: str = "",
) -> Constraint:
    """A Constraint with its texts cut and its lists without doubles. Beyond 200 names of one kind it is not
    checkable: half a list of exceptions would accuse the innocent."""
    lists = [tuple(dict.fromkeys(names)) for names in (scope, subject, target, exceptions)]
    if not not_checkable and any(len(names) > MAX_NAMES for names in lists):
        not_checkable = f"more than {MAX_NAMES} names in one rule"
    return Constraint(
        kind=kind, severity=severity, tool=tool, name=bounded(name, 120), quote=bounded(quote, MAX_QUOTE),
        line=line, end_line=max(line, end_line), scope=lists[0][:MAX_NAMES], subject=lists[1][:MAX_NAMES],
        target=lists[2][:MAX_NAMES], exceptions=lists[3][:MAX_NAMES], message=bounded(message, MAX_QUOTE),
        not_checkable=not_checkable,
    )  # fmt: skip


def bounded(text: str, limit: int) -> str:
    """``text`` in one line of at most ``limit`` characters."""
    line = " ".join(text[: 4 * limit].split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def comment_above(lines: Sequence[str], line: int) -> str:
    """The comment on the lines right above ``line`` (1-based), in one line, ``""`` where there is none: prose above
    a rule is the rule's reason."""
    found: list[str] = []
    for text in reversed(lines[max(0, line - 1 - MAX_COMMENT_LINES) : line - 1]):
        match = _COMMENT.match(text[:1_000])
        if not match:
            break
        if not _SECTION_RULE.match(match[1]):
            found.append(match[1])
    return bounded(" ".join(reversed(found)), MAX_QUOTE)


def under(folder: str, glob: str) -> str:
    """A glob written in a file of ``folder``, and meant from there, as seen from the project's root."""
    bang = "!" if glob.startswith("!") else ""
    plain = posixpath.join(folder, glob.removeprefix("!").removeprefix("./").lstrip("/"))
    floats = "/" not in plain and any(sign in plain for sign in "*?[{")
    return f"{bang}./{plain}" if floats else f"{bang}{plain}"


def anywhere_under(folder: str, glob: str) -> str:
    """The same, where the tool takes a glob without ``/`` for a name in whatever folder below."""
    bang = "!" if glob.startswith("!") else ""
    plain = glob.removeprefix("!")
    return under(folder, glob) if "/" in plain else f"{bang}{posixpath.join(folder, '**', plain)}"


def within(folder: str) -> tuple[str, ...]:
    """The scope of a rule that holds in ``folder`` (``""``: everywhere)."""
    return (f"{folder}/**",) if folder else ()


def texts(value: Any) -> list[str]:
    """The strings of a list; a string is a list of itself, or of its lines; anything else is empty."""
    if isinstance(value, str):
        return [line.strip() for line in value.splitlines() if line.strip()]
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list | tuple) else []


def table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def tables(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def selects(codes: Iterable[str], code: str) -> bool:
    """Whether a linter's list of ``codes`` (prefixes, ``ALL``) switches ``code`` on."""
    return any(entry == "ALL" or code.startswith(entry) for entry in codes)
