"""Source text -> (text, code) pairs, without git and without a grammar.

Python is read with ``ast``; the brace languages by definition lines and indentation, which well-kept code
obeys. A wrong pair costs little in training, so the rules favour shortness over completeness.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

MAX_CODE = 2_400  # characters, as the product's chunks
MAX_LINES = 80
MIN_CODE = 40
EXTENSIONS = {
    "py": "python", "js": "js", "jsx": "js", "mjs": "js", "ts": "js", "tsx": "js", "go": "go", "rs": "rust",
    "java": "java", "c": "c", "h": "c", "cc": "c", "cpp": "c", "hpp": "c",
}  # fmt: skip
_DEFINITION = {
    "js": re.compile(
        r"^\s*(?:export )?(?:default )?(?:abstract )?(?:(?:async )?function\*? |class |interface )(\w+)"
        r"|^\s*(?:export )?(?:const|let|var) (\w+)[^=]*=\s*(?:async\s*)?(?:\(|function\b|\w+\s*=>)"
        r"|^\s+(?:(?:public|private|protected|static|async|override|get|set) )*(?!if|for|while|switch|catch)"
        r"(\w+)\s*(?:<[^>]*>)?\([^;]*\{\s*$"
    ),
    "go": re.compile(r"^func (?:\([^)]*\) )?(\w+)|^type (\w+) (?:struct|interface)"),
    "rust": re.compile(
        r'^\s*(?:pub(?:\([^)]*\))? )?(?:async |const |unsafe |extern "C" )*(?:fn|struct|enum|trait) (\w+)'
    ),
    "java": re.compile(
        r"^\s*(?:(?:public|protected|private|static|final|abstract|synchronized|default) )+"
        r"(?:<[^>]+>\s*)?(?:class |interface |enum )?(?:[\w<>\[\],?. ]+ )?(\w+)\s*[({<]"
    ),
    "c": re.compile(
        r"^(?!return|else|if|for|while|switch|typedef|#)[A-Za-z_][\w\s*&:<>,]*?\b(\w+)\s*\([^;]*$"
    ),
}
_DOC_LINE = re.compile(r"^\s*(?:///?!?|/\*\*?|\*/?|\*\s)")
_BETWEEN = re.compile(r"^\s*(?:@|#\[|template\s*<)")
_COMMENT = re.compile(r"^(\s*)(?:#|//)\s?([^!/:].*)$")
_SUMMARY_END = re.compile(r"\n\s*\n|(?<=[a-z0-9)\]`'\"])\.(?:\s|$)|\n\s*(?:[:@]|>>>|\.\.)")
_NO_PROSE = re.compile(
    r"change|history|news|release|licen[cs]e|authors|(^|/)(de|es|fr|ja|ko|pt|ru|tr|uk|vi|zh|zh-hant|fa|it|pl|id|az"
    r"|bn|em|he|hu|nl|te|ur|yo)/",
    re.I,
)
_WORD = re.compile(r"[A-Za-z]{2,}")
_NOISE = re.compile(
    r"licen[cs]e|copyright|noqa|eslint|pragma|type: ignore|https?://|todo|fixme|xxx|nolint", re.I
)
_TEST = re.compile(
    r"(^|/)(tests?|testing|testdata|__tests__|benches|benchmarks?)/|test_|[._-]test\.|_spec\.|Test\."
)
_NOT_OWN = {
    "vendor", "_vendor", "vendored", "third_party", "thirdparty", "node_modules", "dist", "extern",
    "fixture", "fixtures", "__fixtures__", "testdata",
}  # fmt: skip
_HEADING = re.compile(r"^#{1,5} ")
_UNDERLINE = re.compile(r"^([=\-~^\"'*+])\1{2,}\s*$")
_CASE = re.compile(r"""^\s*(?:it|test|describe|context)(?:\.\w+)?\(\s*(['"`])(.{8,200}?)\1""")
_FIELD = re.compile(
    r"^(?:(?:param|arg|returns?|throws?|raises?|type|rtype)\b)?[^:\n]{0,40}:(?=\s)|^(?:returns?|throws?)\b"
)
_DETAILS = 3  # sentences of one documentation text after the first
NAME_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


class Pair(Struct, frozen=True):
    """``query``: what a person would ask; ``code``: what should be found, cut out of ``path``.
    ``kind``: one of ``corpus.KINDS``. ``name``: of the definition, ``""`` when it must not be shown."""

    kind: str
    query: str
    path: str
    name: str
    code: str


def pairs_of(path: str, text: str) -> Iterator[Pair]:
    """All pairs of one file; nothing for files that cannot be read."""
    if is_prose(path):
        yield from _sections(path, text.split("\n"))
    language = EXTENSIONS.get(path.rpartition(".")[2])
    if language is None:
        return
    lines = text.split("\n")
    if language == "python":
        yield from _python(path, text, lines)
    else:
        yield from _braces(path, lines, _DEFINITION[language])
    if language == "js" and is_test(path):
        yield from _cases(path, lines)
    yield from _comments(path, lines)


def summary(doc: str) -> str:
    """The first sentence of a documentation text, without markup; ``""`` unless it has three words."""
    return _plain(_SUMMARY_END.split(doc.strip(), maxsplit=1)[0], 3)


def details(doc: str) -> list[str]:
    """The sentences after the first, without markup and names of fields: at most ``_DETAILS`` of five words or more."""
    rest = _SUMMARY_END.split(doc.strip())[1:]
    found = (_plain(_FIELD.sub("", part.strip()), 5) for part in rest)
    return list(islice(filter(None, found), _DETAILS))


def _plain(text: str, words: int) -> str:
    plain = " ".join(text.replace("`", " ").split())[:300]
    return plain if len(_WORD.findall(plain)) >= words and not _NOISE.search(plain) else ""


def _python(path: str, text: str, lines: list[str]) -> Iterator[Pair]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            body = lines[node.lineno - 1 : min(node.end_lineno or node.lineno, node.lineno + MAX_LINES)]
            first = node.body[0]
            doc = ast.get_docstring(node, clean=True) or ""
            if doc and first.end_lineno:
                start, end = first.lineno - node.lineno, first.end_lineno - node.lineno + 1
                body = body[:start] + body[end:]
            yield from _definition(path, node.name, doc, body)


def _braces(path: str, lines: list[str], definition: re.Pattern[str]) -> Iterator[Pair]:
    for number, line in enumerate(lines):
        match = definition.match(line)
        if match and not _DOC_LINE.match(line):
            name = next((group for group in match.groups() if group), "")
            yield from _definition(path, name, _doc_above(lines, number), _block(lines, number))


def _definition(path: str, name: str, doc: str, body: list[str]) -> Iterator[Pair]:
    code = "\n".join(body)[:MAX_CODE]
    if len(body) < 3 or len(code) < MIN_CODE:
        return
    if query := summary(doc):
        yield Pair("doc", query, path, name, code)
        for detail in details(doc):
            yield Pair("detail", detail, path, name, code)
    parts = [part for part in NAME_PART.findall(name) if len(part) > 1]
    head, _, rest = code.partition("\n")
    hidden = f"{head.replace(name, '_')}\n{rest}"
    if name.startswith(("test", "Test")):
        if len(parts) >= 4:
            yield Pair("test", " ".join(parts[1:]), path, "", hidden)
    elif len(parts) >= 2 and not name.startswith("__"):
        yield Pair("name", " ".join(parts), path, "", hidden)


def _cases(path: str, lines: list[str]) -> Iterator[Pair]:
    """The cases of a JavaScript test by what their titles say."""
    for number, line in enumerate(lines):
        if (match := _CASE.match(line)) and (query := _plain(match[2], 3)):
            body = "\n".join(_block(lines, number)[1:])[:MAX_CODE]
            if len(body) >= MIN_CODE:
                yield Pair("test", query, path, "", body)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _doc_above(lines: list[str], number: int) -> str:
    """The text of the comment block right above line ``number``, markers stripped."""
    row = number - 1
    while row >= 0 and _BETWEEN.match(lines[row]):
        row -= 1
    found: list[str] = []
    while row >= 0 and _DOC_LINE.match(lines[row]) and len(found) < 60:
        found.append(re.sub(r"^[/*!]+|\*/$", "", lines[row].strip()).strip())
        row -= 1
    return "\n".join(reversed(found)).strip()


def _block(lines: list[str], number: int) -> list[str]:
    """The definition at ``number`` with its body: until a line comes back to its indentation."""
    base, end = _indent(lines[number]), number + 1
    for end in range(number + 1, min(len(lines), number + MAX_LINES)):
        line = lines[end]
        if line.strip() and _indent(line) <= base and not line.lstrip().startswith(("{", ")")):
            return lines[number : end + 1] if line.lstrip().startswith("}") else lines[number:end]
    return lines[number:end]


def _comments(path: str, lines: list[str]) -> Iterator[Pair]:
    """Comments of a line or two inside code, with the code that follows at the same depth."""
    number = 0
    while number < len(lines):
        match = _COMMENT.match(lines[number])
        if not match or not match[1]:  # at column 0 it is a header or a doc comment
            number += 1
            continue
        start, text = number, []
        while number < len(lines) and (more := _COMMENT.match(lines[number])):
            text.append(more[2])
            number += 1
        query = summary(" ".join(text))
        code = _following(lines, number, len(match[1]))
        if query and number - start <= 4 and len(query) >= 20 and len(code) >= 2:
            yield Pair("comment", query, path, "", "\n".join(code)[:MAX_CODE])


def _following(lines: list[str], number: int, depth: int) -> list[str]:
    code: list[str] = []
    for line in lines[number : number + 12]:
        if not line.strip() or _indent(line) < depth or _COMMENT.match(line):
            break
        code.append(line)
    return code


def _sections(path: str, lines: list[str]) -> Iterator[Pair]:
    """Headings of Markdown and reStructuredText with the text below them."""
    heading, text = "", []
    for number, line in enumerate([*lines, "# "]):
        under = lines[number + 1] if number + 1 < len(lines) else ""
        underlined = bool(_UNDERLINE.match(under)) and len(under) >= len(line.strip()) > 0
        if underlined or _HEADING.match(line):
            body = "\n".join(text).strip()
            if len(_WORD.findall(heading)) >= 2 and len(body) >= 2 * MIN_CODE and not _NOISE.search(heading):
                yield Pair("section", heading, path, "", body[:MAX_CODE])
            heading, text = line.strip(" #"), []
        elif not _UNDERLINE.match(line):
            text.append(line)


def hunk_code(hunk: list[str], around: int = 25) -> str:
    """The old side of a diff hunk (function context) near its first change: what the change was made to."""
    changed = next((row for row, line in enumerate(hunk) if line[:1] in "+-"), 0)
    near = hunk[max(0, changed - around) : changed + 2 * around]
    return "\n".join(line[1:] for line in near if line[:1] in " -")[:MAX_CODE]


def is_source(path: str) -> bool:
    """Whether a path is code of the project itself that can be mined."""
    return path.rpartition(".")[2] in EXTENSIONS and _is_own(path) and ".min." not in path


def is_prose(path: str) -> bool:
    """Whether a path is documentation in English with headings; changelogs are not, nor translations."""
    return path.endswith((".md", ".rst")) and _is_own(path) and not _NO_PROSE.search(path)


def _is_own(path: str) -> bool:
    folders = {part.lower() for part in path.split("/")[:-1]}
    return not (folders & _NOT_OWN)


def is_test(path: str) -> bool:
    """Whether a path looks like test or benchmark code."""
    return bool(_TEST.search(path))
