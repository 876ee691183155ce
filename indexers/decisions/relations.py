"""Which documents a decision supersedes, and which supersede it, as the document says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from indexers.decisions.document import Document, simple
from indexers.decisions.languages import SUPERSEDED_BY, SUPERSEDES, folded, words_pattern
from indexers.decisions.location import KINDS
from indexers.decisions.status import normalise

SUPERSEDED_KEYS = ("superseded by", "superceded by", "replaced by", "obsoleted by")
_SUPERSEDES_KEYS = ("supersedes", "supercedes", "replaces", "obsoletes")
_NOTE_KEYS = ("status", "adr status", "decision status", "rfc status", "current status", "status note")
_AMENDS_KEYS = ("amends",)
_CONFLICT_KEYS = ("conflicts with", "contradicts", "conflicts", "opposes")
_PASSIVE = r"(?:(?:super[sc]eded|replaced|obsoleted)[- ]+by|replaced\s+with)"
_ACTIVE = r"(?:super[sc]edes|replaces|obsoletes)"
_RELATION = re.compile(rf"(?i)\b(?:({_PASSIVE})|({_ACTIVE}))\b[\s:*_]*([^\n]*)")
_FOREIGN_RELATION = re.compile(
    rf"(?:({words_pattern(SUPERSEDED_BY)})|({words_pattern(SUPERSEDES)}))[\s:*_]*([^\n]*)"
)
_PARTLY = re.compile(
    r"(?i)\b(?:partially|partly|in part|teilweise|partiellement|parcialmente|parzialmente)\b[^.;\n]{0,30}$"
)
_LINK_SECTIONS = frozenset(
    ("status", "links", "related", "related decisions", "related adrs", "references", "more information", "see also",
     "metadata", "relations", "notes")
)  # fmt: skip
_BESIDE = re.compile(
    r"(?i)^[\s>*+_-]*(?:this\s+\w+\s+)?(?:also\s+)?(?:(amends|extends|clarifies|refines)"
    r"|(conflicts\s+with|contradicts|opposes))\b[\s:*_]*([^\n]*)"
)
# "the invitation message in [X]": a piece of the other document, not the whole
_PIECE = re.compile(
    r"(?i)\b(?:parts?|sections?|portions?|pieces?|partially|partly|in part)\b|\w\s+(?:in|from|within)\s*$"
)
_JOINS = frozenset(("and", "&", "as well as"))
_LEADING = re.compile(
    r"(?i)^[\s>*+_-]*(?:this\s+\w+\s+)?(?:(?:is|was|has been|been|also|now|partially|partly)\s+)*"
    r"(?=(?:super[sc]eded[- ]+by|super[sc]edes)\b)"
    r"|^[\s>*+_-]*this\s+\w+\s+(?:(?:is|was|has been|been|also|now)\s+)+(?=replaced\s+(?:by|with)\b)"
)
# Another statement begins here: what it links to is not what the relation names.
_CLAUSE_END = re.compile(
    r"[.;](?:\s|$)|\b(?:and|which|that|but)\s+(?:is|are|was|were|has|have|will)\b|\bamend", re.I
)
_LINK = re.compile(r"\[[^\[\]\n]{0,300}\]\(\s*<?([^()\s<>]{1,500}+)>?[^()\n]{0,200}\)")
_REFERENCE = re.compile(
    rf"(?i)https?://[^\s,;()\[\]]+|\b{KINDS}[-\s#]*\d+\b|[^\s,;()\[\]]{{1,200}}\.(?:md|rst|adoc|txt)\b"
    r"|(?<!\S)\.{0,2}/[^\s,;()]+|(?<![\w.])#?\d{1,8}\b(?![.\d]*\w)"
)
_ROLE = re.compile(
    r":?\b(?:ref|doc):`([^`<\n]{1,200}?)\s*(?:<[^`\n]{0,200})?`|`([a-z0-9]+(?:[-_][a-z0-9]+)+)`"
)
_DATE = re.compile(r"(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?")
_NOTHING = frozenset(["", "none", "n a", "na", "no", "tbd", "null", "nothing", "unknown"])
_TEXT_LIMIT = 2_000  # characters of one value that are read
_KEPT = 20  # references kept in one direction


class Relations(Struct, frozen=True):
    """As written: link targets, numbers, paths or titles; see ``Decision``."""

    supersedes: tuple[str, ...]
    superseded_by: tuple[str, ...]
    amends: tuple[str, ...]
    conflicts: tuple[str, ...]
    in_part: tuple[str, ...]


def relations(document: Document) -> Relations:
    """Fields say it in any form; sentences (the status, notes, lines that begin with the relation) must name a
    document."""
    supersedes = _from_fields(document, _SUPERSEDES_KEYS)
    superseded = _from_fields(document, SUPERSEDED_KEYS)
    in_part = [
        piece
        for key in (*_SUPERSEDES_KEYS, *SUPERSEDED_KEYS)
        for v in document.fields.get(key, ())
        for piece in _pieces(v)
    ]
    for text in _sentences(document):
        for before, passive, rest in _relations_in(text[:_TEXT_LIMIT]):
            clause = _CLAUSE_END.split(rest)[0]
            named = _named(clause)
            (superseded if passive else supersedes).extend(named)
            in_part += named if _PARTLY.search(before) else _pieces(clause)
    status = document.section("status")
    if status and not superseded and normalise(status.text) == "superseded":
        superseded += _named(status.text[:_TEXT_LIMIT])  # "Replaced. See [B](b.md)."
    amends, conflicts = _from_fields(document, _AMENDS_KEYS), _from_fields(document, _CONFLICT_KEYS)
    for index, section in enumerate(document.sections):
        for line in section.lines if index <= 1 or section.name in _LINK_SECTIONS else ():
            if match := _BESIDE.match(line[:_TEXT_LIMIT]):
                (amends if match[1] else conflicts).extend(_named(match[3]))
    return Relations(
        _unique(supersedes), _unique(superseded), _unique(amends), _unique(conflicts), _unique(in_part)
    )


def _relations_in(text: str) -> Iterator[tuple[str, bool, str]]:
    """(the line before a relation, whether this document is the older one, the line after it)."""
    found = list(_RELATION.finditer(text))
    words = folded(text)
    if not found and len(words) == len(text):
        found = list(_FOREIGN_RELATION.finditer(words))
    for match in found:
        before = text[: match.start()].rpartition("\n")[2]
        yield before, match[1] is not None, text[match.start(3) : match.end(3)]


def _pieces(text: str) -> list[str]:
    """The documents that ``text`` names and means in part only: "parts of A and B", "the decisions made in A"."""
    found: list[str] = []
    before, is_piece = 0, False
    text = text[:_TEXT_LIMIT]
    for match in list(_LINK.finditer(text)) or list(_REFERENCE.finditer(text)):
        between = text[before : match.start()]
        is_piece = bool(_PIECE.search(between)) or (is_piece and between.strip(" ,\t").lower() in _JOINS)
        if is_piece:
            found.append((match[1] if match.re is _LINK else match[0]).partition("#")[0])
        before = match.end()
    return [target for target in found if target]


def _from_fields(document: Document, keys: Iterable[str]) -> list[str]:
    values = (value[:_TEXT_LIMIT] for key in keys for value in document.fields.get(key, ()))
    return [reference for value in values for reference in _named(value) or _whole(value)]


def _sentences(document: Document) -> list[str]:
    notes = [value for key in _NOTE_KEYS for value in document.fields.get(key, ())]
    status = document.section("status")
    lines = (
        line for section in document.sections for line in section.lines if "uper" in line or "eplaced" in line
    )
    return [*notes, *([status.text] if status else []), *filter(_LEADING.match, lines)]


def _named(text: str) -> list[str]:
    """The documents that ``text`` names: link targets, else numbers and paths."""
    links = [target.partition("#")[0] for target in _LINK.findall(text)]
    if links:
        return [link for link in links if link]
    roles = [title or name for title, name in _ROLE.findall(text)]
    return roles or _REFERENCE.findall(_DATE.sub(" ", text))


def _whole(text: str) -> list[str]:
    plain = text.strip(" \t\n.*_`\"'")
    return [] if simple(plain) in _NOTHING else [plain[:200]]


def _unique(references: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(references))[:_KEPT]
