"""Whether what a project shows to others is documented, and how."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from memoryd.query.history.conventions_cases import CODE, NamingCase, ReadFile, symbols
from memoryd.store.index.queries.survey_queries import SurveySymbol

_ANNOTATED = ("@", "#[", "[", "template")  # what begins so stands between a definition and its comment
_COMMENT = ("//", "*", "/*", "#", "--", "*/")
_MAX_HEAD = 12  # lines of a definition's head, or of an annotation
_ANNOUNCED = frozenset(("c", "cpp", "objc"))  # languages whose comments may stand where a header announces
_HEADER = re.compile(r"\.h[^./]{0,3}$")
_DOCSTRING = re.compile(r"\s*[rRuU]?(?:\"\"\"|'''|\"|')")
_HEAD_END = re.compile(r":\s*(?:#.*)?$").search
_ONE_LINE = re.compile(r":\s++(?:\.\.\.\s*+(?:#|$)|(?:pass|return|raise)\b)").search
_STYLES = (
    ("numpy", re.compile(r"^[^\S\n]*(?:Parameters|Returns|Raises|Examples)\n\s*-{3,}", re.M)),
    ("Google", re.compile(r"^[^\S\n]*(?:Args|Arguments|Returns|Raises|Yields):\s*$", re.M)),
    ("Sphinx", re.compile(r"^[^\S\n]*:(?:param|returns?|raises|rtype|type)\b", re.M)),
)


def documented(read: Sequence[ReadFile]) -> list[NamingCase]:
    """Each definition once: overloads, and what a header announces, are documented where one of them is. None in a
    language without functions: the rules of a style sheet are no definitions that somebody calls."""
    if not any(symbol.kind in ("function", "method") for _, symbol in symbols(read)):
        return []
    announced = {
        symbol.qualname: one.file.path for one, symbol in symbols(read) if _HEADER.search(one.file.path)
    }
    found: dict[tuple[str, str], list[tuple[bool, str]]] = defaultdict(list)
    for one, symbol in symbols(read):
        if symbol.exported and symbol.kind in CODE - {"constant"} and not symbol.name.startswith("_"):
            path = one.file.path
            is_source = one.file.language in _ANNOUNCED and not _HEADER.search(path)
            home = announced.get(symbol.qualname, path) if is_source else path
            found[home, symbol.qualname].append((_has_doc(one, symbol), f"{path}:{symbol.line}"))
    return [
        NamingCase("are documented" if any(doc for doc, _ in cases) else "are not documented", cases[0][1])
        for cases in found.values()
    ]


def _has_doc(one: ReadFile, symbol: SurveySymbol) -> bool:
    """A comment ends right above the definition, or (Python) a string begins right below its head."""
    first = symbol.line - 1
    if one.file.language == "python":
        head = one.lines[first : first + _MAX_HEAD]
        end = next((i for i, line in enumerate(head) if _HEAD_END(line) or _ONE_LINE(line)), 0)
        below = one.lines[first + end + 1 : first + end + 2]
        return bool(head) and not _ONE_LINE(head[end]) and any(map(_DOCSTRING.match, below))
    above = first - 1
    while above >= 0 and (start := _annotation(one.lines, above)) >= 0:
        above = start - 1
    return above >= 0 and one.lines[above].strip().startswith(_COMMENT)


def _annotation(lines: Sequence[str], last: int) -> int:
    """Index of the line that begins the annotation whose last line this is; -1: it is none."""
    for at in range(last, max(-1, last - _MAX_HEAD), -1):
        line = lines[at].strip()
        if line.startswith(_ANNOTATED):
            return at
        if not line or line.startswith(_COMMENT) or line.endswith((";", "{", "}")):
            return -1
        if at == last and not line.endswith((")", "]", ">")):
            return -1
    return -1


def parameter_styles(read: Sequence[ReadFile]) -> list[NamingCase]:
    """The first place of each file in which parameters are described so."""
    found = []
    for one in read:
        text = "\n".join(one.lines)
        for label, pattern in _STYLES:
            match = pattern.search(text)
            if match:
                line = text.count("\n", 0, match.start()) + 1
                found.append(NamingCase(label, f"{one.file.path}:{line}"))
    return found
