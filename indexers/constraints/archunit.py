"""ArchUnit rules in Java and Kotlin tests: which packages may not depend on which."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from indexers.constraints.rule import bounded, comment_above, rule
from indexers.facts import Constraint
from indexers.operations.source import OperationSource

_TOOL = "archunit"
_START = re.compile(
    r"\b(noClasses|classes|layeredArchitecture|onionArchitecture|slices|noMethods|methods|fields)\s*\(\)"
)
_MAX_RULES = 200
_MAX_CHARS = 4_000  # of one rule
_TEXT = re.compile(r'"([^"\\\n]{0,300})"')
_CALL = re.compile(r"\.\s*(\w+)\s*\(")
_BECAUSE = re.compile(
    r'\.\s*(?:because|as)\s*\(\s*("(?:[^"\\\n]|\\.){0,400}"(?:\s*\+\s*"(?:[^"\\\n]|\\.){0,400}")*)'
)
_SELECTS = ("resideInAPackage", "resideInAnyPackage")
_DEPENDS = ("dependOnClassesThat", "accessClassesThat")
_KNOWN = frozenset(
    ("that", "should", "because", "as", "check", "allowEmptyShould", *_SELECTS, *_DEPENDS)
)  # fmt: skip
_LAYER = re.compile(r'\.\s*layer\s*\(\s*"([^"\n]{1,100})"\s*\)\s*\.\s*definedBy\s*\(([^()]{0,400})\)')
_ACCESS = re.compile(
    r'\.\s*whereLayer\s*\(\s*"([^"\n]{1,100})"\s*\)\s*\.\s*(mayOnlyBeAccessedByLayers|mayNotBeAccessedByAnyLayer'
    r"|mayOnlyAccessLayers|mayNotAccessAnyLayer)\s*\(([^()]{0,400})\)"
)


def archunit(source: OperationSource) -> Iterator[Constraint]:
    """The fluent rules of one file, each up to its closing semicolon."""
    if "archunit" not in source.text:
        return
    for start in itertools.islice(_START.finditer(source.text), _MAX_RULES):
        text = _statement(source.text, start.start())
        line = source.text.count("\n", 0, start.start()) + 1
        reader = {"noClasses": _no_classes, "layeredArchitecture": _layered}.get(start[1], _unread)
        yield from reader(source, text, line)


def _statement(text: str, start: int) -> str:
    """Up to the semicolon (Java) or the blank line (Kotlin)."""
    piece = text[start : start + _MAX_CHARS]
    return re.split(r";|\n(?:[^\S\n]*\n)+", piece, maxsplit=1)[0]


def _no_classes(source: OperationSource, text: str, line: int) -> Iterator[Constraint]:
    """``noClasses().that().resideIn…(A).should().dependOnClassesThat().resideIn…(B)``."""
    calls = [(match[1], _arguments(text, match.end())) for match in _CALL.finditer(text)]
    names = [name for name, _values in calls]
    at = next((index for index, name in enumerate(names) if name in _DEPENDS), len(names))
    subject = [value for name, values in calls[:at] if name in _SELECTS for value in values]
    target = [value for name, values in calls[at:] if name in _SELECTS for value in values]
    plain = set(names) <= _KNOWN and at < len(names) and names.count("should") == 1 and bool(target)
    yield _rule(
        source, text, line, "noClasses", subject, target,
        "" if plain and (subject or "that" not in names) else "conditions beyond packages",
    )  # fmt: skip


def _arguments(text: str, start: int) -> list[str]:
    return _TEXT.findall(text[start : start + 600].partition(")")[0])


def _layered(source: OperationSource, text: str, line: int) -> Iterator[Constraint]:
    """Each ``whereLayer`` is a ban for the packages of the other layers."""
    layers = {name: _TEXT.findall(packages) for name, packages in _LAYER.findall(text)}
    if not layers:
        yield _rule(source, text, line, "layeredArchitecture", [], [], "layers that are not literal packages")
    for name, access, listed in _ACCESS.findall(text):
        allowed = set(_TEXT.findall(listed)) | {name}
        others = [
            package for layer, packages in layers.items() if layer not in allowed for package in packages
        ]
        own, inward = layers.get(name, []), "Accessed" in access
        yield _rule(
            source, text, line, f"layer {name} {access}", others if inward else own, own if inward else others,
            "" if own and others else "layers that are not literal packages",
        )  # fmt: skip


def _unread(source: OperationSource, text: str, line: int) -> Iterator[Constraint]:
    if ".should" in text or "Architecture" in text:
        yield _rule(source, text, line, text.partition("(")[0], [], [], "conditions beyond packages")


def _rule(
    source: OperationSource,
    text: str,
    line: int,
    name: str,
    subject: list[str],
    target: list[str],
    problem: str,
) -> Constraint:
    said = _BECAUSE.search(text)
    if not problem and any("(" in package or "[" in package for package in (*subject, *target)):
        problem = "packages chosen by a pattern with captures"
    return rule(
        "forbid_import", _TOOL, f"{name}: {', '.join(subject)} → {', '.join(target)}" if target else name, line,
        bounded(text, 400), end_line=line + text.count("\n"), subject=subject, target=target,
        message=" ".join(_TEXT.findall(said[1])) if said else comment_above(source.lines, _first_line(source, line)),
        exceptions=["indirect imports"], not_checkable=problem,
    )  # fmt: skip


def _first_line(source: OperationSource, line: int) -> int:
    """Where the declaration begins that the rule at ``line`` belongs to: above it, its annotations."""
    while line > 1 and re.match(
        r"\s*(?:@\w|(?:public|static|final|private|val|ArchRule)\b)", source.lines[line - 2][:200]
    ):
        line -= 1
    return line
