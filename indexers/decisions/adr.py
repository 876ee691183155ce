"""Decision documents (ADR, RFC, KEP, PEP …): one file -> one ``Decision``.

A file is one when it lies in a decision folder, or when its numbered name, its title and its stated
status say so; templates, indexes, change logs and test fixtures are none. A status that is missing is ``accepted``,
``implied_by_merge``: the file is in the repository. One that is stated in words that are not understood is
``unknown``: nobody may take it for an acceptance. *Amends* is not *supersedes*.
"""

from __future__ import annotations

import re

from indexers.decisions.document import Document, DocumentSection, read
from indexers.decisions.location import (
    KINDS,
    NUMBERED,
    identity,
    in_decision_folder,
    is_candidate,
    is_dated,
    is_kep,
    is_readme,
    names_its_kind,
    number,
)
from indexers.decisions.options import alternatives
from indexers.decisions.references import references
from indexers.decisions.relations import SUPERSEDED_KEYS, relations
from indexers.decisions.status import dates, in_part, normalise, not_understood
from indexers.facts import Decision

_DASH = "\u2013\u2014"  # en and em dash
_TITLE_NUMBER = re.compile(
    rf"(?i)^(?:[\w&.]{{1,30}}[ \t]+)?\[?{KINDS}[\s#:_-]*[\d.]+\]?\s*[:.)|{_DASH}-]*\s*"
    rf"|^\[?#?\d+\]?\s*(?:[:.)|{_DASH}]|[-]\s)\s*"
)
_TITLE_TAG = re.compile(
    rf"^\s*[\[(]([\w -]{{3,30}})[\])]\s*(?:[:{_DASH}-]\s*)?|(?:(?<!\s)\s+)?[\[(]([\w -]{{3,30}})[\])]\s*$"
)
_PLACEHOLDER_TITLE = re.compile(
    r"(?i)^[^\w\[{<]*[\[{<].{0,400}[\]}>]\W*$"
    r"|\b(?:short title|your title|title here|title of (?:the )?(?:adr|decision))\b"
    r"|^(?:NUMBER|TITLE|ADR|RFC|NNN+|XXX+)\b[\W\d]*(?:title)?$"
)
_STATUS_HEADING = re.compile(rf"(?i)^\W*status\s*[:{_DASH}-]\s*(.+)")
_ANNOUNCED = re.compile(
    r"(?i)^[\W_]*(?:(?:note|warning|caution|important|danger|info|tip|status)\W+)*(?:this|the)\s+(?:\w+\s+){1,3}?"
    r"(?:is|was|has been|have been)\s+(?:now\s+|been\s+|partially\s+)*(no longer|\w+)"
)
_SECTION_NAMES = """
summary motivation context status decision consequences abstract background problem introduction overview
goals proposal metadata
"""
_NO_TITLES = frozenset([*_SECTION_NAMES.split(), "context and problem statement", "problem statement"])
_RFC_KEYS = ("rfc pr", "feature name", "rfc issue", "rfc discussion")  # Rust and its followers
_STAGES = {  # of an RFC that says when it was begun: Ember and its followers
    "exploring": "proposed", "accepted": "accepted", "ready for release": "accepted", "released": "accepted",
    "recommended": "accepted", "discontinued": "deprecated", "closed": "rejected",
}  # fmt: skip
_STATUS_KEYS = ("status", "adr status", "decision status", "rfc status", "current status", "state")
_DATE_KEYS = (
    "date", "start date", "creation date", "created", "date created", "created on", "created at",
    "decision date", "date decided", "decided", "decided on", "proposed", "proposed on",
    "last modified", "last updated", "updated",
)  # fmt: skip
_DECISION_NAMES = (
    "decision", "decision outcome", "the decision", "decisions", "outcome", "resolution", "chosen option",
    "proposed decision", "proposal", "proposed solution", "solution", "summary", "abstract",
)  # fmt: skip
_CONTEXT_NAMES = (
    "context", "context and problem statement", "context and problem", "problem statement", "problem",
    "issue", "background", "motivation", "rationale", "introduction", "overview",
)  # fmt: skip
_CONSEQUENCE_NAMES = (
    "consequences", "consequence", "positive consequences", "implications", "impact", "results", "trade offs",
    "tradeoffs", "drawbacks", "risks and mitigations", "backwards compatibility", "pros and cons",
)  # fmt: skip
_HISTORY_NAMES = ("changelog", "change log", "history", "revision history", "document history", "revisions")
_NO_PROSE = re.compile(r"[-*+|>:#=.]|\d+[.)]\s|\*{0,2}[A-Za-z][\w /-]{0,38}\*{0,2}:")
_TEXT_LIMIT = 2_000  # characters kept of decision and context
_READ_LIMIT = 400_000  # characters of a document that are read


def extract(path: str, text: str) -> Decision | None:
    """The decision that the file at ``path`` records, ``None`` where it is no decision document."""
    if not is_candidate(path):
        return None
    document = read(path.lower(), text[:_READ_LIMIT])
    title, line = _title(path, document)
    status = _status(document)
    unclear = "" if status else _unclear_status(document)
    if _PLACEHOLDER_TITLE.search(title) or not _is_record(path, document, bool(status or unclear)):
        return None
    related = relations(document)
    return Decision(
        title=_bare_title(title, number(path)),
        status=status or ("unknown" if unclear else "accepted"),
        status_source="explicit" if status or unclear else "implied_by_merge",
        date=_date(path, document),
        line=line,
        number=number(path),
        supersedes=related.supersedes,
        superseded_by=related.superseded_by,
        decision=_text(document.section(*_DECISION_NAMES)),
        context=_text(document.section(*_CONTEXT_NAMES)) or _opening(document),
        consequences=_text(document.section(*_CONSEQUENCE_NAMES)),
        alternatives=alternatives(document),
        amends=related.amends,
        conflicts=related.conflicts,
        in_part=related.in_part,
        references=references(path, document),
        stated=unclear or next(filter(None, map(in_part, _status_fields(document))), ""),
    )


