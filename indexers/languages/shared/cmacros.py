"""C and C++ as people write it, made readable for a grammar that knows no macros.

Marks of visibility, calling conventions and attributes around a declaration make the grammar misread or drop
it. They are overwritten with spaces, so that nothing moves: ``class EXPORT Cart : Base {`` is read as a class.
Where such a word may be a use (``if (x) STOP;``), it stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from indexers.facts import FileFacts, Reference, Symbol

# Possessive: a word that could be split into several macros would be tried in exponentially many ways.
_MACRO = rb"[A-Z][A-Z0-9_]{2,}+(?:\([^()\n]{0,80}+\))?+"
_CLASS_MACRO = re.compile(  # class EXPORT Name : …
    rb"(?:class|struct|union)\s+((?:%s\s+)+)"
    rb"(?!final\b)(?=[A-Za-z_]\w*(?:\s*<[^<>{};]{0,200}>)?\s*(?:final\s*)?[:{])" % _MACRO
)
_ENUM_MACRO = re.compile(
    rb"\n((?:[A-Z][A-Z0-9]*_[A-Z0-9_]+\s{1,20}+){1,5}+)(?=enum\b)"
)  # BEGIN_NAMESPACE enum …
_LEADING_MACRO = re.compile(  # EXPORT INLINE type name(…, INLINE A::A(…
    rb"\n[ \t]*((?:(?:[A-Z][A-Z0-9]*_[A-Z0-9_]+|[A-Z]*(?:EXPORT|API|EXTERN|INLINE))(?:\([^()\n]{0,80}\))?[ \t]+){1,3})"
    rb"(?=[A-Za-z_][\w:<>,*& \t]{0,200}[*& \t][\w:~]{1,100}[ \t]*\(|(\w{1,100}+)::~?\2[ \t]*\()"
)
_CONVENTIONS = (
    b"JNICALL",
    b"WINAPI",
    b"APIENTRY",
    b"CALLBACK",
    b"STDCALL",
    b"__stdcall",
    b"__fastcall",
    b"__cdecl",
)
_CONVENTION = re.compile(rb"\b(%s)\b(?=\s+\w)" % b"|".join(_CONVENTIONS))  # type WINAPI name(…
_TRAILING_MACRO = re.compile(
    rb"\)\s{1,100}((?:%s\s{0,100}+){1,20}+)(?=[;{])" % _MACRO
)  # type name(…) PRINTF_LIKE(1, 2);
_PROTOTYPE = re.compile(
    rb"(?:\A|[\n;{}])[ \t]*(?!(?:if|else|for|while|return|switch|do|case)\b)"
    rb"[A-Za-z_][\w \t*&:<>,]{0,200}[*& \t]~?\w+[ \t]*\([^;{}]*\Z"
)
_NO_DECLARATION = frozenset({b"return", b"else", b"case", b"throw", b"goto", b"delete", b"new", b"define"})
_NAME = re.compile(rb"[A-Z][A-Z0-9_]{2,}+")
_MAX_PROTOTYPE, _MAX_DECLARED = 2_000, 200  # bytes before a macro that are looked at
_MAX_BLANKED = 5_000  # macros of a kind: more has no source that people wrote
_ANNOTATION = re.compile(rb"\w[ \t]+(%s)[ \t]*(?=[;={])" % _MACRO)  # type name GUARDED_BY(lock);
_DECLARED = re.compile(
    rb"\s*(?!(?:return|else|case|throw|goto|delete|new|using|typedef)\b)[A-Za-z_][\w:<>,*& \t]*[*& \t]\w+\Z"
)
_QUOTED = rb'"(?:[^"\\\n]|\\.){0,1000}+"'
_STATEMENT = re.compile(  # at the left edge: FLAG(bool, verbose, false, "text");
    rb"\n((?:[A-Z][A-Z0-9]*_[A-Z0-9_]+|DEFINE_\w+)[ \t]*"
    rb"\(((?:[^()\"';{}]|%s|\((?:[^()\"]|%s){0,200}+\)){0,1000}+)\)[ \t]*;)" % (_QUOTED, _QUOTED)
)
_TYPE_FIRST = re.compile(
    rb"\s*(?:bool|int|char|float|double|size_t|u?int\d\d?(?:_t)?|(?:unsigned|long|short)[a-z ]{0,20}|std::\w+)\s*,"
)
_ALONE = re.compile(  # at the left edge, with nothing behind it: BEGIN_NAMESPACE
    rb"\n([A-Z][A-Z0-9]*_[A-Z0-9_]++(?:\([^()\n]{0,80}+\))?+)[ \t]*+(?:(?://|/\*)[^\n]{0,200}+)?+"
    rb"(?=\n\s{0,100}+(?:[A-Za-z_#}\[]|/[/*]))"
)
_BEFORE_KEYWORD = re.compile(  # INLINE auto name(…), also behind a template's parameters
    rb"\b([A-Z][A-Z0-9]*_[A-Z0-9_]++(?:\([^()\n]{0,80}+\))?+)\s{1,20}+(?=(?:auto|void|bool|int|char|double|float|unsigned"
    rb"|const|constexpr|inline|static|explicit|virtual|friend|template|size_t|std::|operator|[A-Z][A-Z0-9]*_[A-Z0-9_]+\s)\b)"
)
_ENDS = b";{}>):/,\n"  # after one of these (or a word, or a line of the preprocessor) a declaration may begin
_CONDITION = re.compile(  # among the members that a constructor sets, which the grammar reads only whole
    rb"[:,][ \t]*+\n([ \t]*+#[ \t]*+if[^\n]{0,200}+)\n(?=\s{0,100}+\w{1,100}+[({])"
    rb"[^;{}#]{1,400}+(#[ \t]*+endif[^\n]{0,200}+)\n"
)
_TEMPLATE = re.compile(
    rb"(?:\.|->|::)[ \t]*+(template)[ \t]++(?=\w)"
)  # only says that a ``<`` opens arguments
_TEST = re.compile(rb"\n((?:TYPED_)?TEST(?:_[FP])?)\([ \t]*(\w+)(,[ \t]+)(\w+)\) \{")  # TEST(Suite, Name) {


def readable(source: bytes) -> bytes:
    """The source with those macros blanked that the grammar stumbles over: marks of visibility, calling
    conventions and attributes around a declaration. Nothing moves."""
    source = _CLASS_MACRO.sub(_blank, source)
    source = _ENUM_MACRO.sub(_blank, source)
    source = _LEADING_MACRO.sub(_blank, source)
    if any(word in source for word in _CONVENTIONS):
        source = _CONVENTION.sub(_blank, source)
    source = _TRAILING_MACRO.sub(_blank_after_prototype, source, count=_MAX_BLANKED)
    source = _STATEMENT.sub(_blank_statement, source)
    source = _ANNOTATION.sub(_blank_after_name, source, count=_MAX_BLANKED)
    source = _ALONE.sub(_blank_alone, source, count=_MAX_BLANKED)
    source = _BEFORE_KEYWORD.sub(_blank_in_code, source, count=_MAX_BLANKED)
    source = _CONDITION.sub(_blank_condition, source)
    source = _TEMPLATE.sub(_blank, source)
    return _TEST.sub(_as_method, source)


def _blank_after_name(found: re.Match[bytes]) -> bytes:
    """Only after a type and a name: ``return FOO(x);`` is a use."""
    floor = max(0, found.start() - _MAX_DECLARED)
    line_start = max(floor, found.string.rfind(b"\n", floor, found.start()) + 1)
    return _blank(found) if _DECLARED.match(found.string[line_start : found.start() + 1]) else found[0]


def _blank_alone(found: re.Match[bytes]) -> bytes:
    """Only between declarations: not where a line of the preprocessor or an expression goes on."""
    before = found.string[max(0, found.start() - _MAX_DECLARED) : found.start()].rstrip(b" \t\r")
    line = before[before.rfind(b"\n") + 1 :].lstrip()
    is_between = not before.strip() or before[-1:] in b"\n;{}/)" or line.startswith((b"#", b"//"))
    return _blank(found) if is_between and before[-1:] != b"\\" else found[0]


def _blank_in_code(found: re.Match[bytes]) -> bytes:
    """Not in comments, strings and definitions of macros."""
    floor = max(0, found.start() - _MAX_DECLARED)
    start = max(floor, found.string.rfind(b"\n", floor, found.start()) + 1)
    line = found.string[start : found.start()]
    is_continued = found.string[max(0, start - 3) : start].endswith((b"\\\n", b"\\\r\n"))
    is_code = (
        not is_continued
        and not line.lstrip().startswith((b"#", b"*", b"/*"))
        and b"//" not in line
        and b'"' not in line
    )
    is_word = line.split()[-1:] and line.split()[-1].isalpha()
    begins = (
        not line.strip()
        or line.rstrip()[-1:] in _ENDS
        or (is_word and line.split()[-1] not in _NO_DECLARATION)
    )
    return _blank(found) if is_code and begins else found[0]


def _blank_condition(found: re.Match[bytes]) -> bytes:
    text, start = found[0], found.start()
    for first, end in (found.span(1), found.span(2)):
        text = text[: first - start] + b" " * (end - first) + text[end - start :]
    return text


def _blank_statement(found: re.Match[bytes]) -> bytes:
    """Only what begins with a type and goes on as no declaration does: ``ABSL_FLAG(bool, verbose, false, "…");``."""
    return _blank(found) if _TYPE_FIRST.match(found[2]) and b'"' in found[2] else found[0]


def _as_method(found: re.Match[bytes]) -> bytes:
    """``TEST(Suite, Name) {`` as ``void Suite::Name(){``, in as many bytes: the macro defines such a method."""
    opening = b"\nvoid".ljust(found.start(2) - found.start())
    return opening + found[2] + b"::".ljust(len(found[3])) + found[4] + b"(){"


def _blank(found: re.Match[bytes]) -> bytes:
    start, end = found.start(1) - found.start(), found.end(1) - found.start()
    text = found[0]
    return text[:start] + re.sub(rb"[^\n]", b" ", text[start:end]) + text[end:]


def _blank_after_prototype(found: re.Match[bytes]) -> bytes:
    """Only after the parameters of a declaration: in ``if (x) STOP;`` it is a use."""
    before = found.string[max(0, found.start() - _MAX_PROTOTYPE) : found.start()]
    return _blank(found) if _PROTOTYPE.search(before) else found[0]


def with_uses(facts: FileFacts, source: bytes, read: bytes) -> FileFacts:
    """The facts of the ``read`` source, with the macros that were blanked in it as uses of these macros."""
    uses = tuple(_blanked(facts, source, read))
    if not uses:
        return facts
    found = sorted((*facts.references, *uses), key=lambda use: (use.line, use.column))
    return replace(facts, references=tuple(found))


def _blanked(facts: FileFacts, source: bytes, read: bytes) -> Iterator[Reference]:
    around, line, line_start = [], 1, 0
    waiting = sorted(facts.symbols, key=lambda symbol: -symbol.start_byte)
    for found in _NAME.finditer(source):
        start = found.start()
        if read.startswith(found[0], start):
            continue
        if source[start - 1 : start].isalnum() or source[start - 1 : start] == b"_":
            continue
        line += source.count(b"\n", line_start, start)
        line_start = source.rfind(b"\n", 0, start) + 1
        while waiting and (waiting[-1].start_byte <= start or _leads(read, start, waiting[-1])):
            around.append(waiting.pop())
        while around and around[-1].end_byte <= start:
            around.pop()
        scope = around[-1].qualname if around else ""
        is_call = source[found.end() : found.end() + 1] == b"("
        yield Reference(found[0].decode(), "", "call" if is_call else "read", line, start - line_start, scope)


def _leads(read: bytes, start: int, symbol: Symbol) -> bool:
    """Whether what was blanked at ``start`` stands in front of the definition in its line."""
    between = read[start : min(symbol.start_byte, start + _MAX_DECLARED)]
    return symbol.start_byte - start <= _MAX_DECLARED and between.isspace() and b"\n" not in between
