"""Every regular expression of the installed packages, with how it is used: found in the source, not by a list."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = ("indexers", "memoryd")
_TAKES_PATTERN = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
_STAND_IN = "aZ9_é"  # for what is escaped before it is put into a pattern


@dataclass(frozen=True)
class Use:
    """A call of ``re`` and what its pattern is asked. ``pattern``: None where the source does not say it. ``name``: the
    variable of the module that keeps it, else the function. ``asked``: methods; ``match@``: from a place given."""

    module: str
    name: str
    line: int
    pattern: str | bytes | None
    flags: int
    asked: frozenset[str]

    @property
    def anywhere(self) -> bool:
        """A match may begin at any character, or is tried at many of them."""
        return not self.asked or not self.asked <= {"match", "fullmatch"}

    @property
    def whole(self) -> bool:
        return not self.anywhere and "fullmatch" in self.asked


@dataclass
class _Module:
    name: str
    tree: ast.Module
    live: ModuleType
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)


@cache
def uses() -> tuple[Use, ...]:
    """All of them, in the order of the modules."""
    compiled = _recorded()
    modules = [_module(name) for name in _names()]
    asked = _asked(modules)
    return tuple(use for module in modules for use in _of_module(module, compiled, asked))


def _names() -> Iterator[str]:
    for package in PACKAGES:
        for found in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if not found.name.endswith(".__main__"):
                yield found.name


_compiled: dict[tuple[str, int], list[re.Pattern[Any]]] = defaultdict(list)


def _recorded() -> dict[tuple[str, int], list[re.Pattern[Any]]]:
    """(file, line) → what was compiled there while the modules were imported anew."""
    real, kept = re.compile, {name: m for name, m in sys.modules.items() if name.split(".")[0] in PACKAGES}

    def recording(pattern: Any, flags: int = 0) -> re.Pattern[Any]:
        made = real(pattern, flags)
        caller = sys._getframe(1)
        _compiled[caller.f_code.co_filename, caller.f_lineno].append(made)
        return made

    for name in kept:
        del sys.modules[name]
    re.compile = recording  # type: ignore[assignment]
    try:
        for name in _names():
            importlib.import_module(name)
    finally:
        re.compile = real
        _fresh.update({n: m for n, m in sys.modules.items() if n.split(".")[0] in PACKAGES})
        for name in _fresh:
            del sys.modules[name]
        sys.modules.update(kept)
    return _compiled


_fresh: dict[str, ModuleType] = {}


def _module(name: str) -> _Module:
    live = _fresh[name]
    module = _Module(name, ast.parse(Path(live.__file__ or "").read_text()), live)
    for parent in ast.walk(module.tree):
        for child in ast.iter_child_nodes(parent):
            module.parents[child] = parent
    return module


def _asked(modules: list[_Module]) -> dict[int, set[str]]:
    """id of a pattern that a variable of a module holds → what it is asked; ``value``: it is handed on."""
    found: dict[int, set[str]] = defaultdict(set)
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                held = vars(module.live).get(node.id)
                if isinstance(held, re.Pattern):
                    found[id(held)].add(_question(module, node))
    return found


def _question(module: _Module, node: ast.AST) -> str:
    """What is asked of the pattern that ``node`` gives."""
    around = module.parents.get(node)
    if not isinstance(around, ast.Attribute):
        return "value"
    call = module.parents.get(around)
    if around.attr == "pattern":
        return "match"  # its text, for a pattern that is looked at itself
    is_call = isinstance(call, ast.Call) and call.func is around
    has_place = isinstance(call, ast.Call) and is_call and len(call.args) > 1
    return "match@" if around.attr in ("match", "fullmatch") and has_place else around.attr


def _of_module(
    module: _Module, compiled: dict[tuple[str, int], list[re.Pattern[Any]]], asked: dict[int, set[str]]
) -> Iterator[Use]:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        of = node.func.value
        if not (isinstance(of, ast.Name) and of.id == "re" and node.func.attr in _TAKES_PATTERN):
            continue
        yield from _of_call(module, node, node.func.attr, compiled, asked)


def _of_call(
    module: _Module, call: ast.Call, function: str, compiled: dict[tuple[str, int], list[re.Pattern[Any]]],
    asked: dict[int, set[str]],
) -> Iterator[Use]:  # fmt: skip
    name = _holder(module, call)
    lines = range(call.lineno, (call.end_lineno or call.lineno) + 1)
    made = [p for line in lines for p in compiled.get((module.live.__file__ or "", line), ())]
    if function == "compile" and made:
        for pattern in made:
            here = _question(module, call)
            questions = {here} if here != "value" else asked.get(id(pattern), set())
            yield Use(module.name, name, call.lineno, pattern.pattern, _flags(pattern), frozenset(questions))
        return
    here = _question(module, call) if function == "compile" else function
    pattern = _value(module, call.args[0])
    flags = [_value(module, word.value) for word in call.keywords if word.arg == "flags"]
    flags += [_value(module, call.args[1])] if function == "compile" and len(call.args) > 1 else []
    yield Use(
        module.name, name, call.lineno, pattern, int(next(iter(flags), 0) or 0), frozenset({here} - {"value"})
    )


def _flags(pattern: re.Pattern[Any]) -> int:
    return int(pattern.flags) & ~(int(re.U) if isinstance(pattern.pattern, bytes) else 0)


def _holder(module: _Module, node: ast.AST) -> str:
    """The variable of the module, or the function, that the node stands in."""
    name, at = "", module.parents.get(node)
    while at is not None:
        if isinstance(at, ast.FunctionDef | ast.ClassDef):
            name = f"{at.name}.{name}".strip(".")
        elif isinstance(at, ast.Assign | ast.AnnAssign) and isinstance(module.parents.get(at), ast.Module):
            target = at.targets[0] if isinstance(at, ast.Assign) else at.target
            name = target.id if isinstance(target, ast.Name) else name
        at = module.parents.get(at)
    return name


def _value(module: _Module, expression: ast.expr) -> Any:
    """The value as the module would see it; what ``re.escape`` makes is stood in for. None: only running it tells."""
    if isinstance(expression, ast.JoinedStr):
        parts = [_value(module, part) for part in expression.values]
        return None if any(part is None for part in parts) else "".join(map(str, parts))
    if isinstance(expression, ast.FormattedValue):
        return _value(module, expression.value)
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Add):
        left, right = _value(module, expression.left), _value(module, expression.right)
        return None if left is None or right is None else left + right
    if any(isinstance(n, ast.Attribute) and n.attr == "escape" for n in ast.walk(expression)):
        return _STAND_IN
    try:
        return eval(compile(ast.Expression(expression), "", "eval"), dict(vars(module.live)))
    except NameError:
        return None
