"""A decision document as read: its title, its named sections and its ``key: value`` fields.

One reader for the ways in which people write the fields: YAML front matter, a whole YAML file
(``kep.yaml``), an RFC-822 header (PEPs), a table, a list, bold or plain lines, an RST field list.
Nothing inside a code fence or an HTML comment is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from indexers.decisions.languages import in_english
from indexers.languages.markdown import Heading, scan

_KEY = re.compile(
    r"^[ \t>]{0,8}(?:[-*+][ \t]{1,4})?(?::(?=\w[^:]{0,40}:[ \t]))?(?:\*\*|__|_|\*|`)?"
    r"([^\W\d_][\w /()#-]{0,38}?)(?:\*\*|__|_|\*|`)?[ \t]?(?::(?:\*\*|__|_|\*|`)?(?=[ \t]|$)|\uff1a(?:\*\*|`)?)(.*)$"
)
_ROW = re.compile(r"^\s{0,3}\|(.*)\|\s*$")
_LIST_KEY = re.compile(r"^\s{1,12}\* - (\w[\w ]{0,40})\s*$")
_LIST_VALUE = re.compile(r"^\s{1,12}- (.*)$")
_RULE_CELLS = re.compile(r"^[\s|:-]+$")
_YAML_KEY = re.compile(r"^([^\W\d][\w -]{0,40}?)[ \t]*:(?:[ \t]+(.*))?$")
_YAML_ITEM = re.compile(r"^\s*-\s+(.*)$")
_NUMBERING = re.compile(r"^(?:\d+(?:\.\d+)*[.)]?|[IVX]+\.)\s+")
_ADORNMENT = re.compile(r"^([=\-`:'\"~^_*+#<>.])\1{2,}\s*$")
_ASCIIDOC = re.compile(r"^(={1,6})[ \t]+(\S.*)$")
_METADATA_SECTIONS = {
    "metadata",
    "meta",
    "meta data",
    "info",
    "information",
    "details",
    "properties",
    "header",
}
_COLUMN_KEYS = {"status", "date", "author", "authors", "version", "deciders", "title", "id", "owner"}
_LINE_LIMIT = 2_000  # characters of a line that are read
_HEADER_LINES = 60  # an RFC-822 header is not longer


class DocumentSection(Struct, frozen=True):
    """``name``: the heading lower-cased, without numbering and signs; ``lines``: the prose up to the next
    heading, fences and comments blanked; ``line``: 1-based line of the heading; ``level`` of the heading."""

    name: str
    title: str
    level: int
    line: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


class Document(Struct, frozen=True):
    """``sections[0]`` is the text above the first heading (name ``""``). ``fields``: key (lower case, words
    parted by one space) -> values in the order of precedence."""

    sections: tuple[DocumentSection, ...]
    fields: dict[str, tuple[str, ...]]

    def field(self, *keys: str) -> str:
        """The first value of the first of ``keys`` that has one, else ``""``."""
        return next((v for key in keys for v in self.fields.get(key, ()) if v), "")

    def section(self, *names: str) -> DocumentSection | None:
        """The first section with text under the first of ``names`` that has one."""
        for name in names:
            for index, section in enumerate(self.sections):
                if section.name == name and (found := self._with_text(index)):
                    return found
        return None

    def _with_text(self, index: int) -> DocumentSection | None:
        """The section, or where it is empty the first of its sub-sections with text."""
        top = self.sections[index]
        for section in self.sections[index:]:
            if section is not top and section.level <= top.level:
                return None
            if section.text:
                return section
        return None


def read(path: str, text: str) -> Document:
    """The document at ``path``; its ending chooses between Markdown, RST, AsciiDoc and YAML headings."""
    lines = text.removeprefix("\ufeff").splitlines()
    if path.endswith((".yaml", ".yml")):
        return Document(sections=(DocumentSection("", "", 0, 1, ()),), fields=_collect(_yaml(lines)))
    outline = scan(lines)
    meta = sum(kind == "meta" for kind in outline.kinds)
    lines = [line[:_LINE_LIMIT] for line in lines]
    prose = [
        "" if kind in ("code", "comment", "meta") else line
        for line, kind in zip(lines, outline.kinds, strict=True)
    ]
    headings = _headings(path, prose) or outline.headings
    sections = _sections(headings, prose)
    fields = [*_yaml(lines[1 : meta - 1] if meta else ()), *_rfc822(prose)]
    for index, section in enumerate(sections):
        if index <= 1 or section.name in _METADATA_SECTIONS:
            fields += _loose_fields(section.lines)
    return _translated(Document(sections=sections, fields=_collect(fields)))


def _translated(document: Document) -> Document:
    """With the English names of sections and fields, where they are in another language."""
    english = in_english({*(section.name for section in document.sections), *document.fields})
    if not english:
        return document
    fields: dict[str, tuple[str, ...]] = {}
    for key, values in document.fields.items():
        key = english.get(key, key)
        fields[key] = (*fields.get(key, ()), *values)
    sections = (replace(s, name=english.get(s.name, s.name)) for s in document.sections)
    return Document(tuple(sections), fields)


def simple(title: str) -> str:
    """A heading or a key as looked up: lower case, no numbering, emphasis or signs, single spaces."""
    title = _NUMBERING.sub("", title.strip().strip("*_`# ").strip())
    return " ".join(re.sub(r"[^\w]+", " ", title.lower().replace("_", " ")).split())


def _collect(pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    fields: dict[str, list[str]] = {}
    for key, value in pairs:
        if value := value.strip():
            fields.setdefault(simple(key), []).append(value)
    return {key: tuple(values) for key, values in fields.items()}


def _sections(headings: Sequence[Heading], prose: Sequence[str]) -> tuple[DocumentSection, ...]:
    bounds = [heading.line for heading in headings] + [len(prose) + 1]
    sections = [DocumentSection("", "", 0, 1, tuple(prose[: bounds[0] - 1]))]
    for heading, end in zip(headings, bounds[1:], strict=True):
        body = prose[heading.line : end - 1]
        if body and _ADORNMENT.match(body[0]):
            body = body[1:]
        sections.append(
            DocumentSection(simple(heading.title), heading.title, heading.level, heading.line, tuple(body))
        )
    return tuple(sections)


def _headings(path: str, prose: Sequence[str]) -> tuple[Heading, ...]:
    if path.endswith((".rst", ".txt")):
        return tuple(_rst_headings(prose))
    if path.endswith((".adoc", ".asciidoc")):
        found = ((i, _ASCIIDOC.match(line)) for i, line in enumerate(prose, start=1))
        return tuple(Heading(len(m[1]), m[2].strip(), i, ()) for i, m in found if m)
    return ()


def _rst_headings(prose: Sequence[str]) -> Iterator[Heading]:
    """A title is a line over an adornment; the order in which adornments appear gives the levels."""
    levels: dict[str, int] = {}
    for index in range(len(prose) - 1):
        title, rule = prose[index], prose[index + 1]
        if not title.strip() or title[0].isspace() or not _ADORNMENT.match(rule) or _ADORNMENT.match(title):
            continue
        over = index > 0 and prose[index - 1].strip() == rule.strip()
        level = levels.setdefault(rule[0] + "over" * over, len(levels) + 1)
        yield Heading(min(level, 6), title.strip(), index + 1, ())


def _rfc822(prose: Sequence[str]) -> list[tuple[str, str]]:
    """``Key: value`` lines from the very first line on; two at least, continued by indented lines."""
    pairs: list[tuple[str, str]] = []
    for line in prose[:_HEADER_LINES]:
        match = _YAML_KEY.match(line)
        if match:
            pairs.append((match[1], match[2] or ""))
        elif pairs and line[:1].isspace() and line.strip():
            pairs[-1] = (pairs[-1][0], pairs[-1][1] + " " + line.strip())
        else:
            break
    return pairs if len(pairs) >= 2 else []


def _loose_fields(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Fields among prose: lists, bold or plain lines, tables. A value goes on in the lines indented below."""
    pairs: list[tuple[str, str]] = []
    for line in lines:
        match = _KEY.match(line)
        if match and match[1].count(" ") <= 3:
            pairs.append((match[1], match[2]))
        elif pairs and line[:1].isspace() and line.strip():
            pairs[-1] = (pairs[-1][0], pairs[-1][1] + "\n" + line.strip())
    return pairs + _tables(lines) + _list_table(lines)


