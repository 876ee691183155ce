"""cargo-deny: the crates that deny.toml bans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from indexers.constraints.rule import comment_above, rule, table, texts
from indexers.facts import Constraint
from indexers.operations.source import OperationSource

_TOOL = "cargo-deny"
_VERSION = re.compile(r"^([\w.-]+)\s*[@:]\s*(.+)$")


def cargo_deny(source: OperationSource) -> Iterator[Constraint]:
    """``[bans] deny = […]`` and ``allow = […]``."""
    bans = table(source.toml().get("bans"))
    for entry in bans.get("deny", ()) if isinstance(bans.get("deny"), list) else ():
        found = _banned(source, entry)
        if found:
            yield found
    allowed = bans.get("allow")
    if isinstance(allowed, list) and allowed:
        line = source.line_of("allow")
        yield rule(
            "ban_dependency", _TOOL, "allowed crates", line, source.lines[line - 1],
            exceptions=[_crate(entry)[0] for entry in allowed], message=comment_above(source.lines, line),
            not_checkable="an allow list: every crate that is not in it is banned",
        )  # fmt: skip


def _banned(source: OperationSource, entry: Any) -> Constraint | None:
    name, version = _crate(entry)
    if not name:
        return None
    line = source.line_of(f'"{name}')
    options = table(entry)
    instead = options.get("use-instead")
    said = str(options.get("reason") or "") or (f"use {instead} instead" if isinstance(instead, str) else "")
    return rule(
        "ban_dependency", _TOOL, name, line, source.lines[line - 1], target=[name],
        exceptions=texts(options.get("wrappers")), message=said or comment_above(source.lines, line),
        not_checkable=f"only versions {version}" if version not in ("", "*") else _wrapped(options),
    )  # fmt: skip


def _wrapped(options: dict[str, Any]) -> str:
    return "wrappers: crates that may bring it in" if texts(options.get("wrappers")) else ""


def _crate(entry: Any) -> tuple[str, str]:
    """(name, version requirement) of ``"name"``, ``"name@1"``, ``{ crate = … }`` or ``{ name = …, version = … }``."""
    options = table(entry)
    text = entry if isinstance(entry, str) else options.get("crate", options.get("name", ""))
    if not isinstance(text, str):
        return "", ""
    match = _VERSION.match(text)
    version = match[2] if match else options.get("version", "")
    return (match[1] if match else text.strip()), version if isinstance(version, str) else ""
