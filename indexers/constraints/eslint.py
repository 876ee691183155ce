"""ESLint: no-restricted-imports, -modules, -paths and -syntax, in JSON, YAML or a JavaScript config read as text."""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from indexers.constraints.literal import OPAQUE, LiteralScript, is_literal
from indexers.constraints.rule import (
    anywhere_under,
    bounded,
    comment_above,
    rule,
    table,
    texts,
    under,
    within,
)
from indexers.facts import Constraint, Severity
from indexers.operations.source import OperationSource
from indexers.yaml_tree import Yaml, documents

_TOOL = "eslint"
_IMPORTS = (
    "no-restricted-imports", "@typescript-eslint/no-restricted-imports", "no-restricted-modules",
    "n/no-restricted-require", "node/no-restricted-require", "n/no-restricted-import", "node/no-restricted-import",
)  # fmt: skip
_PATHS = ("import/no-restricted-paths", "import-x/no-restricted-paths", "no-restricted-paths")
_SYNTAX = ("no-restricted-syntax",)
_RULES = (*_IMPORTS, *_PATHS, *_SYNTAX)
_SEVERITIES: dict[Any, Severity] = {
    "error": "block", 2.0: "block", "2": "block", "warn": "warn", 1.0: "warn", "1": "warn",
}  # fmt: skip
_MAX_RULES = 200  # configured rules of one file that are read
_DYNAMIC = "the config is computed: only running it would tell"


class _RuleSetting(Struct, frozen=True):
    """A rule as one object of the config sets it; ``value`` is what stands behind its name."""

    name: str
    value: Any
    files: Any
    ignores: Any
    line: int
    end_line: int

    @property
    def head(self) -> Any:
        return self.value[0] if isinstance(self.value, list) and self.value else self.value

    @property
    def options(self) -> list[Any]:
        return self.value[1:] if isinstance(self.value, list) else []


class _ConfiguredRule(Struct, frozen=True):
    """One configured rule. ``options``: what follows the severity."""

    name: str
    severity: Severity
    options: list[Any]
    scope: tuple[str, ...]
    folder: str
    line: int
    end_line: int
    quote: str
    comment: str

    def rule(self, **parts: Any) -> Constraint:
        message = parts.pop("message", "") or self.comment
        kind = parts.pop("kind", "forbid_import")
        label = parts.pop("label", "")
        return rule(
            kind, _TOOL, f"{self.name} {label}".strip(), self.line, self.quote, severity=self.severity,
            end_line=self.end_line, scope=self.scope, message=message if isinstance(message, str) else "", **parts,
        )  # fmt: skip


def script(source: OperationSource) -> Iterator[Constraint]:
    """.eslintrc.js, eslint.config.*, .eslintrc.json, .eslintrc, the ``eslintConfig`` of package.json."""
    if "no-restricted-" not in source.text:
        return
    read = LiteralScript(source.text)
    settings = []
    for key in itertools.islice(read.keys(*_RULES), _MAX_RULES):
        token = read.tokens[key]
        files, ignores = _property(read, key, "files"), _property(read, key, "ignores", "excludedFiles")
        end_line = max(token.line, read.end_line(key))
        settings.append(_RuleSetting(token.text, read.value(key), files, ignores, token.line, end_line))
    yield from _constraints(source, settings)


def yaml(source: OperationSource) -> Iterator[Constraint]:
    """.eslintrc.yml."""
    if "no-restricted-" not in source.text:
        return
    settings = []
    for document in documents(source.text):
        for part in (document, *document.get("overrides").entries):
            files, ignores = list(part.get("files").texts), list(part.get("excludedFiles").texts)
            for name, entry in part.get("rules").items.items():
                if name in _RULES:
                    line = max(1, entry.line - (not entry.text))
                    settings.append(
                        _RuleSetting(name, _plain(entry, 0), files, ignores, line, entry.end_line)
                    )
    yield from _constraints(source, settings[:_MAX_RULES])


def _property(read: LiteralScript, key: int, *names: str) -> Any:
    """``files`` and its like of the object whose ``rules`` hold the rule at ``key``."""
    places = (read.sibling(key, name, up=1) for name in names)
    return next((read.value(at) for at in places if at >= 0), [])


def _constraints(source: OperationSource, settings: list[_RuleSetting]) -> Iterator[Constraint]:
    """A later setting of a rule replaces the earlier ones, in the files that it is for."""
    for index, setting in enumerate(settings):
        later = [other for other in settings[index + 1 :] if other.name == setting.name]
        off = setting.head in ("off", "0", 0.0) and not isinstance(setting.head, bool)
        if off or any(not other.files for other in later):
            continue
        scope = (
            *_scope(source, setting),
            *(f"!{glob}" for other in later for glob in _globs(source, other.files)),
        )
        yield from _read(source, setting, scope)


def _scope(source: OperationSource, setting: _RuleSetting) -> list[str]:
    files = _globs(source, setting.files) or list(within(source.folder))
    return files + [f"!{glob}" for glob in _globs(source, setting.ignores)]


def _globs(source: OperationSource, value: Any) -> list[str]:
    """``*.js`` is every such file below in an .eslintrc, and only those beside it in an eslint.config.js."""
    seen_from_root = under if source.name.startswith("eslint.config") else anywhere_under
    return [seen_from_root(source.folder, text) for text in texts(value) if text[:1] != "!"]


