"""What tells of a method's signature whether it can stand in for another."""

from __future__ import annotations

import re

_PACKAGE = re.compile(r"\b[^\W\d]\w*\.(?=\w)")
_NAMED = re.compile(r"(?!chan\b|func\b|struct\b|interface\b)\w+ +(.+)", re.S)
_GENERIC = re.compile(r"<[^()]*?>(?=[\s.\[\]]*\s\w|\s*\.\.\.)|<[^()]*>")
_ANNOTATION = re.compile(r"@[\w.]+(?:\([^()]*\))?")
_WORD = re.compile(r"[^\W\d]\w*")
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
MAX_SIGNATURE = 400  # a longer one may have been cut


def method_shape(name: str, signature: str) -> str:
    """``Keep(key, other string) (int, error)`` → ``(string,string)(int,error)``: without names and packages. ``""``
    where the signature is not whole."""
    if len(signature) >= MAX_SIGNATURE:
        return ""
    start = _end(signature, 5) if signature.startswith("func (") else 0
    at = signature.find(f"{name}(", max(start, 0))
    if at < 0 or start < 0:
        return ""
    at += len(name)
    end = _end(signature, at)
    if end < 0:
        return ""
    results = signature[end:].strip()
    listed = results[1:-1] if results[:1] == "(" and _end(results, 0) == len(results) else results
    return f"({','.join(_types(signature[at + 1 : end - 1]))})({','.join(_types(listed))})"


def arity(name: str, signature: str) -> str:
    """How many arguments a method of Java takes: ``2``, or ``1+`` where any number may follow. ``""``: not known."""
    at = signature.find(f"{name}(")
    end = _end(signature, at + len(name)) if at >= 0 and len(signature) < MAX_SIGNATURE else -1
    if end < 0:
        return ""
    listed = _GENERIC.sub("", _ANNOTATION.sub("", signature[at + len(name) + 1 : end - 1])).strip()
    count = listed.count(",") + 1 if listed else 0
    return f"{count - 1}+" if "..." in listed else str(count)


def takes(shape: str, given: int) -> bool:
    """Whether one of the methods of these arities (``1|3+``) takes so many arguments."""
    return any(given >= int(one[:-1]) if one.endswith("+") else given == int(one) for one in shape.split("|"))


def parameter_names(name: str, signature: str) -> str:
    """The names of what a method of Python takes beside its object: ``a,b=,*``. ``=``: it may be left out; ``*``: any
    number may follow. ``""``: not known."""
    at = signature.find(f"{name}(")
    end = _end(signature, at + len(name)) if at >= 0 and len(signature) < MAX_SIGNATURE else -1
    if end < 0:
        return ""
    names, depth, start = [], 0, at + len(name) + 1
    for index in range(start, end):
        depth += _BRACKETS.get(signature[index], 0)
        if depth < 0 or (signature[index] == "," and not depth):
            names.append(_parameter(signature[start:index].strip()))
            start = index + 1
    return ",".join(filter(None, names[1:])) or "()"


def _parameter(text: str) -> str:
    found = _WORD.match(text)
    if text.startswith("*"):
        return "*" if text.strip("*") else ""
    return f"{found[0]}{'=' if '=' in text else ''}" if found else ""


def fits(own: str, wanted: str) -> bool:
    """Whether who calls a method with ``wanted`` names of parameters can call the one with ``own``."""
    mine, theirs = (set(shape.split(",")) - {"()", ""} for shape in (own, wanted))
    optional = {name for name in mine if name.endswith("=")}
    names, asked = ({name.rstrip("=") for name in all_} for all_ in (mine, theirs))
    needed = {name.rstrip("=") for name in mine - optional} - {"*"}
    private = {name for name in asked if name.startswith("_")}  # given by their places
    if "*" in mine:
        return needed <= asked
    return asked - private - {"*"} <= names and len(needed - asked) <= len(private)


def _end(text: str, at: int) -> int:
    """Behind the bracket that closes the one at ``at``; -1: it is not closed."""
    depth = 0
    for index in range(at, len(text)):
        depth += _BRACKETS.get(text[index], 0)
        if not depth:
            return index + 1
    return -1


def _types(listed: str) -> list[str]:
    """Of ``a, b *pkg.T`` (names with types) or ``int, error`` (types alone)."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(f"{listed},"):
        depth += _BRACKETS.get(char, 0)
        if char == "," and not depth:
            parts.append(listed[start:index].strip())
            start = index + 1
    parts = [part for part in parts if part]
    named = [_NAMED.fullmatch(part) for part in parts]
    if any(named):
        found, last = [], ""
        for match in reversed(named):
            last = match[1] if match else last
            found.append(last)
        parts = found[::-1]
    return [_PACKAGE.sub("", part).replace("interface{}", "any").replace(" ", "") for part in parts]