def _tables(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Both orientations: keys in the first column, or keys in the first row over one row of values."""
    pairs: list[tuple[str, str]] = []
    for rows in _table_blocks(lines):
        keys = {simple(cell) for cell in rows[0]}
        if "status" in keys and len(keys & _COLUMN_KEYS) >= 2 and len(rows) > 1:
            pairs += zip(rows[0], rows[1], strict=False)
        else:
            pairs += [(row[0], row[1]) for row in rows if len(row) >= 2]
    return pairs


def _list_table(lines: Sequence[str]) -> list[tuple[str, str]]:
    """RST's ``list-table``: ``* - Key`` over ``- value``."""
    found = ((_LIST_KEY.match(key), _LIST_VALUE.match(value)) for key, value in pairwise(lines))
    return [(key[1], value[1]) for key, value in found if key and value]


def _table_blocks(lines: Sequence[str]) -> Iterator[list[list[str]]]:
    rows: list[list[str]] = []
    for line in (*lines, ""):
        row = _ROW.match(line)
        if row and not _RULE_CELLS.match(line):
            rows.append([cell.strip(" *_`") for cell in row[1].split("|")])
        elif rows and not row:
            yield rows
            rows = []


def _yaml(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Top-level scalars and lists of the YAML that people write by hand; a list gives one pair per item."""
    pairs: list[tuple[str, str]] = []
    key = ""
    for line in lines:
        if line.lstrip().startswith("#"):
            continue
        match = _YAML_KEY.match(line)
        item = _YAML_ITEM.match(line)
        if match:
            key, value = match[1], _scalar(match[2] or "")
            pairs += [(key, part) for part in _inline_list(value)]
        elif item and key:
            pairs.append((key, "" if item[1].startswith("#") else _scalar(item[1])))
        elif key and line[:1].isspace() and line.strip():
            last = pairs.pop()[1] if pairs and pairs[-1][0] == key else ""
            pairs.append((key, f"{last} {_scalar(line.strip())}".strip()))
    return pairs


def _inline_list(value: str) -> list[str]:
    if value.startswith("[") and value.endswith("]") and "](" not in value:
        return [_scalar(part) for part in value[1:-1].split(",")]
    return [value]


def _scalar(value: str) -> str:
    """A YAML scalar without quotes, block markers and a trailing comment."""
    value = value.strip()
    if value[:1] in ("'", '"'):
        end = value.find(value[0], 1)
        return value[1:end] if end > 0 else value[1:]
    if value in ("|", ">", "|-", ">-", "|+", ">+", "null", "~"):
        return ""
    return value.split(" #")[0].strip()
