"""What frameworks call by the names that a project gives: hooks of plugins (pluggy), and functions that are connected
to a signal (Django, blinker, Qt).

A function that is marked as the implementation of a hook stands in for the one that is marked as its specification,
``….hook.NAME(…)`` calls that; whoever sends a signal calls what is connected to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexers.facts import Reference
from indexers.signals import SignalConnection
from memoryd.ingest.link.definitions import DefinitionTarget
from memoryd.ingest.link.evaluate import Evaluator
from memoryd.ingest.link.resolution import MAX_MEANINGS, Meanings, Resolved, enclosing
from memoryd.store.index.queries.link_queries import EdgeRow

_SPECIFIES, _IMPLEMENTS = "HookspecMarker", "HookimplMarker"
_SURE, _ONE_OF_SEVERAL = 0.85, 0.6
_FUNCTIONS = frozenset({"function", "method"})
_HELD = frozenset({"variable", "constant", "field"})
_MOST_DEFINITIONS = 200  # of one name: of more none is looked at
_MOST_NAMES = 3  # that are given to one signal, one after the other
_MOST_CONNECTED = 50  # functions to one signal


def implemented_hooks(evaluator: Evaluator, function: DefinitionTarget, line: int) -> Iterator[EdgeRow]:
    """The edge from a function that implements a hook to what specifies it."""
    if not _is_marked(evaluator, function, _IMPLEMENTS):
        return
    name = function.qualname.rpartition(".")[2]
    specified = [one for one in _specified(evaluator, name) if _is_seen(evaluator, one, function)]
    specified = [one for one in specified if one.path == function.path] or specified
    sure = _SURE if len(specified) == 1 else _ONE_OF_SEVERAL
    for one in specified if len(specified) <= MAX_MEANINGS else ():
        yield EdgeRow(function.qualname, "overrides", one.path, one.qualname, line, "inferred", sure)


def _is_seen(evaluator: Evaluator, specified: DefinitionTarget, function: DefinitionTarget) -> bool:
    """Whether it is another one, and no local one of another function."""
    around = _function_around(evaluator, specified)
    inside = function.path == specified.path and function.qualname.startswith(f"{around}.")
    return specified != function and (not around or inside)


def _function_around(evaluator: Evaluator, target: DefinitionTarget) -> str:
    """The innermost function in which something is defined; ``""``: none."""
    above = enclosing(target.qualname.rpartition(".")[0])
    return next((name for name in above if evaluator.entry(target.path, name).kind in _FUNCTIONS), "")


def called_hook(evaluator: Evaluator, ref: Reference) -> tuple[DefinitionTarget, ...]:
    """The specification that a call by the name of a hook means, if there is one."""
    if "hook" not in ref.receiver.rpartition(".")[2]:
        return ()
    specified = [one for one in _specified(evaluator, ref.name) if not _function_around(evaluator, one)]
    return tuple(specified) if len(specified) == 1 else ()


def _specified(evaluator: Evaluator, name: str) -> tuple[DefinitionTarget, ...]:
    """The functions of that name which are marked as the specification of a hook."""
    view = evaluator.view

    def find() -> tuple[DefinitionTarget, ...]:
        named = view.named("python", name).all()
        functions = (one.target for one in named if one.kind in _FUNCTIONS)
        if len(named) > _MOST_DEFINITIONS:
            return ()
        return tuple(dict.fromkeys(f for f in functions if _is_marked(evaluator, f, _SPECIFIES)))

    return view.fixpoints(("hook", name), find, ())


def _is_marked(evaluator: Evaluator, function: DefinitionTarget, marker: str) -> bool:
    """Whether the function is decorated with what that class of pluggy makes."""
    around = function.qualname.rpartition(".")[0]
    for decorator in evaluator.entry(function.path, function.qualname).decorators:
        for meaning in evaluator.expression(function.path, around, decorator):
            made = _makers(evaluator, meaning) if meaning.kind == "definition" else ()
            if any(text.rpartition(".")[2] == marker for text in made):
                return True
    return False


def _makers(evaluator: Evaluator, meaning: Resolved) -> tuple[str, ...]:
    """What makes the value that a definition holds, as written."""
    entry = evaluator.entry(meaning.target.path, meaning.target.qualname)
    return tuple(h.type_text for h in entry.hints if h.how in ("constructor", "annotation"))


def called_by_signal(evaluator: Evaluator, signal: Meanings) -> tuple[DefinitionTarget, ...]:
    """The functions that are connected to ``signal``: who sends it calls them."""
    found = (_connected(evaluator, one) for one in _signals(evaluator, signal))
    return tuple(dict.fromkeys(function for functions in found for function in functions))


def _signals(evaluator: Evaluator, meanings: Meanings) -> Iterator[DefinitionTarget]:
    """The definitions of signals among ``meanings``, behind other names that are given to them."""
    for _ in range(_MOST_NAMES):
        further: list[Resolved] = []
        for meaning in meanings:
            target = meaning.target
            if meaning.kind != "definition" or evaluator.kind(target) not in _HELD:
                continue
            made = (text.partition("[")[0].lower() for text in _makers(evaluator, meaning))
            if any(text.endswith("signal") for text in made):
                yield target
                continue
            for hint in evaluator.entry(target.path, target.qualname).hints:
                if hint.how == "alias" and hint.type_text != target.qualname:
                    further += evaluator.expression(target.path, hint.scope, hint.type_text)
        meanings = tuple(further)


def _connected(evaluator: Evaluator, signal: DefinitionTarget) -> tuple[DefinitionTarget, ...]:
    view = evaluator.view

    def find() -> tuple[DefinitionTarget, ...]:
        found: dict[DefinitionTarget, None] = {}
        for path, one in view.connected(signal.qualname.rpartition(".")[2]):
            if signal in _signals(evaluator, evaluator.expression(path, one.scope, one.signal)):
                found.update(dict.fromkeys(_functions(evaluator, path, one)))
        return tuple(found) if len(found) <= _MOST_CONNECTED else ()

    return view.fixpoints(("connected", signal), find, ())


def _functions(evaluator: Evaluator, path: str, one: SignalConnection) -> Iterator[DefinitionTarget]:
    """Those that are named there, without the local ones of a function: they are gone before long."""
    is_itself = one.function == one.scope
    meant = () if is_itself else evaluator.expression(path, one.scope, one.function)
    found = (
        [DefinitionTarget(path, one.function)]
        if is_itself
        else [m.target for m in meant if m.kind == "definition"]
    )
    for target in found:
        if evaluator.kind(target) in _FUNCTIONS and not _function_around(evaluator, target):
            yield target