def _is_record(path: str, document: Document, has_status: bool) -> bool:
    """In a decision folder: a number, a status or a decision section; a dated folder's README that has a decision
    section. Another README, or elsewhere (a folder of another
    name, as `.adr-dir` allows): a number, with a stated status and a name, title or section that speaks of a decision,
    or the sections of a record, or the fields of an RFC."""
    if is_kep(path):
        return bool(document.field("title"))
    has_decision = document.section("decision", "decision outcome") is not None
    if in_decision_folder(path) and not is_readme(path):
        return has_status or has_decision or bool(number(path))
    if in_decision_folder(path) and is_dated(path) and has_decision:
        return True
    formed = has_decision and bool(document.section("context", "context and problem statement"))
    tagged = any(_TITLE_NUMBER.match(section.title) for section in document.sections[1:2])
    is_marked = has_status and (tagged or has_decision or names_its_kind(path))
    return bool(number(path)) and (
        is_marked or formed or bool(document.field(*_RFC_KEYS) or _stage(document))
    )


def _title(path: str, document: Document) -> tuple[str, int]:
    """The title as written and its line: the first heading unless it names a section (Rust RFCs) or stands
    below a stated title (PEPs), a stated title, the file's name."""
    heading = next((s for s in document.sections[1:2] if s.name not in _NO_TITLES), None)
    stated = document.field("title", "feature name", "name").strip("`\"' ")
    if heading and not (stated and (heading.level > 1 or path.endswith((".rst", ".txt")))):
        return heading.title, heading.line
    if stated:
        return stated, 1
    slug = NUMBERED.sub("", identity(path)).strip("-_. ")
    return re.sub(r"[-_]+", " ", slug).capitalize() or identity(path), 1


def _bare_title(title: str, own_number: str) -> str:
    """Without number (any that is set off, or the file's own), status tag, link and closing ``{#anchor}``."""
    title = re.sub(r"\[([^\[\]]*)\]\([^()]*\)", r"\1", title)
    title = re.sub(r"\{#[^{}]*\}$", "", title.strip()).strip()
    for match in (_TITLE_TAG.match(title), _TITLE_TAG.search(title)):
        if match and normalise(match[1] or match[2] or "") and len(match[0]) < len(title):
            title = title.replace(match[0], " ", 1).strip()
    bare = _TITLE_NUMBER.sub("", title, count=1)
    first, _, rest = bare.partition(" ")
    return (rest if first == own_number else bare).strip() or title


def _status(document: Document) -> str:
    """The stated status or ``""``: fields, the status section, a tag in the title, an announcement. A later
    statement that it is superseded wins: people add it without touching the first."""
    stated = [status for status in map(normalise, _status_texts(document)) if status]
    if "superseded" in stated or (not stated and document.field(*SUPERSEDED_KEYS)):
        return "superseded"
    return stated[0] if stated else _stage(document)


def _stage(document: Document) -> str:
    """The status of an RFC that goes through stages, ``""`` of anything else."""
    stage = document.field("stage").partition("#")[0].strip().lower().replace("-", " ")
    return _STAGES.get(stage, "") if document.field("start date") else ""


def _unclear_status(document: Document) -> str:
    """What stands where a status belongs, if none of it is a word for one."""
    return next(filter(None, map(not_understood, _status_fields(document))), "")


def _status_fields(document: Document) -> list[str]:
    texts = [value for key in _STATUS_KEYS for value in document.fields.get(key, ())]
    if section := document.section("status"):
        texts.append(section.text)
    return texts + [match[1] for s in document.sections if (match := _STATUS_HEADING.match(s.title))]


def _status_texts(document: Document) -> list[str]:
    texts = _status_fields(document)
    texts += [match[1] or match[2] for s in document.sections[1:2] for match in _TITLE_TAG.finditer(s.title)]
    lines = (line for s in document.sections[:2] for line in s.lines)
    return texts + [match[1] for line in lines if (match := _ANNOUNCED.match(line))]


def _date(path: str, document: Document) -> str:
    """A date field, a date section, the earliest day of its history, the file's name, or ``""``."""
    texts = [value[:300] for key in _DATE_KEYS for value in document.fields.get(key, ())]
    if section := document.section("date"):
        texts.append(section.text[:300])
    for text in texts:
        if found := dates(text):
            return found[0]
    history = document.section(*_HISTORY_NAMES)
    if history and (found := dates(history.text[:_TEXT_LIMIT])):
        return min(found)
    found = dates(identity(path)[:10]) or dates(identity(path)[:8])
    return found[0] if found else ""


def _text(section: DocumentSection | None) -> str:
    return section.text[:_TEXT_LIMIT].strip() if section else ""


def _opening(document: Document) -> str:
    """The first paragraph of prose below the title: fields, lists, tables and admonitions are none."""
    for section in document.sections[1:2]:
        for paragraph in section.text[:_TEXT_LIMIT].split("\n\n"):
            if paragraph.strip() and not _NO_PROSE.match(paragraph.strip()):
                return paragraph.strip()
    return ""
