"""What a decision weighed: the options that it names and did not choose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexers.decisions.document import Document, DocumentSection, simple

_SECTIONS = frozenset(
    (
        "considered options", "considered alternatives", "options considered", "alternatives considered",
        "alternatives", "alternative", "options", "other options", "rejected alternatives", "rejected ideas",
        "rejected options", "rationale and alternatives", "alternative solutions", "alternatives rejected",
        "other alternatives", "discarded options", "discarded alternatives", "evaluated options",
    )
)  # fmt: skip
_ITEM = re.compile(r"^ {0,3}(?:[-*+]|\d{1,3}[.)])[ \t]+(\S.*)$")
_LINK = re.compile(r"\[([^\[\]\n]{0,300})\]\([^()\n]{0,500}\)")
_LABEL = re.compile(r"^(?:option|alternative)\s*(?:\d{1,3}|[A-Z])\s*[:.)\u2013\u2014-]\s*", re.I)
_CHOSEN = re.compile(
    r"""(?i)\bchosen\s+(?:option|alternative|solution)\s*[:\u2013-]\s*[*_]*(?:"([^"\n]{2,200})"|“([^”\n]{2,200})”"""
    r"""|'([^'\n]{2,200})'|`([^`\n]{2,200})`|([^"'“`\n]{2,200}))"""
    r"""|\bwe\s+(?:will|chose|choose|decided to|have decided to|shall|are going to)\s+(?:to\s+)?([^\n.]{2,200})"""
)
_CHOSEN_MARK = re.compile(r"(?i)[\[(](?:chosen|selected|accepted|preferred|winner)[\])]|✅|✔")
_ENDS = re.compile(r"(?:\s[\u2013\u2014-]\s|:\s|\.\s|, because\b|\bbecause\b)")
_ARGUMENTS = re.compile(
    r"(?i)\b(?:reasons?|because|since|why|pros?|cons?|advantages?|disadvantages?|benefits?|drawbacks?|arguments?|"
    r"downsides?|upsides?|consequences?)\b[^:]{0,60}:\W*$"
)
_MAX_OPTIONS = 20
_MAX_CHARS = 160


def alternatives(document: Document) -> tuple[str, ...]:
    """The options of the document that were not chosen, each in a few words: the items of its sections about
    options, or the headings below them. The chosen one is left out where the document names it."""
    chosen = [simple(name) for name in _chosen(document)]
    found: dict[str, None] = {}
    for index, section in enumerate(document.sections):
        if section.name in _SECTIONS:
            for option in _options(document, index, section):
                plain = simple(option)
                if plain and not any(f"{name} ".startswith(f"{plain} ") for name in chosen):
                    found[option] = None
    return tuple(found)[:_MAX_OPTIONS]


def _options(document: Document, index: int, section: DocumentSection) -> Iterator[str]:
    items = list(_items(section.lines))
    for below in document.sections[index + 1 :]:
        if below.level <= section.level:
            break
        if below.level == section.level + 1 and not items:
            yield _bare(below.title)
    for item in items or _lone_paragraph(document, index, section):
        if not _CHOSEN_MARK.search(item):
            yield _bare(item)


def _items(lines: Sequence[str]) -> Iterator[str]:
    """The items of the lists, but for those that a line above calls reasons: they argue about the options."""
    argue = False
    for line in lines:
        if match := _ITEM.match(line):
            if not argue:
                yield match[1]
        elif line.strip() and not line[0].isspace():
            argue = bool(_ARGUMENTS.search(line))


def _lone_paragraph(document: Document, index: int, section: DocumentSection) -> list[str]:
    """The first paragraph of a section about options that names one in a line, without a list or headings below."""
    below = document.sections[index + 1 : index + 2]
    if below and below[0].level > section.level:
        return []
    first = section.text.partition("\n\n")[0].strip()
    return (
        [first]
        if first and "\n" not in first and not first.endswith((".", ":")) and len(first) <= _MAX_CHARS
        else []
    )


def _bare(text: str) -> str:
    """The name of an option: what stands before its explanation."""
    text = _LINK.sub(r"\1", text).strip().strip("*_`\"' ")
    name = _ENDS.split(_LABEL.sub("", text), maxsplit=1)[0]
    return name.strip("*_`\"'.:; ")[:_MAX_CHARS]


def _chosen(document: Document) -> Iterator[str]:
    for section in document.sections:
        if "decision" in section.name or section.name in ("outcome", "resolution", "chosen option"):
            for match in _CHOSEN.finditer(_LINK.sub(r"\1", section.text[:2_000])):
                yield _bare(next(name for name in match.groups() if name))
