"""How a project writes its decision documents, learnt from one of them, and a new one in the same dialect.

Nygard's sections, MADR, front matter, bullets, tables; Markdown, AsciiDoc, reStructuredText. Only what the new
document has something to say about is taken over: other fields and sections of the sample are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from memoryd.query.safe_text import one_line, safe_text

_ASCIIDOC = (".adoc", ".asciidoc")
SAMPLE_CHARS = 40_000  # of a document that are read
_HEADING = re.compile(r"^(#{1,6}|={1,6})[ \t]+(\S.{0,300})$")
_ADORNMENT = re.compile(r"^([=\-~^\"'`#*+])\1{2,}\s*$")
_UNDERLINE = re.compile(r"(?:=+|-{2,})[ \t]*$")  # of a heading of Markdown
_TITLE_NUMBER = re.compile(r"(\[?(?:[A-Za-z]{2,10}[ \-_]?)?#?)(\d{1,8})(\]?\s?(?:[.:)|–—-]{1,2}\s?|\s))")
_FIELD = re.compile(
    r"^(\s{0,3}(?:[-*+]\s|:|\|\s?)?[*_]{0,2})([A-Za-z][\w -]{1,30}?)([*_]{0,2}\s?[:|][*_:]{0,2}\s*)(.*)$"
)
_TABLE_RULE = re.compile(r"\|[\s|:-]+\|?")
_FRONT_KEY = re.compile(r"^([A-Za-z_][\w -]{0,40}):\s*(.*)$")
_STRUCTURE = re.compile(r"(?m)^([ \t]*)(#|>|<|\||```|~~~|={2,}[ \t]*$|-{2,}[ \t]*$|={1,6}[ \t]|\.\.[ \t])")

_ROLES = {
    role: frozenset(names.split("|"))
    for role, names in {
        "status": "status",
        "date": "date",
        "context": "context|context and problem statement|context and problem|problem statement|problem|background"
        "|issue|motivation|introduction",
        "decision": "decision|decision outcome|the decision|outcome|resolution|proposed decision|chosen option",
        "consequences": "consequences|consequence",
    }.items()
}
_FIELD_ROLES = {
    role: frozenset(names.split("|"))
    for role, names in {
        "status": "status|state",
        "date": "date|created|date decided|decision date",
        "people": "deciders|decision makers|decision-makers|decision-maker|author|authors|owner|proposer|by",
        "title": "title",
        "number": "number|id|adr|no",
    }.items()
}


class Facts(Struct, frozen=True):
    """What the new document says. ``day``: ISO; ``number``: digits as in the file's name, ``""`` for none;
    ``supersedes``: (title, path relative to the new document) or None."""

    title: str
    day: str
    people: str
    number: str
    text: str
    context: str
    supersedes: tuple[str, str] | None = None


class DocumentDialect(Struct, frozen=True):
    """``front``: lines of the front matter; ``title``: of the sample; ``header``: lines between the title and the
    first section; ``sections``: their titles. All as in the sample; ``number``: of the sample. ``underlined``: its
    headings stand over a line of signs."""

    ending: str
    front: tuple[str, ...]
    title: str
    header: tuple[str, ...]
    sections: tuple[str, ...]
    number: str
    underlined: bool = False

    @property
    def name(self) -> str:
        """The dialect in words."""
        roles = {_role(section, _ROLES) for section in self.sections}
        if self.front:
            return "front matter"
        if "status" in roles:
            return "Nygard"
        return "fields under the title" if self.header else "plain sections"


DEFAULT = DocumentDialect(
    ending=".md",
    front=("status: accepted", "date: 2000-01-01", "decision-makers: somebody"),
    title="Title",
    header=(),
    sections=("Context and Problem Statement", "Decision Outcome"),
    number="",
)


def read(text: str, ending: str, number: str) -> DocumentDialect | None:
    """The dialect of a decision document; None when it has no section for the decision."""
    front, lines = _front(safe_text(text[:SAMPLE_CHARS].removeprefix("\ufeff")).splitlines())
    headings = list(_headings(lines, ending))
    if not headings:
        return None
    (at, title), *rest = headings
    first = rest[0][0] if rest else len(lines)
    sections = tuple(name for _, name in rest if _role(name, _ROLES))
    if not any(_role(name, _ROLES) == "decision" for name in sections):
        return None
    underlined = not _HEADING.match(lines[at])
    header = _header(lines[at + 1 + underlined : first])
    if header is None:
        return None
    return DocumentDialect(ending, front, title, header, sections, number, underlined)


def write(dialect: DocumentDialect, facts: Facts) -> str:
    """The new document, ending with a newline."""
    parts = [_front_matter(dialect, facts)] if dialect.front else []
    parts.append(_heading(dialect, _title(dialect, facts), 1))
    if dialect.header:
        parts.append("\n".join(_filled(line, facts) for line in dialect.header))
    for section in dialect.sections:
        body = _body(dialect, _role(section, _ROLES), facts)
        if body:
            parts.append(f"{_heading(dialect, section, 2)}\n\n{body}")
    return "\n\n".join(parts) + "\n"


# -- reading


def _front(lines: Sequence[str]) -> tuple[tuple[str, ...], Sequence[str]]:
    """(lines of the front matter that are taken over, the lines after it)."""
    if not lines or lines[0].strip() != "---":
        return (), lines
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
    keys = tuple(line for line in lines[1:end] if (m := _FRONT_KEY.match(line)) and _role(m[1], _FIELD_ROLES))
    return keys, lines[end + 1 :] if end else lines


def _headings(lines: Sequence[str], ending: str) -> Iterator[tuple[int, str]]:
    """(index, title) of the title and of each section."""
    fenced = False
    for i, line in enumerate(lines):
        if line.lstrip().startswith(("```", "~~~", "----")) and ending != ".rst":
            fenced = not fenced if not line.startswith("----") else fenced
        if fenced:
            continue
        if ending == ".rst":
            if (
                i + 1 < len(lines)
                and line.strip()
                and _ADORNMENT.match(lines[i + 1])
                and not _ADORNMENT.match(line)
            ):
                yield i, line.strip()
        elif (m := _HEADING.match(line)) and len(m[1]) <= 2:
            yield i, m[2].strip().rstrip("#").strip()
        elif ending not in _ASCIIDOC and _is_over_signs(lines, i):
            yield i, line.strip()


def _is_over_signs(lines: Sequence[str], i: int) -> bool:
    """A paragraph of one line over one of `=` or `-`: a heading of Markdown."""
    alone = lines[i][:1].isalpha() and (i == 0 or not lines[i - 1].strip())
    return alone and i + 1 < len(lines) and bool(_UNDERLINE.match(lines[i + 1]))


def _role(name: str, roles: dict[str, frozenset[str]]) -> str:
    plain = " ".join(re.sub(r"^[\d.)\s]+", "", name.strip("*_`:# ").lower()).replace("_", " ").split())
    return next((role for role, names in roles.items() if plain in names), "")


def _header(lines: Sequence[str]) -> tuple[str, ...] | None:
    """The lines with fields that are taken over, and the frame of a table around them; None for a table whose fields
    are columns: no model to follow line by line."""
    kept = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        field = _FIELD.match(line)
        if _TABLE_RULE.fullmatch(following.strip()) and line.lstrip().startswith("|"):
            if sum(bool(_role(cell, _FIELD_ROLES)) for cell in line.split("|")) > 1:
                return None
            kept.append(line)
        elif (field and _role(field[2], _FIELD_ROLES)) or _TABLE_RULE.fullmatch(line.strip()):
            kept.append(line)
    return tuple(kept) if any(_FIELD.match(line) for line in kept) else ()


# -- writing


def _title(dialect: DocumentDialect, facts: Facts) -> str:
    """With the number where the sample's title has its own, in the same form."""
    title = one_line(facts.title).lstrip("#= ")
    numbered = _TITLE_NUMBER.match(dialect.title)
    if not numbered or not dialect.number or not facts.number or int(numbered[2]) != int(dialect.number):
        return title
    return f"{numbered[1]}{facts.number.lstrip('0').zfill(len(numbered[2]))}{numbered[3]}{title}"


