"""import-linter: contracts in .importlinter, setup.cfg or pyproject.toml. Its exit code fails the build."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from indexers.constraints.rule import bounded, comment_above, rule, table, tables, texts
from indexers.facts import Constraint, ConstraintKind
from indexers.operations.source import OperationSource

_TOOL = "import-linter"
_SECTION = re.compile(r"^\[importlinter:contract:([^\]\n]{1,200})\]")
_HEADER = re.compile(r"^\s*\[\[\s*tool\.importlinter\.contracts\s*\]\]")
_TRUE = ("true", "1", "yes", "on")
_SPLIT = re.compile(r"(?:(?<!\s)\s+)?([|:])\s*")


class _Contract(Struct, frozen=True):
    """``data``: the contract's own options, lists or text with one entry per line."""

    name: str
    line: int
    end_line: int
    quote: str
    message: str
    data: Mapping[str, Any]
    typing_counts: bool

    def list(self, key: str) -> list[str]:
        return [entry for entry in texts(self.data.get(key)) if not entry.startswith("#")]

    def flag(self, key: str) -> bool:
        return str(self.data.get(key, "")).lower() in _TRUE

    def rule(
        self, kind: ConstraintKind, subject: Sequence[str], target: Sequence[str] = (), exceptions: Sequence[str] = (),
        not_checkable: str = "", note: str = "",
    ) -> Constraint:  # fmt: skip
        allowed = [*self.list("ignore_imports"), *exceptions]
        allowed += ["indirect imports"] if self.flag("allow_indirect_imports") else []
        allowed += [] if self.typing_counts else ["type-checking imports"]
        return rule(
            kind, _TOOL, f"{self.name} ({note})" if note else self.name, self.line, self.quote,
            end_line=self.end_line, subject=subject, target=target, exceptions=allowed, message=self.message,
            not_checkable=not_checkable,
        )  # fmt: skip


def from_toml(source: OperationSource) -> Iterator[Constraint]:
    """``[[tool.importlinter.contracts]]`` of pyproject.toml."""
    options = table(table(source.toml().get("tool")).get("importlinter"))
    heads = [number for number, text in enumerate(source.lines, 1) if _HEADER.match(text)]
    typing_counts = not options.get("exclude_type_checking_imports", False)
    for index, data in enumerate(tables(options.get("contracts"))):
        line = heads[index] if index < len(heads) else source.line_of("importlinter")
        yield from _constraints(_contract(source, data, str(data.get("name", "")), line, typing_counts))


def from_ini(source: OperationSource) -> Iterator[Constraint]:
    """``[importlinter:contract:…]`` of .importlinter or setup.cfg."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    if "importlinter" not in source.text or len(source.text) > 200_000:
        return
    try:
        parser.read_string(source.text)
    except configparser.Error:
        return
    options = parser["importlinter"] if parser.has_section("importlinter") else {}
    typing_counts = str(options.get("exclude_type_checking_imports", "")).lower() not in _TRUE
    for number, text in enumerate(source.lines, 1):
        found = _SECTION.match(text)
        if found and parser.has_section(f"importlinter:contract:{found[1]}"):
            data = dict(parser[f"importlinter:contract:{found[1]}"])
            yield from _constraints(
                _contract(source, data, data.get("name", found[1]), number, typing_counts)
            )


def _contract(
    source: OperationSource, data: Mapping[str, Any], name: str, line: int, typing: bool
) -> _Contract:
    end = next(
        (n for n, text in enumerate(source.lines[line:], line + 1) if text.lstrip().startswith("[")),
        len(source.lines) + 1,
    )
    body = [text.strip() for text in source.lines[line : end - 1]]
    while body and (not body[-1] or body[-1].startswith("#")):
        body.pop()
    quote = bounded(" ".join(text for text in body if not text.startswith("#")), 400)
    return _Contract(name, line, line + len(body), quote, comment_above(source.lines, line), data, typing)


def _constraints(contract: _Contract) -> Iterator[Constraint]:
    kind = str(contract.data.get("type", "")).strip()
    reader = _KINDS.get(kind)
    if reader:
        yield from reader(contract)
    else:
        yield contract.rule(
            "prose", [], not_checkable=f"contract type `{bounded(kind, 60)}` is the project's own"
        )


def _layers(contract: _Contract) -> Iterator[Constraint]:
    layers = contract.list("layers")
    for container in contract.list("containers") or [""]:
        yield contract.rule("layers", [_joined(layer, container) for layer in layers])
    if contract.flag("exhaustive"):
        yield contract.rule(
            "layers", layers, note="exhaustive", not_checkable="that every module of the container is listed"
        )


def _joined(layer: str, container: str) -> str:
    """``(a) | b`` in the container ``pkg`` as ``pkg.a | pkg.b``: brackets only say that a layer may be missing."""
    parts = _SPLIT.split(layer)
    names = [part.strip("() \t") if index % 2 == 0 else f" {part} " for index, part in enumerate(parts)]
    return "".join(
        f"{container}.{name}" if container and index % 2 == 0 else name for index, name in enumerate(names)
    )


def _forbidden(contract: _Contract) -> Iterator[Constraint]:
    yield contract.rule(
        "forbid_import", contract.list("source_modules"), contract.list("forbidden_modules"),
        not_checkable="`as_packages = false`: the modules without those below them"
        if str(contract.data.get("as_packages", "true")).lower() not in _TRUE
        else "",
    )  # fmt: skip


def _independence(contract: _Contract) -> Iterator[Constraint]:
    yield contract.rule("layers", [" | ".join(contract.list("modules"))])


def _protected(contract: _Contract) -> Iterator[Constraint]:
    """Nobody imports the protected modules but those named."""
    targets, allowed = contract.list("protected_modules"), contract.list("allowed_importers")
    yield contract.rule("forbid_import", [], targets, exceptions=[*allowed, *targets, "indirect imports"])


def _acyclic(contract: _Contract) -> Iterator[Constraint]:
    yield contract.rule("layers", contract.list("ancestors"), not_checkable="cycles need the whole graph")


_KINDS = {
    "layers": _layers, "forbidden": _forbidden, "independence": _independence, "protected": _protected,
    "acyclic_siblings": _acyclic,
}  # fmt: skip
