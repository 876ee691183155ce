"""Python's written types of containers: what they give in a loop, to a subscript, and by the methods of the standard
library (documentation of ``typing`` and ``collections.abc``)."""

from __future__ import annotations

from memoryd.ingest.link.type_text import split_list

_ONE_KIND = frozenset(
    """list List Sequence MutableSequence Iterable Iterator Collection Reversible Container set Set frozenset FrozenSet
    AbstractSet MutableSet deque Deque Generator AsyncGenerator AsyncIterable AsyncIterator KeysView
    ValuesView""".split()  # noqa: SIM905
)
_MAPS = frozenset(
    """dict Dict Mapping MutableMapping defaultdict DefaultDict OrderedDict""".split()  # noqa: SIM905
)
_TUPLES = frozenset({"tuple", "Tuple"})
_WRAPPERS = frozenset({"Optional", "Final", "ClassVar", "Annotated", "ReadOnly", "Required", "NotRequired"})
_CONTAINERS = _ONE_KIND | _MAPS | _TUPLES
_MAX_WRAPPERS = 4
_GIVES_SAME = frozenset(
    ("copy()", "union()", "intersection()", "difference()", "symmetric_difference()", "__iter__()")
)
_TAKES_ONE = frozenset({"pop()", "popleft()"})
_GIVES_VALUE = frozenset({"[]", "get()", "pop()", "setdefault()"})


def is_container(text: str) -> bool:
    """Whether values of the written type are containers whose elements it names."""
    return "[" in text and _opened(text)[0] in _CONTAINERS


def part_of(text: str, part: str) -> str:
    """The written type of what such a value gives: ``[each]`` in a loop, ``[]`` to a subscript, ``[1]`` as the second
    of a tuple, ``get()`` by a method; ``""``: unknown."""
    name, arguments = _opened(text)
    if name in _TUPLES:
        return _of_tuple(arguments, part)
    if name in _MAPS and len(arguments) == 2:
        return _of_map(arguments[0], arguments[1], part) or (text if part in _GIVES_SAME else "")
    is_given = part in ("[]", "[each]") or part in _TAKES_ONE
    if name in _ONE_KIND and arguments and is_given:
        return arguments[0]
    return text if part in _GIVES_SAME and name in _ONE_KIND else ""


def _of_map(key: str, value: str, part: str) -> str:
    views = {
        "[each]": key,
        "keys()": f"Iterable[{key}]",
        "values()": f"Iterable[{value}]",
        "items()": f"Iterable[tuple[{key}, {value}]]",
    }
    return value if part in _GIVES_VALUE else views.get(part, "")


def _of_tuple(arguments: list[str], part: str) -> str:
    kinds = [argument for argument in arguments if argument != "..."]
    if part in ("[]", "[each]"):
        return kinds[0] if len(set(kinds)) == 1 else ""
    number = part[1:-1]
    if not number.isdecimal() or not kinds:
        return ""
    if len(kinds) < len(arguments):
        return kinds[0]
    return kinds[int(number)] if int(number) < len(kinds) else ""


def _opened(text: str) -> tuple[str, list[str]]:
    """``Optional[list[A]]``, ``"list[A]"``, ``list[A] | None`` → ``list`` and ``A``."""
    for _ in range(_MAX_WRAPPERS):
        text = _only(text.strip().strip("\"'"))
        head, bracket, rest = text.partition("[")
        name = head.strip().rpartition(".")[2]
        if not bracket or not rest.endswith("]"):
            return "", []
        arguments = split_list(rest[:-1])
        if name not in _WRAPPERS or not arguments:
            return name, arguments
        text = arguments[0]
    return "", []


def _only(text: str) -> str:
    """Of ``A | None`` what is not None; nothing where several are left."""
    depth, parts, start = 0, [], 0
    for index, char in enumerate(text):
        depth += (char == "[") - (char == "]")
        if char == "|" and not depth:
            parts.append(text[start:index].strip())
            start = index + 1
    kept = [part for part in (*parts, text[start:].strip()) if part != "None"]
    return kept[0] if len(kept) == 1 else ""