def _heading(dialect: DocumentDialect, text: str, level: int) -> str:
    if dialect.underlined:
        return f"{text}\n{'=-'[level - 1] * max(len(text), 4)}"
    return f"{('=' if dialect.ending in _ASCIIDOC else '#') * level} {text}"


def _front_matter(dialect: DocumentDialect, facts: Facts) -> str:
    lines = []
    for line in dialect.front:
        field = _FRONT_KEY.match(line)
        if field:
            value = _scalar(_value(_role(field[1], _FIELD_ROLES), field[2], facts))
            lines.append(f"{field[1]}: {f'[{value}]' if field[2].startswith('[') else value}")
    return "\n".join(["---", *lines, "---"])


def _scalar(value: str) -> str:
    """As YAML: in quotes unless it is plainly a word, a day or a number."""
    return (
        value
        if re.fullmatch(r"[A-Za-z][\w .-]*|\d{4}-\d\d-\d\d|\d+", value)
        else json.dumps(value, ensure_ascii=False)
    )


def _filled(line: str, facts: Facts) -> str:
    field = _FIELD.match(line)
    if not field:
        return line
    closing = " |" if line.rstrip().endswith("|") else ""
    old = field[4].rstrip("| ") if closing else field[4]
    return (
        f"{field[1]}{field[2]}{field[3]}{_value(_role(field[2], _FIELD_ROLES), old, facts)}{closing}".rstrip()
    )


def _value(role: str, old: str, facts: Facts) -> str:
    """The value of a field; ``old``: the sample's, whose capital is kept."""
    word = re.search(r"[A-Za-z]", old)
    status = "Accepted" if word and word[0].isupper() else "accepted"
    values = {
        "status": status,
        "date": facts.day,
        "people": one_line(facts.people),
        "title": one_line(facts.title),
        "number": facts.number.lstrip("0") or facts.number,
    }
    return values.get(role, "")


def _body(dialect: DocumentDialect, role: str, facts: Facts) -> str:
    link = _link(dialect, facts.supersedes) if facts.supersedes else ""
    in_status = any(_role(section, _ROLES) == "status" for section in dialect.sections)
    bodies = {
        "status": f"Accepted\n\n{link}".strip(),
        "date": facts.day,
        "context": _plain(facts.context) + (f"\n\n{link}" if link and not in_status else ""),
        "decision": _plain(facts.text),
        "consequences": "None were recorded.",
    }
    return bodies.get(role, "")


def _link(dialect: DocumentDialect, older: tuple[str, str]) -> str:
    title, path = one_line(older[0]).replace("[", "(").replace("]", ")"), older[1]
    if dialect.ending == ".rst":
        return f"Supersedes `{title} <{path}>`__"
    if dialect.ending in (".adoc", ".asciidoc"):
        return f"Supersedes link:{path}[{title}]"
    return f"Supersedes [{title}]({path.replace(' ', '%20')})"


def _plain(text: str) -> str:
    """A recorded text as prose of a document: it makes no heading, fence, rule, table or comment of its own."""
    return _STRUCTURE.sub(r"\1\\\2", safe_text(text.strip()))