def _read(source: OperationSource, setting: _RuleSetting, scope: tuple[str, ...]) -> Iterator[Constraint]:
    head = setting.head if isinstance(setting.head, str | float) else ""
    found = _ConfiguredRule(
        name=setting.name, severity=_SEVERITIES.get(head, "warn"), options=setting.options, scope=scope,
        folder=source.folder, line=setting.line, end_line=setting.end_line,
        quote=" ".join(source.lines[setting.line - 1 : setting.end_line][:40]),
        comment=comment_above(source.lines, setting.line),
    )  # fmt: skip
    if not is_literal([setting.value, setting.files, setting.ignores]):
        kind = "ban_pattern" if setting.name in _SYNTAX else "forbid_import"
        yield found.rule(kind=kind, not_checkable=_DYNAMIC)
    elif setting.name in _IMPORTS:
        yield from _imports(found)
    elif setting.name in _PATHS:
        yield from _zones(found)
    else:
        yield from _syntax(found)


# -- what is imported


def _imports(found: _ConfiguredRule) -> Iterator[Constraint]:
    for option in found.options:
        if isinstance(option, str):
            yield _path(found, {"name": option})
            continue
        for entry in _list(table(option).get("paths")):
            yield _path(found, entry if isinstance(entry, dict) else {"name": entry})
        patterns = _list(table(option).get("patterns"))
        plain = texts(patterns)
        if plain:
            yield _pattern(found, {"group": plain})
        for entry in patterns:
            if isinstance(entry, dict):
                yield _pattern(found, entry)


def _path(found: _ConfiguredRule, entry: dict[str, Any]) -> Constraint:
    names = texts(entry.get("name"))
    members = texts(entry.get("importNames"))
    problem = "a relative path means another file in every folder" if names and names[0][:1] == "." else ""
    problem = problem or ("all names but some are banned" if entry.get("allowImportNames") else "")
    return found.rule(
        label=names[0] if names else "", target=[f"{name}#{member}" for name in names for member in members] or names,
        message=entry.get("message", ""), exceptions=_typing(entry), not_checkable=problem,
    )  # fmt: skip


def _pattern(found: _ConfiguredRule, entry: dict[str, Any]) -> Constraint:
    group = texts(entry.get("group"))
    members = texts(entry.get("importNames"))
    problem = "" if group else "a regular expression"
    if entry.get("allowImportNames") or entry.get("importNamePattern") or entry.get("allowImportNamePattern"):
        problem = "names are chosen by a pattern"
    globs = [f"glob:{glob}" for glob in group]
    return found.rule(
        label=bounded(", ".join(group) or str(entry.get("regex", "")), 80), message=entry.get("message", ""),
        target=[f"{glob}#{member}" for glob in globs for member in members] or globs, exceptions=_typing(entry),
        not_checkable=problem,
    )  # fmt: skip


def _typing(entry: dict[str, Any]) -> list[str]:
    return ["type-checking imports"] if entry.get("allowTypeImports") is True else []


# -- which folder imports from which


def _zones(found: _ConfiguredRule) -> Iterator[Constraint]:
    """Zones: files of ``target`` must not import files of ``from``."""
    for option in found.options:
        base = table(option).get("basePath", "")
        for zone in _list(table(option).get("zones")):
            if isinstance(zone, dict):
                yield _zone(found, zone, base if isinstance(base, str) else "")


def _zone(found: _ConfiguredRule, zone: dict[str, Any], base: str) -> Constraint:
    folder = posixpath.normpath(posixpath.join(found.folder, base.removeprefix("./")))
    folder = "" if folder == "." else folder
    problem = "a base path outside of the project" if folder.startswith((".", "/")) else ""
    origins = [_below(folder, glob) for glob in texts(zone.get("from"))]
    excepted = [
        _below(origin.removesuffix("/**"), glob) for origin in origins for glob in texts(zone.get("except"))
    ]
    return found.rule(
        label=f"{zone.get('target', '')} ← {zone.get('from', '')}",
        subject=[_below(folder, glob) for glob in texts(zone.get("target"))],
        target=[f"./{origin}" for origin in origins], exceptions=excepted, message=zone.get("message", ""),
        not_checkable=problem,
    )  # fmt: skip


def _below(folder: str, glob: str) -> str:
    """A folder, file or glob as a glob from the root; a folder means all below it."""
    path = posixpath.normpath(under(folder, glob))
    plain = not any(mark in path for mark in "*?[") and "." not in path.rpartition("/")[2]
    return f"{path}/**" if plain else path


def _syntax(found: _ConfiguredRule) -> Iterator[Constraint]:
    for option in found.options:
        entry = option if isinstance(option, dict) else {"selector": option}
        said = entry.get("message", "")
        yield found.rule(
            kind="ban_pattern", label=bounded(str(entry.get("selector", "")), 80), message=said,
            not_checkable="a selector of syntax trees",
        )  # fmt: skip


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _plain(node: Yaml, depth: int) -> Any:
    """YAML as JSON would have it, all scalars as text."""
    if depth > 10:
        return OPAQUE
    if node.items:
        return {key: _plain(entry, depth + 1) for key, entry in node.items.items()}
    return [_plain(entry, depth + 1) for entry in node.value] if isinstance(node.value, list) else node.text
