"""C and C++ as people write it, made readable for a grammar that knows no macros.

Marks of visibility, calling conventions and attributes around a declaration make the grammar misread or drop
it. They are overwritten with spaces, so that nothing moves: ``class EXPORT Cart : Base {`` is read as a class.
Where such a word may be a use (``if (x) STOP;``), it stays.
"""

from __future__ import annotations

import re

# Possessive: a word that could be split into several macros would be tried in exponentially many ways.
_MACRO = rb"[A-Z][A-Z0-9_]{2,}+(?:\([^()\n]{0,80}+\))?+"
_CLASS_MACRO = re.compile(  # class EXPORT Name : …
    rb"(?:class|struct|union)\s+((?:%s\s+)+)"
    rb"(?!final\b)(?=[A-Za-z_]\w*(?:\s*<[^<>{};]{0,200}>)?\s*(?:final\s*)?[:{])" % _MACRO
)
_ENUM_MACRO = re.compile(
    rb"\n((?:[A-Z][A-Z0-9]*_[A-Z0-9_]+\s{1,20}+){1,5}+)(?=enum\b)"
)  # BEGIN_NAMESPACE enum …
_LEADING_MACRO = re.compile(  # EXPORT type name(…
    rb"\n[ \t]*((?:[A-Z][A-Z0-9]*_[A-Z0-9_]+|[A-Z]*(?:EXPORT|API|EXTERN|INLINE))(?:\([^()\n]{0,80}\))?[ \t]+)"
    rb"(?=[A-Za-z_][\w:<>,*& \t]{0,200}[*& \t][\w:~]{1,100}[ \t]*\()"
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
    return _TEST.sub(_as_method, source)


def _blank_after_name(found: re.Match[bytes]) -> bytes:
    """Only after a type and a name: ``return FOO(x);`` is a use."""
    floor = max(0, found.start() - _MAX_DECLARED)
    line_start = max(floor, found.string.rfind(b"\n", floor, found.start()) + 1)
    return _blank(found) if _DECLARED.match(found.string[line_start : found.start() + 1]) else found[0]


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
