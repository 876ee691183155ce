"""depguard in golangci-lint's config: packages that Go files must not import."""

from __future__ import annotations

from collections.abc import Iterator

from indexers.constraints.rule import comment_above, rule, under
from indexers.facts import Constraint, Severity
from indexers.operations.source import OperationSource
from indexers.yaml_tree import Yaml, documents

_TOOL = "depguard"
_TESTS = "**/*_test.go"


def golangci(source: OperationSource) -> Iterator[Constraint]:
    """.golangci.yml, versions 1 and 2."""
    if _TOOL not in source.text:
        return
    for document in documents(source.text):
        severity = _severity(document)
        for options in (document.get("linters-settings", _TOOL), document.get("linters", "settings", _TOOL)):
            for name, entry in options.get("rules").items.items():
                yield from _rule(source, name, entry, severity)
            yield from _first_version(source, options, severity)


def _severity(document: Yaml) -> Severity:
    """depguard runs only where it is enabled."""
    linters = document.get("linters")
    everything = linters.get("enable-all").text == "true" or linters.get("default").text == "all"
    enabled = _TOOL in linters.get("enable").texts or everything
    return "block" if enabled and _TOOL not in linters.get("disable").texts else "warn"


def _rule(source: OperationSource, name: str, entry: Yaml, severity: Severity) -> Iterator[Constraint]:
    scope = _scope(source, entry)
    for ban in entry.get("deny").entries:
        package = ban.get("pkg").text or ban.text
        if package:
            end_line = max((value.end_line for value in ban.items.values()), default=ban.line)
            yield rule(
                "forbid_import", _TOOL, f"{name} {package}", ban.line,
                " ".join(source.lines[ban.line - 1 : end_line]),
                severity=severity, end_line=end_line, scope=scope, target=[package],
                message=ban.get("desc").text or comment_above(source.lines, ban.line),
                exceptions=entry.get("allow").texts if entry.get("list-mode").text == "original" else (),
            )  # fmt: skip
    allowed = entry.get("allow")
    if allowed.texts and entry.get("list-mode").text != "lax":
        yield rule(
            "forbid_import", _TOOL, f"{name} allow", allowed.line, source.lines[allowed.line - 1], severity=severity,
            end_line=allowed.end_line, scope=scope, exceptions=allowed.texts,
            message=comment_above(source.lines, max(1, allowed.line - 1)),
            not_checkable="an allow list: everything that is not in it is banned",
        )  # fmt: skip


def _scope(source: OperationSource, entry: Yaml) -> tuple[str, ...]:
    """``$all``, ``$test``, ``!$test`` and globs as globs."""
    globs: list[str] = []
    for text in entry.get("files").texts:
        bang, plain = ("!", text[1:]) if text.startswith("!") else ("", text)
        if plain != "$all":
            globs.append(bang + (_TESTS if plain == "$test" else under(source.folder, plain)))
    return tuple(globs)


def _first_version(source: OperationSource, options: Yaml, severity: Severity) -> Iterator[Constraint]:
    """golangci-lint before 1.53: one list for all files; a denylist unless it says otherwise."""
    said = {
        name: reason.text
        for entry in (
            options.get("packages-with-error-message"),
            *options.get("packages-with-error-message").entries,
        )
        for name, reason in entry.items.items()
    }
    problem = "an allow list" if options.get("list-type").text in ("allowlist", "whitelist") else ""
    listed = [(package.text, package.line) for package in options.get("packages").entries]
    known = {name for name, _line in listed}
    listed += [(name, source.line_of(name)) for name in said if name not in known]
    for package, line in listed:
        if package:
            yield rule(
                "forbid_import", _TOOL, package, line, source.lines[line - 1], severity=severity, target=[package],
                message=said.get(package, "") or comment_above(source.lines, line), not_checkable=problem,
            )  # fmt: skip
